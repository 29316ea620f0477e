"""Mail by Postmark and by Mailgun: what each is given, and what is done with what each answers."""

import datetime
import socket
import subprocess
import sys

import pytest

from roadmap.admin.mail import send as send_to_staff
from roadmap.models import OutgoingMail, Subscriber
from roadmap.subscriptions import outbox
from roadmap.subscriptions.sending import chosen, send_all
from tests import make
from tests.subscriptions.providers.mail_apis import carrying, set_up
from tests.subscriptions.test_sending import waiting

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-02", "09:00")
MINUTE = datetime.timedelta(minutes=1)
State = OutgoingMail.State


@pytest.fixture(params=["postmark", "mailgun"])
def office(request, settings):
    with carrying(request.param, settings) as found:
        yield found


def send(at=NOW):
    return send_all(now=lambda: at)


def test_a_mail_keeps_its_name_and_how_to_end_it_and_tracks_nothing(office):
    waiting()
    assert send().sent == 1
    (given,) = office.sent
    mail = OutgoingMail.objects.get()
    assert mail.state == State.SENT
    assert (given["To"], given["Subject"]) == ("0@example.com", "VAT (MTD): Losses moves to September 2026")
    assert "https://roadmaps.example/emails/yours/" in given["TextBody"]
    assert "<p>Losses" in given["HtmlBody"]
    assert given["Headers"]["Message-ID"] == f"<{mail.uid.hex}@roadmaps.example>"
    assert given["Headers"]["List-Unsubscribe"].startswith("<https://roadmaps.example/emails/end/")
    assert given["Headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert given["Headers"]["List-Id"] == "<vat-mtd.roadmap.roadmaps.example>"
    assert given["Headers"]["Auto-Submitted"] == "auto-generated"
    assert given["Metadata"] == {"mail": mail.uid.hex}
    assert (given["TrackOpens"], given["TrackLinks"]) == (False, "None")


def test_a_limit_or_a_fault_of_its_own_loses_nothing_and_is_asked_again_later(office):
    waiting(3)
    office.at_most = 1
    found = send()
    assert (found.sent, found.is_away) == (1, True)
    assert OutgoingMail.objects.filter(state=State.WAITING).count() == 2
    office.at_most, office.is_down = 10, True
    assert send(NOW + 2 * MINUTE).is_away
    office.is_down = False
    assert send(NOW + 60 * MINUTE).sent == 2
    assert len({one["Headers"]["Message-ID"] for one in office.sent}) == 3


def test_an_account_that_may_not_send_and_a_wrong_key_hold_mail_up_and_blame_none(office, settings):
    waiting()
    office.is_suspended = True
    assert send().is_away
    office.is_suspended = False
    right = settings.ANYMAIL
    set_up(office.provider, settings, right[f"{office.provider.upper()}_API_URL"], key="another-key")
    assert send(NOW + 2 * MINUTE).is_away
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.trouble[:3]) == (State.WAITING, "401")
    settings.ANYMAIL = right
    assert send(NOW + 60 * MINUTE).sent == 1


def test_a_sender_that_it_does_not_know_holds_mail_up(office):
    waiting()
    office.knows_no_sender = True
    assert send().is_away
    assert OutgoingMail.objects.get().state == State.WAITING


def test_nobody_there_is_a_provider_that_is_away(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    set_up("postmark", settings, f"http://127.0.0.1:{port}")
    waiting()
    assert send().is_away
    assert OutgoingMail.objects.get().state == State.WAITING


def test_an_address_that_it_refuses_for_good_is_given_up_in_its_words_and_no_other_mail_waits(office):
    waiting(2)
    Subscriber.objects.filter(address="0@example.com").update(address="not an address@example.com")
    found = send()
    assert (found.sent, found.failed, found.is_away) == (1, 1, False)
    assert OutgoingMail.objects.get(state=State.GIVEN_UP).trouble != ""


def test_an_address_that_has_bounced_there_before_is_given_up_without_it(settings):
    with carrying("postmark", settings) as office:
        office.inactive.add("0@example.com")
        waiting(2)
        found = send()
    assert (found.sent, found.failed, found.is_away) == (1, 1, False)
    trouble = OutgoingMail.objects.get(state=State.GIVEN_UP).trouble
    assert "marked as inactive" in trouble
    assert "example.com" not in trouble  # staff read it


def test_mail_to_staff_goes_by_it_too(office):
    person = make.user(username="kim@example.gov.uk", email="kim@example.gov.uk")
    assert send_to_staff(person, "Ready to publish", "A draft is ready.")
    (given,) = office.sent
    assert (given["Subject"], given["TextBody"], given["TrackOpens"]) == (
        "Ready to publish",
        "A draft is ready.",
        False,
    )
    office.is_down = True
    assert not send_to_staff(person, "Ready to publish", "A draft is ready.")


def test_the_rate_is_of_each_provider(office, settings):
    settings.MAIL_RATE = 1000
    waiting()
    assert send().sent == 1
    assert outbox.MailPace.objects.get().provider == office.provider


def test_where_it_is_not_chosen_it_is_not_loaded():
    code = (
        "import django; django.setup(); import sys; from roadmap.subscriptions import sending; "
        "import roadmap_site.urls, roadmap.web.urls; sending.chosen(); sys.exit('anymail' in sys.modules)"
    )
    assert chosen().name == "email"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
