"""Says 304 before anything else is done, to a reader who has what this process last sent from the same address.

Nearly every request of a feed reader or a calendar ends in 304. What was sent is named by the newest Edition of its
roadmap, so one question to the database settles it: is that still the newest? If not, or if anything is in doubt, the
request goes its ordinary way, which comes to the same answer.
"""

import datetime
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone

from roadmap.models.published import Edition
from roadmap.published import clock
from roadmap.web.responses import SAFE_METHODS

MOST_ADDRESSES = 4096  # of which a process remembers what it sent
MOST_LENGTH = 500  # characters of an address that is remembered
# What a 304 repeats of the whole answer (RFC 9110, 15.4.5), and what lets a script of another site read it.
REPEATED = (
    *("ETag", "Last-Modified", "Cache-Control", "X-Robots-Tag"),
    *("Access-Control-Allow-Origin", "Access-Control-Expose-Headers"),
)


@dataclass(frozen=True)
class Basis:
    """What an answer depends on besides its address: nothing else."""

    editions: frozenset[str]  # the uids of the newest: of its roadmap, or of all there are
    slug: str  # of its roadmap; empty: it is about all
    day: datetime.date | None  # where it is right on that day only


class _Memory:
    """What was sent last from each address, by host and path."""

    def __init__(self) -> None:
        self._sent: OrderedDict[tuple[str, str], tuple[Basis, dict[str, str]]] = OrderedDict()
        self._lock = Lock()

    def get(self, address: tuple[str, str]) -> tuple[Basis, dict[str, str]] | None:
        return self._sent.get(address)

    def put(self, address: tuple[str, str], basis: Basis, headers: dict[str, str]) -> None:
        with self._lock:
            self._sent[address] = basis, headers
            self._sent.move_to_end(address)
            if len(self._sent) > MOST_ADDRESSES:
                self._sent.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._sent.clear()


_memory = _Memory()


def forget_all() -> None:
    """As a process that has just begun. Only tests and benchmarks need it."""
    _memory.clear()


class Unchanged:
    """Middleware. Stands before all that need not be done for a reader who has the answer already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        have = request.headers.get("If-None-Match", "")
        if not have or request.method not in SAFE_METHODS:
            return self._remembered(request, self.get_response(request))
        return _not_modified(request, have) or self._remembered(request, self.get_response(request))

    def _remembered(self, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        basis = getattr(answer, "basis", None)
        if isinstance(basis, Basis) and request.method in SAFE_METHODS and len(request.get_full_path()) <= MOST_LENGTH:
            headers = {name: answer[name] for name in REPEATED if name in answer}
            _memory.put((request.get_host(), request.get_full_path()), basis, headers)
        return answer


def _not_modified(request: HttpRequest, have: str) -> HttpResponse | None:
    try:
        sent = _memory.get((request.get_host(), request.get_full_path()))
    except DisallowedHost:
        return None
    # The name that we gave, alone: whatever else a reader may write there is compared with care further on.
    if sent is None or have != sent[1]["ETag"]:
        return None
    basis, headers = sent
    now = clock.now()
    if basis.day is not None and basis.day != timezone.localtime(now).date():
        return None
    try:
        if Edition.objects.newest_uids(now, basis.slug) != basis.editions:
            return None
    except DatabaseError:
        return None
    return HttpResponseNotModified(headers=headers)
