"""How mails get to people: what a mail is, and what is done where the other side refuses, hangs or is away."""

import datetime
import re
import threading

import pytest
from django.db import OperationalError, connection

from roadmap.models import Letter, MailPace, OutgoingMail
from roadmap.subscriptions import acts, outbox, sending
from roadmap.subscriptions.sending import send_all
from tests import make
from tests.smtp import text
from tests.subscriptions.people import subscribed

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-02", "09:00")
MINUTE = datetime.timedelta(minutes=1)
State = OutgoingMail.State


@pytest.fixture
def office(smtp, settings):
    return smtp.use(settings)


def letter():
    return Letter.objects.create(
        kind="edition",
        list_name="vat-mtd",
        subject="VAT (MTD): Losses moves to September 2026",
        text="Losses – £5\nhttps://site.invalid/manage.invalid\n",
        html='<p>Losses <a href="https://site.invalid/vat-mtd/">–</a></p>',
        made_at=NOW,
    )


def waiting(number=1, of=None):
    of = of or letter()
    for one in range(number):
        subscription = subscribed(NOW, address=f"{one}@example.com")
        OutgoingMail.objects.create(
            subscriber=subscription.subscriber,
            letter=of,
            period="edition:1",
            subscriptions=[subscription.pk],
            made_at=NOW,
            due_at=NOW,
        )


def send(at=NOW):
    return send_all(now=lambda: at)


def test_a_mail_is_text_and_html_with_all_that_a_mail_program_needs(office):
    waiting()
    assert send().sent == 1
    (message,) = office.messages
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.attempts) == (State.SENT, 1)
    assert message["To"] == "0@example.com"
    assert message["Message-ID"] == f"<{mail.uid.hex}@roadmaps.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "<vat-mtd.roadmap.roadmaps.example>"
    assert message["References"] == "<vat-mtd.roadmap@roadmaps.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<https://roadmaps\.example/emails/end/[^/>\s]+/>", message["List-Unsubscribe"].strip())
    assert "Losses – £5" in text(message)
    assert "https://roadmaps.example/emails/yours/" in text(message)
    html = message.get_body(("html",)).get_content()
    assert 'href="https://roadmaps.example/vat-mtd/"' in html
    assert "site.invalid" not in message.as_string()


def test_one_connection_is_used_for_many(office):
    waiting(5)
    send()
    assert (len(office.messages), office.connections) == (5, 1)


def test_what_is_refused_for_good_is_given_up_and_the_others_are_sent(office):
    waiting(3)
    office.only_refuses = {"1@example.com"}
    found = send()
    assert (found.sent, found.failed) == (2, 1)
    refused = OutgoingMail.objects.get(subscriber__address="1@example.com")
    assert refused.state == State.GIVEN_UP
    assert refused.trouble.startswith("5")
    assert outbox.try_again(NOW) == 1
    office.only_refuses = set()
    assert send(NOW + MINUTE).sent == 1


def test_a_provider_that_is_away_loses_nothing_and_is_asked_again_ever_later(office, settings):
    settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT
    waiting(3)
    assert send().is_away
    assert {*OutgoingMail.objects.values_list("state", flat=True)} == {State.WAITING}
    assert not send(NOW + MINUTE / 2).is_away  # nothing is due
    assert send(NOW + 2 * MINUTE).is_away
    settings.EMAIL_PORT = port
    assert send(NOW + datetime.timedelta(hours=1)).sent == 3
    assert len(office.messages) == 3


def test_a_mail_that_fails_again_and_again_is_given_up_after_days_and_shown(office):
    waiting()
    office.refuses = "MAIL"
    at, attempts = NOW, 0
    while OutgoingMail.objects.filter(state=State.WAITING).exists():
        send(at)
        attempts += 1
        at = OutgoingMail.objects.get().due_at
    assert OutgoingMail.objects.get().state == State.GIVEN_UP


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_one_that_cuts_off_in_the_middle_gets_the_same_mail_later(office, command):
    waiting(2)
    office.cuts = command
    assert send().is_away
    office.cuts = ""
    assert send(NOW + datetime.timedelta(hours=1)).sent == 2
    identities = [message["Message-ID"] for message in office.messages]
    assert len({*identities}) == 2


