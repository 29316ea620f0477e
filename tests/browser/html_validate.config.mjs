// What of html-validate's recommended rules is asked of the pages, of every kind in page_kinds.py, saved as files:
//
//     script/screenshots html
//     npx html-validate --config tests/browser/html_validate.config.mjs var/pages/*.html
//
// All of them but for these, which are no mistakes here:
export default {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // The lines of a template that show nothing. Compressed, they weigh nothing; taking them out costs each page its time.
    "no-trailing-whitespace": "off",
    // A title says what the page is, of which roadmap and on which site. Staff write two of the three.
    "long-title": "off",
    // Several values of one filter are several boxes of its name: that is what a GET form sends.
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "reset", "submit"] }],
    // What scrolls in its own place can be reached by keyboard and so has a role and a name. It is no section of the text.
    "prefer-native-element": ["error", { exclude: ["region"] }],
  },
};
