"""Small holes, each closed: where one is led after signing in; what is said where nothing can be written."""

import errno

import pytest
from django.db import InternalError, OperationalError
from django.urls import reverse

from tests import make
from tests.admin.press import Form
from tests.admin.test_permissions import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil", "\0"]
)
def test_who_is_led_elsewhere_after_signing_in_gets_to_the_admin(client, url):
    make.user(username="kim", password="correct horse battery")
    form = {"username": "kim", "password": "correct horse battery", "next": url}
    answer = client.post(reverse("admin:login"), form)
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:index"))


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("database or disk is full"),
        OperationalError("database is locked"),
        InternalError("cannot execute UPDATE in a read-only transaction"),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
    ids=str,
)
def test_what_was_typed_is_in_the_page_where_nothing_can_be_written(client, monkeypatch, error):
    def refuse(*_, **__):
        raise error

    page = make.page(make.roadmap(), title="About")
    sign_in(client, make.user())
    client.raise_request_exception = False
    monkeypatch.setattr(type(page), "save", refuse)
    url = reverse("admin:roadmap_page_change", args=[page.pk])
    sent = dict(Form(client.get(url).text).fields) | {"title": "Typed: é & “quoted”"}
    answer = client.post(url, sent)
    assert answer.status_code == 503
    assert "Nothing that you typed is lost" in answer.text
    assert ("title", "Typed: é & “quoted”") in Form(answer.text).fields
    assert answer["Cache-Control"] == "no-store"
