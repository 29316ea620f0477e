"""After yesterday's backup is restored nobody gets an email, or a program a post, a second time."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.core import mail

from roadmap.keeping.restore import restore
from roadmap.models import Item, Letter, MailBookmark, Often, OutgoingMail, Roadmap, Subscriber
from roadmap.models.webhook import WebhookPost
from roadmap.subscriptions import outbox, rounds
from roadmap.subscriptions.restored import hold_all
from roadmap.subscriptions.sending import send_all
from roadmap.subscriptions.webhooks import acts as webhooks
from tests import make
from tests.management.run import run
from tests.subscriptions.people import subscribed
from tests.transfer.another import forget_everything

pytestmark = pytest.mark.django_db(transaction=True)

State = OutgoingMail.State
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR
NOW = make.at("2026-03-05", "12:00")


@pytest.fixture
def backed_up(tmp_path):
    """Backed up a day ago: a mail waited, an edition was to come, and a day's mail was not due."""
    forget_everything()
    yesterday = NOW - DAY
    roadmap = make.roadmap(title="VAT", slug="vat")
    make.item(roadmap, title="Losses", live="June 2026")
    make.edition(roadmap, at=yesterday - 2 * DAY)
    each = subscribed(yesterday - DAY, roadmap=roadmap, address="each@example.com")
    subscribed(yesterday - DAY, roadmap=roadmap, address="daily@example.com", how_often=Often.DAILY)
    webhooks.make(each, "https://program.example/", yesterday)
    rounds.notice(yesterday - DAY)
    Item.objects.update(title="Losses, carried back")
    make.edition(roadmap, at=yesterday - HOUR, now=yesterday - HOUR)
    rounds.notice(yesterday)
    Item.objects.update(title="Losses, carried back and forward")
    make.edition(roadmap, at=yesterday + HOUR, now=yesterday)
    assert run("backup", tmp_path / "site.tar").code == 0
    return tmp_path / "site.tar"


def sent(at):
    mail.outbox.clear()
    rounds.notice(at)
    send_all(now=lambda: at)
    return [message.to[0] for message in mail.outbox]


def emptied():
    for model in (Subscriber, Letter, MailBookmark):
        model.objects.all().delete()
    forget_everything()
    User.objects.all().delete()


def test_what_was_sent_since_is_not_sent_again(backed_up):
    assert sorted(sent(NOW)) == ["daily@example.com", "each@example.com", "each@example.com"]
    emptied()
    ended = run("restore", backed_up)
    assert ended.code == 0, ended.err
    assert ended.out[-2].startswith("Held: 3 emails that may have been sent since.")
    assert sent(NOW + HOUR) == []
    assert {*WebhookPost.objects.values_list("state", flat=True)} == {State.GIVEN_UP}
    assert WebhookPost.objects.count() == 2


def test_what_is_published_afterwards_is_told(backed_up):
    emptied()
    restore(backed_up, settle=lambda: hold_all(NOW))
    Item.objects.update(title="Losses of partnerships")
    make.edition(Roadmap.objects.get(), at=NOW + HOUR, now=NOW + HOUR)
    assert sent(NOW + 2 * HOUR) == ["each@example.com"]
    assert "daily@example.com" in sent(NOW + 2 * DAY)


def test_somebody_who_knows_that_nothing_was_sent_has_it_sent(backed_up):
    emptied()
    run("restore", backed_up)
    assert outbox.try_again(NOW) == 3 + WebhookPost.objects.count() == 5
    assert sorted(sent(NOW)) == ["daily@example.com", "each@example.com", "each@example.com"]


def test_a_site_that_moves_sends_what_waited(backed_up):
    emptied()
    ended = run("restore", "--unsent", backed_up)
    assert "Held" not in "".join(ended.out)
    assert sorted(sent(NOW)) == ["daily@example.com", "each@example.com", "each@example.com"]


def test_links_in_mails_that_were_sent_since_end_what_came_back(backed_up, client):
    sent(NOW)
    leave = next(message for message in mail.outbox if message.to == ["each@example.com"]).extra_headers
    emptied()
    run("restore", backed_up)
    path = leave["List-Unsubscribe"].strip("<>").removeprefix("https://roadmaps.example")
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.filter(address="each@example.com").exists()
