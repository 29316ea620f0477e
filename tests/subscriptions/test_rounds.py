"""What is told, to whom, and when: one mail of an edition or of a period, of what they asked for."""

import datetime

import pytest
from django.db import InterfaceError, OperationalError

from roadmap.models import Item, MailBookmark, Milestone, Often, OutgoingMail
from roadmap.publishing.publish import Choices
from roadmap.publishing.undo import undo
from roadmap.subscriptions import rounds
from tests import make
from tests.subscriptions.people import AN_HOUR, WAIT, subjects, subscribed, told

pytestmark = pytest.mark.django_db

BEGIN = make.at("2026-03-02", "09:00")  # a Monday
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def roadmap():
    made = make.roadmap(title="VAT (MTD) roadmap", slug="vat-mtd", reference_prefix="VAT")
    api, other = make.api(name="VAT API"), make.api(name="Losses API")
    make.item(made, title="Carry back of losses", live="June 2026", apis=((api, "1.0"),))
    make.item(made, title="Penalties", live="July 2026", test="April 2026", apis=((other, "1.0"),))
    make.edition(made, at=BEGIN - 24 * AN_HOUR)
    return made


def move(title, when, environment="live"):
    Milestone.objects.filter(item__title=title, environment=environment).update(when=when)


def publish(roadmap, at, **options):
    return make.edition(roadmap, at=at, now=at, **options)


def test_a_slip_is_told_once_the_wait_is_over_with_its_reason_and_the_worst_in_the_subject(roadmap):
    subscribed(BEGIN, roadmap=roadmap)
    move("Carry back of losses", "September 2026")
    Item.objects.filter(title="Penalties").update(title="Late payment penalties and interest")
    publish(roadmap, BEGIN + AN_HOUR, choices=Choices(reason_for_all="Testing took longer."))
    assert told(BEGIN + AN_HOUR + WAIT - SECOND) == []
    (message,) = told(BEGIN + AN_HOUR + WAIT)
    assert message.subject == "VAT (MTD): Carry back of losses moves to September 2026, and 1 more"
    assert "- Live moved from June 2026 to September 2026. Reason: Testing took longer." in message.body
    assert "https://roadmaps.example/vat-mtd/items/VAT-1/" in message.body
    assert told(BEGIN + 2 * AN_HOUR) == []


def test_only_those_are_told_whose_selection_it_is_about(roadmap):
    subscribed(BEGIN, roadmap=roadmap, query="api=vat-api", address="vat@example.com")
    subscribed(BEGIN, roadmap=roadmap, query="api=losses-api", address="losses@example.com")
    subscribed(BEGIN, query="api=losses-api", address="all@example.com")
    subscribed(BEGIN, query="roadmap=another", address="another@example.com")
    move("Carry back of losses", "September 2026")
    publish(roadmap, BEGIN + AN_HOUR)
    assert [message.to for message in told(BEGIN + 2 * AN_HOUR)] == [["vat@example.com"]]
    move("Penalties", "September 2026")
    publish(roadmap, BEGIN + 3 * AN_HOUR)
    assert {*(message.to[0] for message in told(BEGIN + 4 * AN_HOUR))} == {"losses@example.com", "all@example.com"}


def test_somebody_who_asked_for_two_selections_is_told_once_of_both(roadmap):
    subscribed(BEGIN, roadmap=roadmap, query="api=vat-api")
    subscribed(BEGIN, roadmap=roadmap, query="api=losses-api")
    subscribed(BEGIN)
    move("Carry back of losses", "September 2026")
    move("Penalties", "August 2026")
    publish(roadmap, BEGIN + AN_HOUR)
    (message,) = told(BEGIN + 2 * AN_HOUR)
    assert message.body.count("moved from") == 2
    assert "Loss" in message.body


def test_what_was_published_before_somebody_confirmed_is_not_told(roadmap):
    move("Carry back of losses", "September 2026")
    publish(roadmap, BEGIN)
    subscribed(BEGIN + SECOND, roadmap=roadmap)
    assert told(BEGIN + AN_HOUR) == []


def test_nothing_is_told_of_the_past_where_mails_are_new(roadmap):
    assert rounds.notice(BEGIN) == 0
    assert {*MailBookmark.objects.values_list("edition_number", flat=True)} == {1}


def test_what_went_live_before_mails_were_first_sent_is_told_to_those_who_had_confirmed(roadmap):
    subscribed(BEGIN, roadmap=roadmap)
    move("Carry back of losses", "September 2026")
    publish(roadmap, BEGIN + AN_HOUR)
    assert len(told(BEGIN + 48 * AN_HOUR)) == 1


