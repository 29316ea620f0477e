"""What somebody without a login sees by a link: every page of one roadmap's draft, and nothing else."""

import re

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import Roadmap
from roadmap.previews.links import addresses_by_link, token_of
from roadmap.web.pages.urls import pages
from tests import make
from tests.cases import each_case
from tests.previews.conftest import NOW, banner
from tests.previews.shared import a_link, base_of, later
from tests.web.read import Page, read
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
}
PATHS = {
    "home": "",
    "items": "items/",
    "item": "items/VAT-1/",
    "page": "pages/who/",
    "apis": "apis/",
    "api_page": "apis/vat-api/",
    "changelog": "changelog/",
    "changes": "changes/",
    "dates": "dates/",
    "editions": "editions/",
    "edition": "editions/1/",
}
NOT_OF_A_DRAFT = {"follow"}
every_page = pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
each_page = each_case("path", PATHS.values(), ids=PATHS)


@pytest.fixture
def draft():
    """Published as it was, then "canary" in the words of every page."""
    roadmap = whole_roadmap()
    make.edition(roadmap, at=make.at("2026-01-05"))
    Roadmap.objects.update(footer="A canary at the foot.")
    for copies, field in (("items", "title"), ("pages", "body"), ("changelog_entries", "body")):
        for copy in getattr(roadmap, copies).all():
            setattr(copy, field, f"Canary {copy.pk}")
            copy.save()
    return roadmap


def test_every_public_page_has_its_preview():
    assert {page.name for page in pages} == {*PATHS, *NOT_OF_A_DRAFT}


@each_page
def test_a_page_shows_the_draft_below_a_banner_and_the_public_page_does_neither(draft, reads, path):
    page = reads(base_of(draft) + path)
    if path != PATHS["edition"]:  # that tells what was published then
        assert "Canary" in page.main
    assert banner(page).startswith(
        "Not published This is a draft of VAT roadmap, as saved on this site at 5:30pm on 24 March 2026."
    )
    assert "Only people who have the link to this preview can see it, until 31 March 2026 at 5:30pm." in banner(page)
    assert page.title.startswith("Draft: ")
    public = reads(f"/vat-mtd/{path}")
    assert "anary" not in public.text
    assert "Not published" not in public.text
    assert not public.title.startswith("Draft")
    assert public.all("meta", name="robots") == []


@each_page
def test_a_page_is_kept_and_listed_nowhere(draft, client, path):
    response = client.get(base_of(draft) + path)
    assert {name: response[name] for name in HEADERS} == HEADERS
    assert Page(response.content.decode()).one("meta", name="robots").attributes["content"] == "noindex, nofollow"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@each_page
def test_its_links_stay_within_the_preview(draft, reads, client, path):
    base = base_of(draft)
    page = reads(base + path)
    addresses = {one.attributes["href"] for one in page.all("a")}
    mail = {
        one
        for one in addresses
        if one.startswith("mailto:team@example.gov.uk?subject=") or one == "mailto:team@example.gov.uk"
    }
    assert mail, "the enquiry links stay"
    within = {one.split("#")[0] for one in addresses - mail if one.startswith("/")} - {
        page.link("See this page as readers do")
    }
    assert {base, f"{base}items/"} <= within
    assert [one for one in within if not one.startswith(base)] == []
    for address in sorted(within):
        assert client.get(address).status_code == 200, address


@each_page
def test_it_leads_to_the_page_that_readers_have(draft, reads, path):
    assert reads(base_of(draft) + path).link("See this page as readers do") == f"/vat-mtd/{path}"


@each_page
def test_a_page_has_one_h1_and_ids_are_used_once(draft, reads, path):
    page = reads(base_of(draft) + path)
    assert page.headings[0][0] == 1
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert sorted(ids) == sorted(set(ids))
    region = page.one("div", role="region")
    assert Page(page.html).one("p", id=region.attributes["aria-labelledby"]).text == "Not published"


@each_page
@each_case("method", ["post", "put", "delete"])
def test_it_can_only_be_read(draft, client, path, method):
    response = getattr(client, method)(base_of(draft) + path)
    assert response.status_code == 405
    assert response["Cache-Control"] == "no-store, private"


@every_page
def test_a_page_costs_as_many_queries_whatever_the_number_of_items(draft, client, empty_shelf, path):
    base = base_of(draft)

    def queries():
        empty_shelf()
        with CaptureQueriesContext(connection) as found:
            assert client.get(base + path).status_code == 200
        return len(found)

    few = queries()
    for number in range(60):
        make.item(draft, title=f"Item {number}", live="June 2026", description="Words")
    assert queries() == few
    assert few <= 13


# A roadmap that was never published


def test_a_roadmap_that_was_never_published_can_be_seen(reads):
    roadmap = make.roadmap(title="New roadmap", slug="new-one", reference_prefix="NEW")
    make.item(roadmap, title="Direct Debits", live="June 2026")
    base = base_of(roadmap)
    page = reads(base)
    assert "Direct Debits" in page.main
    assert "First published on 24 March 2026" in page.main
    assert "Readers do not see this roadmap yet: it has never been published." in banner(page)
    assert page.links("See this page as readers do") == []
    assert "Direct Debits" in reads(f"{base}items/NEW-1/").main
    reads("/new-one/", status=404)


# Links that do not work


