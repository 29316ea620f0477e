"""A real SMTP server on loopback, as a fixture: it keeps what it takes, and can refuse, hang or cut off.

`smtp` serves until the test ends; `smtp.url` is what EMAIL_URL would say, `smtp.use(settings)` has Django send there,
and `smtp.messages` is what came, parsed. `smtp.refuses`, `smtp.hangs` and `smtp.cuts` are set to the command from which
on it does so: "EHLO", "MAIL", "RCPT" or "DATA". Nothing hangs on for longer than the fixture.
"""

import asyncio
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

LONGEST_WAIT = 20  # seconds: for what must come at once, on a machine that is busy
Answer = str | None


class PostOffice:
    """What a test says to the server, and asks of it."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.senders: list[str] = []  # of the envelopes, one for each message
        self.recipients: list[list[str]] = []
        self.refuses = self.hangs = self.cuts = ""
        self.only_refuses: set[str] = set()  # these recipients alone, at RCPT
        self.connections = 0
        self.port = 0
        self._came = threading.Condition()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def use(self, settings: Any) -> "PostOffice":
        """Have Django of this process send there, by pytest-django's `settings`."""
        settings.SENDS_EMAIL, settings.EMAIL_FILE_PATH = True, None
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", self.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        return self

    def keep(self, envelope: Envelope) -> None:
        message: Any = message_from_bytes(envelope.content or b"", policy=email.policy.default)  # type: ignore[arg-type]
        with self._came:
            self.messages.append(message)
            self.senders.append(envelope.mail_from or "")
            self.recipients.append([*envelope.rcpt_tos])
            self._came.notify_all()

    def wait_for(self, count: int = 1) -> list[EmailMessage]:
        """All messages, once so many are there: of a process that sends after it answered. Fails if they never are."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.messages) >= count, LONGEST_WAIT), (
                f"{len(self.messages)} of {count} messages came"
            )
            return [*self.messages]

    def __str__(self) -> str:
        return "\n\n".join(text(message) for message in self.messages)


def text(message: EmailMessage) -> str:
    """What somebody reads: the plain text."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


class _Handler:
    def __init__(self, office: PostOffice) -> None:
        self._office = office

    async def at(self, command: str, server: SMTP, recipient: str = "") -> Answer:
        """What is answered in place of what would be, if anything."""
        office = self._office
        if office.hangs == command:
            await asyncio.sleep(3600)  # cancelled when the server ends
        if office.cuts == command:
            server.transport.abort()  # type: ignore[union-attr]
            return "421 Cut"
        if office.refuses == command or recipient in office.only_refuses:
            return "550 Not here"
        return None

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self._office.connections += 1
        session.host_name = hostname
        refused = await self.at("EHLO", server)
        return [refused] if refused else responses

    async def handle_HELO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str) -> str:
        """What a client tries after EHLO was refused."""
        session.host_name = hostname
        return await self.at("EHLO", server) or "250 post.example.org"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refused := await self.at("MAIL", server):
            return refused
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refused := await self.at("RCPT", server, address):
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if refused := await self.at("DATA", server):
            return refused
        self._office.keep(envelope)
        return "250 Taken"


@contextmanager
def serving() -> Iterator[PostOffice]:
    """The server in a thread of its own, until the block ends."""
    office = PostOffice()
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        return SMTP(_Handler(office), hostname="post.example.org", loop=loop, enable_SMTPUTF8=True)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    # In that thread: Playwright has a loop that runs in this one.
    begun = asyncio.run_coroutine_threadsafe(loop.create_server(protocol, "127.0.0.1", 0), loop)
    server = begun.result(LONGEST_WAIT)
    office.port = server.sockets[0].getsockname()[1]

    async def end() -> None:
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    try:
        yield office
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(LONGEST_WAIT)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(LONGEST_WAIT)
        loop.close()


@pytest.fixture
def smtp() -> Iterator[PostOffice]:
    with serving() as office:
        yield office
