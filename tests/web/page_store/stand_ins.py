"""What a page store stands between, in its tests: a watch that sees what it is told, and a Django that counts."""

import datetime
import time

from django.http import HttpResponse

from roadmap.web.page_store.watch import Seen
from roadmap.web.responses import Basis

DAY = datetime.date(2026, 11, 29)
HOME = "/vat-mtd/"
TEXT = "A roadmap in words. " * 50


class StillWatch:
    """A watch that sees what a test tells it."""

    def __init__(self):
        self.is_away = self.is_nudged = self.is_loading = False
        self.answered_at = time.time()
        self.looks = 0
        self.sees("one")

    def sees(self, edition, *, other="x", day=DAY, with_notice=frozenset()):
        by_slug = {"vat-mtd": frozenset([edition]), "itsa": frozenset([other])}
        self.seen = Seen(by_slug, frozenset([edition, other]), day, with_notice)

    def look_now(self, then):
        self.looks += 1
        self.is_nudged = False
        then()

    def nudge(self):
        self.is_nudged = True

    def start(self):
        pass

    end = start


class FakeDjango:
    """Counts what it is asked, and answers with what a test set."""

    def __init__(self, watch):
        self.watch = watch
        self.asked = []
        self.text = TEXT
        self.status = 200
        self.basis_day = None
        self.has_notice = None
        self.wait = None  # called before the answer, in the thread

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        if self.wait:
            self.wait()
        response = HttpResponse(self.text, status=self.status)
        if self.status == 200 and environ["PATH_INFO"].startswith("/vat-mtd/"):
            response["ETag"] = f'"{len(self.asked)}"'
            response["Last-Modified"] = "Sun, 29 Nov 2026 10:00:00 GMT"
            response.basis = Basis(self.watch.seen.by_slug["vat-mtd"], "vat-mtd", self.basis_day, self.has_notice)
        start_response(f"{self.status} -", [*response.items()])
        return response
