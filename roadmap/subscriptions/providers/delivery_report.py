"""A mail that came back, as mail servers write it: what it says of which of ours, and whether that ends an address.

It is text from strangers. RFC 6522 (multipart/report), RFC 3464 (delivery status), RFC 3463 (its codes), RFC 5965
(complaints). Only what stands where these say counts: a report that somebody passed on in a mail of theirs is none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from enum import Enum
from typing import Any

from roadmap.subscriptions.addresses import key_of

_OURS = re.compile(r"<([0-9a-f]{32})@[^<>@\s]+>")
_STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?!\d)")
_ANSWER = re.compile(r"\s*smtp\s*;\s*(\d{3})", re.IGNORECASE)
_OTHER_SUBJECT = re.compile(r"\b[45]\.[3567]\.\d")
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
# RFC 3463, "subject.detail" of what fails for good: no such mailbox, no such domain, moved, disabled. Not among them: a
# full mailbox (2.2), our own address (1.7, 1.8), and the text, the policy of the other side and its troubles (3, 5, 6,
# 7), which would end everybody there for what is ours to mend.
_ENDS = {(1, detail) for detail in (0, 1, 2, 3, 4, 5, 6, 9, 10)} | {(2, 0), (2, 1), (4, 4)}
# That say little: the answer of the server, in its own code, decides (RFC 5321, 4.2.3). 4.1 is Microsoft's for nobody.
_SAY_LITTLE = {(0, 0), (4, 1)}
_OF_THE_MAILBOX = {"550", "551", "553"}
_COMPLAINTS = {"abuse", "opt-out"}


class Verdict(Enum):
    ENDS = "ends the address"
    PASSES = "ends nothing, and needs nobody"
    PERSON = "is for a person to read"


@dataclass(frozen=True)
class Recipient:
    """What became of a mail at one address. `addresses`: as it was written first, and as it was in the end; as keys."""

    addresses: frozenset[str]
    action: str
    status: tuple[int, int, int] | None
    diagnostic: str


@dataclass(frozen=True)
class DeliveryReport:
    """`mail`: the uid in the Message-ID of what came back. `feedback`: the kind of a complaint, "" where it is none."""

    mail: str
    recipients: Sequence[Recipient] = ()
    feedback: str = ""


def read(raw: bytes) -> DeliveryReport | None:
    """Of the bytes of a mail, of which the end may be missing. None where it is no report, or not of a mail of ours."""
    message = message_from_bytes(raw)
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    parts: list[Any] = message.get_payload()  # type: ignore[assignment]
    returned = next((part for part in parts if part.get_content_type() in _RETURNED), None)
    found = _OURS.fullmatch(_field(_headers(returned), "Message-ID")) if returned is not None else None
    if not found:
        return None
    for part in parts:
        match part.get_content_type():
            case "message/delivery-status" | "message/global-delivery-status":
                return DeliveryReport(found[1], [*_recipients(part)])
            case "message/feedback-report":
                return DeliveryReport(found[1], feedback=_field(_first(part), "Feedback-Type").lower())
    return None


def verdict(report: DeliveryReport, address: str) -> Verdict:
    """Of a mail that went to that address. What happened to it at another one is for a person: it was passed on."""
    if report.feedback:
        return Verdict.ENDS if report.feedback in _COMPLAINTS else Verdict.PERSON
    told = [one for one in report.recipients if key_of(address) in one.addresses]
    if any(_ends(one) for one in told):
        return Verdict.ENDS
    return Verdict.PASSES if told and all(_passes(one) for one in told) else Verdict.PERSON


def _ends(one: Recipient) -> bool:
    if one.action != "failed" or one.status is None or one.status[0] != 5:
        return False
    if one.status[1:] in _SAY_LITTLE:
        answer = _ANSWER.match(one.diagnostic)
        return bool(answer and answer[1] in _OF_THE_MAILBOX and not _OTHER_SUBJECT.search(one.diagnostic))
    return one.status[1:] in _ENDS


def _passes(one: Recipient) -> bool:
    return one.action in ("delayed", "delivered", "relayed", "expanded")


def _recipients(part: Message) -> Iterator[Recipient]:
    """The fields of the mail come first, and then, after a blank line each, those of every address."""
    blocks: Any = part.get_payload()
    if part.get_content_type() != "message/delivery-status":  # RFC 6533, which Python reads as one block with a text
        first = _first(part)
        texts = re.split(r"\r?\n\s*\r?\n", str(first.get_payload()).strip())
        blocks = [first, *(message_from_string(text) for text in texts)]
    for block in blocks if isinstance(blocks, list) else []:
        addresses = {_address(_field(block, name)) for name in ("Original-Recipient", "Final-Recipient")} - {""}
        if addresses:
            status = _STATUS.match(_field(block, "Status"))
            yield Recipient(
                frozenset(addresses),
                _field(block, "Action").lower(),
                (int(status[1]), int(status[2]), int(status[3])) if status else None,
                _field(block, "Diagnostic-Code"),
            )


def _address(written: str) -> str:
    """Of "rfc822; name@example.org"."""
    kind, _, address = written.partition(";")
    return key_of(address.strip().strip("<>")) if kind.strip().lower() in ("rfc822", "utf-8") else ""


def _first(part: Message) -> Message:
    """What a part of type message/… holds."""
    held: Any = part.get_payload()
    if isinstance(held, list):
        return held[0] if held else Message()
    return message_from_string(str(held))


def _headers(returned: Message) -> Message:
    if returned.get_content_maintype() == "message":
        return _first(returned)
    held = returned.get_payload(decode=True)
    return message_from_bytes(held if isinstance(held, bytes) else b"")


def _field(block: Message, name: str) -> str:
    return " ".join(str(block.get(name, "")).split())
