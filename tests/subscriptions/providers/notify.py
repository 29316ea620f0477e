"""GOV.UK Notify, as its documentation says, on loopback: `with notifying(settings, monkeypatch) as office`.

https://docs.notifications.service.gov.uk/rest-api.html: the JSON Web Token (HS256, `iss`, `iat` within 30 seconds),
what a request for an email must have, its answer, its errors, and the limits of a minute and of a day.
"""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt

from roadmap.subscriptions.providers import notify

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"roadmap-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
PLACES = {"subject", "body"}
MAY_HAVE = {"email_address", "template_id", "personalisation", "reference", "one_click_unsubscribe_url"}


class Refused(Exception):
    pass


class NotifyOffice:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.a_minute = self.a_day = 10**6
        self.is_down = False

    def answer(self, path: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
        if self.is_down:
            raise Refused(500, "Exception", "Internal server error")
        try:
            claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_iat": False})
        except jwt.InvalidTokenError as error:
            raise Refused(403, "AuthError", "Invalid token: API key not found") from error
        if claims["iss"] != SERVICE:
            raise Refused(403, "AuthError", "Invalid token: service not found")
        if abs(time.time() - claims["iat"]) > 30:
            raise Refused(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")
        if path != "/v2/notifications/email":
            raise Refused(404, "NoResultFound", "No result found")
        if len(self.sent) >= self.a_minute:
            raise Refused(
                429, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"
            )
        if len(self.sent) >= self.a_day:
            raise Refused(429, "TooManyRequestsError", "Exceeded send limits (250000) for today")
        if extra := {*body} - MAY_HAVE:
            raise Refused(400, "ValidationError", f"Additional properties are not allowed ({', '.join(extra)})")
        if "@" not in body.get("email_address", ""):
            raise Refused(400, "ValidationError", "email_address Not a valid email address")
        if body.get("template_id") != TEMPLATE:
            raise Refused(400, "BadRequestError", "Template not found")
        if missing := PLACES - {*body.get("personalisation", {})}:
            raise Refused(400, "BadRequestError", f"Missing personalisation: {', '.join(sorted(missing))}")
        if not body.get("one_click_unsubscribe_url", "https://").startswith("https://"):
            raise Refused(400, "ValidationError", "one_click_unsubscribe_url is not a valid https url")
        self.sent.append(body)
        return {
            "id": str(uuid.uuid4()),
            "reference": body.get("reference"),
            "content": {"subject": body["personalisation"]["subject"], "body": body["personalisation"]["body"]},
            "uri": f"{path}/id",
            "template": {"id": TEMPLATE, "version": 1, "uri": f"/v2/template/{TEMPLATE}"},
        }


@contextmanager
def notifying(settings: Any, monkeypatch: Any) -> Iterator[NotifyOffice]:
    """Django of this process sends there."""
    office = NotifyOffice()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            try:
                status, answer = 201, office.answer(self.path, token, body)
            except Refused as error:
                status, name, words = error.args
                answer = {"status_code": status, "errors": [{"error": name, "message": words}]}
            written = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.NOTIFY_KEY, settings.NOTIFY_TEMPLATE, settings.SENDS_EMAIL = KEY, TEMPLATE, True
    settings.EMAIL_BACKEND = "roadmap.subscriptions.providers.notify.NotifyBackend"
    monkeypatch.setattr(notify, "URL", f"http://127.0.0.1:{server.server_port}")
    try:
        yield office
    finally:
        server.shutdown()
        server.server_close()
