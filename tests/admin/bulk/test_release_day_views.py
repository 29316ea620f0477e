"""Release day in the admin: from a release or a list of items, by two screens, to pending changes."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from roadmap.admin.bulk import picked_items
from roadmap.models import Milestone, Release, Save
from roadmap.publishing import pending
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db

ITEMS = reverse("admin:roadmap_item_changelist")
RELEASES = reverse("admin:roadmap_release_changelist")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(picked_items, "today", lambda: datetime.date(2026, 3, 24))


@pytest.fixture
def staff(client):
    return sign_in(client, "Publishers")


def sign_in(client, group):
    user = make.user(is_superuser=False)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def mark_url(*items, release=None):
    picked = f"releases={release.pk}" if release else "items=" + ",".join(str(item.pk) for item in items)
    return f"{reverse('admin:roadmap_item_mark_deployed')}?{picked}"


def move_url(*items):
    return f"{reverse('admin:roadmap_item_move')}?items={','.join(str(item.pk) for item in items)}"


def check(client, url, environment="live", on="24 March 2026"):
    return client.post(url, {"step": "check", "environment": environment, "on": on})


def ticks(response):
    return [f"{one.item.pk} {one.was}" for one, is_ticked in response.context["rows"] if is_ticked]


def mark(client, url, environment="live", on="24 March 2026", **options):
    """Both steps, as somebody does who changes no tick."""
    checked = check(client, url, environment, on)
    form = {"step": "mark", "environment": environment, "on": on, "item": ticks(checked)}
    return client.post(url, form, **options)


def action(client, url, name, *rows, **options):
    return client.post(url, {"action": name, "_selected_action": [row.pk for row in rows]}, **options)


def messages(response):
    return [str(message) for message in response.context["messages"]]


def live(item):
    return [*item.milestones.filter(environment="live").values_list("when", "is_deployed")]


# A release


def test_a_release_goes_live_in_one_action(staff):
    roadmap = make.roadmap(title="VAT roadmap", live_label="Production")
    release = make.release(roadmap, title="June 2026")
    first = make.item(roadmap, title="Multiple agents", release=release, live="June 2026")
    second = make.item(roadmap, title="Carry back", release=release)
    elsewhere = make.item(roadmap, live="June 2026")
    make.edition(roadmap)
    page = staff.get(reverse("admin:roadmap_release_change", args=[release.pk])).content.decode()
    assert f'href="{mark_url(release=release)}"' in page

    asked = staff.get(mark_url(release=release))
    assert 'value="24 March 2026"' in asked.content.decode()  # today
    assert [label for _, label in asked.context["form"].fields["environment"].choices][-1] == "Production"
    text = check(staff, mark_url(release=release)).content.decode()
    assert "Production: June 2026 → 24 March 2026, deployed" in text
    assert "Production: no date → 24 March 2026, deployed" in text
    assert "“June 2026” is marked as deployed too" in text
    assert live(first) == [("June 2026", False)]  # asked, not done

    told = messages(mark(staff, mark_url(release=release), follow=True))
    assert told[0].startswith("Marked 2 items as deployed (Production: 24 March 2026).")
    assert "The release “June 2026” is marked as deployed too." in told[0]
    assert reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]) in told[0]
    assert live(first) == live(second) == [("24 March 2026", True)]
    assert live(elsewhere) == [("June 2026", False)]
    release.refresh_from_db()
    assert release.is_deployed
    assert {one.title for one in pending(roadmap)} == {"Multiple agents", "Carry back", "June 2026"}
    assert roadmap.editions.count() == 1


def test_sandbox_leaves_the_release_to_come(staff):
    roadmap = make.roadmap()
    release = make.release(roadmap)
    item = make.item(roadmap, release=release, live="June 2026")
    mark(staff, mark_url(release=release), environment="test", on="23/03/2026")
    release.refresh_from_db()
    assert not release.is_deployed
    assert live(item) == [("June 2026", False)]
    assert item.milestones.get(environment="test").when == "23/03/2026"  # as it was typed


def test_an_item_with_a_date_of_its_own_has_no_tick_and_keeps_it(staff):
    roadmap = make.roadmap()
    release = make.release(roadmap)
    early = make.item(roadmap, title="Early", release=release, live="3 March 2026", deployed=("live",))
    late = make.item(roadmap, release=release, live="June 2026")
    text = check(staff, mark_url(release=release)).content.decode()
    assert "3 March 2026, deployed → 24 March 2026, deployed" in text
    assert "They have no tick." in text
    mark(staff, mark_url(release=release))
    assert (live(early), live(late)) == ([("3 March 2026", True)], [("24 March 2026", True)])
    release.refresh_from_db()
    assert release.is_deployed


def test_a_release_of_which_something_is_left_out_is_said_not_to_be_deployed(staff):
    roadmap = make.roadmap()
    release = make.release(roadmap, title="June 2026")
    first, left = make.item(roadmap, release=release), make.item(roadmap, release=release)
    url = mark_url(release=release)
    form = {"step": "mark", "environment": "live", "on": "24 March 2026", "item": [f"{first.pk} no date"]}
    told = messages(staff.post(url, form, follow=True))
    assert "“June 2026” is not marked as deployed: something in it is not Live yet" in told[0]
    assert (live(first), live(left)) == ([("24 March 2026", True)], [])
    release.refresh_from_db()
    assert not release.is_deployed


def test_releases_are_marked_from_their_list(staff):
    roadmap = make.roadmap()
    first, second = make.release(roadmap), make.release(roadmap)
    for release in (first, second):
        make.item(roadmap, release=release)
    response = action(staff, RELEASES, "mark_as_deployed", first, second)
    assert response.status_code == 302
    mark(staff, response.url)
    assert Release.objects.filter(is_deployed=True).count() == 2


def test_a_release_without_items_says_so(staff):
    release = make.release(make.roadmap())
    assert "no items in this release" in messages(staff.get(mark_url(release=release), follow=True))[0]


# Items


def test_chosen_items_are_marked_from_their_list_as_it_was_filtered(staff):
    roadmap = make.roadmap()
    first, second, third = (make.item(roadmap, live="June 2026") for _ in range(3))
    response = action(staff, f"{ITEMS}?q=Item", "mark_as_deployed", first, second)
    done = mark(staff, response.url)
    assert done.url == f"{ITEMS}?q=Item"
    assert live(first) == live(second) == [("24 March 2026", True)]
    assert live(third) == [("June 2026", False)]


def test_an_editor_marks_too_and_is_told_who_publishes(client):
    item = make.item(make.roadmap())
    told = messages(mark(sign_in(client, "Editors"), mark_url(item), follow=True))
    assert "until a publisher has reviewed and published it" in told[0]
    assert reverse("admin:roadmap_roadmap_ready", args=[item.roadmap_id]) in told[0]
    assert live(item) == [("24 March 2026", True)]


def test_the_history_of_staff_has_it_in_words(staff):
    roadmap = make.roadmap(live_label="Production")
    item = make.item(roadmap, live="June 2026")
    release = make.release(roadmap, title="Near term")
    mark(staff, mark_url(item))
    staff.post(move_url(item), {"release": release.pk})
    saves = [(save.action, save.saved_by) for save in Save.objects.of_thing(item.uid)]
    person = saves[0][1]
    assert person is not None
    assert saves[:2] == [
        ("Moved to the release “Near term”", person),
        ("Marked as deployed: Production", person),
    ]


def test_going_back_keeps_what_was_typed_and_refuses_nothing_yet(staff):
    item = make.item(make.roadmap())
    response = staff.post(mark_url(item), {"step": "ask", "environment": "test", "on": "TBC"})
    text = response.content.decode()
    assert 'value="TBC"' in text
    assert response.context["form"]["environment"].value() == "test"
    assert "errorlist" not in text


@each_case(
    ("environment", "on", "message"),
    [
        ("live", "TBC", "is not the date on which it was deployed"),
        ("live", "25 March 2026", "is in the future"),
        ("live", "whenever", "October 2018"),
        ("live", "", "Fill this in"),
        ("live", "null\x00byte", "cannot be kept (NUL)"),
        ("live", "x" * 101, "Shorten it to 100"),
        ("", "24 March 2026", "Choose Sandbox, Controlled go-live or Live."),
        ("nowhere", "24 March 2026", "not among the choices"),
    ],
)
@each_case("step", ["check", "mark"])
def test_bad_input_is_said_at_its_field_and_nothing_changes(staff, step, environment, on, message):
    item = make.item(make.roadmap(), live="June 2026")
    form = {"step": step, "environment": environment, "on": on, "item": [f"{item.pk} June 2026"]}
    response = staff.post(mark_url(item), form)
    assert response.status_code == 200
    assert escape(message) in response.content.decode()
    assert live(item) == [("June 2026", False)]
    assert response.context["form"]["on"].value() == on


def test_no_tick_is_refused(staff):
    item = make.item(make.roadmap(), live="June 2026")
    response = staff.post(mark_url(item), {"step": "mark", "environment": "live", "on": "24 March 2026"})
    assert "Tick at least one item." in response.content.decode()
    assert not ticks(response)


def test_what_somebody_changed_meanwhile_is_shown_again_and_nothing_changes(staff):
    roadmap = make.roadmap()
    first, second = make.item(roadmap, title="Carry back", live="June 2026"), make.item(roadmap, live="June 2026")
    form = {"step": "mark", "environment": "live", "on": "24 March 2026"}
    form["item"] = ticks(check(staff, mark_url(first, second)))
    first.milestones.update(when="September 2026")
    response = staff.post(mark_url(first, second), form)
    text = response.content.decode()
    assert "Somebody has changed “Carry back”" in text
    assert "September 2026 → 24 March 2026, deployed" in text
    assert live(second) == [("June 2026", False)]
    form["item"] = ticks(response)
    staff.post(mark_url(first, second), form)
    assert live(first) == live(second) == [("24 March 2026", True)]


def test_items_that_are_gone_are_refused_with_the_rest(staff):
    roadmap = make.roadmap()
    kept, gone = make.item(roadmap), make.item(roadmap)
    chosen = ticks(check(staff, mark_url(kept, gone)))
    url = mark_url(kept, gone)
    gone.delete()
    form = {"step": "mark", "environment": "live", "on": "24 March 2026", "item": chosen}
    told = messages(staff.post(url, form, follow=True))
    assert told == [
        "1 item of those you chose is not there any more. Nothing was changed: choose again from what is left."
    ]
    assert not Milestone.objects.exists()


def test_an_item_deleted_from_a_release_meanwhile_is_said_on_the_screen(staff):
    roadmap = make.roadmap()
    release = make.release(roadmap)
    kept, gone = make.item(roadmap, release=release), make.item(roadmap, release=release)
    url = mark_url(release=release)
    form = {"step": "mark", "environment": "live", "on": "24 March 2026", "item": ticks(check(staff, url))}
    gone.delete()
    response = staff.post(url, form)
    assert "1 of the items was deleted in the meantime." in response.content.decode()
    assert ticks(response) == [f"{kept.pk} no date"]
    assert not Milestone.objects.exists()


def test_a_second_press_of_the_button_changes_nothing_more(staff):
    item = make.item(make.roadmap(), live="June 2026")
    form = {"step": "mark", "environment": "live", "on": "24 March 2026", "item": [f"{item.pk} June 2026"]}
    staff.post(mark_url(item), form)
    response = staff.post(mark_url(item), form)
    assert "Somebody has changed" in response.content.decode()
    assert "Every item has this date already." in response.content.decode()


@pytest.mark.parametrize("name", ["mark_as_deployed", "move_items"])
def test_items_of_two_roadmaps_are_refused(staff, name):
    one, other = make.item(make.roadmap(title="VAT")), make.item(make.roadmap(title="Income Tax"))
    told = messages(action(staff, ITEMS, name, one, other, follow=True))
    assert told == ["These belong to Income Tax and VAT. Choose from one roadmap at a time."]
    url = mark_url(one, other) if name == "mark_as_deployed" else move_url(one, other)
    assert messages(staff.get(url, follow=True)) == told


@each_case("query", ["", "?items=", "?items=x,²,-1", "?items=99999999999999999999999", "?releases=x"])
@each_case("name", ["mark_deployed", "move"])
def test_an_address_that_names_nothing_says_so(staff, name, query):
    make.roadmap()
    told = messages(staff.get(reverse(f"admin:roadmap_item_{name}") + query, follow=True))
    assert told == ["Nothing was chosen. Tick what you mean in the list first."]


def test_too_many_are_refused(staff, monkeypatch):
    monkeypatch.setattr(picked_items, "MOST_ITEMS", 2)
    roadmap = make.roadmap()
    release = make.release(roadmap)
    rows = [make.item(roadmap, release=release) for _ in range(3)]
    assert "Choose 2 at most: you chose 3." in messages(action(staff, ITEMS, "mark_as_deployed", *rows, follow=True))
    assert "Choose 2 items at most." in messages(staff.get(mark_url(*rows), follow=True))
    assert "more than 2 items" in messages(staff.get(mark_url(release=release), follow=True))[0]


# Who may


def test_those_who_may_not_change_items_are_refused(client):
    item = make.item(make.roadmap(), live="June 2026")
    nobody = make.user(is_superuser=False)
    client.force_login(nobody, backend="django.contrib.auth.backends.ModelBackend")
    for url in (mark_url(item), move_url(item)):
        assert client.get(url).status_code == 403
        assert client.post(url, {"step": "mark", "environment": "live", "on": "24 March 2026"}).status_code == 403
    client.logout()
    assert client.get(mark_url(item)).status_code == 302
    assert live(item) == [("June 2026", False)]


def test_outside_the_team_it_is_as_if_it_were_not_there(staff):
    roadmap = make.roadmap(title="Their roadmap")
    roadmap.team.add(make.user())
    release = make.release(roadmap, title="Their release")
    item = make.item(roadmap, title="Their item", release=release, live="June 2026")
    form = {"step": "mark", "environment": "live", "on": "24 March 2026", "item": [f"{item.pk} June 2026"]}
    for response in (
        staff.get(mark_url(item), follow=True),
        staff.post(mark_url(item), form, follow=True),
        staff.post(mark_url(release=release), form, follow=True),
        staff.post(move_url(item), {"release": "none"}, follow=True),
    ):
        assert "is not there any more. Nothing was changed" in messages(response)[0]
        assert "Their" not in response.content.decode()
    item.refresh_from_db()
    assert (live(item), item.release) == ([("June 2026", False)], release)


def test_a_tick_of_another_roadmaps_item_is_refused(staff):
    item, foreign = make.item(make.roadmap()), make.item(make.roadmap())
    form = {"step": "mark", "environment": "live", "on": "24 March 2026"}
    form["item"] = [f"{item.pk} no date", f"{foreign.pk} no date"]
    assert "deleted in the meantime" in staff.post(mark_url(item), form).content.decode()
    assert not Milestone.objects.exists()


def test_what_is_shown_is_escaped(staff):
    roadmap = make.roadmap(live_label="<b>Live</b>")
    release = make.release(roadmap, title="<script>alert(1)</script>")
    item = make.item(roadmap, title="<img src=x onerror=alert(1)>", release=release)
    pages = [staff.get(mark_url(item)), check(staff, mark_url(item)), staff.get(move_url(item))]
    pages += [check(staff, mark_url(release=release)), mark(staff, mark_url(release=release), follow=True)]
    for page in pages:
        text = page.content.decode()
        assert "<img src=x" not in text
        assert "<script>alert" not in text
        assert "<b>Live" not in text


# What it costs


def test_the_screens_cost_the_same_whatever_the_number_of_items(staff):
    def costs(count):
        roadmap = make.roadmap()
        release = make.release(roadmap)
        rows = [make.item(roadmap, release=release, live="June 2026") for _ in range(count)]
        yield counted(lambda: staff.get(mark_url(*rows)))
        yield counted(lambda: check(staff, mark_url(release=release)))
        form = {"step": "mark", "environment": "live", "on": "24 March 2026"}
        form["item"] = ticks(check(staff, mark_url(release=release)))
        yield counted(lambda: staff.post(mark_url(release=release), form))
        yield counted(lambda: staff.get(move_url(*rows)))
        yield counted(lambda: staff.post(move_url(*rows), {"release": "none"}))

    def counted(act):
        with CaptureQueriesContext(connection) as found:
            act()
        return len(found)

    few = [*costs(2)]
    assert [*costs(40)] == few
    assert max(few) <= 51
