#!/usr/bin/env bash
# turndown-plugin-gfm 1.0.2 makes of a spreadsheet's cells what GFM does not read as a table; @joplin's fork of it does not.
#
# Seen with turndown 7.2.5, of a table with a bar, a line break and two paragraphs in its cells: turndown-plugin-gfm leaves a
# table without a row of headings, as Excel and Calc put it on the clipboard, as HTML; of one with headings it keeps line
# breaks and paragraphs, each of which ends the table, and the bar as it is, which begins another cell. The same plugin as
# @joplin/turndown-plugin-gfm 1.0.68 writes <br> and escapes the bar, but puts a row of empty headings above the first row.
# Expected: one line of Markdown for each row, a line break as <br>, a bar as \| (GFM 0.29, "Tables (extension)").
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs node 18 or later, with npm.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund turndown@7.2.5 turndown-plugin-gfm@1.0.2 @joplin/turndown-plugin-gfm@1.0.68

cat >read.cjs <<'JAVASCRIPT'
const Turndown = require("turndown");
const bare = "<table><tr><td>Sandbox</td><td>March<br>2027</td></tr><tr><td>a|b</td><td><p>TBC</p><p>or later</p></td></tr></table>";
const headed = bare.replace("<tr><td>Sandbox</td><td>", "<tr><th>Name</th><th>When</th></tr><tr><td>Sandbox</td><td>");
for (const name of ["turndown-plugin-gfm", "@joplin/turndown-plugin-gfm"]) {
  for (const [what, html] of [["bare", bare], ["headed", headed]]) {
    const service = new Turndown();
    service.use(require(name).gfm);
    console.log(`${name} ${what}: ${JSON.stringify(service.turndown(html))}`);
  }
}
JAVASCRIPT
node read.cjs | tee seen
diff - seen <<'EXPECTED'
turndown-plugin-gfm bare: "<table><tbody><tr><td>Sandbox</td><td>March<br>2027</td></tr><tr><td>a|b</td><td><p>TBC</p><p>or later</p></td></tr></tbody></table>"
turndown-plugin-gfm headed: "| Name | When |\n| --- | --- |\n| Sandbox | March  \n2027 |\n| a|b | \nTBC\n\nor later\n\n |"
@joplin/turndown-plugin-gfm bare: "|     |     |\n| --- | --- |\n| Sandbox | March  <br>2027 |\n| a\\|b | TBC<br><br>or later |"
@joplin/turndown-plugin-gfm headed: "| Name | When |\n| --- | --- |\n| Sandbox | March  <br>2027 |\n| a\\|b | TBC<br><br>or later |"
EXPECTED
