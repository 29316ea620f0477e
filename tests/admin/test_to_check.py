"""What contradicts itself or the calendar, for staff: refused at its field, told after a change, counted and listed."""

import html

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.models import Item, Milestone, Release
from tests import make
from tests.admin.opened import opened, save
from tests.admin.test_forms import errors, item_form

pytestmark = pytest.mark.django_db

TODAY = make.at("2026-04-15")
INDEX = reverse("admin:index")


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: TODAY)


@pytest.fixture
def staff(client):
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(roadmap):
    return reverse("admin:roadmap_roadmap_to_check", args=[roadmap.pk])


def form_of(thing):
    return reverse(f"admin:roadmap_{thing._meta.model_name}_change", args=[thing.pk])


def words(response):
    return html.unescape(response.content.decode())


def release_form(of, /, **fields):
    return {"roadmap": of.pk, "title": "Spring", "position": 0, **fields}


def told(response):
    return [html.unescape(str(message)) for message in get_messages(response.wsgi_request)]


# Refused at the field


@pytest.mark.parametrize(
    ("milestone", "said"),
    [
        ({"when": "June 2027", "is_deployed": "on"}, "Production cannot be deployed in the future (June 2027)."),
        ({"when": "June 2027 (deployed)"}, "Production cannot be deployed in the future (June 2027)."),
        ({"when": "N/A", "is_deployed": "on"}, "Production cannot be both not applicable and deployed."),
        ({"when": "TBC", "is_deployed": "on"}, "Production cannot be both to be confirmed and deployed."),
    ],
)
def test_what_cannot_be_so_is_refused_at_the_date_of_the_milestone(staff, milestone, said):
    roadmap = make.roadmap(live_label="Production")
    sent = item_form(roadmap, {"environment": "live", **milestone})
    response = staff.post(f"{reverse('admin:roadmap_item_add')}?roadmap={roadmap.pk}", sent)
    [formset] = [
        inline.formset for inline in response.context["inline_admin_formsets"] if inline.opts.model is Milestone
    ]
    [errors] = [found for found in formset.errors if found]
    assert errors == {"when": [f"{said} Give the date on which it was deployed, or do not mark it as deployed."]}
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"when": "June 2027", "is_deployed": "on"}, "when"),
        ({"title": "June 2027", "is_deployed": "on"}, "is_deployed"),
        ({"when": "N/A", "is_deployed": "on"}, "when"),
        ({"when": "TBC", "is_deployed": "on"}, "when"),
    ],
)
def test_what_cannot_be_so_is_refused_at_the_field_of_the_release(staff, fields, field):
    roadmap = make.roadmap()
    response = staff.post(reverse("admin:roadmap_release_add"), release_form(roadmap, **fields))
    assert [*response.context["adminform"].form.errors] == [field]
    assert "This release cannot be" in errors(response)[0]
    assert not Release.objects.exists()


def test_what_happened_today_is_saved(staff):
    roadmap = make.roadmap()
    sent = item_form(roadmap, {"environment": "live", "when": "15 April 2026", "is_deployed": "on"})
    staff.post(reverse("admin:roadmap_item_add"), sent)
    staff.post(reverse("admin:roadmap_release_add"), release_form(roadmap, when="April 2026", is_deployed="on"))
    assert Item.objects.count() == Release.objects.filter(is_deployed=True).count() == 1


def test_ticking_a_release_whose_items_say_otherwise_leads_to_mark_as_deployed(staff):
    roadmap = make.roadmap()
    release = make.release(roadmap, title="Spring")
    make.item(roadmap, release=release, title="Carry back", live="June 2026")
    make.item(roadmap, release=release, title="Gone live", live="March 2026", deployed=("live",))
    make.item(roadmap, release=release, title="Says nothing")
    response = save(staff, form_of(release), release_form(roadmap, is_deployed="on"))
    url = f"{reverse('admin:roadmap_item_mark_deployed')}?releases={release.pk}"
    link = f'<a href="{url}">Mark as deployed</a>'
    assert f"Not live yet by what they say themselves: “Carry back”. {link} marks them too." in words(response)
    assert "Spring" in words(staff.get(url))
    release.refresh_from_db()
    assert not release.is_deployed


