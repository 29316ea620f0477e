"""What a few words say of where things are and when: "Scheduled to be deployed to Production December 2023". Pure.

The same words stand in headings, in bold lines, over columns and in cells, so they are read here for all of them. Only
what is understood to its last word is read: a sentence that merely mentions the sandbox is none of these.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from roadmap.content.choices import Environment, Horizon
from roadmap.dates import MAX_LENGTH as MAX_WHEN_LENGTH
from roadmap.dates import AmbiguousDate, UnclearDate, When, parse

MAX_PHRASE_LENGTH = 200
_MAX_WORDS = 30

_ENVIRONMENTS = (
    (Environment.CONTROLLED_GO_LIVE, r"controlled[ -]go[ -]live|private[ -]beta"),
    (Environment.TEST, r"external[ -]test|sandbox|test(?:ing)?"),
    (Environment.LIVE, r"production|prod|live"),
)
_ENVIRONMENT = re.compile(
    "|".join(rf"(?P<{environment.name}>\b(?:{names})\b)" for environment, names in _ENVIRONMENTS), re.IGNORECASE
)
_HORIZON = re.compile(r"(near|short|mid|middle|medium|long|longer)[ -]term\b[\s:,(–—-]*(.*)", re.IGNORECASE)
_HORIZONS = {"near": Horizon.NEAR, "short": Horizon.NEAR, "long": Horizon.LONG, "longer": Horizon.LONG}

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
# What has been done with it, what will be, and what may stand between.
_DONE, _PLANNED, _BETWEEN = (
    set(words.split())
    for words in (
        "deployed released delivered done completed complete available launched implemented already in",
        "scheduled planned expected due target targeted estimated proposed anticipated intended aiming will future "
        "upcoming forthcoming next soon still come coming going go plan plans planning backlog",
        "to into on the of for and or at by from is are be current currently previously recently date dates when month "
        "timescale timescales timeline timing eta release releases deployment deployments deploy deploys environment "
        "environments functionality deliveries deliverables delivery roadmap our first now only",
    )
)
_BEFORE_A_DATE = {"in", "on", "of", "the", "for", "date", "dates"}
_PAST_MAY_BE = {"current", "currently", "now"}
_WORKING_ON = re.compile(
    r"what(?:(?:[’']| a)re| is|[’']s)? ?(?:we(?:(?:[’']| a)re)? )?"
    r"(?:working on|work on|next|coming|coming next|coming soon)(?: now| next| soon)?",
    re.IGNORECASE,
)
_AROUND_DATE = " :,()–—-"
_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_TWO_YEARS = re.compile(
    r"(?<![\w/-])(?:20([0-9]{2})\s*(?:/|[-‑–—]|to\b)\s*(?:20)?|([0-9]{2})/)([0-9]{2})(?![\w/-])", re.IGNORECASE
)


@dataclass(frozen=True)
class Phrase:
    """Immutable: what the words say, each part only if they do."""

    when: str = ""
    """A date, as typed."""
    lead: str = ""
    """What else there is: "Deployed to Production"."""
    environments: tuple[Environment, ...] = ()
    label: str = ""
    """What the last of the environments is called there: "Production"."""
    says_deployed: bool = False
    says_planned: bool = False
    horizon: Horizon | None = None
    is_backlog: bool = False
    is_bare: bool = False
    """It is only the name of an environment: "Sandbox"."""
    years: str = ""
    """A label of two years, which is no date by itself: "2024/25"."""


def is_date(text: str) -> bool:
    """Whether it is a date and nothing else; "N/A" and "TBC" are too."""
    return settled_date(text) == text


def settled_date(text: str) -> str | None:
    """The date in words that are certain: "August 2021" for "August 21", which in a form is refused, since it could be
    a day; any other date as it is. None for what is no date.
    """
    return _settled(text) if text and len(text) <= MAX_WHEN_LENGTH else None


@lru_cache(maxsize=4096)  # cells that are no date too, which are asked again and again
def _settled(text: str) -> str | None:
    try:
        parse(text)
    except AmbiguousDate as ambiguous:
        settled = ambiguous.settled(text)
        return settled_date(settled) if settled != text else None
    except UnclearDate:
        return None
    return text


def plain_date(text: str) -> str:
    shorter = _BRACKETS.sub("", text)
    return shorter if shorter != text and is_date(shorter) else text


@lru_cache(maxsize=2048)
def read_phrase(text: str) -> Phrase | None:
    """What the words say; None where any of them is not known here."""
    text = " ".join(text.split()).rstrip(" :")
    if not text or len(text) > MAX_PHRASE_LENGTH or text.count(" ") >= _MAX_WORDS:
        return None
    if match := _HORIZON.fullmatch(text):
        horizon = _HORIZONS.get(match[1].lower(), Horizon.MID)
        when = match[2] if is_date(match[2]) else match[2].rstrip(")")
        if when and not is_date(when):
            return None
        return Phrase(when, text[: match.start(2)].rstrip(" :,(–—-"), horizon=horizon)
    if _WORKING_ON.fullmatch(text):
        return Phrase(lead=text, says_planned=True)
    first_word = text.partition(" ")[0].lower().rstrip(":")
    if first_word not in _PLANNED | {"deployed"} and is_date(text):
        return Phrase(text, says_deployed=parse(text).says_deployed)
    words = [*_WORD.finditer(text)]
    plain = _ENVIRONMENT.sub(lambda match: " " * len(match.group()), text)
    said = [plain[word.start() : word.end()].strip().lower() for word in words]
    unknown = (place for place, found in enumerate(said) if found and found not in _DONE | _PLANNED | _BETWEEN)
    known = next(unknown, len(words))  # how many words from the start can stand before a date
    if known == len(words):
        return _lead(text, "")
    # The longest date there is: a word such as "by" or "from" is part of it.
    for word in words[: known + 1][1:]:
        if word.group().lower() in _BEFORE_A_DATE | _DONE:
            continue
        when = text[word.start() :]
        opened = text[: word.start()].rstrip().endswith("(")
        when = when.removesuffix(")") if opened else when
        if is_date(when) and (any(map(str.isdigit, when)) or parse(when).is_to_be_confirmed):
            return _lead(text[: word.start()].rstrip(" :,(–—-"), when)
    return None


def read_heading(text: str) -> Phrase | None:
    """What a heading says: its date may stand first, and a label of two years in the place of a date."""
    if found := read_phrase(text) or _date_first(text):
        return found
    labels = [*_TWO_YEARS.finditer(text)] if len(text) <= MAX_PHRASE_LENGTH else []
    if not labels:
        return None
    dated = _TWO_YEARS.sub(_financial_year, text)
    found = read_phrase(dated) or _date_first(dated)
    if found is None or not found.when:
        return None
    return replace(found, when="", lead=text, years=text[labels[0].start() : labels[-1].end()])


def _date_first(text: str) -> Phrase | None:
    """What is said behind a date: "March 2026: deployed to Production"."""
    if len(text) > MAX_PHRASE_LENGTH:
        return None
    plain = _ENVIRONMENT.sub(lambda match: " " * len(match.group()), text)
    starts = [match.start() for match in _ENVIRONMENT.finditer(text)]
    for word in reversed([*_WORD.finditer(plain)]):
        if word.group().lower() not in _DONE | _PLANNED | _BETWEEN:
            starts = [start for start in starts if start > word.start()]
            break
        starts.append(word.start())
    for start in sorted(starts):
        when = text[:start].strip(_AROUND_DATE)
        if is_date(when) and any(map(str.isdigit, when)):
            return _lead(text[start:].strip(_AROUND_DATE), when)
    return None


def _financial_year(label: re.Match[str]) -> str:
    return f"financial year 20{label[1] or label[2]} to 20{label[3]}"


def financial_year(label: str) -> When | None:
    """The year that a label of two means to a month or quarter below it: "2026/27"."""
    found = _TWO_YEARS.fullmatch(label)
    year = _financial_year(found) if found else ""
    return parse(year) if is_date(year) else None


def two_years_in(text: str) -> list[str]:
    """The labels of two years in a date: "2026 to 2027"."""
    return [found[0] for found in _TWO_YEARS.finditer(text)]


def _lead(lead: str, when: str) -> Phrase | None:
    named = [*_ENVIRONMENT.finditer(lead)]
    environments = (*dict.fromkeys(Environment[str(match.lastgroup)] for match in named),)
    rest = {word.lower() for word in _WORD.findall(_ENVIRONMENT.sub(" ", lead))}
    # What is there has no deadline: "Live by June 2027".
    is_planned = bool(rest & _PLANNED) or "to be" in lead.lower() or bool(when and parse(when).is_deadline)
    is_deployed = bool(rest & _DONE)
    is_bare = bool(environments) and not is_planned and rest <= {"and", "the", "our"}
    is_bare = is_bare and not when.lower().startswith("since")
    if not is_planned and not is_deployed and environments and rest <= _PAST_MAY_BE | {"and", "the", "our"}:
        # A section that is called "Sandbox", or "Currently live". "Sandbox – June 2026" is for when it is planned.
        is_deployed = not (is_bare and when) or named[-1].group().lower() == "live"
    if "live" in lead.lower() and rest & {"go", "going"}:
        environments = environments or (Environment.LIVE,)
    if not rest and not environments:
        return None
    says_deployed = (is_deployed and not is_planned) or bool(when and parse(when).says_deployed)
    label = named[-1].group() if named else ""
    is_backlog = "backlog" in rest
    return Phrase(when, lead, environments, label, says_deployed, is_planned, is_backlog=is_backlog, is_bare=is_bare)
