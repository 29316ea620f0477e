"""A day of staff, replayed: at each step every page, feed, calendar and table says the same, true thing."""

import re
from datetime import timedelta

import pytest

from roadmap.content.choices import Environment
from roadmap.models import Item, Milestone, Release, Roadmap
from roadmap.publishing import Choices, restore_revision
from roadmap.working_copies.release_day import mark_deployed
from tests import make
from tests.management.run import run
from tests.web.feeds import received

pytestmark = pytest.mark.django_db

SOURCE = """\
# Parcel roadmap

## June 2027

| Reference | Name | Description | Live |
| --- | --- | --- | --- |
| PAR-1 | Weigh parcels | Weighs them | by June 2027 |
| PAR-2 | Track parcels | Tracks them | |
| PAR-3 | Label parcels | Labels them | |
"""
START = make.at("2027-01-04", "09:00")


@pytest.fixture
def day(client, clock, reads, tmp_path):
    """A roadmap that was imported and published at nine."""
    (tmp_path / "index.md").write_text(SOURCE)
    ended = run("import_techdocs", tmp_path / "index.md", "--roadmap", "parcels", "--contact", "team@example.gov.uk")
    assert ended.code == 0, ended.err
    return Day(client, clock, reads)


class Day:
    def __init__(self, client, clock, reads):
        self.client, self.clock, self.reads = client, clock, reads
        self.roadmap = Roadmap.objects.get()
        Roadmap.objects.update(asks_reasons=True)
        self.at, self.number = START, 0
        self.publish("The first edition")

    def item(self, reference: str) -> Item:
        return Item.objects.get(reference=reference)

    def publish(self, reason: str = "", after: timedelta = timedelta(days=1)):
        """A day later; readers come ten minutes after that."""
        self.at += after
        self.number += 1
        choices = Choices(reason_for_all=reason)
        made = make.edition(Roadmap.objects.get(), at=self.at, choices=choices)
        self.clock(self.at + timedelta(minutes=10))
        return made

    def move(self, reference: str, environment: str, when: str) -> None:
        milestones = Milestone.objects.filter(item__reference=reference, environment=environment)
        if not milestones.update(when=when):
            make.milestone(self.item(reference), environment, when)

    # What readers get

    def news(self) -> str:
        """Of home, from the heading of what changed on."""
        text = self.reads("/parcels/").main
        return text[text.index("Latest changes") :] if "Latest changes" in text else text

    def page(self, reference: str) -> str:
        return self.reads(f"/parcels/items/{reference}/").main

    def row(self, reference: str) -> dict[str, str]:
        return {row["Reference"]: row for row in received.table(self.client, "/parcels/items.csv")}[reference]

    def newest_entry(self) -> str:
        """Its title and its text."""
        entry = received.json_feed(self.client, "/parcels/changes.json")["items"][0]
        return " ".join(re.sub(r"<[^>]+>", " ", f"{entry['title']} {entry['content_html']}").split())

    def changes(self) -> str:
        return self.reads("/parcels/changes/").main

    def event(self, name: str) -> tuple[str, str] | None:
        found = received.events(self.client, "/parcels/items.ics").get(name)
        return received.days(found) if found else None

    def all_say(self, sentence: str, reference: str) -> None:
        for where, text in (
            ("home", self.news()),
            ("changes", self.changes()),
            ("feed", self.newest_entry()),
            ("item", self.page(reference)),
        ):
            assert sentence.lower() in text.lower(), f"{where}: {text}"


def test_an_item_is_added_with_two_apis_and_a_column(day):
    field = make.field(day.roadmap, name="Tax years")
    apis = [(make.api(name="Parcel API"), "2.0"), (make.api(name="Label API"), "")]
    day.roadmap.last_item_number = max(day.roadmap.last_item_number, 3)
    day.roadmap.save()
    item = make.item(day.roadmap, title="Post parcels", live="2027-03", apis=tuple(apis), values={field: "0042"})
    day.publish()
    day.all_say("added", item.reference)
    row = day.row(item.reference)
    assert (row["Title"], row["APIs"], row["Tax years"]) == ("Post parcels", "Parcel API 2.0; Label API", "0042")
    assert (row["Live from"], row["Live to"]) == ("2027-03-01", "2027-03-31")
    assert day.event(f"{item.reference} Live") == ("2027-03-01", "2027-03-31")
    assert "Parcel API 2.0" in day.page(item.reference)


