"""The screen of a roadmap's preview links."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from roadmap.models import PreviewLink
from roadmap.previews import links
from tests import make
from tests.cases import each_case
from tests.web.read import Page, read

pytestmark = pytest.mark.django_db
NOW = make.at("2026-03-24", "17:30")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Half past five on 24 March 2026, until clock(another)."""

    def set_to(moment):
        monkeypatch.setattr(links, "current_time", lambda: moment)

    set_to(NOW)
    return set_to


@pytest.fixture
def vat():
    return make.roadmap(title="VAT roadmap", slug="vat-mtd")


def sign_in(client, *codenames):
    somebody = make.user(username="ed", first_name="Ed", last_name="Lee", is_superuser=False)
    somebody.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(somebody, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def editor(client):
    """Who may change roadmaps and not publish them."""
    return sign_in(client, "view_roadmap", "change_roadmap")


def url(roadmap):
    return reverse("admin:roadmap_roadmap_preview_links", args=[roadmap.pk])


def made(roadmap, purpose="Policy team", days=7, now=NOW):
    return links.make_link(roadmap=roadmap, by=make.user(), purpose=purpose, days=days, now=now)


def content(page):
    return page.one("div", id="content-main").text


def addresses(page):
    return [one.attributes["value"] for one in page.all("input", class_="preview-link-address")]


def test_an_editor_makes_a_link_and_a_stakeholder_opens_it(editor, client, vat):
    make.item(vat, title="Direct Debits")
    assert (url(vat)) == f"/admin/roadmap/roadmap/{vat.pk}/preview-links/"
    response = editor.post(url(vat), {"purpose": "Policy team", "days": "7"}, follow=True)
    page = Page(response.content.decode())
    assert "whoever has it can see the draft until 31 March 2026 at 5:30pm." in page.text
    assert "Policy team Works until 31 March 2026 at 5:30pm. Made by Ed Lee on 24 March 2026 at 5:30pm." in content(
        page
    )
    (address,) = addresses(page)
    assert address.startswith("http://testserver/preview/")
    field = page.one("input", class_="preview-link-address").attributes
    assert "readonly" in field
    assert field["aria-label"] == "Address of the link for Policy team"
    client.logout()
    assert "Direct Debits" in read(client, address.removeprefix("http://testserver") + "items/").main


@pytest.mark.parametrize(("days", "until"), [("1", "25 March 2026"), ("7", "31 March 2026"), ("30", "23 April 2026")])
def test_it_works_as_long_as_was_chosen(editor, vat, days, until):
    editor.post(url(vat), {"purpose": "Policy team", "days": days})
    assert f"Works until {until} at" in content(read(editor, url(vat)))


def test_seven_days_unless_chosen_otherwise(editor, vat):
    page = read(editor, url(vat))
    checked = [one.attributes["value"] for one in page.all("input", type="radio") if "checked" in one.attributes]
    assert checked == ["7"]
    assert "No link works at the moment." in content(page)


@each_case(
    ("purpose", "days", "says"),
    [
        ("", "7", "Say who the link is for."),
        ("x" * 201, "7", "Shorten it to 200 or fewer"),
        ("null\x00byte", "7", "cannot be kept (NUL)"),
        ("two\nlines", "7", "on one line"),
        ("Policy team", "365", "Choose 1 day, 7 days or 30 days."),
        ("Policy team", "-1", "Choose 1 day, 7 days or 30 days."),
        ("Policy team", "", "Choose how long the link works."),
    ],
)
def test_what_cannot_be_kept_is_refused_and_what_was_typed_stays(editor, vat, purpose, days, says):
    response = editor.post(url(vat), {"purpose": purpose, "days": days})
    page = Page(response.content.decode())
    assert "No link has been made." in content(page)
    assert says in content(page)
    assert purpose.split("\n")[0].split("\x00")[0] in page.one("input", name="purpose").attributes.get("value", "")
    assert not PreviewLink.objects.exists()


def test_revoking_ends_the_link_at_once(editor, client, vat):
    link = made(vat)
    (address,) = addresses(read(editor, url(vat)))
    path = address.removeprefix("http://testserver")
    assert client.get(path).status_code == 200
    response = editor.post(url(vat), {"revoke": link.pk}, follow=True)
    page = Page(response.content.decode())
    assert "Revoked: the link for “Policy team” shows nothing any more." in page.text
    assert "Policy team: revoked by ed on 24 March 2026 at 5:30pm." in content(page)
    assert addresses(page) == []
    assert client.get(path).status_code == 410


def test_revoking_twice_keeps_who_did_it_first(editor, vat, clock):
    link = made(vat)
    editor.post(url(vat), {"revoke": link.pk})
    clock(NOW + datetime.timedelta(hours=1))
    response = editor.post(url(vat), {"revoke": link.pk}, follow=True)
    assert "The link for “Policy team” had ended already." in response.content.decode()
    link.refresh_from_db()
    assert link.revoked_at == NOW


def test_only_a_post_revokes(editor, vat):
    link = made(vat)
    editor.get(url(vat), {"revoke": link.pk})
    link.refresh_from_db()
    assert link.revoked_at is None


@each_case("which", ["another roadmap's", "999999", "x", "", "²", "9" * 40])
def test_a_link_that_is_not_this_roadmaps_is_not_revoked(editor, vat, which):
    other = made(make.roadmap())
    value = other.pk if which == "another roadmap's" else which
    response = editor.post(url(vat), {"revoke": value}, follow=True)
    assert "There is no such link among those of this roadmap." in response.content.decode()
    other.refresh_from_db()
    assert other.revoked_at is None


def test_links_of_other_roadmaps_are_not_listed(editor, vat):
    made(make.roadmap(), purpose="Elsewhere")
    assert "Elsewhere" not in content(read(editor, url(vat)))


def test_an_expired_link_says_when_and_shows_no_address(editor, vat, clock):
    made(vat)
    clock(NOW + datetime.timedelta(days=7))
    page = read(editor, url(vat))
    assert "Policy team: expired on 31 March 2026 at 5:30pm." in content(page)
    assert addresses(page) == []


def test_many_ended_links_are_capped_and_counted(editor, vat, clock):
    for number in range(23):
        made(vat, purpose=f"Team {number:02}", now=NOW + datetime.timedelta(minutes=number))
    clock(NOW + datetime.timedelta(days=9))
    text = content(read(editor, url(vat)))
    assert text.count(": expired on") == 20
    assert "Team 22" in text
    assert "Team 02" not in text
    assert "And 3 older." in text


@pytest.mark.parametrize("held", [(), ("view_roadmap",), ("publish_roadmap",)])
def test_it_is_for_those_who_may_change_the_roadmap(client, vat, held):
    link = made(vat)
    sign_in(client, *held)
    assert client.get(url(vat)).status_code == 403
    assert client.post(url(vat), {"purpose": "x", "days": "7"}).status_code == 403
    assert client.post(url(vat), {"revoke": link.pk}).status_code == 403
    link.refresh_from_db()
    assert link.revoked_at is None
    assert PreviewLink.objects.count() == 1
    index = client.get(reverse("admin:index")).content.decode()
    assert "preview" not in index


def test_it_is_not_for_another_team(editor, vat):
    vat.team.add(make.user())
    assert editor.get(url(vat)).status_code == 403
    assert editor.post(url(vat), {"purpose": "x", "days": "7"}).status_code == 403
    assert not PreviewLink.objects.exists()


def test_it_asks_for_a_login_and_answers_404_for_no_roadmap(client, editor, vat):
    assert editor.get(f"/admin/roadmap/roadmap/{10**30}/preview-links/").status_code == 404
    editor.logout()
    assert client.get(url(vat)).status_code == 302


def test_the_first_page_and_the_roadmaps_form_lead_to_it(editor, vat):
    for address in (reverse("admin:index"), reverse("admin:roadmap_roadmap_change", args=[vat.pk])):
        page = read(editor, address)
        assert page.link("Share a preview") == url(vat)
        assert page.link("Preview") == f"/admin/preview/{vat.pk}/"


def test_somebody_who_may_only_look_is_not_offered_it(client, vat):
    sign_in(client, "view_roadmap")
    for address in (reverse("admin:index"), reverse("admin:roadmap_roadmap_change", args=[vat.pk])):
        assert read(client, address).links("Share a preview") == []


def test_words_are_escaped(editor, vat):
    made(vat, purpose="<script>alert(1)</script>")
    assert "<script>alert" not in editor.get(url(vat)).content.decode()
