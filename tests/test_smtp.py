"""The SMTP server of the tests does what it says, and mail to staff survives what it does."""

import pytest
from django.contrib.auth.models import User

from roadmap.admin import mail
from tests.cases import each_case
from tests.smtp import text

KIM = User(username="kim", email="kim@example.org")


@pytest.fixture
def office(smtp, settings):
    settings.EMAIL_TIMEOUT = 0.5
    return smtp.use(settings)


def test_a_message_comes_as_it_was_sent(office):
    assert mail.send(KIM, "Für Kim", "Good morning\n\n“Kim”\n")
    (message,) = office.messages
    assert (message["Subject"], message["To"]) == ("Für Kim", "kim@example.org")
    assert text(message) == "Good morning\n\n“Kim”\n"
    assert office.recipients == [["kim@example.org"]]


@each_case("step", ["EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("what", ["refuses", "hangs", "cuts"])
def test_a_server_that_does_not_take_it_is_said_to_have_taken_nothing(office, what, step):
    setattr(office, what, step)
    office.messages.clear()
    assert not mail.send(KIM, "Hello", "Kim")
    assert office.messages == []
