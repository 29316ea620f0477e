"""The notice of a roadmap, as staff type it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from roadmap.models import Roadmap
from tests import make
from tests.admin.test_forms import roadmap_form
from tests.cases import each_case

pytestmark = pytest.mark.django_db
NOTICE = {
    "notice_title": "Sandbox closed",
    "notice_body": "For **maintenance**.",
    "notice_starts_at": "2026-06-05T17:00",
    "notice_ends_at": "2026-06-08T09:00",
}


def added(staff, **fields):
    return staff.post(reverse("admin:roadmap_roadmap_add"), roadmap_form(**{**NOTICE, **fields}))


def test_its_times_are_londons(staff):
    assert added(staff).status_code == 302
    roadmap = Roadmap.objects.get()
    assert (roadmap.notice_starts_at, roadmap.notice_ends_at) == (
        make.at("2026-06-05", "17:00"),
        make.at("2026-06-08", "09:00"),
    )
    page = staff.get(reverse("admin:roadmap_roadmap_change", args=[roadmap.pk])).content.decode()
    assert 'type="datetime-local" name="notice_starts_at" value="2026-06-05T17:00"' in page


@each_case("typed", ["2026-06-05 17:00", "5 June 2026 17:00", "05/06/2026 17:00", "2026-06-05T17:00:00",
                                   "5 June 2026 at 5pm", "5 June 2026 5:00pm"])  # fmt: skip
def test_where_a_browser_has_no_field_for_times_they_are_typed(staff, typed):
    Roadmap.objects.all().delete()
    assert added(staff, notice_starts_at=typed).status_code == 302
    assert Roadmap.objects.get().notice_starts_at == make.at("2026-06-05", "17:00")


@each_case(
    ("fields", "field", "message"),
    [
        ({"notice_ends_at": "2026-06-05T17:00"}, "notice_ends_at", "This must be later than when the notice begins."),
        ({"notice_ends_at": "2026-06-01T17:00"}, "notice_ends_at", "This must be later than when the notice begins."),
        ({"notice_title": ""}, "notice_title", "Give the notice a title."),
        ({"notice_starts_at": ""}, "notice_starts_at", "Say from when the notice is shown."),
        ({"notice_ends_at": ""}, "notice_ends_at", "Say until when the notice is shown."),
        (
            {"notice_starts_at": "soon"},
            "notice_starts_at",
            "Enter a day and a time, for example 27 March 2026 at 5:30pm.",
        ),
        ({"notice_starts_at": "2026-03-29T01:30"}, "notice_starts_at", "There is no such time in London"),
    ],
)
def test_what_is_no_notice_is_refused_at_its_field(staff, fields, field, message):
    errors = added(staff, **fields).context["adminform"].form.errors
    assert message in " ".join(errors[field])
    assert not Roadmap.objects.exists()


def test_somebody_who_may_only_look_reads_its_times_as_they_are_told_everywhere(client):
    roadmap = make.roadmap(notice_title="Closed", notice_body="Soon.")
    roadmap.notice_starts_at, roadmap.notice_ends_at = make.at("2026-06-05", "12:00"), make.at("2026-06-08", "17:30")
    roadmap.save()
    user = make.user(is_superuser=False)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="roadmap", codename="view_roadmap"))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("admin:roadmap_roadmap_change", args=[roadmap.pk])).content.decode()
    assert "5 June 2026 at midday" in page
    assert "8 June 2026 at 5:30pm" in page
    assert "Shown until" in page


def test_a_roadmap_needs_none(staff):
    assert added(staff, **dict.fromkeys(NOTICE, "")).status_code == 302
    assert Roadmap.objects.get().notice_starts_at is None
