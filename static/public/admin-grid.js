// Makes the table of items nicer to type in: cells pasted from a spreadsheet fill the rows from there on, Enter and the arrows
// go down and up a column. Without it the table is the same form, and "Paste rows" below it takes what was pasted.
(function () {
  "use strict";

  var MOST_PASTED = 500; // rows, as in roadmap/admin/grid/paste.py
  var YES = ["yes", "y", "true", "x", "1", "✓", "deployed"];
  var NO = ["", "no", "n", "false", "0", "-", "–"];

  var table = document.querySelector("table.grid");
  var status = document.getElementById("grid-status");
  if (!table || !status) {
    return;
  }

  function say(text) {
    status.textContent = "";
    window.setTimeout(function () { status.textContent = text; }, 50); // so that the same words are said again
  }

  function counted(number, noun) {
    return number.toLocaleString("en-GB") + " " + noun + (number === 1 ? "" : "s");
  }

  function inputs(row) {
    return Array.from(row.querySelectorAll("td > input, td > select"));
  }

  function isNew(row) {
    return row.id.startsWith("row.new");
  }

  // Tab-separated text, with what holds a line break or a quotation mark in quotation marks
  function cellsOf(text) {
    var rows = [[]];
    var cell = "";
    var isQuoted = false;
    var isBegun = false;
    text = text.replace(/\r\n?/g, "\n");
    function end() {
      rows[rows.length - 1].push(cell);
      cell = "";
      isBegun = false;
    }
    for (var place = 0; place < text.length; place += 1) {
      var sign = text[place];
      if (isQuoted && sign === '"' && text[place + 1] === '"') {
        cell += sign;
        place += 1;
      } else if (isQuoted && sign === '"') {
        isQuoted = false;
      } else if (isQuoted) {
        cell += sign;
      } else if (sign === '"' && !isBegun) {
        isQuoted = true;
        isBegun = true;
      } else if (sign === "\t") {
        end();
      } else if (sign === "\n") {
        end();
        rows.push([]);
      } else {
        cell += sign;
        isBegun = true;
      }
    }
    end();
    while (rows.length && !rows[rows.length - 1].join("").trim()) {
      rows.pop();
    }
    return rows;
  }

  // Whether this text could be put there
  function put(control, text) {
    var word = text.trim().toLowerCase();
    if (control.type === "checkbox") {
      if (!YES.includes(word) && !NO.includes(word)) {
        return false;
      }
      control.checked = YES.includes(word);
    } else if (control.tagName === "SELECT") {
      var option = Array.from(control.options).find(function (one) { return one.value.toLowerCase() === word; });
      if (!option) {
        return false;
      }
      control.value = option.value;
    } else {
      control.value = text.trim().replace(/\s*\n\s*/g, control.closest(".grid-apis") ? "; " : " ");
    }
    return true;
  }

  function mark(control) {
    var isChanged = control.type === "checkbox" ? control.checked !== control.defaultChecked
      : control.tagName === "SELECT" ? !control.selectedOptions[0] || !control.selectedOptions[0].defaultSelected &&
        (control.selectedIndex > 0 || Array.from(control.options).some(function (one) { return one.defaultSelected; }))
      : control.value !== control.defaultValue;
    control.parentNode.classList.toggle("grid-cell--changed", isChanged);
  }

  // More rows for new items, made like the last one
  function addRow(last) {
    var number = parseInt(last.id.slice("row.new".length), 10);
    var row = last.cloneNode(true);
    row.id = "row.new" + (number + 1);
    row.querySelector("th span").textContent = "New item " + (number + 2);
    row.querySelectorAll("td p").forEach(function (told) { told.remove(); });
    inputs(row).forEach(function (control) {
      control.name = control.name.replace(/^new\d+/, "new" + (number + 1));
      control.setAttribute("aria-label", control.getAttribute("aria-label").replace(/^New item \d+/, "New item " + (number + 2)));
      control.removeAttribute("aria-describedby");
      control.removeAttribute("aria-invalid");
      if (control.type === "checkbox") {
        control.checked = control.defaultChecked = false;
      } else if (control.tagName === "SELECT") {
        control.selectedIndex = 0;
      } else {
        control.value = control.defaultValue = "";
      }
    });
    last.after(row);
    return row;
  }

  function rowsFrom(row, count) {
    var rows = Array.from(table.tBodies[0].rows);
    var there = rows.slice(rows.indexOf(row)).filter(function (one) { return isNew(one) === isNew(row); });
    while (isNew(row) && there.length < count && there.length < 100) {
      there.push(addRow(there[there.length - 1]));
    }
    return there.slice(0, count);
  }

  function fill(control, cells) {
    var row = control.closest("tr");
    var first = inputs(row).indexOf(control);
    var width = Math.max.apply(null, cells.map(function (one) { return one.length; }));
    var room = inputs(row).length - first;
    if (cells.length > MOST_PASTED) {
      say("You pasted " + counted(cells.length, "row") + ", and " + MOST_PASTED + " is the most at once. Nothing was filled in: " +
        "paste fewer, or download the spreadsheet, change it, and upload it.");
      return;
    }
    if (width > room) {
      say("You pasted " + counted(width, "column") + ", and there " + (room === 1 ? "is 1" : "are " + room) +
        " from here on. Nothing was filled in: begin further to the left, or copy fewer.");
      return;
    }
    var rows = rowsFrom(row, cells.length);
    if (rows.length < cells.length) {
      say("You pasted " + counted(cells.length, "row") + ", and there " + (rows.length === 1 ? "is 1" : "are " + rows.length) +
        " from here on. Nothing was filled in: begin further up, or copy fewer.");
      return;
    }
    var wrong = [];
    cells.forEach(function (texts, down) {
      var controls = inputs(rows[down]);
      texts.forEach(function (text, right) {
        var target = controls[first + right];
        if (!put(target, text)) {
          wrong.push("“" + text.trim() + "” for " + target.getAttribute("aria-label"));
        }
        mark(target);
        target.dispatchEvent(new Event("change", { bubbles: true }));
      });
    });
    say("Filled in " + counted(cells.length, "row") + ". Nothing is saved yet: look through them, then save." +
      (wrong.length ? " Not understood, and left as it was: " + wrong.slice(0, 5).join("; ") +
        (wrong.length > 5 ? "; and " + (wrong.length - 5) + " more" : "") + "." : ""));
  }

  table.addEventListener("paste", function (event) {
    var control = event.target;
    if (!event.clipboardData || !control.matches || !control.matches("td > input, td > select")) {
      return;
    }
    var text = event.clipboardData.getData("text/plain");
    if (!text) {
      if (Array.from(event.clipboardData.items).some(function (item) { return item.kind === "file"; })) {
        event.preventDefault();
        say("You pasted a picture. Copy the cells themselves, and paste those. Nothing was changed.");
      }
      return;
    }
    var cells = cellsOf(text);
    if (cells.length < 2 && (!cells[0] || cells[0].length < 2)) {
      return; // a text like any other
    }
    event.preventDefault();
    fill(control, cells);
  });

  table.addEventListener("keydown", function (event) {
    var control = event.target;
    var isText = control.type === "text" && !control.list;
    var step = event.key === "Enter" ? (event.shiftKey ? -1 : 1)
      : event.key === "ArrowDown" && (isText || control.type === "checkbox") ? 1
      : event.key === "ArrowUp" && (isText || control.type === "checkbox") ? -1 : 0;
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !control.closest("td")) {
      return;
    }
    event.preventDefault();
    var row = control.closest("tr");
    var next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    var target = next && inputs(next)[inputs(row).indexOf(control)];
    if (target) {
      target.focus();
      if (target.select) {
        target.select();
      }
    }
  });

  table.addEventListener("input", function (event) { mark(event.target); });
  table.addEventListener("change", function (event) { mark(event.target); });

  // Enter in a field below the table presses its own button.
  document.querySelectorAll("#grid-new-column, #grid-begin-row").forEach(function (field) {
    field.addEventListener("keydown", function (event) {
      if (event.key === "Enter") {
        event.preventDefault();
        field.parentNode.querySelector("button").click();
      }
    });
  });
})();
