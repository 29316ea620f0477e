// What Word, Excel, LibreOffice, Google Docs or a web page puts onto the clipboard, as Markdown that roadmap/markdown
// understands: `markdownOfHtml(html)`. Nothing where the HTML says no more than its words do.
//
// The HTML is read into a document of its own, in which nothing runs and nothing is fetched; first it is made plain there
// (`tidy`), then turndown writes it. Tables are written here: of its plugin, GitHub's tables keep no bar in a cell, and
// none at all without a row of headings, which Excel never has. See docs/decisions/0030-nothing-typed-is-lost-on-the-way.md.
(function () {
  "use strict";

  var LONGEST = 2000000; // characters: more is pasted as its words
  var MEANT = "a[href], strong, b, em, i, h1, h2, h3, h4, h5, h6, ul, ol, table, blockquote, code, del, s, strike, sup, sub, hr, img";
  var BLOCKS = "p, div, h1, h2, h3, h4, h5, h6, ul, ol, li, table, blockquote, pre, section, article, header, footer, main, aside, figure, dl";
  var HEADINGS = "h1, h2, h3, h4, h5, h6";
  var LEFT_OUT = "script, style, xml, title, meta, link, template, noscript, button, svg, object, iframe, [hidden]";
  var URL_IN_TEXT = /(https?:\/\/[^\s<>"'`|\\]+)/;

  function all(parent, selector) {
    return Array.from(parent.querySelectorAll(selector));
  }

  // The site's content security policy holds for the document that is read too. It is told of every style that it refuses,
  // and styles are all that Word says of a list: so they come under another name, and the policy has nothing to refuse.
  function parsed(html) {
    var quiet = html.replace(/<style\b[\s\S]*?<\/style\s*>/gi, "").replace(/<[a-z][^>]*>/gi, function (tag) {
      return tag.replace(/\son\w+\s*=/gi, " data-on=").replace(/\sstyle\s*=/gi, " data-style=");
    });
    return new DOMParser().parseFromString(quiet, "text/html").body;
  }

  function unwrap(element) {
    element.replaceWith(...element.childNodes);
  }

  function rename(element, name) {
    var renamed = element.ownerDocument.createElement(name);
    renamed.append(...element.childNodes);
    element.replaceWith(renamed);
    return renamed;
  }

  function styleOf(element) {
    return (element.getAttribute("data-style") || "").toLowerCase();
  }

  // Word's lists are paragraphs that say in their style which level of which list they are, with a bullet or number typed
  // out; Word on the web gives each item a list of its own. Both become lists.

  function itemOf(element) {
    if (/^(P|DIV)$/.test(element.nodeName)) {
      var level = /mso-list\s*:\s*[^;]*level(\d)/.exec(styleOf(element));
      var mark = all(element, "span").find(function (span) {
        return /mso-list\s*:\s*ignore/.test(styleOf(span));
      });
      if (level && mark) {
        var typed = /^\(?(\d+|[a-z]{1,5})[.)]\s*$/i.exec(mark.textContent.trim());
        mark.remove();
        return { level: Number(level[1]), name: typed ? "OL" : "UL", number: typed && parseInt(typed[1], 10), from: element };
      }
    }
    var only = element.matches("div.ListContainerWrapper") ? element.querySelector("li[data-aria-level]") : null;
    return only && {
      level: Number(only.getAttribute("data-aria-level")),
      name: only.parentNode.nodeName,
      number: Number(only.parentNode.getAttribute("start")),
      from: only,
    };
  }

  function newList(root, item) {
    var list = root.ownerDocument.createElement(item.name);
    if (item.name === "OL" && item.number > 1) {
      list.setAttribute("start", item.number);
    }
    return list;
  }

  function makeLists(root) {
    var seen = new Set();
    all(root, "p, div").forEach(function (first) {
      var open = []; // the lists that the next item may belong to, outermost first
      var next = first;
      while (next && !seen.has(next)) {
        var element = next;
        var item = itemOf(element);
        if (!item) {
          return;
        }
        seen.add(element);
        next = element.nextElementSibling;
        while (open.length && (open[open.length - 1].level > item.level ||
            (open[open.length - 1].level === item.level && open[open.length - 1].list.nodeName !== item.name))) {
          open.pop();
        }
        var inner = open[open.length - 1];
        if (!inner || inner.level < item.level) {
          var list = newList(root, item);
          if (inner) {
            inner.list.lastElementChild.append(list);
          } else {
            element.before(list);
          }
          inner = { level: item.level, list: list };
          open.push(inner);
        }
        var entry = root.ownerDocument.createElement("li");
        entry.append(...item.from.childNodes);
        inner.list.append(entry);
        element.remove();
      }
    });
  }

  // A link or bold print around whole paragraphs is said of the words in each.
  function intoBlocks(wrapper) {
    var blocks = all(wrapper, BLOCKS).filter(function (block) {
      return !block.querySelector(BLOCKS) && block.textContent.trim();
    });
    if (!blocks.length) {
      return;
    }
    blocks.forEach(function (block) {
      var inner = wrapper.cloneNode(false);
      inner.append(...block.childNodes);
      block.append(inner);
    });
    unwrap(wrapper);
  }

  function sayStyles(root) {
    all(root, "b, strong, em, i").forEach(function (element) {
      var isNormal = /^(B|STRONG)$/.test(element.nodeName)
        ? /font-weight\s*:\s*(normal|[1-4]00)/.test(styleOf(element))
        : /font-style\s*:\s*normal/.test(styleOf(element));
      if (isNormal) {
        unwrap(element); // Google Docs has all of it in one <b> that is none
      }
    });
    all(root, "span, font").forEach(function (span) {
      var style = styleOf(span);
      var names = [/font-weight\s*:\s*(bold|[6-9]00)/.test(style) && "strong", /font-style\s*:\s*italic/.test(style) && "em",
        /text-decoration[^;]*line-through/.test(style) && "del"];
      names.filter(Boolean).forEach(function (name) {
        var inner = root.ownerDocument.createElement(name);
        inner.append(...span.childNodes);
        span.append(inner);
      });
      unwrap(span);
    });
    all(root, "b, strong, em, i, del, s, strike").forEach(intoBlocks);
    all(root, ["b", "strong", "i", "em"].map(function (name) {
      return name + " b, " + name + " strong, " + name + " em, " + name + " i";
    }).join(", ")).forEach(function (element) {
      var same = /^(B|STRONG)$/.test(element.nodeName) ? "b, strong" : "em, i";
      if (element.parentNode.closest(same)) {
        unwrap(element);
      }
    });
    all(root, HEADINGS).concat(all(root, "th")).forEach(function (heading) {
      all(heading, "b, strong").forEach(unwrap); // it is in bold as it is
    });
    all(root, "b, strong, em, i").forEach(function (element) {
      var next = element.nextSibling;
      while (next && next.nodeName === element.nodeName) {
        element.append(...next.childNodes);
        next.remove();
        next = element.nextSibling;
      }
    });
  }

  function tidyLinks(root) {
    all(root, "a").forEach(function (link) {
      var href = (link.getAttribute("href") || "").trim();
      if (!/^(https?:|mailto:|tel:|\/[^/])/i.test(href) || !link.textContent.trim()) {
        unwrap(link); // to a file of whoever wrote it, to a place within the document, or to nothing
      } else {
        link.removeAttribute("title");
        intoBlocks(link);
      }
    });
  }

  // How many pictures there were that cannot come along: they are files of a computer, or of another site.
  function takePictures(root) {
    var lost = 0;
    all(root, "img").forEach(function (image) {
      var source = image.getAttribute("src") || "";
      var isOurs = source.startsWith("/media/") || source.startsWith(location.origin + "/media/");
      if (!isOurs) {
        lost += 1;
        image.remove();
      }
    });
    return lost;
  }

  function beside(node, direction) {
    var found = node[direction];
    while (found && found.nodeType !== Node.ELEMENT_NODE && (found.nodeType !== Node.TEXT_NODE || !found.data.trim())) {
      found = found[direction];
    }
    return found;
  }

  function isBlock(node) {
    return node.nodeType === Node.ELEMENT_NODE && node.matches(BLOCKS);
  }

  function tidy(root) {
    all(root, LEFT_OUT).concat(all(root, "*").filter(function (element) {
      return /display\s*:\s*none/.test(styleOf(element)) || /mso-hide\s*:\s*all/.test(styleOf(element));
    })).forEach(function (element) {
      element.remove();
    });
    makeLists(root);
    all(root, "*").filter(function (element) { return element.nodeName.includes(":"); }).forEach(unwrap); // Word's own
    var lost = takePictures(root);
    var walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      walker.currentNode.data = walker.currentNode.data.replace(/[\u00a0\u202f]/g, " ").replace(/[\u00ad\u200b\ufeff]/g, "");
    }
    all(root, "p.MsoTitle").forEach(function (title) { rename(title, "h1"); });
    all(root, "kbd, samp, tt").forEach(function (element) { rename(element, "code"); });
    all(root, "pre").forEach(function (block) {
      var code = root.ownerDocument.createElement("code");
      code.textContent = block.textContent;
      block.replaceChildren(code);
    });
    sayStyles(root);
    tidyLinks(root);
    all(root, "ul > ul, ul > ol, ol > ul, ol > ol").forEach(function (list) {
      if (list.previousElementSibling && list.previousElementSibling.nodeName === "LI") {
        list.previousElementSibling.append(list);
      }
    });
    all(root, "br[clear]").forEach(function (ending) { ending.remove(); }); // a page ends
    // A line break beside a paragraph, or at either end of one, breaks nothing.
    all(root, "br").reverse().forEach(function (ending) {
      var before = beside(ending, "previousSibling");
      var after = beside(ending, "nextSibling");
      if (!before || !after || isBlock(before) || isBlock(after)) {
        ending.remove();
      }
    });
    all(root, "p, div, li, span, b, strong, em, i, h1, h2, h3, h4, h5, h6, blockquote").reverse().forEach(function (element) {
      if (!element.textContent.trim() && !element.querySelector("img, hr, table")) {
        element.replaceWith(/^(SPAN|B|STRONG|EM|I)$/.test(element.nodeName) ? element.textContent : "");
      }
    });
    all(root, "li").forEach(function (item) {
      var paragraphs = Array.from(item.children).filter(function (child) { return /^(P|DIV)$/.test(child.nodeName); });
      if (paragraphs.length === 1) {
        unwrap(paragraphs[0]);
      }
    });
    return lost;
  }

  // Markdown

  function escaped(text) {
    return text.split(URL_IN_TEXT).map(function (part, index) {
      if (index % 2) {
        return part; // an address stays one
      }
      return TurndownService.prototype.escape(part)
        .replace(/<(?=[a-z/!?])/gi, "\\<")
        .replace(/&(?=#?\w+;)/g, "\\&")
        .replace(/^(\s*)#/, "$1\\#")
        .replace(/~~/g, "\\~~");
    }).join("");
  }

  function writer(tables) {
    var service = new TurndownService({
      headingStyle: "atx", hr: "---", bulletListMarker: "-", codeBlockStyle: "fenced", emDelimiter: "*",
    });
    service.escape = escaped;
    service.addRule("table", {
      filter: function (node) { return node.nodeName === "HR" && node.hasAttribute("data-table"); },
      replacement: function (content, node) { return "\n\n" + tables[node.getAttribute("data-table")] + "\n\n"; },
    });
    service.addRule("lineBreak", {
      filter: "br",
      replacement: function () { return "<br>\n"; },
    });
    service.addRule("deleted", {
      filter: ["del", "s", "strike"],
      replacement: function (content) { return content.trim() ? "~~" + content + "~~" : ""; },
    });
    service.addRule("raised", {
      filter: ["sup", "sub"],
      replacement: function (content, node) {
        var name = node.nodeName.toLowerCase();
        return "<" + name + ">" + content + "</" + name + ">";
      },
    });
    service.addRule("address", {
      filter: function (node) {
        return node.nodeName === "A" && URL_IN_TEXT.test(node.textContent) &&
          node.textContent.trim().replace(/\/$/, "") === node.getAttribute("href").replace(/\/$/, "");
      },
      replacement: function (content, node) { return node.textContent.trim(); },
    });
    service.addRule("item", {
      filter: "li",
      replacement: function (content, node) {
        var list = node.parentNode;
        var items = Array.from(list.children).filter(function (child) { return child.nodeName === "LI"; });
        var first = parseInt(list.getAttribute("start"), 10);
        var mark = list.nodeName === "OL" ? (isNaN(first) ? 1 : first) + items.indexOf(node) + ". " : "- ";
        var isLong = /\n$/.test(content);
        var lines = content.trim().replace(/\n(?=[^\n])/g, "\n" + " ".repeat(mark.length));
        return mark + lines + (isLong ? "\n" : "") + (node.nextElementSibling ? "\n" : "");
      },
    });
    return service;
  }

  // Of a cell: one line, whatever was in it.
  function cellText(service, cell) {
    var written = cell.firstElementChild ? service.turndown(cell) : escaped(cell.textContent.replace(/\s+/g, " ").trim());
    return written.split("\n").map(function (line) {
      return line.trim().replace(/<br>$/, "").replace(/^- /, "• ").replace(/^> ?/, "").replace(/^#{1,6} (.*)$/, "**$1**");
    }).filter(Boolean).join("<br>").replace(/\\?\|/g, "\\|");
  }

  // Every row has as many cells as the longest. What spans rows is said in each; what spans columns, in the first.
  function grid(service, table) {
    var rows = [];
    Array.from(table.rows).forEach(function (row, at, typed) {
      rows[at] = rows[at] || [];
      var column = 0;
      Array.from(row.cells).forEach(function (cell) {
        var text = cellText(service, cell);
        while (rows[at][column] !== undefined) {
          column += 1;
        }
        for (var down = 0; down < Math.min(cell.rowSpan || 1, typed.length - at); down++) {
          rows[at + down] = rows[at + down] || [];
          for (var right = 0; right < Math.min(cell.colSpan || 1, 100); right++) {
            rows[at + down][column + right] = right ? "" : text;
          }
        }
      });
    });
    var width = Math.max.apply(null, rows.map(function (row) { return row.length; }).concat(0));
    var isUsed = Array.from({ length: width }, function (_, column) {
      return rows.some(function (row) { return row[column]; });
    });
    return rows.map(function (row) {
      return Array.from({ length: width }, function (_, column) { return row[column] || ""; }).filter(function (_, column) {
        return isUsed[column];
      });
    }).filter(function (row) {
      return row.some(Boolean);
    });
  }

  function tableText(service, table) {
    var rows = grid(service, table);
    if (!rows.length) {
      return "";
    }
    var lines = rows.map(function (row) { return "| " + row.join(" | ") + " |"; });
    lines.splice(1, 0, "|" + " --- |".repeat(rows[0].length));
    var caption = table.caption && service.turndown(table.caption);
    return (caption ? caption + "\n\n" : "") + lines.join("\n");
  }

  // Tables that are there for the looks: their cells hold tables, lists of links, whole pages.
  function isLayout(table) {
    return table.querySelector("table") || table.rows.length * (table.rows[0] ? table.rows[0].cells.length : 0) < 2 ||
      ["presentation", "none"].includes(table.getAttribute("role"));
  }

  function takeTables(root, service, tables) {
    all(root, "table").forEach(function (table) {
      if (isLayout(table)) {
        all(table, "td, th").filter(function (cell) { return cell.closest("table") === table; }).forEach(function (cell) {
          rename(cell, "div");
        });
        // What is left of it would be words beside each other.
        table.replaceWith(...Array.from(table.querySelectorAll("caption, tr > div")).filter(function (part) {
          return part.closest("table") === table;
        }));
      }
    });
    all(root, "table").forEach(function (table) {
      var place = root.ownerDocument.createElement("hr");
      place.setAttribute("data-table", tables.push(tableText(service, table)) - 1);
      table.replaceWith(place);
    });
  }

  // {markdown, lost}: `lost` is how many pictures were left out. Null where the browser may as well paste the words.
  function markdownOfHtml(html) {
    if (html.length > LONGEST || typeof TurndownService === "undefined") {
      return null;
    }
    var root = parsed(html);
    var only = root.firstElementChild;
    if (root.children.length === 1 && only.nodeName === "PRE" && !only.querySelector("a, table")) {
      return null; // from an editor of code
    }
    var lost = tidy(root);
    // Word's plain text has no empty line between its paragraphs.
    if (!root.querySelector(MEANT) && all(root, "p").length < 2) {
      return lost ? { markdown: "", lost: lost } : null;
    }
    var tables = [];
    var service = writer(tables);
    takeTables(root, service, tables);
    if (!root.querySelector(MEANT) && all(root, "p").length < 2) {
      return null; // one cell of a spreadsheet
    }
    return { markdown: service.turndown(root).replace(/[ \t]+$/gm, "").replace(/\n{3,}/g, "\n\n").trim(), lost: lost };
  }

  window.markdownOfHtml = markdownOfHtml;
})();
