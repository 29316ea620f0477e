"""What is logged: nothing that lets anybody in, and errors by email to whoever looks after the site (ADMINS)."""

import logging
import re
import threading
import time

# A link to a draft lets in whoever holds it, and a log is read by others: see roadmap.previews.
_TOKEN = re.compile(r"(?<=/preview/)[^/\s]+|(?<=/invitation/)\S+|(?<=/reset/)\S+")


class Discreet(logging.Filter):
    """Takes out of what is logged the tokens of preview links, and the stack traces of ordinary refusals."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", None)
        if isinstance(status, int) and status < 500:
            record.exc_info = None
        message = record.getMessage()
        if _TOKEN.search(message):
            record.msg, record.args = _TOKEN.sub("…", message), None
        return True


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
