"""The same pages for staff, by session: of the working copies, and of a scheduled edition."""

import pytest
from django.contrib.auth.models import Permission

from roadmap.content.choices import Noun
from roadmap.previews.links import addresses_for_staff, staff_preview_url
from roadmap.publishing import cancel
from tests import make
from tests.cases import each_case
from tests.previews.conftest import NOW, banner
from tests.web.read import read
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db
PATHS = ["", "items/", "items/VAT-1/", "pages/who/", "changelog/"]


@pytest.fixture
def vat():
    roadmap = whole_roadmap()
    make.edition(roadmap, at=make.at("2026-01-05"))
    return roadmap


def sign_in(client, *codenames, team_of=None):
    somebody = make.user(is_superuser=False)
    somebody.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    if team_of:
        team_of.team.add(somebody)
    client.force_login(somebody, backend="django.contrib.auth.backends.ModelBackend")
    return client


@each_case("path", PATHS)
def test_an_editor_sees_the_draft_of_every_page(vat, client, path):
    vat.items.update(title="Canary")
    vat.pages.update(body="Canary")
    vat.changelog_entries.update(title="Canary")
    sign_in(client, "view_roadmap", "change_roadmap")
    page = read(client, staff_preview_url(vat.pk) + path)
    assert "Canary" in page.main
    assert "Only people who sign in to edit this roadmap can see it here." in banner(page)
    assert page.link("See this page as readers do") == f"/vat-mtd/{path}"
    assert page.link("Go back to editing VAT roadmap") == f"/admin/roadmap/roadmap/{vat.pk}/change/"
    response = client.get(staff_preview_url(vat.pk) + path)
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


@each_case("path", PATHS)
def test_its_links_stay_within_the_preview(vat, staff, path):
    base = staff_preview_url(vat.pk)
    page = read(staff, base + path)
    outside = {page.link("See this page as readers do"), page.link("Go back to editing VAT roadmap")}
    addresses = {one.attributes["href"].split("#")[0] for one in page.all("a")} - outside
    assert [one for one in addresses if one.startswith("/") and not one.startswith(base)] == []


@pytest.mark.parametrize("held", [(), ("view_roadmap",), ("change_item", "view_item")])
def test_somebody_who_may_not_edit_it_is_refused(vat, client, held):
    vat.items.update(title="VAT in June")
    edition = make.edition(vat, at=make.at("2026-06-01"), now=make.at("2026-03-01"))
    sign_in(client, *held)
    for url in (
        staff_preview_url(vat.pk),
        f"{staff_preview_url(vat.pk)}items/",
        addresses_for_staff(vat.pk, edition.pk).home,
    ):
        page = read(client, url, status=403)
        assert "does not have permission" in page.main
        assert "VAT" not in page.text


def test_somebody_of_another_team_is_refused(vat, client):
    vat.team.add(make.user())
    sign_in(client, "view_roadmap", "change_roadmap")
    read(client, staff_preview_url(vat.pk), status=403)
    sign_in(client, "view_roadmap", "change_roadmap", team_of=vat)
    read(client, staff_preview_url(vat.pk))


@each_case("path", PATHS)
def test_somebody_who_has_not_signed_in_is_asked_to(vat, client, path):
    url = staff_preview_url(vat.pk) + path
    response = client.get(url)
    assert (response.status_code, response["Location"]) == (302, f"/admin/login/?next={url}")


@pytest.mark.parametrize("pk", [999, 10**30])
def test_no_roadmap_is_not_found(staff, pk):
    read(staff, staff_preview_url(pk), status=404)


# Leading to the right page


def test_the_address_of_each_thing(vat, staff):
    item, page = vat.items.get(reference="VAT-1"), vat.pages.get(slug="who")
    release, entry = vat.releases.get(), vat.changelog_entries.get()
    base = f"/admin/preview/{vat.pk}/"
    assert staff_preview_url(vat.pk) == base
    assert staff_preview_url(vat.pk, Noun.ROADMAP, "vat-mtd") == base
    assert staff_preview_url(vat.pk, Noun.ITEM, "VAT-1") == f"{base}items/VAT-1/"
    assert staff_preview_url(vat.pk, Noun.PAGE, "who") == f"{base}pages/who/"
    assert item.title in read(staff, staff_preview_url(vat.pk, Noun.ITEM, item.reference)).main
    assert page.title in read(staff, staff_preview_url(vat.pk, Noun.PAGE, page.slug)).main
    for noun, copy in ((Noun.RELEASE, release), (Noun.CHANGELOG_ENTRY, entry)):
        address, anchor = staff_preview_url(vat.pk, noun, uid=str(copy.uid)).split("#")
        assert anchor in {one.attributes.get("id") for one in read(staff, address).elements}


# Scheduled editions


