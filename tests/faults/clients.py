"""Readers and staff of a running site, each request on a connection of its own, so that every process is asked."""

import http.client
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from tests.admin.press import Form
from tests.live import LiveSite

FORM = "application/x-www-form-urlencoded"
PATIENCE = 60  # seconds


@dataclass
class Answer:
    path: str
    status: int  # 0: there was none
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(site: LiveSite, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """A body that is not whole is no answer."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=PATIENCE)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        whole = answer.read()
        return Answer(path, answer.status, answer.headers, whole, time.monotonic() - began)
    except (OSError, http.client.HTTPException) as fault:
        return Answer(path, 0, http.client.HTTPMessage(), repr(fault).encode(), time.monotonic() - began)
    finally:
        connection.close()


def ask_all(site: LiveSite, paths: Iterable[str], together: int = 8, **how) -> list[Answer]:
    with ThreadPoolExecutor(together) as threads:
        return [*threads.map(lambda path: ask(site, path, **how), paths)]


class Staff:
    """Somebody who is signed in, and fills in forms."""

    def __init__(self, site: LiveSite):
        self.site = site
        self.cookies: dict[str, str] = {}
        page = self.get("/admin/login/")
        answer = self.send(page, username=site.username, password=site.password, next="/admin/")
        assert answer.status == 302, answer.text

    def get(self, path: str, **how) -> Answer:
        return self._ask(path, **how)

    def send(self, page: Answer, path: str = "", **typed: str) -> Answer:
        """What the form of a page sends, with what was typed into it."""
        fields = [pair for pair in Form(page.text).fields if pair[0] not in typed] + [*typed.items()]
        return self._ask(path or page.path, "POST", urlencode(fields).encode(), Content_Type=FORM)

    def _ask(self, path: str, method: str = "GET", body: bytes | None = None, **how) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = ask(self.site, path, method, body, Cookie=cookies, Referer=self.site.url + path, **how)
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer
