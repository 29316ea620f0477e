"""What is written to the log, in lines for people or as JSON, and what never is: whatever lets somebody in."""

import datetime
import json
import logging
import re
from typing import Any

from roadmap.web.exchange import EXCHANGE, Exchange, current

HIDDEN = "…"
_SLASH, _PART = r"(?:/|%2F)", r"(?:(?!%2F)[^/\s?#&\"'<>])+"
# By their place: each is a link to a draft, or one with which somebody chooses a password. tests/test_log.py goes
# through all addresses of the site for others.
_SECRETS = (
    (re.compile(rf"((?<!admin){_SLASH}preview{_SLASH}){_PART}", re.I), rf"\1{HIDDEN}"),
    (re.compile(rf"({_SLASH}invitation{_SLASH}){_PART}({_SLASH}){_PART}", re.I), rf"\1{HIDDEN}\2{HIDDEN}"),
)
# By their form, wherever they stand: what Django signs, the tokens of its links, and what `secrets` draws.
_FORMS = re.compile(
    r"[\w-]+(?::[\w-]+)*(?:[:.]|%3A)[\w-]{43}(?![\w-])"
    r"|\b[0-9a-z]{6,8}-[0-9a-f]{32,64}\b"
    r"|(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{32,}(?![\w.-]*\.\w)"
)
# By their name, in an address or in what is said of one; and the name and password before a host.
_NAMED = re.compile(
    r"(?<=[?&;])((?:[\w-]*(?:token|secret|password|signature|csrf)[\w-]*|sig|key|code|signed)=)[^&\s\"'#]+", re.I
)
_BEFORE_HOST = re.compile(r"(?<=://)[^/\s@]+@")


_LONG = re.compile(r"[\w-]{32}")


def discreet(text: str) -> str:
    """The same without tokens, keys and passwords. Most lines have none: to see that costs less."""
    if "preview" in text or "invitation" in text:
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
