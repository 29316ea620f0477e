"""The whole of it once: somebody asks, confirms, and six editions later their mailbox has exactly what it should."""

import datetime
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from roadmap.models import Item, Milestone, Subscriber
from roadmap.published import store
from roadmap.publishing.publish import Choices
from roadmap.publishing.undo import undo
from roadmap.subscriptions import rounds
from roadmap.subscriptions.sending import send_all
from tests import make
from tests.smtp import text
from tests.subscriptions.people import AN_HOUR, WAIT, ask

pytestmark = pytest.mark.django_db

BEGIN = make.at("2026-03-02", "09:00")
PATH = "/vat-mtd/subscribe/?api=vat-api"
SITE = "https://testserver"
SECOND = datetime.timedelta(seconds=1)
DAY = 24 * AN_HOUR

CONFIRMATION = """\
Somebody, we hope you, asked us to tell this address by email what changes on:

VAT (MTD) roadmap
VAT API
We would write each time something changes.

To get these emails, open this page within a day and press the button:
{link}

If you did not ask for this, do nothing, and these emails will not begin.
"""
SLIP = """\
VAT (MTD) roadmap
Edition 2, published 2 March 2026

Spring’s dates again.

Carry back of losses (VAT-1)
- Live moved from June 2026 to September 2026. Reason: Testing took longer.
https://testserver/vat-mtd/items/VAT-1/

All that changed:
https://testserver/vat-mtd/editions/2/
"""
DEPLOYMENT = """\
VAT (MTD) roadmap
Edition 3, published 3 March 2026

Carry back of losses (VAT-1)
- Now in sandbox.
https://testserver/vat-mtd/items/VAT-1/

All that changed:
https://testserver/vat-mtd/editions/3/
"""
WITHDRAWAL = """\
VAT (MTD) roadmap
Edition 5, published 5 March 2026

Refunds (VAT-3)
- Withdrawn.
https://testserver/vat-mtd/items/VAT-3/

All that changed:
https://testserver/vat-mtd/editions/5/
"""
SCHEDULED = """\
VAT (MTD) roadmap
Edition 8, published 7 March 2026

Penalties (VAT-2)
- Live moved from July 2026 to August 2026.
https://testserver/vat-mtd/items/VAT-2/

All that changed:
https://testserver/vat-mtd/editions/8/
"""


class OverTls(Client):
    def generic(self, *arguments: Any, **options: Any) -> Any:
        return super().generic(*arguments, **options | {"secure": True})


class Mailbox:
    """What the mail server took since one last looked; whoever sends looks at that moment."""

    def __init__(self, office):
        self._office, self._read = office, 0

    def at(self, moment):
        rounds.notice(moment)
        send_all(now=lambda: moment)
        new = self._office.messages[self._read :]
        self._read = len(self._office.messages)
        return new


@pytest.fixture
def mailbox(smtp, settings):
    return Mailbox(smtp.use(settings))


@pytest.fixture
def reader():
    return OverTls()


@pytest.fixture
def roadmap(monkeypatch):
    monkeypatch.setattr(store, "now", lambda: BEGIN)
    made = make.roadmap(title="VAT (MTD) roadmap", slug="vat-mtd", reference_prefix="VAT")
    vat, other = make.api(name="VAT API"), make.api(name="Losses API")
    make.item(made, title="Carry back of losses", live="June 2026", test="April 2026", apis=((vat, "1.0"),))
    make.item(made, title="Penalties", live="July 2026", apis=((vat, "2.0"),), description="Ask for penalties.")
    make.item(made, title="Refunds", live="July 2026", apis=((vat, "2.0"),))
    make.item(made, title="Somebody else’s", live="July 2026", apis=((other, "1.0"),))
    make.edition(made, at=BEGIN - 24 * AN_HOUR)
    return made


def move(title, when):
    Milestone.objects.filter(item__title=title, environment="live").update(when=when)


def publish(roadmap, at, **options):
    return make.edition(roadmap, at=at, now=at, **options)


def path_in(message, part):
    """Of the link of that kind: "confirm", "yours", "end"."""
    words = f"{text(message)} {message['List-Unsubscribe'] or ''}"
    return words[words.index(f"{SITE}/emails/{part}/") :].split()[0].rstrip(">").removeprefix(SITE)


