"""A publisher has a test of the coming email sent to themselves, and is told what came of it."""

import datetime

import pytest
from django.urls import reverse

from roadmap.models import Edition, Letter
from roadmap.publishing.publish import Choices
from tests import make
from tests.admin.press import press
from tests.smtp import text

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-24")
SEND = "Send me a test of the email"


@pytest.fixture
def roadmap(client, monkeypatch, smtp, settings):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    smtp.use(settings)
    client.force_login(make.user(email="pat@example.gov.uk"), backend="django.contrib.auth.backends.ModelBackend")
    made = make.roadmap(title="VAT (MTD) roadmap", slug="vat-mtd", asks_reasons=True)
    item = make.item(made, title="Losses", live="June 2026")
    make.edition(made, at=make.at("2026-03-02"))
    item.milestones.update(when="September 2026")
    return made


def plain(response):
    return " ".join(response.content.decode().split())


def review(client, roadmap):
    return client.get(reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]))


def pressed(client, roadmap, button=SEND, **typed):
    reason = f"reason:{roadmap.items.get().uid}:milestone.live"
    return plain(press(client, review(client, roadmap), button, **{reason: "A fault.", **typed}))


def published(roadmap, **options):
    return make.edition(roadmap, choices=Choices(reason_for_all="A fault."), **options)


def test_a_publisher_sends_a_test_of_the_coming_mail_to_themselves_and_nothing_is_published(client, roadmap, smtp):
    answer = pressed(client, roadmap, note="N.")
    assert "A test of the email is on its way to pat@example.gov.uk. Nothing has been published." in answer
    assert "A fault." in answer  # what was typed stays
    (message,) = smtp.messages
    assert message["Subject"] == "Test: VAT (MTD): Losses moves to September 2026"
    assert message["To"] == "pat@example.gov.uk"
    assert "- Live moved from June 2026 to September 2026. Reason: A fault." in text(message)
    assert Edition.objects.count() == 1
    assert not Letter.objects.exists()


def test_a_test_of_what_would_be_refused_says_why(client, roadmap, smtp):
    answer = plain(press(client, review(client, roadmap), SEND))
    assert "No test has been sent, and nothing has been published. First put right what is listed here" in answer
    assert "Say why it moves later" in answer
    assert smtp.messages == []


def test_what_is_no_news_makes_no_mail(client, roadmap, smtp):
    answer = pressed(client, roadmap, tick=[("minor", str(roadmap.items.get().uid))], announce=None)
    assert "No email would be sent, so you get no test" in answer
    assert smtp.messages == []


def test_a_server_that_is_away_or_refuses_is_said_with_its_words(client, roadmap, smtp, settings):
    smtp.refuses = "RCPT"
    refused = pressed(client, roadmap)
    assert "does not take mail for pat@example.gov.uk, so no test has been sent. Nothing has been published." in refused
    assert "It said: 550 Not here" in refused
    settings.EMAIL_PORT = 1  # where nothing listens
    away = pressed(client, roadmap)
    assert "The mail server cannot be reached, so no test has been sent. Try again in a few minutes. Nothing" in away
    assert "A fault." in away


def test_who_has_no_address_here_is_told_what_to_do(client, roadmap, smtp):
    client.force_login(make.user(email=""), backend="django.contrib.auth.backends.ModelBackend")
    assert "There is no email address for you here. Ask an administrator to add it." in pressed(client, roadmap)


def test_with_nothing_pending_it_is_of_what_is_scheduled_or_not_told_yet(client, roadmap, smtp):
    first = review(client, roadmap)
    published(roadmap, at=NOW + datetime.timedelta(days=2), now=NOW)
    assert "on its way to pat@example.gov.uk" in plain(
        press(client, review(client, roadmap), f"{SEND} about edition 2")
    )
    assert "on its way" in plain(press(client, first, SEND))  # the page as it was, though another has published since
    assert [message["Subject"] for message in smtp.messages] == ["Test: VAT (MTD): Losses moves to September 2026"] * 2
    assert Edition.objects.count() == 2


def test_with_nothing_to_come_it_says_so(client, roadmap, smtp, settings):
    first = review(client, roadmap)
    edition = published(roadmap, at=NOW)
    within = review(client, roadmap)
    assert f"{SEND} about edition {edition.number}" in plain(within)
    settings.MAIL_WAIT = 0
    assert SEND not in plain(review(client, roadmap))
    answer = plain(press(client, first, SEND))
    assert "nothing is waiting to be published, so there is no email to come" in answer
    assert smtp.messages == []
