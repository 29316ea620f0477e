"""What a mail that came back says of an address, and what ends none: RFC 3463, 3464, 5965, 6522."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.subscriptions.providers.delivery_report import Verdict, read, verdict
from tests.subscriptions.providers.returned import UNKNOWN, bounce, complaint, report

UID = "0123456789abcdef" * 2
SENT = f"From: roadmap@example.org\nTo: kim@example.com\nMessage-ID: <{UID}@roadmaps.example>\nSubject: VAT\n".encode()
KIM = "Kim@example.com"


def meaning(raw, address=KIM):
    found = read(raw)
    return found and verdict(found, address)


@pytest.mark.parametrize(
    ("status", "diagnostic"),
    [
        ("5.1.1", "smtp; 550 5.1.1 User unknown"),
        ("5.1.1", ""),
        ("5.1.2 (bad domain)", "smtp; 550 Host unknown"),
        ("5.1.10", "smtp; 556 5.1.10 Null MX"),
        ("5.2.1", "smtp; 550 5.2.1 The email account is disabled"),
        ("5.4.4", "X-Postfix; Host or domain name not found"),
        ("5.0.0", "smtp; 550 No such user here"),
        ("5.4.1", "smtp; 550 5.4.1 Recipient address rejected: Access denied"),
    ],
)
def test_an_address_that_is_nobodys_is_ended(status, diagnostic):
    assert meaning(bounce(SENT, "kim@example.com", status=status, diagnostic=diagnostic)) is Verdict.ENDS


@pytest.mark.parametrize(
    ("status", "diagnostic"),
    [
        ("5.2.2", "smtp; 552 5.2.2 Mailbox full"),
        ("5.7.1", "smtp; 550 5.7.1 Service unavailable; client host blocked by a list"),
        ("5.0.0", "smtp; 550 5.7.1 Message rejected as spam"),
        ("5.0.0", "smtp; 554 Transaction failed"),
        ("5.0.0", ""),
        ("5.1.8", "smtp; 553 5.1.8 Sender address rejected: Domain not found"),
        ("5.3.4", "smtp; 552 5.3.4 Message too big"),
        ("5.4.7", "smtp; 550 5.4.7 Delivery time expired"),
        ("5.6.1", ""),
        ("4.1.1", ""),
        ("nonsense", ""),
        ("5.1.1111", ""),
        ("", "smtp; 550 No such user here"),
    ],
)
def test_what_is_ours_to_mend_or_says_nothing_of_the_address_is_for_a_person(status, diagnostic):
    assert meaning(bounce(SENT, "kim@example.com", status=status, diagnostic=diagnostic)) is Verdict.PERSON


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("delivered", "2.1.5"), ("relayed", "2.0.0")])
def test_a_delay_and_a_delivery_end_nothing_and_need_nobody(action, status):
    assert meaning(bounce(SENT, "kim@example.com", action=action, status=status)) is Verdict.PASSES


def test_the_mail_that_came_back_is_found_in_its_headers_or_in_all_of_it():
    for raw in (bounce(SENT, "kim@example.com"), bounce(SENT + b"\nText\n", "kim@example.com", is_whole=True)):
        found = read(raw)
        assert (found.mail, verdict(found, KIM)) == (UID, Verdict.ENDS)
        assert meaning(raw.replace(b"\r\n", b"\n")) is Verdict.ENDS


def test_an_address_counts_as_it_was_at_first_and_as_it_was_in_the_end():
    assert meaning(bounce(SENT, "kim@inner.example", original="kim@example.com")) is Verdict.ENDS
    assert meaning(bounce(SENT, "<kim@example.com>")) is Verdict.ENDS
    assert meaning(bounce(SENT, "kim@inner.example")) is Verdict.PERSON  # kim passed it on, and gets mail
    others = "\nFinal-Recipient: rfc822; kim@example.com\nAction: delayed\nStatus: 4.4.1\n"
    assert meaning(bounce(SENT, "someone@example.com", more=others)) is Verdict.PASSES


def test_a_report_in_other_letters_is_read_too():
    """RFC 6533: of an address with a domain in other letters."""
    raw = bounce(SENT, "kim@example.com", kind="message/global-delivery-status").replace(b"rfc822; kim", b"utf-8; kim")
    assert meaning(raw) is Verdict.ENDS


def test_who_complains_is_ended_though_the_address_is_left_out():
    assert meaning(complaint(SENT + b"\nText\n")) is Verdict.ENDS
    for kind in ("not-spam", "auth-failure", "virus", "other"):
        assert meaning(complaint(SENT + b"\nText\n", kind)) is Verdict.PERSON


def test_what_is_no_report_of_a_mail_of_ours_says_nothing():
    right = bounce(SENT, "kim@example.com")
    foreign = SENT.replace(UID.encode(), b"CAF=1234")
    ours_outside = b"Message-ID: <" + UID.encode() + b"@roadmaps.example>\r\n"
    for raw in (
        b"",
        b"Subject: Re: your roadmap\r\n\r\nPlease stop writing to kim@example.com.\r\n",
        right.replace(b"multipart/report", b"multipart/mixed"),
        b"Content-Type: message/rfc822\r\n\r\n" + right,  # somebody passes one on
        bounce(foreign, "kim@example.com"),
        ours_outside + bounce(foreign, "kim@example.com"),
        bounce(b"Subject: none\n", "kim@example.com"),
        report("delivery-status", ("text/rfc822-headers", SENT)),
        report("delivery-status", ("message/delivery-status", b"Final-Recipient: rfc822; kim@example.com\n")),
    ):
        assert read(raw) is None, raw


def test_a_status_that_is_empty_or_torn_ends_nobody():
    for text in (
        b"",
        b"\n\n\n",
        b"Final-Recipient: kim@example.com\nAction: failed\nStatus: 5.1.1\n",
        b"\xff\xfe\n\n:",
    ):
        found = read(report("delivery-status", ("message/delivery-status", text), ("text/rfc822-headers", SENT)))
        assert verdict(found, KIM) is Verdict.PERSON, text
    whole = bounce(SENT, "kim@example.com", **UNKNOWN)
    for end in range(0, len(whole), 7):
        found = read(whole[:end])
        assert found is None or verdict(found, KIM) is Verdict.ENDS


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=1200))
def test_any_bytes_in_it_are_read_without_an_error(some, at):
    whole = bounce(SENT, "kim@example.com", **UNKNOWN)
    found = read(whole[:at] + some + whole[at:])
    if found is not None:
        verdict(found, KIM)
