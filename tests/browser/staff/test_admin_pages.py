"""Every page of the admin on a phone and on a desk: nothing is cut off, and nothing keeps anybody out.

With them what people without an account are sent: where they agree to a draft, and where somebody who is invited
chooses a password.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import live
from tests.browser.barriers import barriers
from tests.browser.signing_in import sign_in

pytestmark = pytest.mark.browser

WIDTHS = (390, 1280)
STAFF = "/admin/roadmap"
PAGES = {
    "lists": [
        "/admin/",
        *(f"{STAFF}/{noun}/?roadmap__id__exact=1" for noun in ("item", "release", "page", "changelogentry", "field")),
        f"{STAFF}/api/",
        f"{STAFF}/api/alike/",
        f"{STAFF}/roadmap/",
        f"{STAFF}/item/order/1/",
        "/admin/auth/user/",
        "/admin/sign-ins/",
        "/admin/second-factor/",
        "/admin/forgotten/",
        f"{STAFF}/roadmap/emails/",
        *(f"{STAFF}/roadmap/1/{page}/" for page in ("to-check", "editions", "deleted", "imports")),
    ],
    "forms": [
        *(f"{STAFF}/{noun}/{{{noun}}}/change/" for noun in ("item", "release", "page", "changelogentry", "field")),
        f"{STAFF}/api/{{api}}/change/",
        f"{STAFF}/roadmap/1/change/",
        f"{STAFF}/roadmap/add/",
        *(f"{STAFF}/{noun}/add/?roadmap=1" for noun in ("item", "page")),
        f"{STAFF}/api/add/",
        f"{STAFF}/roadmap/1/grid/",
        f"{STAFF}/roadmap/emails/address/",
        "/admin/auth/user/add/",
        "/admin/auth/user/{person}/change/",
        "/admin/password_change/",
        "/admin/second-factor/new/",
        "{invitation}",
        "{agree}",
    ],
    "screens": [
        f"{STAFF}/item/add/",  # which roadmap is asked for first
        f"{STAFF}/item/{{item}}/delete/",
        f"{STAFF}/item/{{item}}/history/",
        f"{STAFF}/release/{{release}}/delete/",  # refused: it has items
        f"{STAFF}/api/{{api}}/delete/",
        *(f"{STAFF}/{noun}/{{{noun}}}/history/" for noun in ("api", "field")),
        f"{STAFF}/item/mark-deployed/?items={{item}}",
        f"{STAFF}/item/move/?items={{item}}",
        f"{STAFF}/item/minor/?items={{item}}",
        *(f"{STAFF}/item/change/{what}/?items={{item}}" for what in ("date", "field", "api", "audience")),
        f"{STAFF}/roadmap/1/preview-links/",
        f"{STAFF}/roadmap/1/publish/",
        f"{STAFF}/roadmap/1/publish/discard/?of={{uid}}",
        f"{STAFF}/roadmap/1/ready/",
        f"{STAFF}/roadmap/1/editions/{{edition}}/undo/",
        f"{STAFF}/roadmap/1/grid/upload/",
        f"{STAFF}/roadmap/import/",
        f"{STAFF}/roadmap/1/import/",
    ],
}
MAKE = f"""
{live.WIDE_ROADMAP}
make.roadmap(title="Nothing yet", slug="nothing-yet", reference_prefix="NY")
item = roadmap.items.order_by("pk").first()
item.description = f"Reworded, as in `{{word}}`"
item.save()
make.edition(roadmap, note=word)
make.changelog_entry(roadmap, title=word)
item.description = f"Reworded again, as in `{{word}}`"
item.save()
make.user(username=f"{{word}}@example.org".lower(), email=f"{{word}}@example.org".lower(), first_name=word[:100])
make.item(roadmap, title="Retrieve VAT obligations", release=release, live="Q3 2027")
make.milestone(roadmap.items.get(title="Retrieve VAT obligations"), "test", "May 2020")
{live.TROUBLED_EMAILS}
"""
NOUNS = {"item": "Item", "release": "Release", "page": "Page", "changelogentry": "ChangelogEntry", "field": "Field"}
KEYS = f"""
import json
from django.contrib.auth.models import User
from django.urls import reverse
from roadmap import models
from roadmap.admin.people import invitation_url
from roadmap.previews import links
nouns = {NOUNS | {"api": "Api"}}
roadmap, person = models.Roadmap.objects.get(pk=1), User.objects.last()
link = links.make_link(roadmap=roadmap, by=person, purpose="Policy", days=7, now=links.current_time())
print(json.dumps({{
    **{{noun: getattr(models, model).objects.first().pk for noun, model in nouns.items()}},
    "person": person.pk,
    "uid": str(roadmap.items.order_by("pk").first().uid),
    "edition": roadmap.editions.get(number=2).pk,
    "invitation": invitation_url(person),
    "agree": reverse("preview_agree", args=[links.token_of(link)]),
}}))
"""

# After somebody has agreed to the drafts
CHANGED_SINCE = """
from roadmap import models
roadmap = models.Roadmap.objects.get(pk=1)
models.Roadmap.objects.filter(pk=1).update(asks_reasons=True)
roadmap.items.order_by("pk").first().milestones.filter(environment="live").update(when="June 2031")
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
def keys(site: live.LiveSite) -> dict[str, int | str]:
    found: dict[str, int | str] = json.loads(site.manage("shell", "--no-imports", "-c", KEYS))
    return found


