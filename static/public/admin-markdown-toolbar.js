// The buttons of a Markdown field, and the usual keys for them: Ctrl or Cmd with B, I and K.
//
// One stop of the Tab key for all buttons, after the text; within it the arrow keys, Home and End (the toolbar pattern of
// the ARIA Authoring Practices).
(function () {
  "use strict";

  var replace = window.markdownText.replace;
  var KEYS = { b: "bold", i: "italic", k: "link" };
  var MARKS = { bold: "**", italic: "*" };
  var LIST = { bullets: /^(\s*)[-*+] /, numbers: /^(\s*)\d+[.)] / };
  var ANY_LIST = /^(\s*)(?:[-*+]|\d+[.)]) /;

  function lineBounds(editor) {
    var text = editor.value;
    var start = text.lastIndexOf("\n", editor.selectionStart - 1) + 1;
    // A selection that ends at the start of a line has nothing of that line.
    var last = editor.selectionEnd > editor.selectionStart && text[editor.selectionEnd - 1] === "\n"
      ? editor.selectionEnd - 1 : editor.selectionEnd;
    var end = text.indexOf("\n", last);
    return { start: start, end: end < 0 ? text.length : end };
  }

  // Bold and italic

  // What is chosen, without the blanks around it: a mark beside a blank is no mark. Where nothing is, the word at the caret.
  function chosenPart(editor) {
    var text = editor.value;
    var start = editor.selectionStart;
    var end = editor.selectionEnd;
    if (start === end) {
      while (start > 0 && /[\p{L}\p{N}_-]/u.test(text[start - 1])) {
        start -= 1;
      }
      while (end < text.length && /[\p{L}\p{N}_-]/u.test(text[end])) {
        end += 1;
      }
    }
    while (start < end && /\s/.test(text[start])) {
      start += 1;
    }
    while (end > start && /\s/.test(text[end - 1])) {
      end -= 1;
    }
    return { start: start, end: end };
  }

  function starsBefore(text, at) {
    return /\**$/.exec(text.slice(0, at))[0].length;
  }

  function starsAfter(text, at) {
    return /^\**/.exec(text.slice(at))[0].length;
  }

  // Of one, two or three stars: whether they say this.
  function says(stars, mark) {
    return mark === "**" ? stars >= 2 : stars === 1 || stars >= 3;
  }

  function toggleMark(editor, name) {
    var mark = MARKS[name];
    var size = mark.length;
    var part = chosenPart(editor);
    var text = editor.value;
    var words = text.slice(part.start, part.end);
    var outside = Math.min(starsBefore(text, part.start), starsAfter(text, part.end));
    var inside = words.length > 2 * size ? Math.min(starsAfter(words, 0), starsBefore(words, words.length)) : 0;
    if (says(outside, mark)) {
      replace(editor, part.start - size, part.end + size, words, part.start - size, part.end - size);
    } else if (says(inside, mark) && words.length > 2 * inside) {
      replace(editor, part.start, part.end, words.slice(size, -size), part.start, part.end - 2 * size);
    } else if (!words) {
      var example = name === "bold" ? "bold words" : "words in italics";
      replace(editor, part.start, part.end, mark + example + mark, part.start + size, part.start + size + example.length);
    } else {
      // Marks do not reach over lines: each gets its own, after whatever makes a list or a heading of it.
      var marked = words.split("\n").map(function (line) {
        return line.replace(/^(\s*(?:[-*+] |\d+[.)] |#{1,6} |> )*)(.*?)(\s*)$/, function (whole, before, said, after) {
          return said ? before + mark + said + mark + after : whole;
        });
      }).join("\n");
      var isOneLine = !words.includes("\n") && marked.startsWith(mark);
      replace(
        editor, part.start, part.end, marked,
        part.start + (isOneLine ? size : 0), part.start + marked.length - (isOneLine ? size : 0)
      );
    }
  }

  // Links

  function linkAround(text, start, end) {
    var pattern = /\[((?:\\.|[^\]\\\n])*)\]\(((?:\\.|[^)\\\n])*)\)/g;
    for (var found = pattern.exec(text); found; found = pattern.exec(text)) {
      if (found.index <= start && end <= found.index + found[0].length && text[found.index - 1] !== "!") {
        return found;
      }
    }
    return null;
  }

  function toggleLink(editor) {
    var found = linkAround(editor.value, editor.selectionStart, editor.selectionEnd);
    if (found) {
      replace(editor, found.index, found.index + found[0].length, found[1], found.index, found.index + found[1].length);
      return;
    }
    var part = chosenPart(editor);
    var words = editor.value.slice(part.start, part.end);
    if (/^https?:\/\/\S+$/i.test(words)) {
      replace(editor, part.start, part.end, "[words of the link](" + words + ")", part.start + 1, part.start + 18);
      return;
    }
    var said = words || "words of the link";
    var from = part.start + said.length + 3;
    replace(editor, part.start, part.end, "[" + said + "](https://)", from, from + "https://".length);
  }

  // Lists and headings

  function eachLine(editor, change) {
    var bounds = lineBounds(editor);
    var lines = editor.value.slice(bounds.start, bounds.end).split("\n");
    var isOne = lines.length === 1;
    var changed = change(lines, isOne).join("\n");
    replace(editor, bounds.start, bounds.end, changed, isOne ? bounds.start + changed.length : bounds.start, bounds.start + changed.length);
  }

  // A list that follows a line of words at once would belong to them: an empty line comes between.
  function separate(editor) {
    var start = lineBounds(editor).start;
    var before = editor.value.slice(0, start);
    if (/[^\n]\n$/.test(before) && !ANY_LIST.test(before.split("\n").slice(-2)[0])) {
      var from = editor.selectionStart;
      var to = editor.selectionEnd;
      replace(editor, start, start, "\n", from + 1, to + 1);
    }
  }

  function toggleList(editor, name) {
    var isOne = !editor.value.slice(editor.selectionStart, editor.selectionEnd).includes("\n");
    separate(editor);
    eachLine(editor, function (lines) {
      var said = lines.filter(function (line) { return line.trim(); });
      var isList = said.length && said.every(function (line) { return LIST[name].test(line); });
      var number = 0;
      return lines.map(function (line) {
        if (!line.trim() && !(isOne && lines.length === 1)) {
          return line;
        }
        if (isList) {
          return line.replace(LIST[name], "$1");
        }
        number += 1;
        var blanks = /^\s*/.exec(line)[0];
        return blanks + (name === "bullets" ? "- " : number + ". ") + line.replace(ANY_LIST, "$1").slice(blanks.length);
      });
    });
  }

  function toggleHeading(editor) {
    eachLine(editor, function (lines) {
      var said = lines.filter(function (line) { return line.trim(); });
      var isHeading = said.length && said.every(function (line) { return /^#{1,6} /.test(line); });
      return lines.map(function (line) {
        return !line.trim() && lines.length > 1 ? line : (isHeading ? "" : "## ") + line.replace(/^#{1,6} /, "");
      });
    });
  }

  // Tables: of cells that were pasted with tabs between them, or one to be filled in.
  function addTable(editor) {
    var bounds = lineBounds(editor);
    var lines = editor.value.slice(bounds.start, bounds.end).split("\n");
    if (lines.some(function (line) { return line.includes("\t"); })) {
      var rows = lines.filter(function (line) { return line.trim(); }).map(function (line) {
        return "| " + line.split("\t").map(function (cell) { return cell.trim().replace(/\|/g, "\\|"); }).join(" | ") + " |";
      });
      rows.splice(1, 0, "|" + " --- |".repeat(rows[0].replace(/\\\|/g, "").split("|").length - 2));
      editor.setSelectionRange(bounds.start, bounds.end);
      window.markdownText.insertBlock(editor, rows.join("\n"));
      return;
    }
    editor.setSelectionRange(editor.selectionEnd, editor.selectionEnd);
    var empty = "| Heading | Heading |\n| --- | --- |\n|  |  |\n|  |  |";
    window.markdownText.insertBlock(editor, empty, 2, 9);
  }

  var ACTIONS = {
    bold: toggleMark, italic: toggleMark, link: toggleLink, bullets: toggleList, numbers: toggleList,
    heading: toggleHeading, table: addTable,
  };

  function prepare(box) {
    var editor = box.querySelector(".markdownx-editor");
    var bar = box.querySelector("[role=toolbar]");
    if (!bar) {
      return;
    }
    var buttons = Array.from(bar.querySelectorAll("button"));

    function stopAt(button) {
      buttons.forEach(function (one) { one.tabIndex = one === button ? 0 : -1; });
    }

    function act(name) {
      if (name === "image") {
        box.querySelector("input[type=file]").click();
      } else {
        ACTIONS[name](editor, name);
      }
    }

    stopAt(buttons[0]);
    bar.addEventListener("click", function (event) {
      var button = event.target.closest("button");
      if (button) {
        stopAt(button);
        act(button.dataset.does);
      }
    });
    bar.addEventListener("keydown", function (event) {
      var at = buttons.indexOf(document.activeElement);
      var to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        var button = buttons[(to + buttons.length) % buttons.length];
        stopAt(button);
        button.focus();
      }
    });
    editor.addEventListener("keydown", function (event) {
      var name = KEYS[event.key.toLowerCase()];
      if (name && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
        event.preventDefault();
        act(name);
      }
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".app-markdown").forEach(prepare);
  });
})();
