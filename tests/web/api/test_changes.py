"""From any cursor, replaying what changed on what one had gives what is there now."""

import json

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from roadmap.models import ChangelogEntry, Edition, Field, Item, Milestone, Page, Release, Roadmap
from roadmap.published import store
from roadmap.publishing import Choices, NothingToPublish, restore_edition
from tests import make
from tests.cases import each_case
from tests.web import story
from tests.web.api.following import Copy, follow
from tests.web.api.strict import check

pytestmark = pytest.mark.django_db
CHANGES = "roadmaps/vat-mtd/changes"


def read(address):
    """For what hypothesis runs many times in one test."""
    response = Client().get(f"/api/v1/{address}")
    assert response.status_code == 200, response.content
    return response.json()


def every_cursor(api, limits):
    """Each with the copy that somebody has who holds it, as of this Edition."""
    found = []
    for limit in limits:
        copy = Copy()
        for cursor in follow(api, copy, None, limit):
            found.append((cursor, Copy(copy.things)))
    whole = api("roadmaps/vat-mtd")
    found.append((whole["cursor"], Copy.of_whole(whole)))
    # The same cursor with the same copy is the same place, however it was reached.
    return list({(cursor, json.dumps(copy.things, sort_keys=True)): (cursor, copy) for cursor, copy in found}.values())


def arrive(api, held, limit):
    """That whoever holds these arrives at what is there now."""
    whole = api("roadmaps/vat-mtd")
    now = Copy.of_whole(whole)
    for cursor, copy in held:
        ours = Copy(copy.things)
        *_, last = follow(api, ours, cursor, limit)
        assert ours == now, f"from {cursor} by {limit}"
        assert last == whole["cursor"]
        assert {**whole, **ours.in_order()} == whole, "the documented order is not that of the lists"


def test_every_cursor_there_is_leads_to_the_same_state(api, told, clock):
    held = []
    story.unread()
    for edition in told:
        clock(edition.published_at)
        held += every_cursor(api, limits=(1, 500))
        assert api("roadmaps/vat-mtd")["edition"]["number"] == edition.number
        arrive(api, held, limit=500)
    assert len(held) > 100
    arrive(api, held, limit=3)


def test_somebody_who_has_all_is_told_nothing(api, told):
    answer = api(f"{CHANGES}?since={api('roadmaps/vat-mtd')['cursor']}")
    assert (answer["things"], answer["has_more"]) == ([], False)
    check("Changes", answer)


def test_what_an_edition_changed_is_sent_once_and_alone(api, told, clock):
    story.unread()
    clock(told[1].published_at)
    cursor = api("roadmaps/vat-mtd")["cursor"]
    clock(make.at("2026-03-25"))
    things = api(f"{CHANGES}?since={cursor}")["things"]
    by_noun = {one["noun"]: one for one in things if not one["removed"]}
    (removed,) = [one for one in things if one["removed"]]
    assert removed["noun"] == "item"
    assert sorted(by_noun) == ["changelog_entry", "item"]
    assert len(things) == 3  # the item changed in five Editions
    assert by_noun["item"]["value"]["title"] == story.CORRECTED
    check("Changes", api(f"{CHANGES}?since={cursor}"))


def one_in_a_release_and_one_not():
    roadmap = make.roadmap(slug="vat-mtd")
    release = make.release(roadmap, title="Near term", horizon="near", when="June 2026")
    make.item(roadmap, title="In it", release=release, test="March 2026")
    field = make.field(roadmap, name="Tax years")
    make.item(roadmap, title="Not in it", values={field: "26-27"})
    make.edition(roadmap, at=make.at("2026-03-24"))
    return roadmap


