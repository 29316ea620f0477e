"""The mailbox that mails come back to, on a real IMAP server: who is ended by what is in it, and what stays there."""

import datetime
import logging
import socket
import tempfile
import uuid
from pathlib import Path

import pytest
from django.core.management import call_command

from roadmap.models import MailPace, OutgoingMail, Subscriber
from roadmap.subscriptions.providers import mailbox
from roadmap.subscriptions.providers.mailbox import read_bounces
from roadmap.subscriptions.sending import message_of, send_all
from tests import dovecot, make
from tests.subscriptions.providers.returned import UNKNOWN, bounce, complaint, headers_of
from tests.subscriptions.test_sending import waiting

pytestmark = [pytest.mark.django_db, pytest.mark.needs("dovecot")]

NOW = make.at("2026-03-02", "09:00")
MINUTE = datetime.timedelta(minutes=1)
TO = ["0@example.com", "1@example.com"]


@pytest.fixture(scope="module")
def imap():
    with tempfile.TemporaryDirectory(prefix="imap") as folder, dovecot.serving(Path(folder)) as server:
        yield server


@pytest.fixture
def user(imap, settings):
    """Of a mailbox in which nothing is yet, which is the one that is read."""
    name = f"u{uuid.uuid4().hex}"
    settings.BOUNCES_MAILBOX = imap.settings(name)
    return name


@pytest.fixture
def box(imap, user):
    with imap.mailbox(user) as found:
        yield found


@pytest.fixture
def sent(smtp, settings):
    """Two mails that went out, as they went out."""
    smtp.use(settings)
    waiting(2)
    mails = [*OutgoingMail.objects.order_by("pk")]
    texts = [message_of(mail).message().as_bytes() for mail in mails]
    assert send_all(now=lambda: NOW).sent == 2
    return texts


def look(at=NOW):
    return read_bounces(now=lambda: at)


def addresses():
    return [one.address for one in Subscriber.objects.order_by("address")]


def test_whose_mail_came_back_is_forgotten_and_the_report_with_their_address_is_removed(sent, box):
    box.put(bounce(headers_of(sent[0]), TO[0], **UNKNOWN))
    found = look()
    assert (found.ended, found.left, found.is_away) == (1, 0, False)
    assert addresses() == [TO[1]]
    assert OutgoingMail.objects.get(subscriber=None).trouble == "the address takes no mail, and has been ended"
    assert box.flags() == []


def test_who_complained_is_forgotten(sent, box):
    box.put(complaint(sent[1]))
    assert look().ended == 1
    assert addresses() == [TO[0]]
    assert box.flags() == []


def test_a_delay_ends_nothing_and_is_removed(sent, box):
    box.put(bounce(headers_of(sent[0]), TO[0], action="delayed", status="4.4.1"))
    found = look()
    assert (found.ended, found.left) == (0, 0)
    assert addresses() == TO
    assert box.flags() == []


def test_what_is_not_understood_stays_with_a_flag_and_is_counted_once(sent, box, caplog):
    box.put(b"Subject: Please\r\n\r\nStop writing to 0@example.com.\r\n")
    box.put(bounce(headers_of(sent[0]), TO[0], status="5.7.1", diagnostic="smtp; 550 5.7.1 Blocked"))
    found = look()
    assert (found.ended, found.left, found.all_left) == (0, 2, 2)
    assert "flagged for a person: 2, 2 in all" in caplog.text
    assert box.flags() == [["\\Flagged"], ["\\Flagged"]]  # and unread: nobody has read it
    again = look(NOW + 5 * MINUTE)
    assert (again.left, again.all_left) == (0, 2)
    box.flag("\\Flagged", is_set=False)  # somebody wants it read once more
    assert look(NOW + 10 * MINUTE).left == 2
    assert addresses() == TO


def test_a_forger_who_knows_an_address_alone_ends_nobody(sent, box):
    """Nor one who has a mail of their own: it ends nobody else."""
    strange = b"From: roadmap@example.org\nMessage-ID: <%s@roadmaps.example>\n"
    box.put(bounce(strange % uuid.uuid4().hex.encode(), TO[0], **UNKNOWN))
    box.put(bounce(strange % b"CAF1234", TO[0], **UNKNOWN))
    box.put(bounce(b"From: roadmap@example.org\nTo: 0@example.com\n", TO[0], **UNKNOWN))
    box.put(bounce(headers_of(sent[1]), TO[0], **UNKNOWN))
    found = look()
    assert (found.ended, found.left) == (0, 4)
    assert addresses() == TO


def test_a_report_that_is_told_twice_or_was_acted_on_before_a_kill_is_only_removed(sent, box):
    for _ in range(3):
        box.put(bounce(headers_of(sent[0]), TO[0], **UNKNOWN))
    found = look()
    assert (found.ended, found.left) == (1, 0)
    assert box.flags() == []


def test_mails_that_a_person_has_read_or_marked_are_theirs(sent, box):
    box.put(b"Subject: one\r\n\r\nx\r\n")
    box.flag("\\Deleted", is_set=True)
    box.put(bounce(headers_of(sent[0]), TO[0], **UNKNOWN))
    assert look().ended == 1
    assert box.flags() == [["\\Deleted"]]  # not removed by us


