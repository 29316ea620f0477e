"""The signature of Standard Webhooks (https://www.standardwebhooks.com), and the secret that it is made with."""

import base64
import datetime
import hmac
import secrets
from collections.abc import Mapping

PREFIX = "whsec_"
BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def signed(secret: str, uid: str, at: datetime.datetime, body: bytes) -> Mapping[str, str]:
    """The headers. `uid` is the same at each attempt, so that whoever gets it twice knows; `at` is of this one."""
    seconds = int(at.timestamp())
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.digest(key, f"{uid}.{seconds}.".encode() + body, "sha256")
    return {
        "webhook-id": uid,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