@pytest.fixture
def scheduled(vat):
    """June holds a title and a deletion; what was saved since is in the draft alone."""
    vat.items.filter(reference="VAT-1").update(title="As in June")
    vat.pages.filter(slug="who").delete()
    edition = make.edition(vat, at=make.at("2026-06-01"), now=make.at("2026-03-01"))
    vat.items.filter(reference="VAT-2").update(title="Saved since")
    return edition


def test_a_scheduled_edition_is_seen_as_it_will_leave_the_roadmap(vat, scheduled, staff):
    url = addresses_for_staff(vat.pk, scheduled.pk).home
    page = read(staff, f"{url}items/")
    assert "As in June" in page.main
    assert "Saved since" not in page.text
    assert "This is VAT roadmap as edition 2 will leave it on 1 June 2026 at 9:30am." in banner(page)
    assert "As in June (VAT-1): title changed from Planned" in banner(page)
    assert "edition 2, last updated 1 June 2026".lower() in page.text.lower()
    assert "Saved since" in read(staff, f"{staff_preview_url(vat.pk)}items/").main
    assert "As in June" not in read(staff, "/vat-mtd/items/").text


def test_what_it_withdraws_says_that_it_will_be(vat, scheduled, staff):
    page = read(staff, f"{addresses_for_staff(vat.pk, scheduled.pk).home}pages/who/", status=410)
    assert page.one("h1").text == "Who we are will be withdrawn"
    assert page.link("See this page as readers do") == "/vat-mtd/pages/who/"


def test_it_holds_what_comes_before_it_and_not_what_comes_after(vat, scheduled, staff):
    vat.items.filter(reference="VAT-2").update(title="As in July")
    july = make.edition(vat, at=make.at("2026-07-01"), now=make.at("2026-03-02"))
    assert "As in July" not in read(staff, f"{addresses_for_staff(vat.pk, scheduled.pk).home}items/").text
    page = read(staff, f"{addresses_for_staff(vat.pk, july.pk).home}items/")
    assert "As in July" in page.main
    assert "As in June" in page.main


def test_its_links_stay_within_it(vat, scheduled, staff):
    base = addresses_for_staff(vat.pk, scheduled.pk).home
    page = read(staff, base)
    outside = {page.link("See this page as readers do"), page.link("Go back to editing VAT roadmap")}
    addresses = {one.attributes["href"].split("#")[0] for one in page.all("a")} - outside
    assert [one for one in addresses if one.startswith("/") and not one.startswith(base)] == []


def test_a_scheduled_edition_that_changes_is_seen_as_it_is_then(vat, scheduled, staff):
    """What a later Edition rewrote must not be shown from memory."""
    url = f"{addresses_for_staff(vat.pk, scheduled.pk).home}items/VAT-1/"
    assert "A fix" not in read(staff, url).text
    vat.items.filter(reference="VAT-1").update(journey="A fix")
    make.edition(vat, at=make.at("2026-03-10"))
    scheduled.refresh_from_db()
    assert "Journey A fix" in read(staff, url).main
    assert scheduled.number == 3
    assert "edition 3 will leave it" in banner(read(staff, url))


def test_one_that_was_cancelled_says_so(vat, scheduled, staff):
    cancel(scheduled, now=NOW)
    page = read(staff, addresses_for_staff(vat.pk, scheduled.pk).home, status=404)
    assert page.one("h1").text == "There is no such scheduled edition"
    assert page.link("See the draft") == staff_preview_url(vat.pk)


def test_one_that_has_appeared_leads_to_what_readers_see(vat, scheduled, staff, clock):
    clock(make.at("2026-06-01"))
    assert staff.get("/vat-mtd/").status_code == 200
    for moment in (make.at("2026-06-01"), NOW):  # by a clock that is behind too
        clock(moment)
        response = staff.get(f"{addresses_for_staff(vat.pk, scheduled.pk).home}items/")
        assert (response.status_code, response["Location"]) == (302, "/vat-mtd/")


def test_an_edition_is_not_shown_as_another_roadmaps(vat, scheduled, staff):
    other = make.roadmap()
    page = read(staff, addresses_for_staff(other.pk, scheduled.pk).home, status=404)
    assert "As in June" not in page.text


def test_the_draft_names_what_is_scheduled_with_a_link(vat, scheduled, staff):
    page = read(staff, staff_preview_url(vat.pk))
    assert page.link("edition 2") == addresses_for_staff(vat.pk, scheduled.pk).home


def test_a_roadmap_whose_first_edition_is_scheduled(staff):
    roadmap = make.roadmap(title="New", slug="new-one", reference_prefix="NEW")
    make.item(roadmap, title="Direct Debits")
    edition = make.edition(roadmap, at=make.at("2026-06-01"), now=make.at("2026-03-01"))
    page = read(staff, addresses_for_staff(roadmap.pk, edition.pk).home)
    assert "First published on 1 June 2026" in page.main
    assert "it has never been published" in banner(page)
