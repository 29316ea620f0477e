// Keeps what is typed into a form in this browser until it is saved, so that a lost session or a closed tab loses none of
// it: when the form is opened again, it is offered back. What was saved is forgotten; so is what is 30 days old.
//
// One record for each opening of a form, under "roadmap-unsaved:" and a key that the form posts too (see
// roadmap/admin/editing/conflicts.py): which form, whose, when, the form's mark of how the thing was, and each text that differs
// from what the page came with. Where the browser keeps nothing, all this is left out in silence.
(function () {
  "use strict";

  var PREFIX = "roadmap-unsaved:";
  var DAYS = 30;
  var TEXTS = "textarea, input[type=text], input[type=url], input[type=email], input[type=number], input:not([type])";

  var storage = null;
  try {
    storage = window.localStorage;
    storage.setItem(PREFIX + "test", "");
    storage.removeItem(PREFIX + "test");
  } catch (error) {
    storage = null;
  }

  // Records

  function read(key) {
    try {
      var record = JSON.parse(storage.getItem(PREFIX + key));
      return record && typeof record === "object" && record.texts && record.at ? record : null;
    } catch (error) {
      return null;
    }
  }

  function write(key, record) {
    try {
      if (Object.keys(record.texts).length) {
        storage.setItem(PREFIX + key, JSON.stringify(record));
      } else {
        storage.removeItem(PREFIX + key);
      }
    } catch (error) {
      // No room for it: what was kept before stays.
    }
  }

  function forget(key) {
    try {
      storage.removeItem(PREFIX + key);
    } catch (error) {
      // It expires.
    }
  }

  function keys() {
    return Object.keys(storage).filter(function (name) {
      return name.startsWith(PREFIX);
    }).map(function (name) {
      return name.slice(PREFIX.length);
    });
  }

  function forgetOld() {
    keys().forEach(function (key) {
      var record = read(key);
      if (!record || !(Date.now() - record.at < DAYS * 24 * 60 * 60 * 1000)) {
        forget(key);
      }
    });
  }

  function forgetSaved() {
    var found = /(?:^|; )roadmap-saved=([a-z0-9.]+)/.exec(document.cookie);
    if (found) {
      found[1].split(".").forEach(forget);
      document.cookie = "roadmap-saved=; path=/admin/; max-age=0; samesite=lax";
    }
  }

  // Fields

  function isKept(field) {
    return field.name && !field.name.includes("__prefix__") && !field.readOnly && !field.disabled;
  }

  function texts(form) {
    return Array.from(form.querySelectorAll(TEXTS)).filter(isKept);
  }

  // A row of an inline may have another number when the form is opened again. It is called by its key, or where it has
  // none yet by what is chosen in it, or stands in it hidden (the environment of a milestone).
  function nameOf(form, field) {
    var parts = /^(.+)-(\d+)-([^-]+)$/.exec(field.name);
    if (!parts) {
      return field.name;
    }
    var row = parts[1] + "-" + parts[2] + "-";
    var key = form.elements[row + "id"];
    var choice = Array.from(form.querySelectorAll("select, input[type=hidden]")).find(function (field) {
      return field.name.startsWith(row) && field.value && !/-(id|item)$/.test(field.name);
    });
    var which = key && key.value ? "#" + key.value : choice ? "=" + choice.value : parts[2];
    return parts[1] + "|" + which + "|" + parts[3];
  }

  function labelOf(field) {
    if (field.hasAttribute("aria-label")) {
      return field.getAttribute("aria-label"); // a cell of a table
    }
    var label = field.labels && field.labels[0];
    var cell = field.closest("td");
    if (!label && cell) {
      var heading = cell.closest("table").querySelectorAll("thead th")[cell.cellIndex];
      var choice = cell.closest("tr").querySelector("select");
      var row = choice && choice.selectedOptions[0] ? choice.selectedOptions[0].textContent + ", " : "";
      return row + (heading ? heading.textContent.trim().toLowerCase() : field.name);
    }
    return label ? label.textContent.trim().replace(/:$/, "") : field.name;
  }

  function isAsLoaded(control) {
    if (control.type === "hidden" || control.tagName === "BUTTON" || !control.name || control.name.includes("__prefix__")) {
      return true;
    }
    if (control.type === "checkbox" || control.type === "radio") {
      return control.checked === control.defaultChecked;
    }
    if (control.tagName === "SELECT") {
      var options = Array.from(control.options);
      var isStated = options.some(function (option) { return option.defaultSelected; });
      return control.multiple || (isStated
        ? options.every(function (option) { return option.selected === option.defaultSelected; })
        : control.selectedIndex <= 0);
    }
    return control.type === "file" || control.value === control.defaultValue;
  }

  function newKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(12)), function (byte) {
      return byte.toString(16).padStart(2, "0");
    }).join("");
  }

  // One form

  function keep(form, keyField) {
    var isContinued = keyField.value !== ""; // the server sends the key back with a form that it did not save
    var mark = form.elements._opened;
    var isSubmitted = false;
    if (!isContinued) {
      keyField.value = newKey();
    }

    function record() {
      var known = read(keyField.value);
      return {
        path: location.pathname,
        user: keyField.dataset.typedBy,
        at: Date.now(),
        opened: mark ? mark.value : "",
        texts: known && isContinued ? known.texts : {},
      };
    }

    function remember() {
      var kept = record();
      texts(form).forEach(function (field) {
        var name = nameOf(form, field);
        if (field.value !== field.defaultValue || name in kept.texts) {
          kept.texts[name] = { text: field.value, label: labelOf(field) };
        }
      });
      write(keyField.value, kept);
    }

    function isDirty() {
      return isContinued || !Array.from(form.elements).every(isAsLoaded);
    }

    window.addEventListener("beforeunload", function (event) {
      if (!isSubmitted && isDirty()) {
        event.preventDefault();
        event.returnValue = ""; // what older browsers ask for
      }
    });
    form.addEventListener("submit", function (event) {
      if (storage) {
        remember();
      }
      var isElsewhere = event.submitter && event.submitter.formTarget === "_blank"; // a preview: this page stays
      isSubmitted = !event.defaultPrevented && !isElsewhere;
    });
    function onChange() {
      isSubmitted = false;
      if (storage) {
        remember();
      }
    }
    form.addEventListener("input", onChange);
    form.addEventListener("change", onChange);
    if (!storage) {
      return;
    }
    if (isContinued) {
      remember(); // with the mark of this page, whose differences are being read
    }
    offerAll(form, keyField, mark);
  }

  // What was kept of this form at other times

  function offerAll(form, keyField, mark) {
    keys().map(function (key) {
      return { key: key, record: read(key) };
    }).filter(function (one) {
      return one.key !== keyField.value && one.record && one.record.path === location.pathname &&
        one.record.user === keyField.dataset.typedBy;
    }).sort(function (one, other) {
      return one.record.at - other.record.at; // each is put above the others: the newest comes first
    }).forEach(function (one) {
      offer(form, mark, one.key, one.record);
    });
  }

  function matched(form, record) {
    var fields = {};
    texts(form).forEach(function (field) {
      fields[nameOf(form, field)] = field;
    });
    return Object.keys(record.texts).map(function (name) {
      return { field: fields[name], text: record.texts[name].text, label: record.texts[name].label };
    });
  }

  function putBack(form, mark, record, found) {
    if (mark && record.opened) {
      mark.value = record.opened; // so that what others saved since then is not overwritten unseen
    }
    found.forEach(function (one) {
      one.field.value = one.text;
      one.field.dispatchEvent(new Event("input", { bubbles: true }));
      one.field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  function offer(form, mark, key, record) {
    var found = matched(form, record).filter(function (one) {
      return one.field ? one.text !== one.field.defaultValue : one.text.trim();
    });
    if (!found.length) {
      forget(key); // it is what is saved
      return;
    }
    if (found.every(function (one) { return one.field && one.field.value === one.text; })) {
      // The page was loaded again, and the browser itself put back what was typed.
      putBack(form, mark, record, found);
      forget(key);
      return;
    }
    var banner = document.createElement("div");
    banner.className = "unsaved";
    var told = add(banner, "p", "unsaved__told", "You typed this on " + inWords(new Date(record.at)) + " and did not save it:");
    told.setAttribute("role", "status");
    var list = add(banner, "ul", "unsaved__fields");
    found.forEach(function (one) {
      var details = add(add(list, "li"), "details");
      var isHere = Boolean(one.field);
      add(details, "summary", "", one.label + (isHere ? "" : " (not in this form any more: copy it from here)"));
      var text = add(details, "textarea", "unsaved__text");
      text.readOnly = true;
      text.rows = Math.min(12, one.text.split("\n").length + 1);
      text.setAttribute("aria-label", one.label + ", as you typed it");
      text.value = one.text;
      details.open = !isHere;
    });
    var buttons = add(banner, "p", "unsaved__buttons");
    var here = found.filter(function (one) { return one.field; });
    if (here.length) {
      button(buttons, "Restore", function () {
        putBack(form, mark, record, here);
        if (here.length === found.length) {
          close("It is in the form again. It is not saved yet.");
          forget(key);
        } else {
          told.textContent = "It is in the form again, but for what the form has no place for now:";
          this.remove();
        }
        here[0].field.focus();
      });
    }
    button(buttons, "Discard", function () {
      forget(key);
      close("Discarded.");
      told.tabIndex = -1;
      told.focus();
    });

    function close(text) {
      told.textContent = text;
      list.remove();
      buttons.remove();
    }

    // An empty status first, filled afterwards: else a screen reader may not say it.
    var text = told.textContent;
    told.textContent = "";
    form.parentNode.insertBefore(banner, form.parentNode.querySelector(".unsaved") || form);
    told.textContent = text;
  }

  function add(parent, name, className, text) {
    var element = document.createElement(name);
    if (className) {
      element.className = className;
    }
    if (text) {
      element.textContent = text;
    }
    return parent.appendChild(element);
  }

  function button(parent, text, act) {
    var made = add(parent, "button", "button", text);
    made.type = "button";
    made.addEventListener("click", act);
  }

  // "24 March 2026 at 5:30pm"
  function inWords(date) {
    var day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" }).format(date);
    var minutes = date.getMinutes() ? ":" + String(date.getMinutes()).padStart(2, "0") : "";
    var hours = date.getHours();
    if (!minutes && hours % 12 === 0) {
      return day + " at " + (hours ? "midday" : "midnight");
    }
    return day + " at " + (hours % 12 || 12) + minutes + (hours >= 12 ? "pm" : "am");
  }

  if (storage) {
    forgetOld();
    forgetSaved();
  }
  // After what the browser itself may have put back into the form.
  window.addEventListener("pageshow", function (event) {
    var keyField = document.querySelector("form input[name=_typed]");
    if (keyField && !event.persisted) {
      keep(keyField.form, keyField);
    }
  });
})();
