"""Errors sent to Sentry, or to whatever speaks as it does: SENTRY_DSN. Imported only where that is set.

What is logged as an error is sent, with where in the code it happened and for which request id. Nothing is sent of who
asked, of what they typed, or of what variables held; and of addresses only what the log may have.
"""

import logging
import re
from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from roadmap_site.log import HIDDEN, discreet, exchange_of

_AS_IT_IS = ("event_id", "timestamp", "platform", "level", "sdk", "release", "environment", "server_name")
_SCRUBBED = ("logger", "logentry", "message", "exception")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def begin(dsn: str, version: str) -> None:
    sentry_sdk.init(
        dsn,
        release=f"roadmap@{version}",
        environment="local" if settings.LOCAL else "production",
        default_integrations=False,  # those of Django and of what else is here would send requests
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            DedupeIntegration(),
            ExcepthookIntegration(),
            AtexitIntegration(callback=lambda pending, timeout: None),  # it would print a line
        ],
        send_default_pii=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        auto_session_tracking=False,
        shutdown_timeout=2,  # seconds
        before_send=_scrubbed,
    )


def _scrubbed(event: Any, hint: dict[str, Any]) -> Any:
    kept = {name: event[name] for name in _AS_IT_IS if name in event}
    kept |= {name: _without_secrets(event[name]) for name in _SCRUBBED if name in event}
    record = hint.get("log_record")
    exchange = exchange_of(record) if isinstance(record, logging.LogRecord) else None
    if exchange is not None:
        kept["tags"] = {"request_id": exchange.id}
        kept["extra"] = {"method": exchange.method, "address": _without_secrets(exchange.address.partition("?")[0])}
    return kept


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        return _EMAIL.sub(HIDDEN, discreet(value))
    if isinstance(value, dict):
        return {name: _without_secrets(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(inner) for inner in value]
    return value
