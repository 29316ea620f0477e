"""Every page of the admin on a phone and on a desk: nothing is cut off, and nothing keeps anybody out.

What is Django's alone (accounts and roles, the history of a column) is not ours to mend.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests import live
from tests.browser.test_edit_and_publish import sign_in

pytestmark = pytest.mark.browser

WIDTHS = (390, 1280)
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
STAFF = "/admin/roadmap"
PAGES = {
    "lists": [
        "/admin/",
        *(f"{STAFF}/{noun}/?roadmap__id__exact=1" for noun in ("item", "release", "page", "changelogentry", "field")),
        f"{STAFF}/api/",
        f"{STAFF}/api/alike/",
        f"{STAFF}/roadmap/",
        f"{STAFF}/item/order/1/",
        *(f"{STAFF}/roadmap/1/{page}/" for page in ("to-check", "editions", "deleted", "imports")),
    ],
    "forms": [
        *(f"{STAFF}/{noun}/{{{noun}}}/change/" for noun in ("item", "release", "page", "changelogentry", "field")),
        f"{STAFF}/api/{{api}}/change/",
        f"{STAFF}/roadmap/1/change/",
        f"{STAFF}/roadmap/add/",
        *(f"{STAFF}/{noun}/add/?roadmap=1" for noun in ("item", "page")),
        f"{STAFF}/api/add/",
        "/admin/password_change/",
    ],
    "screens": [
        f"{STAFF}/item/add/",  # which roadmap is asked for first
        f"{STAFF}/item/{{item}}/delete/",
        f"{STAFF}/item/{{item}}/history/",
        f"{STAFF}/release/{{release}}/delete/",  # refused: it has items
        f"{STAFF}/item/mark-deployed/?items={{item}}",
        f"{STAFF}/item/move/?items={{item}}",
        f"{STAFF}/roadmap/1/preview-links/",
        f"{STAFF}/roadmap/1/publish/",
        f"{STAFF}/roadmap/import/",
        f"{STAFF}/roadmap/1/import/",
    ],
}
MAKE = f"""
{live.WIDE_ROADMAP}
make.roadmap(title="Nothing yet", slug="nothing-yet", reference_prefix="NY")
make.changelog_entry(roadmap, title=word)
make.item(roadmap, title="Retrieve VAT obligations", release=release, live="Q3 2027")
make.milestone(roadmap.items.get(title="Retrieve VAT obligations"), "test", "May 2020")
"""
NOUNS = {"item": "Item", "release": "Release", "page": "Page", "changelogentry": "ChangelogEntry", "field": "Field"}
KEYS = f"""
import json
from roadmap import models
nouns = {NOUNS | {"api": "Api"}}
print(json.dumps({{noun: getattr(models, model).objects.first().pk for noun, model in nouns.items()}}))
"""

# What somebody would see cut: it reaches past the window, or past what hides what reaches past it.
CUT_OFF = """() => {
  const cut = [];
  for (const element of document.querySelectorAll("body *")) {
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || element.closest("svg, .visually-hidden, .skip-to-content-link")) continue;
    for (let around = element.parentElement; around; around = around.parentElement) {
      const flow = getComputedStyle(around);
      if (flow.overflowX === "auto" || flow.overflowX === "scroll" || flow.clipPath !== "none") break;
      const edge = around === document.body ? innerWidth : around.getBoundingClientRect().right;
      if ((around === document.body || flow.overflowX === "hidden") && box.right > edge + 1) {
        cut.push(element.outerHTML.slice(0, 120));
        break;
      }
    }
  }
  const isWide = document.documentElement.scrollWidth > document.documentElement.clientWidth;
  return cut.slice(0, 5).concat(isWide ? ["the page is wider than the window"] : []);
}"""


@pytest.fixture(scope="module")
def site(_prepared_site: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.LiveSite]:
    prepared = live.prepare_more(_prepared_site[0], tmp_path_factory.mktemp("prepared-admin-pages"), MAKE)
    with live.serving(prepared, tmp_path_factory.mktemp("admin-pages"), _prepared_site[1]) as site:
        yield site


@pytest.fixture(scope="module")
def keys(site: live.LiveSite) -> dict[str, int]:
    found: dict[str, int] = json.loads(site.manage("shell", "--no-imports", "-c", KEYS))
    return found


def wrong_with(page: Page) -> list[str]:
    """At each width: what is cut off, and what axe finds."""
    found = []
    page.evaluate(Axe().axe_script)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: cut off: {html}" for html in page.evaluate(CUT_OFF)]
        violations = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
        found += [f"{width}: {one['id']}: {node['html'][:120]}" for one in violations for node in one["nodes"]]
    return found


@pytest.mark.parametrize("kind", PAGES)
def test_no_page_of_the_admin_is_cut_off_or_keeps_anybody_out(
    site: live.LiveSite, page: Page, keys: dict[str, int], kind: str
) -> None:
    sign_in(page, site)
    wrong = {}
    for address in PAGES[kind]:
        page.goto(site.url + address.format(**keys))
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        wrong[address] = wrong_with(page)
    assert {address: found for address, found in wrong.items() if found} == {}


def test_neither_is_a_form_that_was_refused_nor_the_way_in_and_out(site: live.LiveSite, page: Page) -> None:
    page.goto(f"{site.url}/admin/")
    wrong = {"sign in": wrong_with(page)}
    sign_in(page, site)
    page.goto(f"{site.url}{STAFF}/item/add/?roadmap=1")
    page.get_by_role("textbox", name="Sandbox date").fill("whenever")
    page.get_by_role("button", name="Save", exact=True).click()
    wrong["a form that was refused"] = wrong_with(page)
    page.get_by_role("button", name="Log out").click()
    wrong["signed out"] = wrong_with(page)
    assert {address: found for address, found in wrong.items() if found} == {}
