"""What is over goes, by a stated time; what readers have seen, what waits and the newest of each thing stays."""

import datetime

import pytest
from axes.models import AccessAttempt, AccessLog
from django.apps import apps
from django.contrib.sessions.models import Session
from django.utils import timezone

from roadmap.admin.security.log import Kind, record
from roadmap.keeping.tidy import Retention, tidy
from roadmap.models import (
    Agreement,
    Edition,
    HubPing,
    Item,
    Letter,
    MinorMark,
    OutgoingMail,
    PreviewLink,
    ReadyNote,
    ReviewDraft,
    Roadmap,
    Save,
    SecurityEvent,
    SignIn,
    Subscriber,
    Subscription,
    SubscriptionRequest,
    TryLimit,
    Webhook,
    WebhookPost,
)
from roadmap.publishing import pending
from roadmap.publishing.audit_trail import record_save
from tests import make
from tests.keeping import old_site
from tests.management.run import run
from tests.subscriptions.people import subscribed
from tests.transfer.another import exported

pytestmark = pytest.mark.django_db

NOW = make.at("2026-04-01")
LONG_AGO = make.at("2020-01-01")
DAYS = Retention()


def ago(**time):
    return NOW - datetime.timedelta(**time)


@pytest.fixture
def roadmap():
    roadmap = make.roadmap(slug="vat-mtd")
    make.item(roadmap, title="Item")
    make.edition(roadmap, at=LONG_AGO)
    return roadmap


def removed(now=NOW, **options):
    return {noun: count for noun, count in tidy(now, DAYS, **options) if count}


def link(roadmap, ended_at, **fields):
    times = {"created_at": LONG_AGO, "expires_at": ended_at, "created_by": make.user()}
    return PreviewLink.objects.create(roadmap=roadmap, **times, **fields)


def save(item, title, at):
    Item.objects.filter(pk=item.pk).update(title=title)
    return record_save(Item.objects.get(pk=item.pk), by=None, at=at)


def test_sessions_that_ended_go():
    for key, at in (("over", ago(seconds=1)), ("open", NOW)):
        SignIn.objects.create(session_key=key, expire_date=at, begun_at=LONG_AGO, seen_at=LONG_AGO)
        Session.objects.create(session_key=key, session_data="", expire_date=at)
        TryLimit.objects.create(key=key, used_until=at)
    assert removed() == {"session": 1, "upload that waited": 1, "limit of signing in": 1}
    assert [model.objects.get().pk for model in (SignIn, Session, TryLimit)] == ["open"] * 3


def attempt(model, at, **fields):
    made = model.objects.create(username="ann", user_agent=str(at), **fields)
    model.objects.filter(pk=made.pk).update(attempt_time=at)


def test_lock_outs_that_are_over_go_and_others_stay():
    attempt(AccessAttempt, ago(hours=1, seconds=1), failures_since_start=5)
    attempt(AccessAttempt, ago(minutes=59), failures_since_start=5)
    assert removed() == {"lock-out": 1}
    assert AccessAttempt.objects.get().attempt_time == ago(minutes=59)


def test_who_signed_in_is_known_for_three_months():
    attempt(AccessLog, ago(days=DAYS.sign_ins, seconds=1))
    attempt(AccessLog, ago(days=DAYS.sign_ins))
    assert removed() == {"sign-in": 1}


def test_links_go_a_month_after_they_ended(roadmap):
    link(roadmap, ago(days=DAYS.links, seconds=1), purpose="expired")
    kept = link(roadmap, ago(days=DAYS.links), purpose="just expired")
    open_one = link(roadmap, make.at("2030-01-01"))
    person = make.user()
    link(roadmap, make.at("2030-01-01"), revoked_at=ago(days=DAYS.links + 1), revoked_by=person)
    assert removed() == {"preview link": 2}
    assert {*PreviewLink.objects.all()} == {kept, open_one}


