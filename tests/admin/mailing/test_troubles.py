"""What does not go out: emails, posts to programs and words to hubs, with since when, why, and what now."""

import datetime
import socket

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from roadmap.models import HubPing, Letter, OutgoingMail, Webhook, WebhookPost
from roadmap.subscriptions.providers.mailbox import read_bounces
from tests import make
from tests.subscriptions.people import subscribed

pytestmark = pytest.mark.django_db

EMAILS = reverse("admin:roadmap_roadmap_emails")
NOW, YESTERDAY = make.at("2026-03-24"), make.at("2026-03-23")
HUB = "https://hub.example/"


@pytest.fixture
def roadmap(client, monkeypatch, settings):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    settings.WEBSUB_HUBS = [HUB]
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    return make.roadmap(title="VAT (MTD) roadmap", slug="vat-mtd")


@pytest.fixture
def letter(roadmap):
    return Letter.objects.create(roadmap=roadmap, kind="edition", subject="S", text="", html="", made_at=YESTERDAY)


def waits(due_at=NOW, **fields):
    return {"made_at": YESTERDAY, "due_at": due_at, "period": f"{OutgoingMail.objects.count()}", **fields}


def hook(letter, name, roadmap=None, said="", **fields):
    of = subscribed(YESTERDAY, roadmap=roadmap, query=f"q={name}")
    made = Webhook.objects.create(
        subscription=of, url=f"https://{name}.example/", secret="s", created_at=YESTERDAY, **fields
    )
    if said:
        WebhookPost.objects.create(webhook=made, letter=letter, trouble=said, **waits())
    return made


def shown(client):
    return " ".join(client.get(EMAILS).content.decode().split())


def test_where_all_is_well_it_says_so(client, roadmap, letter):
    OutgoingMail.objects.create(subscriber=None, letter=letter, **waits(state="sent"))
    hook(letter, "well", roadmap)
    HubPing.objects.create(hub=HUB, feed="a", **waits(state="sent"))
    said = shown(client)
    assert "0 emails wait to be sent. Nothing has failed." in said
    assert "Try again" not in said
    assert "errornote" not in said


def test_emails_that_failed_by_what_was_said(client, roadmap, letter):
    person = subscribed(YESTERDAY, roadmap=roadmap).subscriber
    for trouble, state in (("421 Busy", "waiting"), ("550 No", "given up"), ("", "waiting")):
        fields = waits(due_at=NOW + datetime.timedelta(hours=1), trouble=trouble, state=state)
        OutgoingMail.objects.create(subscriber=person, letter=letter, **fields)
    said = shown(client)
    assert "<td>1</td><td>23 March 2026 at 9:30am</td><td>421 Busy</td>" in said
    assert "<td>Tried again from 24 March 2026 at 10:30am</td>" in said
    assert "<td>550 No</td><td>Given up</td>" in said
    assert "2 emails wait to be sent.</p>" in said
    assert "send_mail" not in said  # an hour is not late


def test_that_nothing_sends_is_said(client, roadmap, letter):
    person = subscribed(YESTERDAY, roadmap=roadmap).subscriber
    OutgoingMail.objects.create(subscriber=person, letter=letter, **waits(due_at=NOW - datetime.timedelta(minutes=9)))
    assert "send_mail" not in shown(client)
    OutgoingMail.objects.create(subscriber=person, letter=letter, **waits(due_at=NOW - datetime.timedelta(minutes=11)))
    said = shown(client)
    assert "1 email should have been tried at 24 March 2026 at 9:19am or later" in said
    assert "send_mail" in said


