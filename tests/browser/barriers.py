"""What axe finds wrong with a page, for people who see, hear or move in other ways (WCAG 2.2, AA)."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# All that a look changes is colours: of axe's rules for these levels only these ask for one.
OF_COLOURS = ("color-contrast", "link-in-text-block")

# Of what was found in order nothing is put together and sent: on most pages that is all.
_RUN = """([context, runOnly]) => axe.run(context || document, {runOnly, resultTypes: ["violations"]}).then(
    found => found.violations.map(rule => [rule.id, rule.nodes.map(node => node.html)]))"""


def barriers(
    page: Page, *, within: str | None = None, best_practice: bool = False, rules: tuple[str, ...] = ()
) -> list[list[Any]]:
    """Each rule that is broken, by axe's name, with the HTML that breaks it: `[[rule, [html, …]], …]`.

    `within` is a selector of the part that is looked at, or else it is the whole page. The rules are those of WCAG,
    with what axe calls best practice where that is asked for; or else `rules` alone.
    """
    page.wait_for_load_state()  # with its styles
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    chosen = {"type": "tag", "values": [*WCAG, *(["best-practice"] if best_practice else [])]}
    if rules:
        chosen = {"type": "rule", "values": [*rules]}
    found: list[list[Any]] = page.evaluate(_RUN, [within, chosen])
    return found