def test_what_one_is_lent_nobody_else_gets_until_the_loan_is_over():
    waiting(60)
    first = outbox.borrow(NOW, provider="email", rate=0)
    second = outbox.borrow(NOW, provider="email", rate=0)
    assert (len(first.mails), len(second.mails)) == (50, 10)
    assert outbox.borrow(NOW + outbox.LOAN / 2, provider="email", rate=0) is None
    again = outbox.borrow(NOW + outbox.LOAN, provider="email", rate=0)
    assert {mail.pk for mail in again.mails} == {mail.pk for mail in first.mails}
    # Whoever comes back late writes nothing over what another has by now.
    outbox.note_sent(first.mails[0], first, NOW)
    assert not OutgoingMail.objects.filter(state=State.SENT).exists()


def test_killed_between_the_answer_and_the_note_it_is_sent_again_under_the_same_name(office, monkeypatch):
    waiting()

    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "note_sent", killed)
        with pytest.raises(Killed):
            send()
    assert send(NOW + MINUTE).sent == 0
    assert send(NOW + outbox.LOAN).sent == 1
    assert len(office.messages) == 2
    assert len({message["Message-ID"] for message in office.messages}) == 1


def test_a_server_that_does_not_know_us_costs_no_mail(office):
    """What it says of who sends, it says of all mails alike (RFC 5321, 3.3)."""
    waiting(3)
    office.refuses = "MAIL"
    assert send().is_away
    assert {*OutgoingMail.objects.values_list("state", flat=True)} == {State.WAITING}
    office.refuses = ""
    assert send(NOW + datetime.timedelta(hours=1)).sent == 3


@pytest.mark.django_db(transaction=True)
class TestWrittenDown:
    """What was sent is, however long the database is away."""

    @pytest.fixture
    def away(self, monkeypatch):
        """away(times): so often a note fails, from the second mail on. How many it was asked for is what it keeps."""
        real, asked = outbox.note_sent, []

        def be(times):
            def note(mail, *rest):
                asked.append(mail.pk)
                if 1 < len(asked) <= times + 1:
                    raise OperationalError("database or disk is full")
                real(mail, *rest)

            monkeypatch.setattr(outbox, "note_sent", note)
            monkeypatch.setattr(sending, "NOTED_EVERY", 0)
            return asked

        return be

    def test_each_mail_is_sent_once(self, office, away):
        waiting(3)
        asked = away(4)
        assert send().sent == 3
        assert len(asked) == 3 + 4
        assert OutgoingMail.objects.filter(state=State.SENT).count() == len(office.messages) == 3

    def test_whoever_is_told_to_stop_stops(self, office, away):
        waiting(3)
        asked = away(1000)
        with pytest.raises(OperationalError):
            send_all(now=lambda: NOW, is_stopped=lambda: len(asked) > 5)
        assert len(office.messages) == 2


def test_whoever_ended_or_paused_meanwhile_gets_nothing(office):
    waiting(3)
    first, second, third = OutgoingMail.objects.order_by("pk")
    acts.end([*first.subscriber.subscriptions.all()])
    acts.pause([*second.subscriber.subscriptions.all()], NOW)
    send()
    assert [message["To"] for message in office.messages] == [third.subscriber.address]


def test_a_rate_is_shared_by_all_who_send(settings):
    waiting(120)
    first = outbox.borrow(NOW, provider="email", rate=10)
    second = outbox.borrow(NOW, provider="email", rate=10)
    assert first.starts_at == NOW
    assert second.starts_at == NOW + datetime.timedelta(seconds=len(first.mails) / 10)
    assert MailPace.objects.get().provider == "email"


def test_the_subject_is_one_line_whatever_a_title_is(office):
    one = letter()
    one.subject = "VAT: Lösses"
    one.save()
    waiting(of=one)
    send()
    assert office.messages[0]["Subject"] == "VAT: Lösses"


def test_a_confirmation_has_no_header_of_a_list(office):
    acts.ask(acts.Wish("dev@example.com", "https://roadmaps.example", "daily", None, "", "All roadmaps", ""), NOW)
    send()
    (message,) = office.messages
    assert message["List-Unsubscribe"] is None
    assert "/emails/confirm/" in text(message)


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_two_who_notice_and_send_at_once_send_each_mail_once(self, office):
        roadmap = make.roadmap(title="VAT", slug="vat")
        make.item(roadmap, title="Losses", live="June 2026")
        make.edition(roadmap, at=NOW)
        for number in range(120):
            subscribed(NOW, roadmap=roadmap, address=f"{number}@example.com")
        roadmap.items.update(title="Losses carried back")
        make.edition(roadmap, at=NOW + MINUTE, now=NOW + MINUTE)
        at = NOW + 60 * MINUTE

        def work():
            from roadmap.subscriptions import rounds

            rounds.notice(at)
            send(at)
            connection.close()

        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sorted(message["To"] for message in office.messages) == sorted(
            f"{number}@example.com" for number in range(120)
        )