def closed(client, url, status):
    response = client.get(url)
    assert response.status_code == status
    assert {name: response[name] for name in HEADERS} == HEADERS
    page = Page(response.content.decode())
    assert page.one("h1").text == "This preview link does not work"
    assert "ask whoever sent it for a new one" in page.main
    assert "VAT roadmap" not in page.text
    assert "anary" not in page.text
    return page


@every_page
def test_a_link_works_until_it_expires(draft, client, clock, path):
    url = base_of(draft) + path
    clock(later(days=7, microseconds=-1))
    assert client.get(url).status_code == 200
    clock(later(days=7))
    closed(client, url, 410)


@each_page
def test_a_revoked_link_shows_nothing(draft, client, path):
    closed(client, base_of(draft, revoked_at=NOW, revoked_by=make.user()) + path, 410)


def test_expired_and_forged_are_told_the_same(draft, client, clock):
    url = base_of(draft)
    clock(later(days=8))
    assert closed(client, url, 410).html == closed(client, "/preview/nonsense/", 404).html


def forgeries(link):
    token = token_of(link)
    pk, signature = token.split(".")
    return {
        "another number": f"{int(pk) + 1}.{signature}",
        "another signature": f"{pk}.{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        "no signature": pk,
        "an empty signature": f"{pk}.",
        "signed for something else": signing.Signer(sep=".").sign(pk),
        "cut short": token[:-3],
        "longer": token + "A",
        "words": "nonsense",
        "not ASCII": "%C3%A9.%F0%9F%92%A9",
        "a null byte": f"{pk}%00.{signature}",
        "very long": "9" * 5000,
    }


def test_a_forged_link_shows_nothing(draft, client):
    link = a_link(draft)
    a_link(draft)  # so that the next number exists
    for name, token in forgeries(link).items():
        page = closed(client, f"/preview/{token}/items/", 404)
        assert page.links("Items") == [], name


def test_a_link_of_a_roadmap_that_was_deleted_is_unknown(client):
    roadmap = make.roadmap()
    url = base_of(roadmap)
    roadmap.delete()
    closed(client, url, 404)


def test_a_link_shows_its_own_roadmap_only(draft, client, reads):
    other = make.roadmap(title="Other roadmap", slug="other", reference_prefix="OTHER")
    make.item(other, title="Secret item")
    make.page(other, title="Secret page", slug="secret")
    base = base_of(draft)
    for path in ("", "items/", "changelog/"):
        assert "Secret" not in reads(base + path).text
    for path in ("items/OTHER-1/", "pages/secret/", "other/", "other/items/OTHER-1/"):
        page = reads(base + path, status=404)
        assert "Secret" not in page.text
        assert page.link("go to VAT roadmap") == base
    assert "Secret item" in reads(f"{base_of(other)}items/OTHER-1/").main


def test_what_is_not_in_the_draft_is_not_found_within_it(draft, client, reads):
    base = base_of(draft)
    for path in ("items/VAT-99/", "pages/nope/", "nothing/at/all/"):
        page = reads(base + path, status=404)
        assert page.one("h1").text == "Page not found"
        assert "Not published" in banner(page)
        assert page.links("See this page as readers do") == []
        assert client.get(base + path)["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("path", ["changes/?page=x", "editions/?page=x", "editions/1/?item=VAT-99"])
def test_what_cannot_be_understood_is_said_in_words(draft, reads, path):
    make.edition(draft, at=make.at("2026-03-20"))
    assert "Start again" in reads(base_of(draft) + path, status=400).main


def test_a_small_letter_in_a_reference_leads_to_the_item_within_the_preview(draft, client):
    base = base_of(draft)
    response = client.get(f"{base}items/vat-1/")
    assert (response.status_code, response["Location"]) == (301, f"{base}items/VAT-1/")


def test_a_missing_slash_is_added(draft, client):
    base = base_of(draft)
    response = client.get(base.rstrip("/"))
    assert (response.status_code, response["Location"]) == (301, base)


def test_script_in_a_draft_is_harmless(draft, reads, client):
    evil = "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[x](javascript:alert(1))"
    draft.title = "<script>alert(2)</script>"
    draft.footer = evil
    draft.save()
    draft.items.update(title="<img src=x onerror=alert(3)>", description=evil)
    draft.pages.update(body=evil)
    draft.changelog_entries.update(body=evil, title="<script>alert(4)</script>")
    base = base_of(draft)
    for path in PATHS.values():
        page = reads(base + path)
        assert page.all("script") == []
        assert [one for one in page.elements if any(name.startswith("on") for name in one.attributes)] == []
        assert [one for one in page.all("a") if one.attributes["href"].lower().startswith("javascript")] == []
        assert "script-src 'self'" in client.get(base + path)["Content-Security-Policy"]


def test_the_link_is_short_and_says_nothing_of_its_roadmap(draft):
    assert re.fullmatch(r"/preview/\d+\.[\w-]{43}/", addresses_by_link(a_link(draft)).home)


def test_opening_a_link_writes_nothing(draft, client):
    base = base_of(draft)
    with CaptureQueriesContext(connection) as found:
        client.get(base)
    verbs = {one["sql"].split()[0] for one in found}
    assert "SELECT" in verbs
    assert not verbs & {"INSERT", "UPDATE", "DELETE"}


def test_it_is_the_same_for_staff(draft, client, admin_client):
    base = base_of(draft)
    assert read(admin_client, base).html == read(client, base).html
