// What markdownx's own script lacks or gets wrong, at the parent of its text area, before the text area hears of it:
// the Tab key leaves the field (WCAG 2.2, 2.1.2), its shortcuts, which rewrite the wrong line, are off, an image can be
// added without a mouse (2.5.7), an upload that fails leaves a message beside the text, not in it, and what is pasted with
// formatting becomes Markdown (admin-markdown-paste.js).
(function () {
  "use strict";

  var TO_REPLACE = "Describe this image";
  var FAILED = "The image was not added. Check your connection, and in another tab that you are signed in. Then try again.";

  function token() {
    var found = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    var field = document.querySelector("input[name='csrfmiddlewaretoken']");
    return found ? decodeURIComponent(found[1]) : field ? field.value : "";
  }

  function say(box, text, isError) {
    var message = box.querySelector(".app-markdown__message");
    message.textContent = text;
    message.classList.toggle("app-markdown__message--error", isError);
  }

  function insert(editor, code) {
    var words = code.indexOf(TO_REPLACE);
    if (words < 0) {
      window.markdownText.insertBlock(editor, code);
    } else {
      window.markdownText.insertBlock(editor, code, words, words + TO_REPLACE.length);
    }
  }

  async function add(box, editor, file) {
    var form = new FormData();
    form.append("image", file);
    say(box, "Adding the image.", false);
    if (window.signedIn && !(await window.signedIn.ensure())) {
      say(box, FAILED, true);
      return;
    }
    try {
      var response = await fetch(editor.getAttribute("data-markdownx-upload-urls-path"), {
        method: "POST",
        body: form,
        headers: { "X-CSRFToken": token() },
      });
      var answer = await response.json();
      if (answer.image_code) {
        insert(editor, answer.image_code);
        say(box, "Image added. Write what it shows in place of “" + TO_REPLACE + "”.", false);
      } else {
        say(box, answer.error || FAILED, true);
      }
    } catch (error) {
      say(box, FAILED, true);
    }
  }

  async function addAll(box, editor, files) {
    for (var file of files) {
      await add(box, editor, file);
    }
  }

  // What was on the clipboard, as Markdown where it says more than its words. True where nothing is left for the browser
  // to paste.
  function pasted(box, editor, clipboard) {
    var isFromCode = Array.from(clipboard.types).includes("vscode-editor-data"); // it colours what is no more than text
    var found = isFromCode ? null : window.markdownOfHtml(clipboard.getData("text/html"));
    if (!found || !found.markdown) {
      return false;
    }
    var text = found.markdown;
    if (/\n|^(?:#{1,6}|[-+>|]|\d+\.) /.test(text)) {
      window.markdownText.insertBlock(editor, text);
    } else {
      window.markdownText.replace(editor, editor.selectionStart, editor.selectionEnd, text);
    }
    var lost = found.lost === 1 ? "1 picture was left out. " : found.lost + " pictures were left out. ";
    say(box, (found.lost ? lost + "Add what readers need with Image. " : "") + "Pasted with its formatting, as Markdown. " +
      "To take it back, press Ctrl+Z; to paste the words alone, Ctrl+Shift+V.", false);
    return true;
  }

  function stop(event) {
    event.preventDefault();
    event.stopPropagation();
  }

  function prepare(box) {
    var editor = box.querySelector(".markdownx-editor");
    var chooser = box.querySelector("input[type='file']");
    var preview = box.querySelector(".markdownx-preview");

    box.querySelectorAll(".app-markdown__more").forEach(function (part) {
      part.hidden = false;
    });
    box.addEventListener("keydown", function (event) {
      if (event.target === editor && ["Tab", "d", "[", "]"].includes(event.key)) {
        event.stopPropagation();
      }
    }, true);
    box.addEventListener("paste", function (event) {
      if (event.target !== editor || !event.clipboardData) {
        return;
      }
      // Words first: Excel and Word put a picture of them beside them.
      if (pasted(box, editor, event.clipboardData)) {
        stop(event);
      } else if (event.clipboardData.files.length) {
        stop(event);
        addAll(box, editor, Array.from(event.clipboardData.files));
      }
    }, true);
    box.addEventListener("drop", function (event) {
      if (event.target !== editor) {
        return;
      }
      // Text that is dropped is the browser's to insert: markdownx would throw it away.
      event.stopPropagation();
      if (event.dataTransfer.files.length) {
        event.preventDefault();
        addAll(box, editor, Array.from(event.dataTransfer.files));
      }
    }, true);
    chooser.addEventListener("change", function () {
      addAll(box, editor, Array.from(chooser.files)).then(function () {
        chooser.value = "";
      });
    });
    preview.addEventListener("click", function (event) {
      // A link followed in this tab would take the unsaved text with it.
      var link = event.target.closest("a[href]");
      if (link && !link.getAttribute("href").startsWith("#")) {
        event.preventDefault();
        window.open(link.href, "_blank", "noopener");
      }
    });
    box.addEventListener("markdownx.updateError", function () {
      preview.textContent = "The preview could not be updated. Check your connection. What you typed is still in the form.";
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".app-markdown").forEach(prepare);
  });
})();