def test_a_release_that_is_ticked_already_can_be_saved(staff):
    roadmap = make.roadmap()
    release = make.release(roadmap, title="Spring", is_deployed=True)
    item = make.item(roadmap, release=release, title="Carry <b>back", live="June 2026")
    response = save(staff, form_of(release), release_form(roadmap, title="Spring 2026", is_deployed="on"), follow=True)
    release.refresh_from_db()
    assert release.title == "Spring 2026"
    assert any("1 item in it says otherwise: “Carry <b>back”." in message for message in told(response))
    assert "<b>back" not in response.content.decode()
    assert item.title in words(staff.get(page_of(roadmap)))


# Told after a change


def test_what_is_odd_is_saved_and_told_with_the_way_to_all_of_it(staff):
    roadmap = make.roadmap()
    make.item(roadmap, live="January 2026")  # another
    sent = item_form(
        roadmap,
        {"environment": "test", "when": "July 2027"},
        {"environment": "controlled_go_live", "when": "March 2026"},
        {"environment": "live", "when": "June 2027"},
    )
    response = staff.post(reverse("admin:roadmap_item_add"), sent)
    [message] = [message for message in told(response) if "comes after" in message]
    assert message == (
        "“Multiple agents”: Sandbox comes after Controlled go-live: July 2027 and March 2026. "
        "Correct the date that is wrong. There are 2 things more to check. "
        f'<a href="{page_of(roadmap)}">All there is to check</a>'
    )


def test_a_release_is_not_said_to_be_whole_for_the_item_that_was_saved(staff):
    roadmap = make.roadmap()
    release = make.release(roadmap)
    make.item(roadmap, release=release, live="June 2026")
    sent = item_form(roadmap, {"environment": "live", "is_deployed": "on"}, release=release.pk)
    assert not any("deployed" in message for message in told(staff.post(reverse("admin:roadmap_item_add"), sent)))


def test_release_day_tells_what_it_leaves_to_check(staff):
    roadmap = make.roadmap()
    item = make.item(roadmap, title="Carry back", test="TBC", live="June 2026")
    sent = {"step": "mark", "environment": "live", "on": "15 April 2026", "item": [f"{item.pk} June 2026"]}
    response = staff.post(f"{reverse('admin:roadmap_item_mark_deployed')}?items={item.pk}", sent)
    assert any(
        "“Carry back”: Sandbox is to be confirmed, but Live is deployed." in message for message in told(response)
    )


def test_restoring_tells_what_it_brings_back(staff):
    roadmap = make.roadmap()
    item = make.item(roadmap, title="Carry back", live="March 2026")
    edition = make.edition(roadmap, at=make.at("2026-01-05"))
    item.milestones.update(when="June 2026")
    whole = reverse("admin:roadmap_roadmap_edition_restore", args=[roadmap.pk, edition.pk])
    said = "“Carry back”: Live was expected March 2026: this date has passed."
    assert any(said in message for message in told(staff.post(whole)))
    item.milestones.update(when="June 2026")
    one = reverse("admin:roadmap_roadmap_history_of", args=[roadmap.pk, item.uid])
    response = staff.post(one, {"restore": f"r{edition.revisions.get(uid=item.uid).pk}"})
    assert any(said in message for message in told(response))


# Counted and listed


def a_roadmap_with_much_to_check():
    roadmap = make.roadmap()
    spring = make.release(roadmap, title="March 2026")
    passed = make.item(roadmap, title="Overdue", live="by March 2026")
    inherits = make.item(roadmap, title="Of the release", release=spring)
    odd = make.item(roadmap, title="Odd", test="July 2027", live="June 2027")
    make.edition(roadmap, at=make.at("2026-01-05"))
    new = make.item(roadmap, title="Not public yet", test="March 2026", live="June 2026")
    make.item(roadmap, title="All well", live="June 2026")
    return roadmap, spring, passed, inherits, odd, new


