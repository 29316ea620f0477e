"""What is logged has all that helps, and nothing that lets somebody in."""

import json
import logging
import re
import secrets
import sys
import threading
import time

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.urls import URLPattern, get_resolver

from roadmap.web.exchange import Exchange, current
from roadmap_site.log import Discreet, JsonLines, Lines, MailsErrors, discreet
from tests.cases import each_case
from tests.smtp import text

LINES = Lines("{levelname} {name}{exchange_id}: {message}", style="{")

# What the parts of our addresses are called: those that anybody may know, and those with which one comes in.
PUBLIC = {
    *("api", "app_label", "content_type_id", "day", "edition_pk", "key", "name", "number", "object_id", "page"),
    *("page_slug", "pk", "reference", "report_pk", "rest", "roadmap", "slug", "uid", "url", "what"),
}
SECRET = {"token", "uidb64"}


def record(message, *arguments, **extra):
    made = logging.LogRecord(
        "django.request", logging.WARNING, __file__, 1, message, arguments, extra.pop("exc_info", None)
    )
    made.__dict__.update(extra)
    assert Discreet().filter(made)
    return made


def parts_of_addresses(patterns=None, before=""):
    """Every address of the site, as its route is written."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from parts_of_addresses(pattern.url_patterns, route)


def test_no_address_with_a_secret_in_it_is_logged_whole():
    """A new kind of link is found here: whoever names its part says whether it lets somebody in."""
    routes = [*parts_of_addresses()]
    named = {name for route in routes for name in re.findall(r"<(?:\w+:)?(\w+)>", route)}
    assert named - PUBLIC - SECRET == set(), "Name it in PUBLIC, or in SECRET and then in roadmap_site/log.py"
    with_secret = [route for route in routes if any(f"{name}>" in route for name in SECRET)]
    assert len(with_secret) > 10
    for route in with_secret:
        address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: "C4nary" if part[1] in SECRET else "a", route)
        assert "C4nary" not in discreet(address), route
        assert "C4nary" not in discreet(f"next={address.replace('/', '%2F')}&a=b"), route


@pytest.mark.parametrize(
    "token",
    [
        signing.dumps({"person": 3}),
        signing.dumps({"person": 3}).replace(":", "%3A"),
        signing.Signer(salt="a", sep=".").sign("12"),
        signing.TimestampSigner().sign("someone"),
        secrets.token_urlsafe(32),
        "c0ffee-" + secrets.token_hex(16),
    ],
    ids=["signed", "signed and quoted", "signed with a dot", "signed with its time", "random", "of a password"],
)
def test_what_has_the_form_of_a_token_is_hidden_wherever_it_stands(token):
    for address in (f"/follow/confirm/{token}/", f"/unsubscribe?{token}", f"/a/?next=/b/{token}/&c=d"):
        told = discreet(f"Not Found: {address}")
        assert token not in told
        assert told.startswith("Not Found: /")


def test_tokens_of_invitations_have_such_a_form(django_user_model):
    token = default_token_generator.make_token(django_user_model(pk=3, password="a"))
    assert discreet(f"/elsewhere/{token}/") == "/elsewhere/…/"


@each_case(
    "text",
    [
        "Not Found: /vat-mtd/items/VAT-12/",
        "/making-tax-digital-for-income-tax-self-assessment/items/?stage=test&q=key+dates",
        "/static/styles/site.3f2a1bcd4e5f.css",
        "/media/markdown/0123456789abcdef0123456789abcdef.png",
        "/vat-mtd/at/2026-11-30/changes.atom",
        "/admin/preview/12/edition/34/items/VAT-1/",
        "roadmap.web.page_store.application takes longer than 0.8 seconds",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_what_anybody_may_know_stays(text):
    assert discreet(text) == text


@pytest.mark.parametrize("text", ["a" * 60_000, "a:" * 40_000, "aA1" * 20_000 + ".png"], ids=["word", "words", "name"])
def test_a_long_address_is_looked_through_once(text):
    """Anybody may ask for one. From each of its characters again, it would take minutes."""
    began = time.process_time()
    assert discreet(f"Not Found: /{text}") == f"Not Found: /{text}"
    assert time.process_time() - began < 10


@each_case(
    ("text", "told"),
    [
        ("/preview/MQ:abc-DEF_123/items/VAT-1/", "/preview/…/items/VAT-1/"),
        ("/admin/login/?next=%2Fpreview%2FMQ.abc%2Fitems%2F", "/admin/login/?next=%2Fpreview%2F…%2Fitems%2F"),
        ("/admin/invitation/MQ/set-password/", "/admin/invitation/…/…/"),
        ("/a/?token=short&b=c", "/a/?token=…&b=c"),
        ("POST /x?a=b&api_key=1&access_token=2", "POST /x?a=b&api_key=1&access_token=…"),
        ("no connection to postgres://roadmap:secret@db/x", "no connection to postgres://…@db/x"),
    ],
)
def test_what_is_a_secret_by_its_place_or_name_is_hidden(text, told):
    assert discreet(text) == told


@pytest.mark.parametrize(("status", "traced"), [(403, False), (400, False), (500, True), (None, True)])
def test_only_an_error_of_ours_is_logged_with_its_trace(status, traced):
    extra = {"status_code": status} if status else {}
    assert bool(record("%s", "x", exc_info=(ValueError, None, None), **extra).exc_info) is traced


def failure():
    try:
        raise ValueError("at /preview/MQ.abc/\nof “é”")
    except ValueError:
        return sys.exc_info()


def test_json_is_one_object_a_line_with_all_of_it():
    exchange = Exchange("GET", "/preview/MQ.abc/")
    token = current.set(exchange)
    line = JsonLines().format(
        record("%s: %s", "Failed\nhere", "/preview/MQ.abc/", exc_info=failure(), told={"status": 500})
    )
    current.reset(token)
    assert "\n" not in line
    said = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", said.pop("time"))
    trace = said.pop("exception")
    assert said == {
        "level": "WARNING",
        "logger": "django.request",
        "message": "Failed\nhere: /preview/…/",
        "request_id": exchange.id,
        "status": 500,
    }
    assert trace.startswith("Traceback")
    assert trace.endswith("ValueError: at /preview/…/\nof “é”")


def test_a_line_for_people_has_the_id_too_and_hides_as_much():
    exchange = Exchange("GET", "/")
    line = LINES.format(record("%s", "/preview/MQ.abc/", exchange=exchange, exc_info=failure()))
    assert line.startswith(f"WARNING django.request [{exchange.id}]: /preview/…/\nTraceback")
    assert "MQ.abc" not in line
    assert LINES.format(record("x")) == "WARNING django.request: x"


@each_case("address", ["/a\nWARNING forged", "/a\x1b[2J", "/a\udcff/"])
def test_whatever_is_asked_for_a_line_stays_one_that_can_be_written(address):
    exchange = Exchange("GET", address)
    for formatter in (LINES, JsonLines()):
        line = formatter.format(record("%s", exchange.address, told={"more": address}))
        assert line.isprintable()
        line.encode()
    assert json.loads(line)["more"] == address


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
