import logging
import sys
import threading

import pytest

from roadmap_site.log import Discreet, MailsErrors
from tests.cases import each_case
from tests.smtp import text


def record(message, *arguments, **extra):
    made = logging.LogRecord(
        "django.request", logging.WARNING, __file__, 1, message, arguments, (ValueError, None, None)
    )
    made.__dict__.update(extra)
    assert Discreet().filter(made)
    return made


def test_the_token_of_a_preview_link_is_not_logged():
    told = record("%s: %s", "Not Found", "/preview/MQ:abc-DEF_123/items/VAT-1/").getMessage()
    assert told == "Not Found: /preview/…/items/VAT-1/"


@each_case("path", ["/admin/invitation/MQ/abc-DEF_123/", "/admin/reset/MQ/abc-DEF_123/"])
def test_nor_is_a_link_by_which_a_password_is_chosen(path):
    assert "abc-DEF_123" not in record("%s: %s", "Internal Server Error", path).getMessage()


@pytest.mark.parametrize(("status", "traced"), [(403, False), (400, False), (500, True), (None, True)])
def test_only_an_error_of_ours_is_logged_with_its_trace(status, traced):
    extra = {"status_code": status} if status else {}
    assert bool(record("%s", "x", **extra).exc_info) is traced


# Errors by email


@pytest.fixture
def post(smtp, settings):
    settings.ADMINS, settings.EMAIL_TIMEOUT = [("ops@example.org", "ops@example.org")], 0.5
    return smtp.use(settings)


def broken(handler, message="It broke", where="roadmap.somewhere"):
    try:
        secret = "what somebody typed"
        raise ZeroDivisionError("division")
    except ZeroDivisionError:
        record = logging.LogRecord(where, logging.ERROR, __file__, 1, message, (), sys.exc_info())
    assert secret
    handler.handle(record)
    for thread in threading.enumerate():
        if thread.name == "mail":
            thread.join(20)


def test_an_error_is_mailed_with_where_it_was_and_without_what_was_typed(post):
    broken(MailsErrors(), "It broke\nBcc: x@example.org")
    (message,) = post.messages
    assert (message["To"], message["Subject"]) == ("ops@example.org", "HMRC Developer Hub: It broke")
    assert "ZeroDivisionError: division" in text(message)
    assert "test_log.py" in text(message)
    assert MailsErrors().level == logging.ERROR


def test_the_same_error_is_mailed_once_and_ten_in_an_hour(post):
    handler = MailsErrors()
    for _ in range(3):
        broken(handler)
    assert len(post.messages) == 1
    for number in range(20):
        broken(handler, where=f"roadmap.place{number}")
    assert len(post.messages) == 10


@pytest.mark.parametrize("what", ["refuses", "hangs", "cuts"])
def test_a_server_for_mail_that_is_away_makes_no_error_of_its_own(post, what, caplog):
    setattr(post, what, "EHLO")
    broken(MailsErrors())
    assert post.messages == []
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_without_a_server_or_anybody_to_tell_nothing_is_sent(post, settings):
    settings.SENDS_EMAIL = False
    broken(MailsErrors())
    settings.SENDS_EMAIL, settings.ADMINS = True, []
    broken(MailsErrors())
    assert post.messages == []
