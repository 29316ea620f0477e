"""How the API answers: which operations there are, what each is told of a request, and what is said where it fails.

django-ninja reads the parameters and writes the OpenAPI document. It does not check or write answers: at 2,000 items
that would cost more than all the rest together. Each is made here, last, only where the reader does not have it yet,
and tests hold every one against the document.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

import msgspec
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from ninja import NinjaAPI, Path
from ninja.errors import ValidationError

from roadmap.published import clock, store
from roadmap.published.change_words import repeated
from roadmap.published.filters import BadFilter, Problem
from roadmap.published.history import History
from roadmap.published.store import EditionSeen, PublishedRoadmap
from roadmap.web.api.answers import Problem as ProblemAnswer
from roadmap.web.api.serialise import Value, Values
from roadmap.web.caching import kept
from roadmap.web.problems import Format, View, problem
from roadmap.web.responses import SAFE_METHODS, Answer


class NotThere(Exception):
    """There is nothing to answer with. `detail` says why, and what to do."""

    def __init__(self, detail: str, status: int = 404):
        super().__init__(detail)
        self.detail = detail
        self.status = status


class Api(NinjaAPI):
    """django-ninja, with our words where a request cannot be answered."""

    def on_exception(self, request: HttpRequest, exc: Any) -> Any:
        if isinstance(exc, NotThere):
            return problem(Format.JSON, exc.status, exc.detail)
        if isinstance(exc, ValidationError):
            raise BadFilter([_problem(error) for error in exc.errors]) from exc
        raise exc


def _problem(error: dict[str, Any]) -> Problem:
    return Problem(str(error["loc"][-1]), "", error["msg"].removeprefix("Value error, "))


api = Api(
    title="Roadmaps API",
    version="1",
    description=(
        "What is published on these roadmaps, for programs. It can only be read, needs no key, and may be read from "
        "any website. Every answer is JSON; every refusal is a problem detail (RFC 9457)."
    ),
    urls_namespace="roadmaps-api",
    openapi_url="",
    docs_url=None,
)


def slug_of_roadmap() -> Any:
    return Path(..., description="The roadmap's part of its address.", example="vat-mtd")


def operation(
    route: str,
    operation_id: str,
    answer: Any,
    *,
    tag: str,
    query: Sequence[str] = (),
    is_filtered: bool = False,
    **how: str,
) -> Callable[[View], View]:
    """Makes a view an operation of the API. Its docstring is its description.

    `query` names its parameters; with `is_filtered` the view itself refuses what it does not know. `how` names the
    other statuses that it answers with, as `absent` and `gone`, each with its description in the document.
    """
    statuses = {"absent": 404, "gone": 410}
    refusals = {400: "A parameter is not understood.", 503: "What is published cannot be read at the moment."}
    refusals |= {statuses[name]: description for name, description in how.items()}

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponseBase:
            _check_query(request, query, is_filtered)
            return view(request, *args, **parts)

        summary, _, description = (view.__doc__ or "").strip().partition("\n\n")
        return api.api_operation(
            [*SAFE_METHODS],
            route,
            operation_id=operation_id,
            url_name=f"api_{operation_id}",
            summary=summary.rstrip("."),
            description=" ".join((description or summary).split()),
            tags=[tag],
            response={200: answer, **dict.fromkeys(sorted(refusals), ProblemAnswer)},
            openapi_extra={"responses": {status: {"description": text} for status, text in refusals.items()}},
        )(checked)

    return decorate


def _check_query(request: HttpRequest, known: Sequence[str], is_filtered: bool) -> None:
    """So that a parameter misspelt, or given twice, is not answered as if it had not been."""
    problems = [Problem(name, "", f"Give “{name}” once.") for name in known if len(request.GET.getlist(name)) > 1]
    if not is_filtered:
        what_to_do = f"Use {', '.join(known)}." if known else "This address takes none."
        problems += [
            Problem(name, "", f"There is no parameter called “{repeated(name)}”. {what_to_do}")
            for name in request.GET
            if name not in known
        ]
    if problems:
        raise BadFilter(problems)


@dataclass(eq=False)
class Asked:
    """One request, and the roadmap that it is about."""

    request: HttpRequest
    now: datetime.datetime
    published: PublishedRoadmap
    values: Values

    @cached_property
    def history(self) -> History:
        """Raises DatabaseError. For `answer_from_history`: see there what may be missing."""
        return store.history_of(self.published, may_lack_newest=True)

    def answer(self, make: Callable[[], Value]) -> HttpResponseBase:
        return answered(self.request, make, [self.published], self.now, newest=self.published.edition)

    def answer_from_history(self, make: Callable[[], Value]) -> HttpResponseBase:
        """The same of what is told from the history. Raises DatabaseError.

        While the database is away the newest Editions may be missing from it: such an answer is not to be kept.
        """
        is_behind = self.history.newest_number < self.published.edition.number
        newest = self.published.edition
        return answered(self.request, make, [self.published], self.now, newest=newest, is_passing=is_behind)


def asked(request: HttpRequest, slug: str) -> Asked:
    """Raises NotThere."""
    now = clock.now()
    published = store.newest(slug, now)
    if published is None:
        raise NotThere(f"There is no such roadmap: see {reverse('public:api_list_roadmaps')} for those that there are.")
    return Asked(request, now, published, Values(published, site_of(request)))


def answered(
    request: HttpRequest,
    make: Callable[[], Value],
    published: Sequence[PublishedRoadmap],
    now: datetime.datetime,
    *,
    newest: EditionSeen | None = None,
    is_passing: bool = False,
) -> HttpResponseBase:
    """What `make` gives as JSON, where the reader does not have it. `newest` as in `kept`: none, it is about all."""
    answer = Answer(lambda: msgspec.json.encode(make()), content_type="application/json", is_passing=is_passing)
    editions = [one.edition for one in published]
    return kept(request, answer, editions, now, newest=newest, is_of_all=newest is None)


def site_of(request: HttpRequest) -> str:
    """As the reader wrote it, so that links lead where they are. A cache keeps answers by it (RFC 9111, section 2)."""
    return f"{request.scheme}://{request.get_host()}"