@pytest.mark.parametrize(
    ("change", "titles"),
    [
        (lambda: Release.objects.update(title="Mid term"), ["In it"]),
        (lambda: Release.objects.update(is_deployed=True), ["In it"]),
        (lambda: Release.objects.update(when="July 2026"), ["In it"]),
        (lambda: Roadmap.objects.update(test_label="Trial"), ["In it", "Not in it"]),
        (lambda: Roadmap.objects.update(contact_email="new@example.org"), ["In it", "Not in it"]),
        (lambda: Field.objects.update(name="Years"), ["In it", "Not in it"]),
    ],
    ids=["release renamed", "release deployed", "release moved", "environment renamed", "contact", "column renamed"],
)
def test_what_an_item_is_told_with_sends_it_again(api, change, titles):
    roadmap = one_in_a_release_and_one_not()
    before = Copy.of_whole(api("roadmaps/vat-mtd"))
    cursor = api("roadmaps/vat-mtd")["cursor"]
    change()
    make.edition(roadmap, at=make.at("2026-03-25"))
    answer = api(f"{CHANGES}?since={cursor}")
    assert sorted(one["value"]["title"] for one in answer["things"] if one["noun"] == "item") == titles
    before.apply(answer)
    assert before == Copy.of_whole(api("roadmaps/vat-mtd"))


def test_what_is_published_while_somebody_reads_is_not_missed(api, clock):
    """Between two answers a thing already sent is withdrawn, another edited, and one not yet sent is withdrawn."""
    roadmap = make.roadmap(slug="vat-mtd")
    for number in range(6):
        make.item(roadmap, title=f"Item {number}")
    make.edition(roadmap, at=make.at("2026-03-24"))
    copy = Copy()
    steps = follow(api, copy, None, 3)
    next(steps)
    sent = [value["reference"] for value in copy.all("item")]
    unsent = [one["reference"] for one in api("roadmaps/vat-mtd")["items"] if one["reference"] not in sent]
    Item.objects.get(reference=sent[0]).delete()
    Item.objects.filter(reference=sent[1]).update(title="Edited")
    Item.objects.get(reference=unsent[0]).delete()
    make.edition(roadmap, at=make.at("2026-03-25"))
    assert [*steps]
    assert copy == Copy.of_whole(api("roadmaps/vat-mtd"))


def test_what_was_withdrawn_and_comes_back_is_there_again(api, told, clock):
    whole = api("roadmaps/vat-mtd")
    copy, cursor = Copy.of_whole(whole), whole["cursor"]
    restore_edition(told[0])
    choices = Choices(reason_for_all="Put back as it was.")
    make.edition(Roadmap.objects.get(slug="vat-mtd"), at=make.at("2026-03-25"), choices=choices)
    clock(make.at("2026-03-26"))
    copy.apply(api(f"{CHANGES}?since={cursor}"))
    assert copy == Copy.of_whole(api("roadmaps/vat-mtd"))
    assert "VAT-1" in {one["reference"] for one in copy.all("item")}
    assert story.CORRECTED not in {one["title"] for one in copy.all("item")}


# Editions of every sort, as hypothesis puts them together


class Editing:
    """Working copies, edited as staff would; each act takes a number that chooses what it is done to."""

    def __init__(self):
        self.roadmap = make.roadmap(slug="vat-mtd", reference_prefix=f"H{Roadmap.objects.count()}")
        self.hour = 0
        for title in ("Near term", "Mid term"):
            make.release(self.roadmap, title=title, when="June 2026")
        field = make.field(self.roadmap)
        for _ in range(2):
            make.item(self.roadmap, values={field: "26-27"}, live="June 2026")

    def chosen(self, model, number):
        found = [*model.objects.filter(roadmap=self.roadmap).order_by("pk")]
        return found[number % len(found)] if found else None

    def add(self, number):
        make.item(self.roadmap, release=self.chosen(Release, number), test="TBC" if number % 2 else "March 2026")
        if number % 3 == 0:
            make.page(self.roadmap)
        if number % 3 == 1:
            make.changelog_entry(self.roadmap, when=f"{number + 1} March 2026")
        if number % 3 == 2:
            make.release(self.roadmap, when="TBC" if number % 2 else "Q3 2026")

    def edit(self, number):
        for model in (Item, Page, ChangelogEntry):
            if one := self.chosen(model, number):
                one.title = f"Edited {number}"
                one.save()

    def deploy_a_release(self, number):
        if release := self.chosen(Release, number):
            release.is_deployed = not release.is_deployed
            release.save()

    def rename_a_column(self, number):
        Field.objects.filter(roadmap=self.roadmap).update(name=f"Renamed {number}")

    def rename_an_environment(self, number):
        Roadmap.objects.filter(pk=self.roadmap.pk).update(live_label=f"Production {number}")

    def move(self, number):
        if item := self.chosen(Item, number):
            release = self.chosen(Release, number)
            item.release = None if item.release == release else release
            item.position = number
            item.save()
            Milestone.objects.filter(item=item).update(when=f"{number % 28 + 1} July 2026")

    def withdraw(self, number):
        model = (Item, Page, ChangelogEntry, Item)[number % 4]
        if one := self.chosen(model, number):
            one.delete()

    def withdraw_a_release(self, number):
        if release := self.chosen(Release, number):
            Item.objects.filter(release=release).update(release=None)
            release.delete()

    def go_back(self, number):
        editions = [*Edition.objects.filter(roadmap=self.roadmap)]
        restore_edition(editions[number % len(editions)])

    def publish(self):
        self.hour += 1
        self.roadmap.refresh_from_db()
        at = make.at("2026-03-24") + self.hour * make.datetime.timedelta(hours=1)
        try:
            make.edition(self.roadmap, at=at)
        except NothingToPublish:
            return
        store.now = lambda: at


