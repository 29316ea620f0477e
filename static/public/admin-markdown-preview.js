// The preview of a Markdown field follows the caret: the block that is being written is marked in it, and in view.
//
// The server says of each block on which line of the text it begins (data-line, see roadmap/markdown/parser.py).
(function () {
  "use strict";

  var HERE = "app-markdown__here";

  function blockAt(preview, line) {
    var found = null;
    preview.querySelectorAll("[data-line]").forEach(function (block) {
      if (Number(block.dataset.line) <= line) {
        found = block; // the last that begins there or before: the innermost
      }
    });
    return found;
  }

  function intoView(preview, block) {
    var frame = preview.getBoundingClientRect();
    var place = block.getBoundingClientRect();
    if (place.top < frame.top || place.bottom > frame.bottom) {
      preview.scrollTop += place.top - frame.top - Math.max((frame.height - place.height) / 3, 16);
    }
  }

  function prepare(box) {
    var editor = box.querySelector(".markdownx-editor");
    var preview = box.querySelector(".markdownx-preview");

    function follow() {
      preview.querySelectorAll("." + HERE).forEach(function (block) { block.classList.remove(HERE); });
      if (document.activeElement !== editor) {
        return;
      }
      var line = editor.value.slice(0, editor.selectionStart).split("\n").length - 1;
      var block = blockAt(preview, line);
      if (block) {
        block.classList.add(HERE);
        intoView(preview, block);
      }
    }

    box.addEventListener("markdownx.update", follow);
    ["keyup", "click", "focus", "blur"].forEach(function (name) {
      editor.addEventListener(name, follow);
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".app-markdown").forEach(prepare);
  });
})();