def test_a_paused_and_an_unconfirmed_subscription_are_told_nothing(roadmap):
    paused = subscribed(BEGIN, roadmap=roadmap, address="a@example.com")
    paused.paused_at = BEGIN
    paused.save()
    unconfirmed = subscribed(BEGIN, roadmap=roadmap, address="b@example.com")
    unconfirmed.confirmed_at = unconfirmed.since = None
    unconfirmed.save()
    move("Carry back of losses", "September 2026")
    publish(roadmap, BEGIN + AN_HOUR)
    assert told(BEGIN + 2 * AN_HOUR) == []


class TestTaken:
    def test_an_edition_undone_within_the_wait_is_not_told_nor_is_the_undoing(self, roadmap):
        subscribed(BEGIN, roadmap=roadmap)
        move("Carry back of losses", "September 2026")
        edition = publish(roadmap, BEGIN + AN_HOUR)
        undo(edition, by=None, now=BEGIN + AN_HOUR + WAIT - SECOND)
        assert told(BEGIN + 9 * AN_HOUR) == []

    def test_what_else_was_published_meanwhile_is_told(self, roadmap):
        subscribed(BEGIN, roadmap=roadmap)
        move("Carry back of losses", "September 2026")
        edition = publish(roadmap, BEGIN + AN_HOUR)
        move("Penalties", "August 2026")
        publish(roadmap, BEGIN + AN_HOUR + SECOND)
        undo(edition, by=None, now=BEGIN + AN_HOUR + 2 * SECOND)
        (message,) = told(BEGIN + 9 * AN_HOUR)
        assert message.subject == "VAT (MTD): Penalties moves to August 2026"
        assert "Carry back" not in message.body

    def test_one_undone_later_is_told_both_times_though_undoing_is_minor(self, roadmap):
        subscribed(BEGIN, roadmap=roadmap)
        move("Carry back of losses", "September 2026")
        edition = publish(roadmap, BEGIN + AN_HOUR)
        assert len(told(BEGIN + AN_HOUR + WAIT)) == 1
        undo(edition, by=None, is_minor=True, now=BEGIN + AN_HOUR + 2 * WAIT)
        assert subjects(BEGIN + 9 * AN_HOUR) == ["VAT (MTD): Carry back of losses moves to June 2026"]

    def test_the_wait_is_a_setting(self, roadmap, settings):
        settings.MAIL_WAIT = 0
        subscribed(BEGIN, roadmap=roadmap)
        move("Carry back of losses", "September 2026")
        publish(roadmap, BEGIN + AN_HOUR)
        assert len(told(BEGIN + AN_HOUR)) == 1


class TestNoNews:
    def test_what_is_minor_is_not_told(self, roadmap):
        subscribed(BEGIN, roadmap=roadmap)
        item = Item.objects.get(title="Penalties")
        move("Penalties", "August 2026")
        publish(roadmap, BEGIN + AN_HOUR, choices=Choices(minor=frozenset({str(item.uid)})))
        assert told(BEGIN + 9 * AN_HOUR) == []

    def test_a_few_letters_put_right_are_not_told_and_another_number_is(self, roadmap):
        subscribed(BEGIN, roadmap=roadmap)
        Item.objects.filter(title="Penalties").update(title="Penalty")
        publish(roadmap, BEGIN + AN_HOUR)
        assert told(BEGIN + 2 * AN_HOUR) == []
        Item.objects.filter(title="Penalty").update(title="Penalty 2")
        publish(roadmap, BEGIN + 3 * AN_HOUR)
        assert len(told(BEGIN + 4 * AN_HOUR)) == 1

    def test_an_entry_of_the_changelog_is_told_when_it_comes_and_not_when_it_is_corrected(self, roadmap):
        subscribed(BEGIN, roadmap=roadmap)
        entry = make.changelog_entry(roadmap, title="Losses explained", body="See *the guide*.")
        publish(roadmap, BEGIN + AN_HOUR)
        (message,) = told(BEGIN + 2 * AN_HOUR)
        assert message.subject == "VAT (MTD): New in the changelog: Losses explained"
        assert "See the guide." in message.body
        entry.body = "See another guide altogether, which is new."
        entry.save()
        publish(roadmap, BEGIN + 3 * AN_HOUR)
        assert told(BEGIN + 4 * AN_HOUR) == []


def test_an_item_that_is_deployed_and_one_that_is_withdrawn(roadmap):
    subscribed(BEGIN, roadmap=roadmap)
    Milestone.objects.filter(item__title="Penalties", environment="test").update(is_deployed=True)
    publish(roadmap, BEGIN + AN_HOUR)
    assert subjects(BEGIN + 2 * AN_HOUR) == ["VAT (MTD): Penalties is now in sandbox"]
    Item.objects.get(title="Penalties").delete()
    publish(roadmap, BEGIN + 3 * AN_HOUR)
    (message,) = told(BEGIN + 4 * AN_HOUR)
    assert message.subject == "VAT (MTD): Penalties is withdrawn"
    assert "https://roadmaps.example/vat-mtd/items/VAT-2/" in message.body