def test_a_mailbox_that_cannot_be_read_is_said_since_when_and_as_long_as_there_is_one(client, roadmap, settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        at = {"host": "127.0.0.1", "port": taken.getsockname()[1], "tls": "none", "user": "a", "password": "b"}
    settings.BOUNCES_MAILBOX = {**at, "folder": "INBOX"}
    assert "BOUNCES_URL" not in shown(client)
    assert read_bounces(now=lambda: YESTERDAY).is_away
    assert read_bounces(now=lambda: NOW).is_away
    assert "has not been readable since 23 March 2026" in shown(client)
    settings.BOUNCES_MAILBOX = {}
    assert "BOUNCES_URL" not in shown(client)


def test_programs_that_fail_or_have_ended_and_not_where_they_are(client, roadmap, letter):
    hook(letter, "one", roadmap, "it answered 500", failing_since=YESTERDAY)
    hook(letter, "two", roadmap, "it answered 500", failing_since=NOW)
    hook(letter, "three", None, "", ended_at=YESTERDAY, trouble="it answered 410, which says that it is gone for good")
    hook(letter, "four", roadmap, "", ended_at=NOW - datetime.timedelta(days=31), trouble="long ago")
    said = shown(client)
    title = f"{roadmap.title_and_address}</th>"
    assert f"{title}<td>2</td><td>23 March 2026 at 9:30am</td><td>It answered 500</td><td>Tried again</td>" in said
    assert "All roadmaps</th><td>1</td><td>23 March 2026 at 9:30am</td><td>It answered 410" in said
    assert "Ended: the owner was told by email" in said
    assert "long ago" not in said
    assert ".example" not in said


def test_whoever_is_not_in_a_roadmaps_team_sees_nothing_of_its_programs(client, roadmap, letter):
    publisher = make.user(is_superuser=False)
    publisher.groups.add(Group.objects.get(name="Publishers"))
    roadmap.team.add(make.user())
    hook(letter, "one", roadmap, "it answered 500", failing_since=YESTERDAY)
    client.force_login(publisher, backend="django.contrib.auth.backends.ModelBackend")
    assert "it answered 500" not in shown(client).lower()


def test_hubs_that_do_not_answer_as_long_as_the_settings_name_them(client, roadmap, settings):
    later = NOW + datetime.timedelta(minutes=5)
    HubPing.objects.create(hub=HUB, feed="a", trouble="nothing answers there", **waits(due_at=later))
    HubPing.objects.create(hub=HUB, feed="b", trouble="nothing answers there", **waits(due_at=NOW, state="given up"))
    said = shown(client)
    assert f"{HUB}</th><td>1</td><td>23 March 2026 at 9:30am</td><td>Nothing answers there</td>" in said
    assert "<td>Tried again from 24 March 2026 at 9:35am</td>" in said
    assert "<td>Given up, until the feed has something new</td>" in said
    settings.WEBSUB_HUBS = []
    assert HUB not in shown(client)


def test_what_was_given_up_is_tried_again_but_not_what_nobody_wants(client, roadmap, letter):
    person = subscribed(YESTERDAY, roadmap=roadmap).subscriber
    gone = {"state": "given up", "attempts": 10}
    mail = OutgoingMail.objects.create(subscriber=person, letter=letter, **waits(**gone))
    post = WebhookPost.objects.create(webhook=hook(letter, "one", roadmap), letter=letter, **waits(**gone))
    ended = hook(letter, "two", roadmap, ended_at=YESTERDAY)
    kept = WebhookPost.objects.create(webhook=ended, letter=letter, **waits(**gone))
    ping = HubPing.objects.create(hub=HUB, feed="a", **waits(**gone))
    old = HubPing.objects.create(hub="https://old.example/", feed="a", **waits(**gone))
    assert "3 are going to be tried again." in client.post(EMAILS, follow=True).content.decode()
    for row, state in ((mail, "waiting"), (post, "waiting"), (ping, "waiting"), (kept, "given up"), (old, "given up")):
        row.refresh_from_db()
        assert row.state == state
        assert row.attempts == (0 if state == "waiting" else 10)
    assert "Nothing was given up." in client.post(EMAILS, follow=True).content.decode()
