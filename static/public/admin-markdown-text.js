// Changing what stands in a text area so that Ctrl+Z takes it back, for the scripts of the Markdown editor.
(function () {
  "use strict";

  // Sets `text` in place of what stands from `start` to `end`, and selects from `selectFrom` to `selectTo` of the new
  // value; without these, the caret comes after it.
  function replace(editor, start, end, text, selectFrom, selectTo) {
    if (document.activeElement !== editor) {
      editor.focus();
    }
    editor.setSelectionRange(start, end);
    // Of the ways to change a text area, this old one alone goes into the browser's own list of what can be undone.
    var isDone = text ? document.execCommand("insertText", false, text) : start === end || document.execCommand("delete");
    if (!isDone) {
      editor.setRangeText(text, start, end, "end");
      editor.dispatchEvent(new Event("input", { bubbles: true }));
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
