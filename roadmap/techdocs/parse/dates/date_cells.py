"""What the words in a cell of dates say: a date, that it has come, what it was before. Pure.

A cell is first taken at its word: "June 2026", "Deployed in March 2026". Where it says more, the date that it gives now
is looked for: behind "moved to", before "(was June 2026)", beside "done". What is then still not understood leaves the
one date that is plainly in it, to be confirmed, or none: never a date that the cell does not give.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from roadmap.content.choices import Environment
from roadmap.dates import UnclearDate, When, parse
from roadmap.techdocs.parse.cell_text import yes_or_no
from roadmap.techdocs.parse.environment_phrases import is_date, read_phrase

TO_BE_CONFIRMED, NOT_APPLICABLE = "TBC", "N/A"
NOT_YET = f" ({TO_BE_CONFIRMED})"
MAX_CELL_LENGTH = 300  # characters: a longer cell is a text, in which no date is looked for
_MAX_RUNS, _MAX_RUN_WORDS = 4, 10

# An end that is cut off ends it too: what is not closed is struck out to its end.
_STRUCK_OUT = re.compile(
    r"~~(?=\S)(?:(?!~~).)+~~|<(del|s|strike)(?:\s[^<>]*)?>(?:(?!</\1).)*(?:</\1[^<>]*>?)?", re.IGNORECASE | re.DOTALL
)
_EMPTY_EMPHASIS = re.compile(r"(\*\*|__|\*|_)\s+\1")
_RAISED = re.compile(r"<sup>[^<>]*</sup>", re.IGNORECASE)
_ARROW = re.compile(r"\s*(?:→|⇒|➔|➜|[-=]+>)\s*")
_MOVED = (
    "moved|delayed|postponed|deferred|pushed|slipped|put|re-?scheduled|brought|changed|revised|updated|re-?planned"
    "|extended"
)
# What comes behind these is so now; the last of them counts.
_NOW = re.compile(
    rf".*\b(?:(?:now|new date|revised date)\b|(?:{_MOVED})(?:\s?:|\b[^.;]*?\b(?:to|until|till|for)\b))"
    r"(?:\s(?:be|expected|planned|due|for|in)\b)*[\s:(–—-]*",
    re.IGNORECASE | re.DOTALL,
)
# What comes behind these was so.
_BEFORE = re.compile(
    rf"[\s(,;:–—-]*\b(?:was|were|previously|formerly|originally|(?:{_MOVED})(?: back| forward| out)? from|instead of"
    r"|rather than|not(?= [^.;]*\d)|old date|replaces)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_NEW = re.compile(r"\s*\((?:new|revised|updated|changed)(?: date)?\)\Z", re.IGNORECASE)
_SAID_BEFORE = re.compile(r"(?:was|were|previously|formerly|originally|old date)\b", re.IGNORECASE)
_DONE = (
    "[✓✔✅☑]|(?:deployed|released|delivered|done|completed?|launched|shipped|available|implemented|yes|y"
    "|(?:went|gone|now) live|live|in (?:production|prod|live|sandbox|test))(?![^\\W_])"
)
_DONE_FIRST = re.compile(rf"(?:{_DONE})[\s:,(\ufe0f–—-]*(?:(?:on|in|since|from|as of)\s)?", re.IGNORECASE)
_DONE_LAST = re.compile(rf"[\s:,(–—-]*(?<![^\W_])(?:{_DONE})[\s)\ufe0f.!]*\Z", re.IGNORECASE)
_NOT_DONE = re.compile(
    r"\b(?:not|no|never|to be|will|due|planned|scheduled|expected|awaiting|pending|part|partly|partially|before|until"
    r"|once|when|if|unless|tb[cda]|delayed|postponed|target|hopefully|likely|should|could|may be)\b|\?",
    re.IGNORECASE,
)
_DELAYED = re.compile(r"\b(?:delay(?:ed)?|postponed|deferred|slipped|paused|on hold|suspended|rescheduled)\b", re.I)
_DROPPED = re.compile(
    r"n/a\b|not applicable|cancell?ed|de-?scoped|dropped|withdrawn|no longer planned|will not go ahead"
)
_SAID_OF_SITE = {
    *("deployed", "released", "delivered", "done", "complete", "completed", "launched", "shipped", "available"),
    *("implemented", "yes", "y", "went", "gone", "now", "live", "in", "on", "since", "from", "of", "as", "the", "and"),
    *("to", "for", "be", "is", "production", "prod", "sandbox", "test", "testing", "external", "private", "beta"),
    *("controlled", "go", "date", "due", "expected", "planned", "scheduled", "target"),
}
_PART = re.compile(r"\s*(?:[\n;,|]|\s/\s|\band\b)\s*", re.IGNORECASE)
_LABEL = re.compile(r"[\w -]+?\s*[:–—]")
_BEHIND_A_DATE = re.compile(r"(.+?)[\s:,–—-]*\(?\s*(?:in |for |to )?([^\W\d][\w\s-]+?)\)?", re.IGNORECASE)
_MONTH = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
_DATE_WORD = (
    rf"(?:\d{{1,4}}(?:st|nd|rd|th)?|(?:{_MONTH}|nov(?:ember)?|dec(?:ember)?)(?:['’‘]?\d\d)?|['’‘]\d\d|[qh][1-4]"
    r"|quarter|half|first|second|third|fourth|spring|summer|autumn|winter|early|mid|middle|late|end|start|beginning"
    r"|of|the|to|by|from|and|or|w/c|w/e|week|commencing|ending|(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?)"
)
_RUN = re.compile(rf"(?<![^\W_]){_DATE_WORD}(?:[\s,./–—-]+{_DATE_WORD})*(?![^\W_])", re.IGNORECASE)
_EDGES = " ,.;:/–—-"
_LETTER = re.compile(r"[^\W_]")

Settle = Callable[[str], str | None]
"""The date in words that are certain, or None for what is no date."""


@dataclass(frozen=True)
class DateSaid:
    """Immutable: one date that a cell says, or that it has come without one."""

    typed: str = ""
    has_come: bool = False
    """The cell says so itself."""
    environment: Environment | None = None
    """None where it is that of the column."""
    is_sure: bool = True
    """It is what the cell says, and not only what is plainly in it."""


def without_struck_out(source: str) -> str:
    """What a Markdown text says now: struck-out words are what it said before. A raised mark is that of a footnote."""
    if "~~" not in source and "<" not in source:
        return source
    now = _STRUCK_OUT.sub(" ", source)
    now = now if now == source else _EMPTY_EMPHASIS.sub(" ", now).strip()
    return _RAISED.sub("*", now)


def read_dates(text: str, settle: Settle, around: When | None = None) -> list[DateSaid]:
    """What a cell says in plain words, with a line end where there is a break; nothing where that is no date.

    `around` is the date of what stands above it: it lends its year to a day or a month within it.
    """
    if len(text) > MAX_CELL_LENGTH:
        return []
    if several_dates(text, settle):
        return []
    if labelled := _of_environments(text, settle):
        return labelled
    plain = " ".join(text.split())
    if _DROPPED.match(plain.casefold()) and not any(map(str.isdigit, plain)):
        return [DateSaid(NOT_APPLICABLE)]
    now = as_it_is_now(text)
    return _whole(now, settle, around) or _done(now, settle, around) or _plainly_in(now, settle)


def several_dates(text: str, settle: Settle) -> bool:
    """Whether there is a date on more than one of its lines: nobody knows which is meant."""
    lines = [settle(line.strip(_EDGES + "*+")) for line in text.split("\n")] if "\n" in text else []
    return len([line for line in lines if line and parse(line).start]) > 1


def denies_arrival(text: str) -> bool:
    """Whether it says that something is still to come, or may not."""
    return bool(_NOT_DONE.search(text))


def says_done(text: str) -> bool:
    """Whether it begins or ends with a word or a tick for what has come."""
    return bool(_DONE_FIRST.match(text.strip(_EDGES + "()")) or _DONE_LAST.search(text)) and not denies_arrival(text)


def says_of_site(said: Iterable[str]) -> bool:
    """Whether these words, in small letters, say no more than that something has come, or where: the site says so."""
    return {*said} <= _SAID_OF_SITE


def is_delayed(text: str) -> bool:
    return bool(_DELAYED.search(text)) and len(text) <= MAX_CELL_LENGTH


def as_it_is_now(text: str) -> str:
    """Without what it was before: "August 2026" of "was June 2026, now August 2026"."""
    text = _ARROW.split(text)[-1]
    parts = [part for part in re.split(r"\s*[\n;]\s*", text) if not _SAID_BEFORE.match(part)]
    text = " ".join(" ".join(parts or [text]).split())
    now = _NOW.sub("", text, count=1)
    if now != text:
        now = now.partition(" from ")[0]
    rest = _BEFORE.sub("", now, count=1)
    # Without the other half of a bracket that is cut through.
    rest = _NEW.sub("", rest)
    return rest.removesuffix(")") if rest.count(")") > rest.count("(") else rest


def _whole(text: str, settle: Settle, around: When | None) -> list[DateSaid]:
    """All of the text as a date, or as one with a few words that say where it stands."""
    text = text.strip(_EDGES)
    typed = _settled(text, settle, around)
    if typed:
        return [DateSaid(typed, parse(typed).says_deployed)]
    answer, _, rest = text.partition(" ")
    if rest and yes_or_no(answer.rstrip(",;:")) is False:
        return _whole(rest.strip(" (),;:–—-"), settle, around)
    phrase = read_phrase(text)
    if phrase and phrase.when and len(phrase.environments) < 2 and (typed := settle(phrase.when)):
        return [DateSaid(typed, phrase.says_deployed, next(iter(phrase.environments), None))]
    return []


def _settled(text: str, settle: Settle, around: When | None) -> str | None:
    if typed := settle(text):
        return typed
    if around is None or around.start is None or around.end is None or not text:
        return None
    for year in dict.fromkeys((around.start.year, around.end.year)):
        typed = f"{text} {year}"
        when = parse(typed) if is_date(typed) else None
        if when and when.start and when.end and around.start <= when.start and when.end <= around.end:
            return typed
    return None


def _done(text: str, settle: Settle, around: When | None) -> list[DateSaid]:
    """What says that it has come, with its date where there is one: "Done", "Yes – 3 March 2026", "May 2026 ✓"."""
    if _NOT_DONE.search(text) or text.count("(") != text.count(")"):
        return []
    found = _DONE_FIRST.match(text)
    rest = text[found.end() :] if found else text
    if not found and not (found := _DONE_LAST.search(text)):
        return []
    rest = _DONE_LAST.sub("", rest).strip(_EDGES + "()*")
    dates = _whole(rest, settle, around) or _plainly_in(rest, settle)
    if not rest or (dates and parse(dates[0].typed).start):
        typed = dates[0].typed.removesuffix(NOT_YET) if dates else ""
        return [DateSaid(typed, has_come=True, is_sure=not dates or dates[0].is_sure)]
    return [DateSaid(has_come=True, is_sure=False)]


def _of_environments(text: str, settle: Settle) -> list[DateSaid]:
    """Dates of several environments in one cell: "Sandbox: June 2026<br>Production: August 2026"."""
    found: list[DateSaid] = []
    parts = [part for part in _PART.split(text) if part]
    if len(parts) == 1 and not (_LABEL.match(text) or (text.endswith(")") and settle(text.partition(" (")[0]))):
        return []
    for part in parts:
        phrase = read_phrase(part)
        if not (phrase and phrase.when and phrase.environments) and (behind := _BEHIND_A_DATE.fullmatch(part)):
            phrase = read_phrase(f"{behind[2]} {behind[1]}")
        typed = settle(phrase.when) if phrase and phrase.when else None
        if not phrase or not typed or len(phrase.environments) != 1:
            return []
        found.append(DateSaid(typed, phrase.says_deployed and not phrase.is_bare, phrase.environments[0]))
    return found if len({date.environment for date in found}) == len(found) else []


def _plainly_in(text: str, settle: Settle) -> list[DateSaid]:
    """The one date that is in the text, to be confirmed. Of several, nobody knows which is meant."""
    runs = [run for _, run in zip(range(_MAX_RUNS), _RUN.finditer(text), strict=False)]
    found: dict[tuple[object, object], str] = {}
    for run in runs:
        rest = text[: run.start()] + text[run.end() :]
        for typed in _dates_in(run[0], settle):
            if typed.isdigit() and _LETTER.search(rest):
                continue  # a year alone, among words, is also that of an Act
            when = parse(typed)
            found.setdefault((when.start, when.end), typed)
            break
    if len(found) != 1:
        return []
    [typed] = found.values()
    provisional = typed if parse(typed).is_provisional else typed + NOT_YET
    try:
        parse(provisional)
    except UnclearDate:
        return []
    return [DateSaid(provisional, is_sure=False)]


def _dates_in(run: str, settle: Settle) -> Iterator[str]:
    """The longest first."""
    words = run.split()[:_MAX_RUN_WORDS]
    for length in range(len(words), 0, -1):
        for first in range(len(words) - length + 1):
            text = " ".join(words[first : first + length]).strip(_EDGES)
            if (typed := settle(text)) and parse(typed).start:
                yield typed