def test_a_date_is_moved_three_ways(day):
    day.move("PAR-1", "live", "by 2027")
    day.publish("The scales are late.")
    day.all_say("Live date less exact, and may be later: by 2027 (was by June 2027)", "PAR-1")
    day.all_say("The scales are late.", "PAR-1")
    assert (day.row("PAR-1")["Live from"], day.row("PAR-1")["Live to"]) == ("2027-01-01", "2027-12-31")
    day.move("PAR-1", "live", "Q2 2027")
    day.publish()
    day.all_say("Live date more exact: April to June 2027 (was by 2027)", "PAR-1")
    day.move("PAR-1", "live", "September 2027")
    day.publish("The scales broke.")
    day.all_say("September 2027", "PAR-1")
    day.move("PAR-1", "live", "May 2027")
    day.publish()
    day.all_say("Live brought forward from September 2027 to May 2027", "PAR-1")
    assert day.event("PAR-1 Live") == ("2027-05-01", "2027-05-31")


def test_a_release_that_is_renamed_moves_all_its_items(day):
    Release.objects.update(title="September 2027")
    day.publish("The depot is shut.")
    day.all_say("moved from June 2027 to September 2027", "PAR-2")
    assert day.event("PAR-2 Live") == ("2027-09-01", "2027-09-30")
    assert day.event("PAR-1 Live") == ("2027-06-30", "2027-06-30")  # it has a date of its own
    assert "no longer planned" not in day.changes()


def test_a_release_is_marked_as_deployed(day):
    day.at = make.at("2027-06-10", "09:00")
    mark_deployed(
        roadmap=day.roadmap,
        items=[day.item(reference).pk for reference in ("PAR-1", "PAR-2", "PAR-3")],
        environment=Environment.LIVE,
        on_text="10 June 2027",
        today=day.at.date(),
        releases=[Release.objects.get().pk],
    )
    day.publish()
    day.all_say("now live", "PAR-2")
    assert [day.row(f"PAR-{number}")["Live deployed"] for number in (1, 2, 3)] == ["Yes"] * 3
    assert day.event("PAR-2 Live") == ("2027-06-10", "2027-06-10")


def test_a_typo_published_after_a_slip_does_not_hide_it(day):
    day.move("PAR-1", "live", "September 2027")
    day.publish("The scales are late.")
    Item.objects.filter(reference="PAR-3").update(description="Labels them.")
    day.publish(after=timedelta(minutes=30))
    assert "September 2027" in day.news()
    assert "Weigh parcels" in day.news()
    assert "reworded" not in day.changes()


def test_what_is_scheduled_is_seen_at_its_time_and_not_before(day):
    day.move("PAR-2", "test", "March 2027")
    at = make.at("2027-02-01", "07:00")
    make.edition(Roadmap.objects.get(), at=at, now=day.at + timedelta(minutes=20))
    assert "March 2027" not in day.page("PAR-2")
    assert day.event("PAR-2 Sandbox") is None
    day.clock(at)
    day.all_say("March 2027", "PAR-2")
    assert day.event("PAR-2 Sandbox") == ("2027-03-01", "2027-03-31")


def test_what_is_withdrawn_and_restored_is_the_same_item(day):
    item = day.item("PAR-3")
    revision = item.roadmap.editions.get(number=1).revisions.get(uid=item.uid)
    item.delete()
    day.publish("Labels come with the parcels.")
    assert "withdrawn" in day.news().lower()
    assert "Labels come with the parcels." in day.changes()
    cancelled = received.events(day.client, "/parcels/items.ics").get("PAR-3 Live")
    assert cancelled["STATUS"] == "CANCELLED"
    restore_revision(revision)
    day.publish()
    assert "Label parcels" in day.page("PAR-3")
    assert day.event("PAR-3 Live") == ("2027-06-01", "2027-06-30")