def test_what_was_said_of_a_draft_stays_while_that_draft_waits(roadmap):
    roadmap.items.update(title="A draft")
    [waiting] = pending(roadmap)
    said_at, by = ago(days=DAYS.notes, seconds=1), link(roadmap, LONG_AGO + datetime.timedelta(days=1))
    for digest in (waiting.after_digest, "0" * 64):
        seen = {waiting.uid: digest}
        ReadyNote.objects.create(roadmap=roadmap, asked_by=make.user(), asked_at=said_at, seen=seen)
        Agreement.objects.create(roadmap=roadmap, link=by, name="Bo", is_agreed=True, said_at=said_at, seen=seen)
    assert removed() == {"request to publish": 1, "agreement or comment": 1}
    assert ReadyNote.objects.get().seen == Agreement.objects.get().seen == {waiting.uid: waiting.after_digest}
    assert PreviewLink.objects.get() == by
    make.edition(roadmap)
    assert removed() == {"request to publish": 1, "agreement or comment": 1, "preview link": 1}


def test_a_review_that_was_begun_stays_while_anything_waits(roadmap):
    roadmap.items.update(title="A draft")
    [waiting] = pending(roadmap)
    long_ago = ago(days=DAYS.notes, seconds=1)
    times = {"began_at": long_ago, "saved_at": long_ago}
    ReviewDraft.objects.create(roadmap=roadmap, reviewer=make.user(), sent="note=Typed", **times)
    MinorMark.objects.create(roadmap=roadmap, uid=waiting.uid, mark=waiting.mark, marked_at=long_ago)
    MinorMark.objects.create(roadmap=roadmap, uid=roadmap.uid, mark="of a change since", marked_at=long_ago)
    assert removed() == {"mark of a minor change": 1}
    make.edition(roadmap)
    removed()
    assert not ReviewDraft.objects.exists()
    assert not MinorMark.objects.exists()


def test_old_saves_go_but_the_newest_of_each_thing_stays(roadmap):
    item, other = roadmap.items.get(), make.item(roadmap, title="Other")
    first, second = save(item, "First", LONG_AGO), save(item, "Second", LONG_AGO)
    only = save(other, "Only", LONG_AGO)
    assert removed() == {"save": 1}
    assert {*Save.objects.values_list("pk", flat=True)} == {second.pk, only.pk}
    save(item, "Third", ago(days=DAYS.saves))
    assert removed() == {"save": 1}
    assert first.pk not in Save.objects.values_list("pk", flat=True)
    assert removed() == {}


def test_what_readers_have_seen_stays_however_old(roadmap):
    save(roadmap.items.get(), "First", LONG_AGO)
    save(roadmap.items.get(), "Second", LONG_AGO)
    before = {table: rows for table, rows in old_site.values(apps).items() if table != "roadmap_save"}
    shown = exported("vat-mtd")
    assert removed(make.at("2099-01-01")) == {"save": 1}
    assert {table: rows for table, rows in old_site.values(apps).items() if table != "roadmap_save"} == before
    assert exported("vat-mtd") == shown
    assert Edition.objects.count() == 1


def test_a_rehearsal_says_the_same_and_removes_nothing(roadmap):
    old = link(roadmap, LONG_AGO + datetime.timedelta(days=1))
    seen = {"published": "since"}
    Agreement.objects.create(roadmap=roadmap, link=old, name="Bo", is_agreed=True, said_at=LONG_AGO, seen=seen)
    told = removed(is_rehearsal=True)
    assert told == {"agreement or comment": 1, "preview link": 1}
    assert PreviewLink.objects.count() == Agreement.objects.count() == 1
    assert removed() == told