def read(message):
    """Subject and text, less the foot, which is the same in all; and what a mail program needs is there."""
    asked = "You asked for: VAT API. You are told each time something changes.\nChange, pause or end your emails:\n"
    body, foot = text(message).split("\n-- \n")
    assert foot == f"{asked}{SITE}{path_in(message, 'yours')}\n"
    assert message["To"] == "dev@example.com"
    assert message["References"] == message["In-Reply-To"] == "<vat-mtd.roadmap@testserver>"
    assert message["List-Id"] == "<vat-mtd.roadmap.testserver>"
    assert message["List-Unsubscribe"].strip() == f"<{SITE}{path_in(message, 'end')}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = message.get_body(("html",)).get_content()
    words = " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())
    for line in body.replace("All that changed:\n", "").splitlines():  # there the edition is a link
        assert (f'href="{line}"' in html) if line.startswith("https:") else (line.lstrip("- ").rstrip(".") in words)
    return message["Subject"], body


def test_six_editions_are_told_as_they_should_be(reader, mailbox, roadmap):
    assert "Check your email" in ask(reader, PATH, BEGIN).content.decode()
    (asked,) = mailbox.at(BEGIN)
    assert asked["Subject"] == "Confirm that you want emails: VAT (MTD) roadmap"
    assert text(asked) == CONFIRMATION.format(link=f"{SITE}{path_in(asked, 'confirm')}")
    reader.post(path_in(asked, "confirm"))

    # A slip, of one that is asked for and of one that is not.
    at = BEGIN + AN_HOUR
    move("Carry back of losses", "September 2026")
    move("Somebody else’s", "December 2026")
    publish(roadmap, at, choices=Choices(reason_for_all="Testing took longer."), note="Spring’s dates again.")
    assert mailbox.at(at + WAIT - SECOND) == []
    (slip,) = mailbox.at(at + WAIT)
    assert read(slip) == ("VAT (MTD): Carry back of losses moves to September 2026", SLIP)

    # A deployment.
    at += DAY
    Milestone.objects.filter(item__title="Carry back of losses", environment="test").update(is_deployed=True)
    publish(roadmap, at)
    (deployment,) = mailbox.at(at + WAIT)
    assert read(deployment) == ("VAT (MTD): Carry back of losses is now in sandbox", DEPLOYMENT)

    # A typo, called minor.
    at += DAY
    penalties = Item.objects.get(title="Penalties")
    Item.objects.filter(pk=penalties.pk).update(description="Ask us early for the penalties.")
    publish(roadmap, at, choices=Choices(minor=frozenset({str(penalties.uid)})))
    assert mailbox.at(at + WAIT) == []

    # A withdrawal.
    at += DAY
    Item.objects.get(title="Refunds").delete()
    publish(roadmap, at)
    (withdrawal,) = mailbox.at(at + WAIT)
    assert read(withdrawal) == ("VAT (MTD): Refunds is withdrawn", WITHDRAWAL)

    # An edition that is undone before anybody was told of it.
    at += DAY
    move("Penalties", "October 2027")
    undo(publish(roadmap, at), by=None, now=at + WAIT - SECOND)
    assert mailbox.at(at + 3 * WAIT) == []

    # A scheduled one.
    at += DAY
    move("Penalties", "August 2026")
    make.edition(roadmap, at=at + 5 * AN_HOUR, now=at)
    assert mailbox.at(at + 5 * AN_HOUR) == []
    (scheduled,) = mailbox.at(at + 5 * AN_HOUR + WAIT)
    assert read(scheduled) == ("VAT (MTD): Penalties moves to August 2026", SCHEDULED)

    told = [slip, deployment, withdrawal, scheduled]
    assert len({message["Message-ID"] for message in [asked, *told]}) == 5
    assert mailbox.at(at + 30 * DAY) == []


@pytest.mark.parametrize("which", [0, -1])
def test_one_press_in_a_mail_program_ends_them_from_the_first_mail_and_from_the_last(which, reader, mailbox, roadmap):
    """RFC 8058, 3.2: a POST with these very words, without a session, and no redirect is followed."""
    ask(reader, PATH, BEGIN)
    reader.post(path_in(mailbox.at(BEGIN)[0], "confirm"))
    at, told = BEGIN, []
    for when in ("September 2026", "October 2026"):
        at += DAY
        move("Carry back of losses", when)
        publish(roadmap, at)
        told += mailbox.at(at + WAIT)
    assert len(told) == 2
    path = path_in(told[which], "end")
    mail_program = OverTls(enforce_csrf_checks=True)
    assert mail_program.get(path).status_code == 200  # as a scanner of links does
    assert Subscriber.objects.exists()
    for _ in range(2):  # once more says the same
        answer = mail_program.post(path, "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")
        assert (answer.status_code, mail_program.cookies.output()) == (200, "")
    assert not Subscriber.objects.exists()
    move("Carry back of losses", "November 2026")
    publish(roadmap, at + DAY)
    assert mailbox.at(at + 30 * DAY) == []
