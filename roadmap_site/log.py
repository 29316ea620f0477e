import logging
import re

# A link to a draft lets in whoever holds it, and a log is read by others: see roadmap.previews.
_TOKEN = re.compile(r"(?<=/preview/)[^/\s]+")


class Discreet(logging.Filter):
    """Takes out of what is logged the tokens of preview links, and the stack traces of ordinary refusals."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", None)
        if isinstance(status, int) and status < 500:
            record.exc_info = None
        message = record.getMessage()
        if "/preview/" in message:
            record.msg, record.args = _TOKEN.sub("…", message), None
        return True
