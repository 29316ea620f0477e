"""What the security log keeps, in its table and for whoever collects logs."""

import logging

import pytest
from django.test import RequestFactory
from django.urls import reverse

from roadmap.admin.security.log import Kind, record
from roadmap.models import SecurityEvent
from tests import make

pytestmark = pytest.mark.django_db


def test_who_did_what_from_where_is_a_row_and_a_line_with_its_parts(caplog):
    kim = make.user(username="kim", first_name="Kim", last_name="Lee")
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")
    with caplog.at_level(logging.INFO, "roadmap.security"):
        event = record(Kind.EXPORT, "As CSV", request=request, person=kim, about="VAT", at=make.at("2026-03-24"))
    kept = SecurityEvent.objects.get()
    assert kept == event
    assert (kept.person, kept.who, kept.address, kept.about, kept.words) == (
        kim,
        "Kim Lee",
        "192.0.2.7",
        "VAT",
        "As CSV",
    )
    (line,) = caplog.records
    assert line.getMessage() == "Export or backup: Kim Lee – 192.0.2.7 – VAT – As CSV"
    assert (line.event, line.person, line.address) == ("export", kim.pk, "192.0.2.7")


def test_no_line_can_be_made_up_by_what_somebody_typed(caplog):
    with caplog.at_level(logging.INFO, "roadmap.security"):
        record(Kind.REFUSED, who="kim\n2026-03-24 INFO roadmap.security: Signed in: \x1b[1mroot" + "x" * 500)
    assert "\n" not in caplog.records[0].getMessage()
    assert "\x1b" not in caplog.records[0].getMessage()
    assert len(SecurityEvent.objects.get().who) == 250


def test_what_was_recorded_is_never_changed():
    event = record(Kind.SIGNED_OUT)
    event.words = "Otherwise"
    with pytest.raises(Exception, match="never changed"):
        event.save()
    with pytest.raises(Exception, match="never changed"):
        SecurityEvent.objects.all().delete()


def events():
    return [(event.get_kind_display(), event.who, event.about) for event in SecurityEvent.objects.order_by("pk")]


def test_signing_in_and_out_is_kept_and_each_refusal_until_the_lock(client):
    make.user(username="kim", password="correct horse battery")
    url = reverse("admin:login")
    client.post(url, {"username": "kim", "password": "correct horse battery"})
    client.post(reverse("admin:logout"))
    for name in ("kim", "kim", "kim", "kim", "kim", "kim", "kim", "hunter2!"):
        client.post(url, {"username": name, "password": "wrong"})
    found = events()
    assert found[:2] == [("Signed in", "kim", ""), ("Signed out", "kim", "")]
    assert found[2:6] == [("Sign-in refused", "", "kim")] * 4
    assert ("Locked out", "", "kim") in found[6:8]
    assert found.count(("Locked out", "", "kim")) == 1
    assert found.count(("Sign-in refused", "", "kim")) <= 5
    assert found[-1] == ("Sign-in refused", "", "A name that nobody has here")  # which may have been a password