def test_home_counts_what_is_public_and_what_is_not_with_the_way_to_a_list_of_it(staff):
    roadmap, spring, passed, _, odd, new = a_roadmap_with_much_to_check()
    text = words(staff.get(INDEX))
    assert f'<a href="{page_of(roadmap)}#passed">3 dates have passed</a>' in text
    assert f'<a href="{page_of(roadmap)}#odd">1 thing to check</a>' in text
    response = staff.get(page_of(roadmap))
    assert [(found.title, found.url) for found in response.context["passed"]] == [
        ("March 2026", form_of(spring)),
        ("Overdue", form_of(passed)),
        ("Not public yet", form_of(new)),
    ]
    assert [found.url for found in response.context["odd"]] == [form_of(odd)]
    assert f'<a href="{form_of(odd)}">Odd</a>: Sandbox comes after Live: July 2027 and June 2027.' in words(response)
    assert 'id="passed"' in words(response)
    assert 'id="odd"' in words(response)


def test_where_there_is_nothing_to_check_home_is_silent_and_the_list_says_so(staff):
    roadmap = make.roadmap()
    make.item(roadmap, live="June 2026")
    assert page_of(roadmap) not in words(staff.get(INDEX))
    assert "There is nothing to check" in words(staff.get(page_of(roadmap)))


def test_nobody_sees_what_is_to_be_checked_in_another_teams_roadmap(client):
    roadmap = make.roadmap()
    make.item(roadmap, live="March 2026")
    roadmap.team.add(make.user())
    editor = make.user(is_superuser=False)
    editor.groups.add(Group.objects.get(name="Editors"))
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(page_of(roadmap)).status_code == 403
    assert "passed" not in words(client.get(INDEX))


@pytest.mark.parametrize(
    ("noun", "check", "titles"),
    [
        ("item", "passed", {"Overdue", "Of the release", "Not public yet"}),
        ("item", "contradiction", {"Odd"}),
        ("item", "x", {"Overdue", "Of the release", "Not public yet", "Odd", "All well"}),
        ("release", "passed", {"March 2026"}),
        ("release", "contradiction", set()),
    ],
)
def test_lists_are_filtered_by_what_is_to_be_checked(staff, noun, check, titles):
    a_roadmap_with_much_to_check()
    response = staff.get(reverse(f"admin:roadmap_{noun}_changelist"), {"check": check})
    assert {row.title for row in response.context["cl"].result_list} == titles
    assert "A date has passed" in words(response)


def test_home_list_and_filter_cost_the_same_queries_whatever_is_to_be_checked(staff):
    roadmap = make.roadmap()
    urls = [INDEX, page_of(roadmap), f"{reverse('admin:roadmap_item_changelist')}?check=passed"]
    costs = []
    for _ in range(2):
        for _ in range(10):
            make.item(roadmap, release=make.release(roadmap, when="March 2026"), test="July 2027", live="June 2027")
            make.item(roadmap, live="March 2026")
        cost = []
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                assert staff.get(url).status_code == 200
            cost.append(len(queries))
        costs.append(cost)
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 30


def test_saving_costs_the_same_queries_whatever_the_size_of_the_release(staff):
    roadmap = make.roadmap()
    release = make.release(roadmap, title="Spring")
    item = make.item(roadmap, release=release, title="Multiple agents")
    save(staff, form_of(item), item_form(roadmap, release=release.pk))
    costs = []
    for number in range(2):
        sent = item_form(roadmap, release=release.pk, description=f"Text {number}") | opened(staff, form_of(item))
        with CaptureQueriesContext(connection) as queries:
            assert staff.post(form_of(item), sent).status_code == 302
        costs.append(len(queries))
        for _ in range(20):
            make.item(roadmap, release=release, live="March 2026")
    assert costs[0] == costs[1]