def test_whoever_follows_an_api_is_told_that_its_last_item_left_it(roadmap):
    subscribed(BEGIN, roadmap=roadmap, query="api=vat-api")
    Item.objects.get(title="Carry back of losses").item_apis.all().delete()
    publish(roadmap, BEGIN + AN_HOUR)
    assert len(told(BEGIN + 2 * AN_HOUR)) == 1
    move("Carry back of losses", "September 2026")
    publish(roadmap, BEGIN + 3 * AN_HOUR)
    assert told(BEGIN + 4 * AN_HOUR) == []


def test_a_filter_that_no_roadmap_understands_tells_nothing(roadmap):
    subscribed(BEGIN, roadmap=roadmap, query="api=never-was")
    move("Carry back of losses", "September 2026")
    publish(roadmap, BEGIN + AN_HOUR)
    assert told(BEGIN + 2 * AN_HOUR) == []


def test_a_scheduled_edition_is_told_when_it_is_live(roadmap):
    subscribed(BEGIN, roadmap=roadmap)
    move("Carry back of losses", "September 2026")
    make.edition(roadmap, at=BEGIN + 5 * AN_HOUR, now=BEGIN + AN_HOUR)
    assert told(BEGIN + 5 * AN_HOUR - SECOND) == []
    assert rounds.next_at(BEGIN + 4 * AN_HOUR) == BEGIN + 5 * AN_HOUR + WAIT
    assert len(told(BEGIN + 5 * AN_HOUR + WAIT)) == 1


def test_hidden_earlier_dates_are_hidden(roadmap):
    roadmap.hides_date_history = True
    roadmap.save()
    publish(roadmap, BEGIN)
    subscribed(BEGIN + SECOND, roadmap=roadmap)
    move("Carry back of losses", "September 2026")
    publish(roadmap, BEGIN + AN_HOUR)
    (message,) = told(BEGIN + 2 * AN_HOUR)
    assert "September 2026" in message.body
    assert "June" not in message.body + message.alternatives[0][0]


class TestPeriods:
    def test_a_day_ends_at_eight_and_tells_the_net_news_of_two_editions(self, roadmap):
        subscribed(BEGIN, roadmap=roadmap, how_often=Often.DAILY)
        move("Carry back of losses", "September 2026")
        publish(roadmap, BEGIN + AN_HOUR)
        move("Carry back of losses", "October 2026")
        publish(roadmap, BEGIN + 3 * AN_HOUR)
        assert told(make.at("2026-03-03", "07:59")) == []
        (message,) = told(make.at("2026-03-03", "08:00"))
        assert "- Live moved from June 2026 to October 2026." in message.body
        assert "Editions 2 to 3, the last on 2 March 2026" in message.body
        assert "/vat-mtd/changes/?since=1" in message.body
        assert told(make.at("2026-03-04", "08:00")) == []

    def test_what_moved_and_moved_back_in_a_day_is_no_news(self, roadmap):
        subscribed(BEGIN, roadmap=roadmap, how_often=Often.DAILY)
        move("Carry back of losses", "September 2026")
        publish(roadmap, BEGIN + AN_HOUR)
        move("Carry back of losses", "June 2026")
        publish(roadmap, BEGIN + 3 * AN_HOUR)
        assert told(make.at("2026-03-03", "08:00")) == []

    def test_what_came_in_the_wait_before_eight_is_told_the_next_day(self, roadmap):
        subscribed(BEGIN, roadmap=roadmap, how_often=Often.DAILY)
        move("Carry back of losses", "September 2026")
        edition = publish(roadmap, make.at("2026-03-03", "07:55"))
        assert told(make.at("2026-03-03", "08:00")) == []
        undo(edition, by=None, now=make.at("2026-03-03", "08:03"))
        assert told(make.at("2026-03-04", "08:00")) == []

    def test_a_week_ends_on_monday(self, roadmap):
        subscribed(BEGIN, roadmap=roadmap, how_often=Often.WEEKLY)
        move("Carry back of losses", "September 2026")
        publish(roadmap, BEGIN + AN_HOUR)
        for day in range(3, 9):
            assert told(make.at(f"2026-03-0{day}", "12:00")) == []
        assert len(told(make.at("2026-03-09", "08:00"))) == 1

    def test_the_hour_is_londons_in_summer_too(self):
        assert rounds.period_end(Often.DAILY, make.at("2026-07-01", "08:00")) == make.at("2026-07-01", "08:00")
        summer = make.at("2026-07-01", "08:00").astimezone(datetime.UTC)
        assert summer.hour == 7
        assert rounds.period_end(Often.DAILY, summer - SECOND) == make.at("2026-06-30", "08:00")

    def test_days_on_which_nobody_looked_are_told_together(self, roadmap):
        subscribed(BEGIN, roadmap=roadmap, how_often=Often.DAILY)
        rounds.notice(BEGIN)
        move("Carry back of losses", "September 2026")
        publish(roadmap, BEGIN + AN_HOUR)
        move("Penalties", "October 2026")
        publish(roadmap, BEGIN + 30 * AN_HOUR)
        (message,) = told(make.at("2026-03-06", "10:00"))
        assert message.body.count("moved from") == 2

    def test_a_clock_that_was_set_back_tells_nothing_twice(self, roadmap):
        subscribed(BEGIN, roadmap=roadmap, how_often=Often.DAILY)
        subscribed(BEGIN, roadmap=roadmap, address="each@example.com")
        move("Carry back of losses", "September 2026")
        publish(roadmap, BEGIN + AN_HOUR)
        assert len(told(make.at("2026-03-03", "08:00"))) == 2
        assert told(BEGIN) == []
        assert told(make.at("2026-03-03", "08:01")) == []