def test_many_rows_go_in_parts(roadmap, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("roadmap.keeping.tidy.AT_ONCE", 10)
    sessions = [Session(session_key=f"s{n}", session_data="", expire_date=LONG_AGO) for n in range(25)]
    Session.objects.bulk_create(sessions)
    assert removed() == {"upload that waited": 25}


def test_the_command_says_what_it_removed():
    assert run("tidy").out == ["There is nothing to remove."]
    for number in range(2):
        Session.objects.create(session_key=str(number), session_data="", expire_date=LONG_AGO)
    save_at = timezone.now() - datetime.timedelta(days=8)
    roadmap = make.roadmap()
    save(make.item(roadmap), "First", save_at)
    save(roadmap.items.get(), "Second", save_at)
    assert run("tidy", "--dry-run", "--saves=7").out == ["Would remove 2 uploads that waited, 1 save."]
    assert run("tidy", "--saves=7").out == ["Removed 2 uploads that waited, 1 save."]
    assert run("tidy", "--saves=7").out == ["There is nothing to remove."]
    assert Roadmap.objects.count() == 1


@pytest.mark.parametrize("days", ["0", "-1", "week", "99999999999"])
def test_a_time_that_is_none_is_refused(days):
    ended = run("tidy", f"--saves={days}")
    assert ended.code == 1
    assert f"“{days}” is not a number of days from 1 to 36500" in ended.err[0]


def test_what_the_security_log_tells_goes_after_a_year(roadmap):
    _, kept = (record(Kind.EXPORT, at=ago(days=days)) for days in (366, 364))
    assert removed() == {"security event": 1}
    assert [*SecurityEvent.objects.all()] == [kept]


def test_whoever_confirmed_nothing_within_a_day_is_forgotten_and_so_are_old_mails():
    def person(name, at, confirmed_at=None):
        made = Subscriber.objects.create(key=name, address=name, site="https://example.org", created_at=at)
        times = {"asked_at": at, "confirmed_at": confirmed_at, "since": confirmed_at}
        Subscription.objects.create(subscriber=made, how_often="daily", **times)
        return made

    person("late@example.org", ago(days=1, minutes=1))
    person("fresh@example.org", ago(hours=23))
    reader = person("reader@example.org", LONG_AGO, LONG_AGO)
    for days in (89, 91):
        letter = Letter.objects.create(kind="daily", subject="News", text="", html="", made_at=ago(days=days))
        OutgoingMail.objects.create(
            subscriber=reader, letter=letter, period=str(days), made_at=ago(days=days), due_at=NOW, state="sent"
        )
    SubscriptionRequest.objects.create(asked_at=ago(days=2), address_digest="a", network_digest="b")
    assert removed() == {
        "request for emails": 1,
        "subscription that nobody confirmed": 1,
        "address that gets no emails": 1,
        "email": 1,
        "text of an email": 1,
    }
    assert {*Subscriber.objects.values_list("address", flat=True)} == {"fresh@example.org", "reader@example.org"}
    assert OutgoingMail.objects.get().period == "89"


def test_what_hubs_were_told_goes_once_the_settings_name_them_no_longer(settings):
    settings.WEBSUB_HUBS = ["https://hub.example/"]
    for hub in (*settings.WEBSUB_HUBS, "https://old.example/"):
        HubPing.objects.create(
            hub=hub, feed="https://roadmap.example/changes.atom", period="1", made_at=NOW, due_at=NOW
        )
    assert removed() == {"word for a hub": 1}
    assert HubPing.objects.get().hub == "https://hub.example/"
    settings.WEBSUB_HUBS = []
    assert removed() == {"word for a hub": 1}


def test_what_was_posted_to_a_webhook_that_ended_goes_and_why_it_ended_stays():
    letter = Letter.objects.create(kind="edition", subject="S", text="", html="", made_at=NOW)
    for name, ended_at in (("ended", ago(days=1, seconds=1)), ("just ended", ago(hours=23)), ("at work", None)):
        of = subscribed(NOW, query=f"q={name}")
        times = {"created_at": LONG_AGO, "ended_at": ended_at}
        hook = Webhook.objects.create(subscription=of, url=f"https://{name}/", secret="s", trouble=name, **times)
        WebhookPost.objects.create(webhook=hook, letter=letter, period=name, made_at=ago(hours=1), due_at=NOW)
    assert removed() == {"post to a webhook": 1}
    assert {*WebhookPost.objects.values_list("period", flat=True)} == {"just ended", "at work"}
    assert Webhook.objects.filter(trouble="ended").exists()
