// Compiles each sheet of static/scss and leaves out what no page uses: `node script/styles.mjs SASS FROM TO CLASSES
// LOAD_PATH…`. CLASSES is a file with every class name that templates and code have, a line each.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [packages, from, to, classes, ...loadPaths] = process.argv.slice(2);
const sass = createRequire(join(resolve(packages), "styles.mjs"))("sass");
const used = new Set(readFileSync(classes, "utf8").split("\n"));

// For browsers of before 2023, and for govuk-frontend's scripts, of which we use none.
const OUTDATED = /[\0\uFFFD]|^@supports not \((?:text-wrap|caret-color)|::-moz-focus-inner/;
const FOR_SCRIPTS = /^--govuk-(?:breakpoint|frontend)/;
// What every browser since then understands: what is within is as right without asking, and without its older names.
const UNDERSTOOD = /^@supports ?(?:not \(-ms-|\((?:position|margin|padding|border-width|-webkit-mask-position):)/;
const OLDER_NAMES =
  /(?:clip:rect\(0 0 0 0\)(?: !important)?|-webkit-(?:clip-path|mask-[a-z]+):[^;]*|-m(?:s|oz)-[a-z-]+:[^;]*|width:-webkit-fit-content|-webkit-appearance:none(?=;appearance))(?:;|$)/g;
const OLDER_QUERY = ",(-ms-high-contrast: active)";
// No field or button for readers is ever out of use, none is a number, no button is a link, no group of a form is in another,
// the words of a fold are no parts, and no page is to be left in a hurry.
const NEVER =
  /\[disabled\]|(?<!:not\():disabled|\[type=number\]|-spin-button|-button[\w-]*:(?:link|visited)|-group[\w-]* \.govuk-form-group|summary-text>|exit-this-page/;
// What static/scss/_layout.scss says once for the whole page.
const SAID_OF_THE_PAGE = new RegExp(
  "(?:font-family:(?:inherit|sans-serif)|-webkit-font-smoothing:antialiased|-moz-osx-font-smoothing:grayscale" +
    "|-webkit-text-decoration-skip(?:-ink)?:none|text-decoration-skip:none)(?:;|$)",
  "g",
);
// The colours are always there: see `hasPalette`.
const FALLBACK = /var\((--govuk-[\w-]+), ?[^()]*\)/g;

// Whether some page has every class that a selector asks for. What it asks not to be there does not matter.
function isUsed(selector) {
  const names = selector.replace(/:not\([^)]*\)/g, "").matchAll(/\.((?:app|govuk)-[\w-]+)/g);
  return !NEVER.test(selector) && [...names].every(([, name]) => used.has(name));
}

// The rules of a sheet, or of an at-rule that holds rules, without what is not needed. `kept` are those before.
function slim(css, hasPalette, kept = []) {
  for (let start = 0, opened; (opened = css.indexOf("{", start)) >= 0; ) {
    let end = opened + 1;
    for (let depth = 1; depth > 0; end++) depth += css[end] === "{" ? 1 : css[end] === "}" ? -1 : 0;
    const head = css.slice(start, opened);
    let body = css.slice(opened + 1, end - 1);
    start = end;
    if (OUTDATED.test(head) || FOR_SCRIPTS.test(body) || (head === ":root" && !hasPalette)) continue;
    if (UNDERSTOOD.test(head)) {
      slim(body, hasPalette, kept);
      continue;
    }
    const names = head.replace(OLDER_QUERY, "");
    const selectors = names.startsWith("@") ? [names] : names.split(/,(?![^(]*\))/).filter(isUsed);
    if (/^@(?:media|supports)/.test(head)) body = slim(body, hasPalette);
    else if (head.startsWith(".")) body = body.replace(SAID_OF_THE_PAGE, "").replace(OLDER_NAMES, "");
    body = body.replace(FALLBACK, "var($1)").replace(/;$/, "");
    if (!selectors.length || !body) continue;
    const last = kept.at(-1);
    if (last?.head !== selectors.join(",")) kept.push({ head: selectors.join(","), body });
    else last.body += (head.startsWith("@") ? "" : ";") + body;
  }
  return kept.map(({ head, body }) => `${head}{${body}}`).join("");
}

for (const file of readdirSync(from).filter((name) => /^[^_].*\.scss$/.test(name))) {
  const options = { style: "compressed", charset: false, quietDeps: true, loadPaths };
  // Every page has site.css, so that the colours are in that alone: a sheet after it must not bring the light ones back.
  const css = slim(sass.compile(join(from, file), options).css, ["site.scss", "admin.scss"].includes(file));
  writeFileSync(join(to, file.replace(/scss$/, "css")), css);
}