def test_another_machine_that_has_read_it_meanwhile_is_no_trouble(sent, imap, user, box):
    for text, to in zip(sent, TO, strict=True):
        box.put(bounce(headers_of(text), to, **UNKNOWN))
    box.put(b"Subject: one\r\n\r\nx\r\n")
    with mailbox._opened(imap.settings(user)) as late:
        seen = mailbox._search(late, "UNFLAGGED")
        assert len(seen) == 3
        assert look().ended == 2
        assert [mailbox._fetch(late, uid) is None for uid in seen] == [True, True, False]
        mailbox._remove(late, seen[:2])
        mailbox._mark(late, seen, "\\Flagged")
    assert box.flags() == [["\\Flagged"]]


def test_of_all_machines_one_reads_in_five_minutes(user):
    assert look() is not None
    assert look() is None
    assert look(NOW + 4 * MINUTE) is None
    assert look(NOW + 5 * MINUTE) is not None
    assert look(NOW - datetime.timedelta(days=2)) is not None  # a clock that was set back


def test_more_than_one_turn_takes_is_read_in_the_next_at_once(sent, box, monkeypatch):
    monkeypatch.setattr(mailbox, "AT_MOST", 1)
    for text, to in zip(sent, TO, strict=True):
        box.put(bounce(headers_of(text), to, **UNKNOWN))
    assert look().ended == 1
    assert look(NOW + MINUTE).ended == 1
    assert addresses() == []


def test_it_stops_when_it_is_told_to_and_loses_nothing(sent, box):
    box.put(bounce(headers_of(sent[0]), TO[0], **UNKNOWN))
    assert read_bounces(now=lambda: NOW, is_stopped=lambda: True).ended == 0
    assert addresses() == TO
    assert look(NOW + MINUTE).ended == 1


def test_a_mail_of_any_size_and_any_depth_is_read_as_far_as_it_matters(sent, box):
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    box.put(deep)
    box.put(bounce(sent[0] + b"x" * 3_000_000, TO[0], is_whole=True, **UNKNOWN))
    found = look()
    assert (found.ended, found.left) == (1, 1)


def test_a_folder_of_its_own_with_blanks_in_its_name(sent, imap, user, settings):
    settings.BOUNCES_MAILBOX = imap.settings(user, folder="Sent back")
    assert look().is_away  # there is none yet
    with imap.mailbox(user) as box:
        box.make('"Sent back"')
        box.put(bounce(headers_of(sent[0]), TO[0], **UNKNOWN), folder='"Sent back"')
        assert look(NOW + 5 * MINUTE).ended == 1
        assert box.flags("Sent back") == []


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_server_is_asked_for_its_certificate_before_it_gets_the_password(
    sent, imap, user, box, settings, monkeypatch, caplog, tls
):
    settings.BOUNCES_MAILBOX = imap.settings(user, tls)
    box.put(bounce(headers_of(sent[0]), TO[0], **UNKNOWN))
    assert look().is_away
    assert "certificate verify failed" in caplog.text
    monkeypatch.setenv("SSL_CERT_FILE", str(imap.certificate))
    assert look(NOW + 5 * MINUTE).ended == 1


def said(caplog):
    return [one.getMessage() for one in caplog.records if one.name == mailbox.__name__]


def test_a_server_that_is_away_is_told_once_and_sending_goes_on(imap, user, smtp, settings, caplog, capsys):
    smtp.use(settings)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.BOUNCES_MAILBOX = imap.settings(user) | {"port": taken.getsockname()[1]}
    waiting()
    call_command("send_mail")
    assert "sent 1 mail" in capsys.readouterr().out
    for _ in range(2):
        MailPace.objects.filter(provider="bounces").delete()  # five minutes later
        call_command("send_mail")
    (told,) = said(caplog)
    assert told.startswith("The mailbox of BOUNCES_URL cannot be read: ")
    settings.BOUNCES_MAILBOX = imap.settings(user)
    for _ in range(2):
        MailPace.objects.filter(provider="bounces").delete()
        call_command("send_mail")
    assert said(caplog)[1:] == ["The mailbox of BOUNCES_URL can be read again."]


def test_a_wrong_password_is_said_without_it(imap, user, settings, caplog):
    settings.BOUNCES_MAILBOX = imap.settings(user, password="canary-word")
    assert look().is_away
    assert "Authentication failed" in caplog.text
    assert "canary-word" not in caplog.text


def test_a_server_that_says_nothing_holds_nobody_up_for_long(imap, user, settings, monkeypatch):
    monkeypatch.setattr(mailbox, "SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.BOUNCES_MAILBOX = imap.settings(user) | {"port": silent.getsockname()[1]}
        assert look().is_away


def test_the_command_says_what_came_back(sent, box, capsys, caplog):
    caplog.set_level(logging.CRITICAL)
    box.put(bounce(headers_of(sent[0]), TO[0], **UNKNOWN))
    box.put(b"Subject: Please\r\n\r\nStop.\r\n")
    call_command("send_mail")
    line = "Ended 1 subscriber whose mail came back. Left 1 mail that came back for a person to read."
    assert line in capsys.readouterr().out


def test_without_a_mailbox_nothing_is_read(settings):
    settings.BOUNCES_MAILBOX = {}
    assert look() is None
    assert not MailPace.objects.exists()


def test_mails_to_readers_come_back_to_an_address_of_its_own_and_answers_do_not(smtp, settings):
    smtp.use(settings)
    settings.BOUNCES_ADDRESS = "bounces@example.org"
    settings.DEFAULT_FROM_EMAIL = "Roadmap team <roadmap@example.org>"
    waiting()
    assert send_all(now=lambda: NOW).sent == 1
    assert smtp.senders == ["bounces@example.org"]
    assert smtp.messages[0]["From"] == "Roadmap team <roadmap@example.org>"
