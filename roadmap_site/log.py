"""What is written to the log, in lines for people or as JSON, and what never is: whatever lets somebody in."""

import datetime
import json
import logging
import re
import threading
import time
from typing import Any

from roadmap.web.exchange import EXCHANGE, Exchange, current

HIDDEN = "…"
_SLASH, _PART = r"(?:/|%2F)", r"(?:(?!%2F)[^/\s?#&\"'<>])+"
# By their place: each is a link to a draft, one with which somebody chooses a password, or one to a reader's emails.
# tests/test_log.py goes through all addresses of the site for others.
_SECRETS = (
    (re.compile(rf"((?<!admin){_SLASH}preview{_SLASH}){_PART}", re.I), rf"\1{HIDDEN}"),
    (re.compile(rf"({_SLASH}(?:invitation|reset){_SLASH}){_PART}({_SLASH}){_PART}", re.I), rf"\1{HIDDEN}\2{HIDDEN}"),
    (re.compile(rf"({_SLASH}emails{_SLASH}(?:confirm|yours|end){_SLASH}){_PART}", re.I), rf"\1{HIDDEN}"),
)
_WORDS = ("preview", "invitation", "reset", "emails")
# By their form, wherever they stand: what Django signs, the tokens of its links, and what `secrets` draws. Each is
# looked for from its first character only, and not again from those within: anybody may ask for a long address.
_FORMS = re.compile(
    r"(?<![\w-])(?<![\w-]:)[\w-]+(?::[\w-]+)*(?:[:.]|%3A)[\w-]{43}(?![\w-])"
    r"|\b[0-9a-z]{6,8}-[0-9a-f]{32,64}\b"
    r"|(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{32,}+(?![\w.-]*\.\w)"
)
# By their name, in an address or in what is said of one; and the name and password before a host.
_NAMED = re.compile(
    r"(?<=[?&;])((?:[\w-]*(?:token|secret|password|signature|csrf)[\w-]*|sig|key|code|signed)=)[^&\s\"'#]+", re.I
)
_BEFORE_HOST = re.compile(r"(?<=://)[^/\s@]+@")


_LONG = re.compile(r"[\w-]{32}")


def discreet(text: str) -> str:
    """The same without tokens, keys and passwords. Most lines have none: to see that costs less."""
    if any(word in text for word in _WORDS):
        for pattern, instead in _SECRETS:
            text = pattern.sub(instead, text)
    if "=" in text:
        text = _NAMED.sub(rf"\1{HIDDEN}", text)
    if "://" in text:
        text = _BEFORE_HOST.sub(f"{HIDDEN}@", text)
    return _FORMS.sub(HIDDEN, text) if _LONG.search(text) else text


def exchange_of(record: logging.LogRecord) -> Exchange | None:
    """The request for which that was logged."""
    exchange: Exchange | None = getattr(record, "exchange", None)
    if exchange is None and (request := getattr(record, "request", None)) is not None:
        exchange = getattr(request, "META", {}).get(EXCHANGE)
    return exchange or current.get()


class Discreet(logging.Filter):
    """Leaves out the stack traces of ordinary refusals."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", None)
        if isinstance(status, int) and status < 500:
            record.exc_info = None
        return True


class Lines(logging.Formatter):
    """For people: a line, and the stack trace of what went wrong below it."""

    def format(self, record: logging.LogRecord) -> str:
        exchange = exchange_of(record)
        record.exchange_id = f" [{exchange.id}]" if exchange else ""
        return _writable(discreet(super().format(record)))


class JsonLines(logging.Formatter):
    """For programs: one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        said: dict[str, Any] = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if exchange := exchange_of(record):
            said["request_id"] = exchange.id
        said |= getattr(record, "told", {})
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            said["stack"] = self.formatStack(record.stack_info)
        hidden = {name: discreet(value) if isinstance(value, str) else value for name, value in said.items()}
        return _writable(json.dumps(hidden, ensure_ascii=False, default=str))


def _writable(text: str) -> str:
    """With half characters as they are written in Python and in JSON: an address may have some, and a file none."""
    return text.encode("utf-8", "backslashreplace").decode()


class MailsErrors(logging.Handler):
    """Sends an error to ADMINS: what it says and where in the code it was. Never what was typed or who asked.

    Of the same error one in a quarter of an hour, of all ten an hour, by each process; beside what is being done, which
    waits for no server for mail.
    """

    same_each, at_most = 15 * 60, 10  # seconds; in an hour

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._told: dict[tuple[str, ...], float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        from django.conf import settings  # which configures this

        if not (settings.ADMINS and settings.SENDS_EMAIL) or not self._is_new(record):
            return
        first = record.getMessage().split("\n")[0][:150]
        where = self.format(record)
        threading.Thread(target=self._send, args=(f"{settings.SITE_NAME}: {first}", where), name="mail").start()

    def _is_new(self, record: logging.LogRecord) -> bool:
        """Of its kind: where in the code it was logged, and what was raised."""
        raised = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        kind, now = (record.name, str(record.msg), raised), time.monotonic()
        self._told = {one: at for one, at in self._told.items() if now - at < 60 * 60}
        if now - self._told.get(kind, -self.same_each) < self.same_each or len(self._told) >= self.at_most:
            return False
        self._told[kind] = now
        return True

    def _send(self, subject: str, text: str) -> None:
        from django.core.mail import mail_admins

        try:
            mail_admins(" ".join(subject.split()), text)
        except Exception as error:  # whatever it is: an error about an error would be mailed too
            logging.getLogger(__name__).warning("An error could not be mailed: %s", error)
