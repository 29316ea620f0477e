"""The security log in the admin: who reads it, what is found in it, and that nobody changes it there."""

import pytest
from django.urls import reverse

from roadmap.admin.security.log import Kind, record
from roadmap.models import SecurityEvent
from tests import make
from tests.admin.opened import save
from tests.admin.test_permissions import member, sign_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:roadmap_securityevent_changelist")


@pytest.fixture
def kim():
    kim = make.user(username="kim", is_superuser=False)
    record(Kind.EXPORT, "As JSON", person=kim, about="VAT", at=make.at("2026-03-24"))
    record(Kind.PREVIEW_MADE, "For the policy team", who="Somebody else", about="VAT", at=make.at("2026-03-25"))
    record(Kind.LOCKED, "After too many wrong passwords", about="kim", at=make.at("2026-04-01"))
    return kim


def listed(client, **query):
    return [event.words for event in client.get(LIST, query).context["cl"].result_list if event.kind != "signed_in"]


def test_auditors_read_it_by_kind_person_and_day(client, kim):
    sign_in(client, member("Auditors", username="ada"))
    assert LIST in client.get(reverse("admin:index")).text
    assert listed(client) == ["After too many wrong passwords", "For the policy team", "As JSON"]
    assert listed(client, kind__exact="export") == ["As JSON"]
    assert listed(client, person=kim.pk) == ["After too many wrong passwords", "As JSON"]  # by them, and about them
    day = {"happened_at__year": 2026, "happened_at__month": 3, "happened_at__day": 25}
    assert listed(client, **day) == ["For the policy team"]
    assert listed(client, q="policy") == ["For the policy team"]
    assert "24 March 2026" in client.get(LIST).text


@pytest.mark.parametrize("group", ["Editors", "Publishers", None])
def test_nobody_else_reads_it(client, group):
    sign_in(client, member(group))
    assert client.get(LIST).status_code == 403
    assert LIST not in client.get(reverse("admin:index")).text


def test_nobody_changes_it_there_not_even_administrators(client, kim):
    sign_in(client, make.user())
    event = SecurityEvent.objects.order_by("pk").first()
    page = client.get(LIST).text
    assert "Delete" not in page
    before = SecurityEvent.objects.count()
    for rest in ("add/", f"{event.pk}/", f"{event.pk}/change/", f"{event.pk}/delete/"):
        assert client.post(f"{LIST}{rest}", {"post": "yes", "words": "Otherwise"}).status_code == 404
    client.post(LIST, {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"})
    event.refresh_from_db()
    assert event.words == "As JSON"
    assert SecurityEvent.objects.count() >= before


def test_an_auditor_changes_nothing_else_either(client):
    sign_in(client, member("Auditors"))
    roadmap = make.roadmap()
    for url in (
        reverse("admin:roadmap_item_changelist"),
        reverse("admin:roadmap_roadmap_change", args=[roadmap.pk]),
        reverse("admin:auth_user_changelist"),
        reverse("staff_preview:home", args=[roadmap.pk]),
    ):
        assert client.get(url).status_code == 403, url


def told(kind):
    return [(event.who, event.about, event.words) for event in SecurityEvent.objects.filter(kind=kind).order_by("pk")]


def test_roles_teams_and_invitations_are_in_it(client):
    roadmap = make.roadmap(slug="vat", title="VAT")
    root = make.user(username="root")
    roadmap.team.add(root)
    sign_in(client, root)
    client.post(
        reverse("admin:auth_user_add"),
        {"email": "kim@example.org", "role": "editor", "first_name": "", "last_name": ""},
    )
    kim = type(root).objects.get(username="kim@example.org")
    url = reverse("admin:auth_user_change", args=[kim.pk])
    form = {"email": "kim@example.org", "role": "publisher", "is_active": "on", "teams": [roadmap.pk]}
    form["sees_addresses"] = "on"
    client.post(url, form | {"first_name": "", "last_name": ""})
    client.post(url, {**form, "first_name": "", "last_name": "", "is_active": ""})
    added, raised, left = told("person")
    assert added[1] == "kim@example.org"
    assert "role: Editor" in added[2]
    assert raised[0] == "root"
    assert raised[2] == "role: Editor → Publisher; teams: none → vat; may look up who gets emails: no → yes"
    assert left[2] == "may sign in: yes → no"
    assert told("password") == [("root", "kim@example.org", "A link to choose one was made")]


def test_who_is_in_a_team_is_in_it_where_a_roadmaps_form_says_so(client):
    roadmap, root, kim = make.roadmap(title="VAT"), make.user(username="root"), member("Editors", username="kim")
    sign_in(client, root)
    form = client.get(reverse("admin:roadmap_roadmap_change", args=[roadmap.pk])).context["adminform"].form
    fields = {name: value for name, value in form.initial.items() if value not in (None, False)}
    url = reverse("admin:roadmap_roadmap_change", args=[roadmap.pk])
    save(client, url, fields | {"team": [root.pk, kim.pk]})
    save(client, url, fields | {"team": [root.pk]})
    assert told("person") == [
        ("root", "VAT", "Put into the team: kim, root"),
        ("root", "VAT", "Taken out of the team: kim"),
    ]


def test_preview_links_exports_and_refused_pages_are_in_it(client):
    roadmap = make.roadmap(title="VAT")
    make.item(roadmap)
    sign_in(client, member("Editors", username="kim"))
    links = reverse("admin:roadmap_roadmap_preview_links", args=[roadmap.pk])
    client.post(links, {"purpose": "Policy", "days": "7"})
    client.post(links, {"revoke": roadmap.preview_links.get().pk})
    client.get(reverse("admin:roadmap_roadmap_grid_download", args=[roadmap.pk]))
    client.get(reverse("admin:auth_user_changelist"))
    assert told("preview_made")[0][:2] == ("kim", "VAT")
    assert told("preview_made")[0][2].startswith("For Policy, until ")
    assert told("preview_ended") == [("kim", "VAT", "For Policy")]
    assert told("export") == [("kim", "VAT", "1 item as a spreadsheet")]
    assert told("forbidden") == [("kim", "", "GET /admin/auth/user/")]


def test_a_log_that_cannot_be_written_keeps_nobody_from_reading(client, monkeypatch, caplog):
    from django.db import OperationalError

    def refuse(*_, **__):
        raise OperationalError("attempt to write a readonly database")

    roadmap = make.roadmap(title="VAT")
    sign_in(client, member("Editors", username="kim"))
    monkeypatch.setattr(SecurityEvent, "save", refuse)
    answer = client.get(reverse("admin:roadmap_roadmap_grid_download", args=[roadmap.pk]))
    assert answer.status_code == 200
    assert "The security log could not be written" in caplog.text
    assert "0 items as a spreadsheet" in caplog.text
