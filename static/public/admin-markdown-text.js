// Changing what stands in a text area so that Ctrl+Z takes it back, for the scripts of the Markdown editor.
(function () {
  "use strict";

  // Chromium's insertText takes time with the square of the lines: half a second for 100 of them, ten for 1,000. Longer
  // texts are set at once, and taken back here.
  var MOST_LINES = 100;
  var set = null; // the last of those

  function setAtOnce(editor, start, end, text) {
    var before = editor.value;
    editor.setRangeText(text, start, end, "end");
    set = { editor: editor, before: before, after: editor.value, start: start, end: end };
    editor.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("keydown", function (event) {
    var isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (isUndo && set && event.target === set.editor && set.editor.value === set.after) {
      event.preventDefault();
      set.editor.value = set.before;
      set.editor.setSelectionRange(set.start, set.end);
      set.editor.dispatchEvent(new Event("input", { bubbles: true }));
      set = null;
    }
  });

  // Sets `text` in place of what stands from `start` to `end`, and selects from `selectFrom` to `selectTo` of the new
  // value; without these, the caret comes after it.
  function replace(editor, start, end, text, selectFrom, selectTo) {
    if (document.activeElement !== editor) {
      editor.focus();
    }
    editor.setSelectionRange(start, end);
    // Of the ways to change a text area, this old one alone goes into the browser's own list of what can be undone.
    var isDone = text.split("\n").length <= MOST_LINES &&
      (text ? document.execCommand("insertText", false, text) : start === end || document.execCommand("delete"));
    if (!isDone) {
      setAtOnce(editor, start, end, text);
    }
    if (selectFrom !== undefined) {
      editor.setSelectionRange(selectFrom, selectTo === undefined ? selectFrom : selectTo);
    }
  }

  // As a paragraph of its own: otherwise it would belong to the list or the words around it. `from` and `to` are the part
  // of it to be selected afterwards.
  function insertBlock(editor, text, from, to) {
    var before = editor.value.slice(0, editor.selectionStart).trimEnd();
    var rest = editor.value.slice(editor.selectionEnd);
    var left = rest.trimStart();
    var gap = before ? "\n\n" : "";
    var start = before.length + gap.length;
    var isSelected = from !== undefined;
    replace(
      editor, before.length, editor.value.length - left.length, gap + text + (left ? "\n\n" : ""),
      isSelected ? start + from : start + text.length, isSelected ? start + to : undefined
    );
  }

  window.markdownText = { replace: replace, insertBlock: insertBlock };
})();
