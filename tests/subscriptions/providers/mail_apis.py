"""Postmark and Mailgun, as their documentation says, on loopback: `with carrying("postmark", settings) as office`.

https://postmarkapp.com/developer/api/email-api and https://documentation.mailgun.com/docs/mailgun/api-reference/send/
(messages): how each is let in, what a mail must have, what it answers, and how each says no. `office.sent` is what it
took, of both in Postmark's names.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from roadmap_site.check_mail import anymail

KEY = "0e1b2c3d-key-of-the-server"
DOMAIN = "mg.example.org"
SECRETS = {"postmark": "roadmap:a-password-of-its-own", "mailgun": "signing-key-of-the-account"}


class Refused(Exception):
    pass


class ApiOffice:
    def __init__(self, provider: str) -> None:
        self.provider = provider
        self.sent: list[dict[str, Any]] = []
        self.inactive: set[str] = set()  # of those it takes nothing for
        self.is_down = self.is_suspended = self.knows_no_sender = False
        self.at_most = 10**6

    def answer(self, path: str, headers: Any, body: bytes) -> dict[str, Any]:
        if self.is_down:
            raise Refused(503, {"ErrorCode": 100, "Message": "Maintenance", "message": "Maintenance"})
        return (
            self._postmark(path, headers, body) if self.provider == "postmark" else self._mailgun(path, headers, body)
        )

    def _postmark(self, path: str, headers: Any, body: bytes) -> dict[str, Any]:
        def no(status: int, code: int, words: str) -> Refused:
            return Refused(status, {"ErrorCode": code, "Message": words})

        if headers.get("X-Postmark-Server-Token") != KEY:
            raise no(401, 10, "No Account or Server API tokens were supplied in the HTTP headers.")
        if path != "/email":
            raise no(404, 701, "Not found")
        if len(self.sent) >= self.at_most:
            raise no(429, 429, "Rate limit exceeded")
        if self.is_suspended:
            raise no(422, 413, "Your account may not send.")
        mail = json.loads(body)
        if self.knows_no_sender:
            raise no(422, 400, f"The 'From' address you supplied ({mail['From']}) is not a Sender Signature.")
        if "@" not in mail.get("From", ""):
            raise no(422, 300, "Invalid 'From' address: ''.")
        if "@" not in mail.get("To", "") or " " in mail["To"]:
            raise no(422, 300, f"Invalid 'To' address: '{mail.get('To')}'.")
        if mail["To"] in self.inactive:
            words = (
                "You tried to send to recipient(s) that have been marked as inactive. "
                f"Found inactive addresses: {mail['To']}. "
                "Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a manual "
                "suppression."
            )
            raise no(422, 406, words)
        if not (mail.get("TextBody") or mail.get("HtmlBody")):
            raise no(422, 300, "Provide either email TextBody or HtmlBody or both.")
        names = {one["Name"]: one["Value"] for one in mail.get("Headers", [])}
        if names.pop("X-PM-KeepID", "") != "true":
            names["Message-ID"] = "<of-its-own@mtasv.net>"
        self.sent.append({**mail, "Headers": names})
        return {
            "To": mail["To"],
            "SubmittedAt": "2026-03-02T09:00:00.0000000+00:00",
            "MessageID": "0a129aee-e1cd-480d-b08d-4f48548ff48d",
            "ErrorCode": 0,
            "Message": "OK",
        }

    def _mailgun(self, path: str, headers: Any, body: bytes) -> dict[str, Any]:
        if headers.get("Authorization") != f"Basic {base64.b64encode(f'api:{KEY}'.encode()).decode()}":
            raise Refused(401, "Forbidden")
        if path != f"/v3/{DOMAIN}/messages" or self.knows_no_sender:
            raise Refused(404, {"message": f"Domain not found: {path.split('/')[2]}"})
        if len(self.sent) >= self.at_most:
            raise Refused(429, {"message": "rate limit exceeded"})
        if self.is_suspended:
            raise Refused(403, {"message": f"Domain {DOMAIN} is not allowed to send: The domain is disabled."})
        given = _form(headers.get("Content-Type", ""), body)
        if "@" not in given.get("from", ""):
            raise Refused(400, {"message": "from parameter is missing"})
        if "@" not in given.get("to", "") or " " in given["to"]:
            raise Refused(400, {"message": "to parameter is not a valid address. please check documentation"})
        if not (given.get("text") or given.get("html")):
            raise Refused(
                400, {"message": "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified"}
            )
        self.sent.append(
            {
                "From": given["from"],
                "To": given["to"],
                "Subject": given["subject"],
                "TextBody": given.get("text", ""),
                "HtmlBody": given.get("html", ""),
                "Headers": {_as_ours(name[2:]): value for name, value in given.items() if name.startswith("h:")},
                "Metadata": {name[2:]: value for name, value in given.items() if name.startswith("v:")},
                "TrackOpens": given["o:tracking-opens"] == "yes",
                "TrackLinks": {"no": "None"}.get(given["o:tracking-clicks"]),
            }
        )
        return {"id": "<20260302090000.1.1@mg.example.org>", "message": "Queued. Thank you."}


def _as_ours(name: str) -> str:
    """Names of headers are the same however they are written (RFC 5322, 1.2.2)."""
    return {"Message-Id": "Message-ID", "List-Id": "List-Id"}.get(name, name)


def _form(content_type: str, body: bytes) -> dict[str, str]:
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    parts = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body).get_payload()
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True).decode()
        for part in parts
    }


@contextmanager
def carrying(provider: str, settings: Any) -> Iterator[ApiOffice]:
    """Django of this process sends there."""
    office = ApiOffice(provider)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                status, answer = 200, office.answer(self.path, self.headers, body)
            except Refused as error:
                status, answer = error.args
            written = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    set_up(provider, settings, f"http://127.0.0.1:{server.server_port}{'/v3' if provider == 'mailgun' else ''}")
    try:
        yield office
    finally:
        server.shutdown()
        server.server_close()


def set_up(provider: str, settings: Any, api_url: str = "", key: str = KEY) -> None:
    """As roadmap_site/settings.py does, of what stands in the environment."""
    settings.ANYMAIL_PROVIDER, settings.SENDS_EMAIL, settings.ANYMAIL_REPORTS = provider, True, True
    settings.ANYMAIL = anymail(
        provider,
        key=key,
        secret=SECRETS[provider],
        domain=DOMAIN if provider == "mailgun" else "",
        api_url=api_url,
    )
    settings.EMAIL_BACKEND = "roadmap.subscriptions.providers.by_anymail.AnymailBackend"
