"""How the API answers: which operations there are, what each is told of a request, and what is said where it fails.

An answer is made last, only where the reader does not have it yet, of the classes of schemas.py.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any

import msgspec
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from roadmap.content.choices import Noun
from roadmap.dates.clock import day_of, uk_date
from roadmap.published import store
from roadmap.published.filters import BadFilter, Problem, misspelt
from roadmap.published.history import History
from roadmap.published.roadmap import EditionSeen, PublishedRoadmap
from roadmap.web.api.schemas import ApiShape
from roadmap.web.api.serialise import Values
from roadmap.web.problems import Format, View, in_format, problem
from roadmap.web.responses import LazyResponse, kept, site_of


class NotThere(Exception):
    """There is nothing to answer with. `detail` says why, and what to do."""

    def __init__(self, detail: str, status: int = 404):
        super().__init__(detail)
        self.detail = detail
        self.status = status


@dataclass(frozen=True)
class Parameter:
    """What a request may say, as the document tells of it.

    `read` makes the view's argument of what was sent, or raises ValueError with what is wrong and what to do. Where
    nothing was sent, the argument is the `schema`'s default, or None.
    """

    name: str
    description: str
    example: Any
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    read: Callable[[str], Any] = str
    is_in_path: bool = False  # where Django has read it


@dataclass(frozen=True)
class Operation:
    """One, as the document tells of it. Its name, its summary and its description are those of its view."""

    view: View
    answer: type[ApiShape]
    tag: str
    parameters: Sequence[Parameter]
    refusals: Mapping[int, str]  # by status, when

    @property
    def name(self) -> str:
        return self.view.__name__


OPERATIONS: list[Operation] = []
ROADMAP = Parameter("roadmap", "The roadmap's part of its address.", "vat-mtd", is_in_path=True)


def operation(
    answer: type[ApiShape], *parameters: Parameter, tag: str, filters: Sequence[Parameter] = (), **how: str
) -> Callable[[View], View]:
    """Makes a view an operation of the API, at the address that urls.py names after it.

    The view is given an ApiRequest, or the request where it is about no one roadmap, and its other `parameters`, and
    reads its `filters` itself: with those it also refuses names that are misspelt.
    `how` names the other statuses that it answers with, as `absent` and `gone`, each with when.
    """
    statuses = {"absent": 404, "gone": 410}
    refusals = {400: "A parameter is not understood.", 503: "What is published cannot be read at the moment."}
    refusals |= {statuses[name]: description for name, description in how.items()}
    in_path = [parameter for parameter in parameters if parameter.is_in_path]
    in_query = [parameter for parameter in parameters if not parameter.is_in_path]

    def decorate(view: View) -> View:
        OPERATIONS.append(Operation(view, answer, tag, [*in_path, *filters, *in_query], refusals))

        @in_format(Format.JSON)
        @wraps(view)
        def answer_to(request: HttpRequest, **parts: Any) -> HttpResponseBase:
            given = _read(request, in_query)
            _check_names(request, [parameter.name for parameter in in_query], is_filtered=bool(filters))
            try:
                about = asked(request, parts.pop("roadmap")) if "roadmap" in parts else request
                return view(about, **parts, **given)
            except NotThere as error:
                return problem(Format.JSON, error.status, error.detail)

        return answer_to

    return decorate


def _read(request: HttpRequest, parameters: Sequence[Parameter]) -> dict[str, Any]:
    found, problems = {}, []
    for parameter in parameters:
        sent = request.GET.get(parameter.name)
        try:
            found[parameter.name] = parameter.schema.get("default") if sent is None else parameter.read(sent)
        except ValueError as error:
            problems.append(Problem(parameter.name, "", str(error)))
    if problems:
        raise BadFilter(problems)
    return found


def _check_names(request: HttpRequest, known: Sequence[str], *, is_filtered: bool) -> None:
    """So that a parameter misspelt, or given twice, is not answered as if it had not been."""
    problems = [Problem(name, "", f"Give “{name}” once.") for name in known if len(request.GET.getlist(name)) > 1]
    if not is_filtered:
        problems += misspelt(request.GET, known)
    if problems:
        raise BadFilter(problems)


@dataclass(eq=False)
class ApiRequest:
    """One request, and the roadmap that it is about."""

    request: HttpRequest
    now: datetime.datetime
    published: PublishedRoadmap
    values: Values

    @cached_property
    def history(self) -> History:
        """Raises DatabaseError. For `answer_from_history`: see there what may be missing."""
        return store.history_of(self.published, may_lack_newest=True)

    @property
    def values_today(self) -> Values:
        """For an answer that `changes_daily`."""
        return Values(self.published, site_of(self.request), day_of(self.now))

    def answer(self, make: Callable[[], ApiShape], **how: bool) -> HttpResponseBase:
        return answered(self.request, make, [self.published], self.now, newest=self.published.edition, **how)

    def answer_from_history(self, make: Callable[[], ApiShape], **how: bool) -> HttpResponseBase:
        """The same of what is told from the history. Raises DatabaseError.

        While the database is away the newest Editions may be missing from it: such an answer is not to be kept.
        """
        return self.answer(make, is_passing=self.history.newest_number < self.published.edition.number, **how)

    def not_there(self, noun: Noun, address: str) -> NotThere:
        """Of a thing that is not on the roadmap: since when, if it once was."""
        last = self.published.withdrawn(noun, address)
        if last is None:
            where = self.values.operations.to(f"api_list_{noun}s")
            return NotThere(f"There is no such {noun}: see {where} for those that there are.")
        day = uk_date(last.published_at)
        return NotThere(f"{last.title} ({address}) was withdrawn on {day}, in edition {last.edition_number}.", 410)


def asked(request: HttpRequest, slug: str) -> ApiRequest:
    """Raises NotThere."""
    now = store.now()
    published = store.newest(slug, now)
    if published is None:
        raise NotThere(f"There is no such roadmap: see {reverse('web:api_list_roadmaps')} for those that there are.")
    now = max(now, published.edition.published_at)
    return ApiRequest(request, now, published, Values(published, site_of(request)))


def answered(
    request: HttpRequest,
    make: Callable[[], ApiShape],
    published: Sequence[PublishedRoadmap],
    now: datetime.datetime,
    *,
    newest: EditionSeen | None = None,
    **how: bool,
) -> HttpResponseBase:
    """What `make` gives as JSON, where the reader does not have it. `newest` as in `kept`: none, it is about all.

    `how` as in LazyResponse: `changes_daily`, `is_passing`.
    """
    answer = LazyResponse(lambda: msgspec.json.encode(make()), content_type="application/json", **how)
    editions = [roadmap.edition for roadmap in published]
    return kept(request, answer, editions, now, newest=newest)