def wrong_with(page: Page) -> list[str]:
    """At each width: what is cut off, and what axe finds."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        # To the end, where a bar that stays has a place of its own: axe measures no more of what is half below one.
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        found += [f"{width}: cut off: {html}" for html in page.evaluate(CUT_OFF)]
        found += [f"{width}: {rule}: {html[:120]}" for rule, places in barriers(page) for html in places]
    return found


@pytest.mark.parametrize("kind", PAGES)
def test_no_page_of_the_admin_is_cut_off_or_keeps_anybody_out(
    site: live.LiveSite, page: Page, keys: dict[str, int | str], kind: str
) -> None:
    sign_in(page, site)
    wrong = {}
    for address in PAGES[kind]:
        page.goto(site.url + address.format(**keys))
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        wrong[address] = wrong_with(page)
    assert {address: found for address, found in wrong.items() if found} == {}


def test_neither_is_what_follows_a_form_nor_the_way_in_and_out(
    site: live.LiveSite, page: Page, keys: dict[str, int | str]
) -> None:
    page.goto(f"{site.url}/admin/")
    wrong = {"sign in": wrong_with(page)}
    sign_in(page, site)
    page.goto(f"{site.url}{STAFF}/item/add/?roadmap=1")
    page.get_by_role("textbox", name="Sandbox date").fill("whenever")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errornote")).to_be_visible()
    wrong["a form that was refused"] = wrong_with(page)
    page.goto(f"{site.url}{STAFF}/roadmap/emails/address/")
    page.get_by_label("Email address").fill("dev@example.com")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("heading", name="What there is")).to_be_visible()
    wrong["a reader's address"] = wrong_with(page)
    page.get_by_role("button", name="Erase all of it").click()
    expect(page.get_by_text("cannot be undone")).to_be_visible()
    wrong["a reader to be erased"] = wrong_with(page)
    page.goto(f"{site.url}{STAFF}/item/change/audience/?items={keys['item']}")
    page.get_by_label("Audience:").fill("Obligations" * 9)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("button", name="Change it")).to_be_visible()
    wrong["items before and after a change"] = wrong_with(page)
    page.goto(f"{site.url}{keys['agree']}")
    page.get_by_role("button", name="I agree").click()
    expect(page.get_by_role("alert")).to_be_visible()
    wrong["a stakeholder without a name"] = wrong_with(page)
    page.get_by_label("Your name").fill("Obligations" * 9)
    page.get_by_role("button", name="I agree").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    wrong["a stakeholder is thanked"] = wrong_with(page)
    page.goto(f"{site.url}{STAFF}/roadmap/1/publish/")
    expect(page.get_by_text("agreed to").first).to_be_visible()
    wrong["a review of what somebody agreed to"] = wrong_with(page)
    site.manage("shell", "--no-imports", "-c", CHANGED_SINCE)
    page.reload()
    expect(page.get_by_text("Changed since Obligations").first).to_be_visible()
    wrong["a review of what has changed since, with reasons to give"] = wrong_with(page)
    page.goto(f"{site.url}/admin/")
    expect(page.get_by_text("agreed to").first).to_be_visible()
    wrong["the first screen, with who agreed"] = wrong_with(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    wrong["signed out"] = wrong_with(page)
    assert {address: found for address, found in wrong.items() if found} == {}