ACTS = [name for name in vars(Editing) if not name.startswith("_") and name not in ("chosen", "publish")]
acts = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 30)), min_size=1, max_size=4)


@given(st.lists(acts, min_size=1, max_size=5))
@example([[("deploy_a_release", 0)], [("move", 0)], [("withdraw_a_release", 0)], [("rename_a_column", 0)]])
@example([[("move", 0)], [("deploy_a_release", 0)], [("withdraw", 0)], [("add", 1)], [("rename_an_environment", 0)]])
# No shrinking: each example publishes and reads for half a second, and says what was done as it is.
@settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_published_every_cursor_leads_to_the_same_state(monkeypatch, editions):
    monkeypatch.setattr(store, "now", store.now)  # put back at the end
    with transaction.atomic():
        store.forget_all()
        editing = Editing()
        editing.publish()
        held = every_cursor(read, limits=(1, 4))
        for of_edition in editions:
            for name, number in of_edition:
                getattr(editing, name)(number)
            editing.publish()
            arrive(read, held, limit=500)
            held += every_cursor(read, limits=(1, 4))
        arrive(read, held, limit=2)
        transaction.set_rollback(True)
    store.forget_all()


# Cursors that are none


def refused(api, cursor):
    problem = api(f"{CHANGES}?since={cursor}", status=400)
    (error,) = problem["errors"]
    assert error["parameter"] == "since"
    assert error["detail"].endswith(
        "Leave out “since” to be sent everything, and go on from the cursor of that answer."
    )
    return error["detail"]


@each_case("text", ["", "abc", "%20", "A" * 48 + "=", "é", "_" * 47, "1", "A" * 1900, "../..", "AAAA%0A"])
def test_what_is_no_cursor_is_refused(api, told, text):
    assert "is not a cursor of this API." in refused(api, text)


def test_what_would_turn_the_words_about_it_round_is_not_repeated(api, told):
    assert refused(api, "%E2%80%AEabc%07").startswith("“abc” is not a cursor")


def test_a_cursor_of_another_roadmap_is_refused(api, told):
    make.edition(make.roadmap(slug="other"), at=make.at("2026-03-24"))
    assert refused(api, api("roadmaps/other")["cursor"]).startswith("This is a cursor of another roadmap.")


def test_a_cursor_of_an_edition_to_come_is_refused(api, told, clock):
    cursor = api("roadmaps/vat-mtd")["cursor"]
    story.unread()
    clock(told[4].published_at)
    assert refused(api, cursor).startswith("This is a cursor of edition 7: the newest is 5.")


def test_a_cursor_is_short_and_needs_no_encoding(api, told):
    cursor = api("roadmaps/vat-mtd")["cursor"]
    assert len(cursor) <= 60
    assert cursor.replace("-", "").replace("_", "").isalnum()


@each_case("limit", ["0", "501", "-1", "all", ""])
def test_a_limit_that_is_none_is_refused(api, told, limit):
    (error,) = api(f"{CHANGES}?limit={limit}", status=400)["errors"]
    assert error["parameter"] == "limit"