@pytest.fixture
def two_roadmaps(roadmap):
    """Somebody follows both, and each has something new an hour later."""
    other = make.roadmap(title="Income Tax", slug="income-tax")
    make.item(other, title="Returns", live="June 2026")
    make.edition(other, at=BEGIN - AN_HOUR)
    subscribed(BEGIN)
    move("Carry back of losses", "September 2026")
    move("Returns", "July 2026")
    publish(roadmap, BEGIN + AN_HOUR)
    publish(other, BEGIN + AN_HOUR)


def test_two_roadmaps_are_told_of_in_two_mails_each_in_its_own_thread(two_roadmaps):
    messages = told(BEGIN + 2 * AN_HOUR)
    assert {message.extra_headers["List-Id"] for message in messages} == {
        "<vat-mtd.roadmap.roadmaps.example>",
        "<income-tax.roadmap.roadmaps.example>",
    }
    assert len({message.extra_headers["References"] for message in messages}) == 2


def test_what_cannot_be_told_of_one_roadmap_keeps_no_other_and_is_told_when_it_can(two_roadmaps, monkeypatch, caplog):
    write = rounds.letter_of_news

    def fails(published, *what):
        if published.snapshot.roadmap.slug == "vat-mtd":
            raise ValueError("a letter that cannot be written")
        return write(published, *what)

    with monkeypatch.context() as broken:
        broken.setattr(rounds, "letter_of_news", fails)
        (message,) = told(BEGIN + 2 * AN_HOUR)
    assert message.extra_headers["List-Id"] == "<income-tax.roadmap.roadmaps.example>"
    assert "Nobody can be told of what is new in vat-mtd" in caplog.text
    (later,) = told(BEGIN + 3 * AN_HOUR)
    assert later.extra_headers["List-Id"] == "<vat-mtd.roadmap.roadmaps.example>"


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_unwell_is_for_whoever_asked(two_roadmaps, monkeypatch, error):
    def fails(*_):
        raise error("the connection is closed")

    monkeypatch.setattr(rounds, "letter_of_news", fails)
    with pytest.raises(error):
        rounds.notice(BEGIN + 2 * AN_HOUR)


def test_a_new_roadmap_is_told_of_to_those_who_follow_all(roadmap):
    subscribed(BEGIN)
    rounds.notice(BEGIN)
    other = make.roadmap(title="Income Tax", slug="income-tax")
    make.item(other, title="Returns", live="June 2026")
    make.edition(other, at=BEGIN + AN_HOUR, now=BEGIN + AN_HOUR)
    (message,) = told(BEGIN + 2 * AN_HOUR)
    assert message.subject.startswith("Income Tax: first published, with ")
    assert "Live: June 2026" in message.body


def test_many_people_are_told_in_parts_and_nobody_is_left_out(roadmap, monkeypatch):
    monkeypatch.setattr(rounds, "AT_ONCE", 3)
    for number in range(10):
        subscribed(BEGIN, roadmap=roadmap, address=f"{number}@example.com")
    move("Carry back of losses", "September 2026")
    publish(roadmap, BEGIN + AN_HOUR)
    assert sorted(message.to[0] for message in told(BEGIN + 2 * AN_HOUR)) == [f"{n}@example.com" for n in range(10)]


def test_the_number_of_questions_does_not_grow_with_people(roadmap, django_assert_max_num_queries):
    for number in range(30):
        subscribed(BEGIN, roadmap=roadmap, query="api=vat-api", address=f"{number}@example.com")
    rounds.notice(BEGIN)
    move("Carry back of losses", "September 2026")
    publish(roadmap, BEGIN + AN_HOUR)
    with django_assert_max_num_queries(30):
        assert rounds.notice(BEGIN + 2 * AN_HOUR) == 30
    assert OutgoingMail.objects.values("letter").distinct().count() == 1
