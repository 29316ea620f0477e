"""Mail by GOV.UK Notify: what it is given, and what is done with what it answers."""

import datetime
import subprocess
import sys

import pytest

from roadmap.admin.mail import send as send_to_staff
from roadmap.models import OutgoingMail
from roadmap.subscriptions import outbox
from roadmap.subscriptions.sending import chosen, send_all
from tests import make
from tests.subscriptions.providers.notify import notifying
from tests.subscriptions.test_sending import waiting

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-02", "09:00")
MINUTE = datetime.timedelta(minutes=1)
State = OutgoingMail.State


@pytest.fixture
def office(settings, monkeypatch):
    with notifying(settings, monkeypatch) as found:
        yield found


def send(at=NOW):
    return send_all(now=lambda: at)


def test_it_is_given_what_its_template_asks_for_and_how_to_end_it(office):
    waiting()
    assert send().sent == 1
    (given,) = office.sent
    mail = OutgoingMail.objects.get()
    assert mail.state == State.SENT
    assert given["email_address"] == "0@example.com"
    assert given["reference"] == mail.uid.hex
    assert given["personalisation"]["subject"] == "VAT (MTD): Losses moves to September 2026"
    assert "https://roadmaps.example/emails/yours/" in given["personalisation"]["body"]
    assert given["one_click_unsubscribe_url"].startswith("https://roadmaps.example/emails/end/")


def test_a_limit_or_a_fault_of_its_own_loses_nothing_and_is_asked_again_later(office):
    waiting(3)
    office.a_minute = 1
    found = send()
    assert (found.sent, found.is_away) == (1, True)
    assert OutgoingMail.objects.filter(state=State.WAITING).count() == 2
    office.a_minute, office.is_down = 10, True
    assert send(NOW + 2 * MINUTE).is_away
    office.is_down = False
    assert send(NOW + 60 * MINUTE).sent == 2


def test_what_it_refuses_for_good_is_given_up_and_shown_in_its_words(office, settings):
    right = settings.NOTIFY_TEMPLATE
    settings.NOTIFY_TEMPLATE = right.replace("f", "0")
    waiting()
    found = send()
    assert (found.failed, found.is_away) == (1, False)
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.trouble) == (State.GIVEN_UP, "400 Template not found")
    settings.NOTIFY_TEMPLATE = right
    outbox.try_again(NOW)
    assert send(NOW + MINUTE).sent == 1


def test_a_key_that_it_does_not_know_holds_mail_up_and_blames_none(office, settings):
    settings.NOTIFY_KEY = f"{settings.NOTIFY_KEY[:-1]}f"
    waiting()
    assert send().is_away
    mail = OutgoingMail.objects.get()
    assert mail.state == State.WAITING
    assert mail.trouble.startswith("403 Invalid token")


def test_mail_to_staff_goes_by_it_too(office):
    person = make.user(username="kim@example.gov.uk", email="kim@example.gov.uk")
    assert send_to_staff(person, "Ready to publish", "A draft is ready.")
    assert office.sent[0]["personalisation"] == {"subject": "Ready to publish", "body": "A draft is ready."}
    office.is_down = True
    assert not send_to_staff(person, "Ready to publish", "A draft is ready.")


def test_without_a_key_its_client_is_not_loaded():
    code = (
        "import django; django.setup(); import sys; from roadmap.subscriptions import sending; "
        "sending.chosen(); sys.exit('notifications_python_client' in sys.modules)"
    )
    assert chosen().name == "email"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
