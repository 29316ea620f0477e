"""The words and numbers that an approximate date is written in, and what to say where they are not understood."""

import difflib
import re
from collections import defaultdict
from typing import NamedTuple

FIRST_YEAR, LAST_YEAR = 2000, 2099
MAX_LENGTH = 100

# For a form's help text as well as for the messages here.
EXAMPLES = (
    "October 2018",
    "14 April 2026",
    "Q3 2026",
    "autumn 2026",
    "early 2027",
    "by April 2027",
    "March to April 2019",
    "April 2027 (TBC)",
    "TBC",
)


class UnclearDate(ValueError):
    """The text is not one that we understand. Its message is for the editor, beside the field."""


class AmbiguousDate(UnclearDate):
    """The text could mean two things: who knows the dates around it can settle which."""

    def __init__(self, message: str, month_and_year: str):
        super().__init__(message)
        self.month_and_year = month_and_year
        """The reading that is a whole date, in words that are certain: "August 2021"."""


class Token(NamedTuple):
    word: str
    roles: dict[str, int]
    """Every part of a form that the word can fill, and its value there."""


# Not calendar.month_name and day_name, which follow the machine's locale.
# fmt: off
MONTHS = ["", "January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
SEASONS = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}
PORTIONS = {"early": "early", "mid": "mid", "middle": "mid", "late": "late",
             "start": "start of", "beginning": "start of", "end": "end of"}
_SPACED = "\ue000"  # a dash or a slash with spaces around it
_DASHES = "- ‐ ‑ ‒ – — −"
_MARKS = {"-": "- ‐ ‑", "dash": _DASHES, "to": f"to until / {_DASHES} {_SPACED}", "/": "/", "and": "and & or",
          "join": f"/ {_DASHES} {_SPACED}", "unspaced": f"/ {_DASHES}", "until": "until", "between": "between",
          "(": "( [", ")": ") ]", "tbc": "tbc tbd tba", "n/a": "na", "onwards": "onwards onward +", "latest": "latest",
          ".": ".", "deployed": "deployed", "by": "by", "from": "from", "before": "before", "after": "after",
          "quarter": "quarter", "half": "half", "week": "week weeks", "week-ending": "weekending", "last": "last final",
          "tax-year": "taxyear", "fin-year": "finyear", "year": "year",
          "provisional": "provisional provisionally estimated estimate est indicative tentative unconfirmed",
          "around": "around about approximately approx roughly circa c ca ~ likely probably possibly",
          "expected": "expected planned scheduled due targeted target anticipated forecast intended"}
# fmt: on
# They change no meaning here: "14th of April", "the first half of 2026", "deployed in March 2026", "14 April, 2026".
_NOISE = {"of", "the", "in", "on", ",", "during", "throughout", "within", "sometime", "for", "date", "dates", ":"}


def _vocabulary() -> dict[str, dict[str, int]]:
    """Every word that a date can have, and its roles.

    A number's are DAY, NUMBER (a day or month in digits), TWO (two digits), YEAR (four) and ANY_YEAR (either).
    """
    words: dict[str, dict[str, int]] = defaultdict(dict)
    for mark, spellings in _MARKS.items():
        for word in spellings.split():
            words[word][mark] = 0
    for number in range(100):
        for digits in (str(number), f"{number:02}"):
            words[digits] = {"DAY": number, "NUMBER": number}
            for suffix in ("st", "nd", "rd", "th"):
                words[digits + suffix] = {"DAY": number}
        words[f"{number:02}"] |= {"TWO": number, "ANY_YEAR": 2000 + number}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        words[str(year)] = {"YEAR": year, "ANY_YEAR": year}
    for number, name in enumerate(MONTHS[1:], start=1):
        words[name.lower()] = words[name[:3].lower()] = {"MONTH": number}
    words["sept"] = words["sep"]
    for number, name in enumerate(WEEKDAYS):
        for length in (3, 4, 5, len(name)):  # Mon, Tues, Thurs
            words[name[:length].lower()] = {"WEEKDAY": number}
    for month, name in SEASONS.items():
        words[name] = {"SEASON": month, name: 0}
    for word in PORTIONS:
        words[word] = {"PORTION": 0, word: 0}
    for number, spellings in enumerate(("first 1st", "second 2nd", "third 3rd", "fourth 4th"), start=1):
        words[f"q{number}"] = {"QUARTER": number}
        for word in spellings.split():
            words[word]["ORDINAL"] = number
    words["h1"], words["h2"] = {"HALF": 1}, {"HALF": 2}
    return dict(words)


_WORDS = _vocabulary()
# Written out, since Python's own notion of white space has control characters in it and no zero-width ones.
SPACES = (
    " \t\r\n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
    "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
_SPACE = re.compile(f"[{SPACES}]+")
# What stands around the whole of a date, in pairs.
_AROUND = {"“": "”", '"': '"', "‘": "’", "'": "'", "(": ")", "[": "]", "*": "*", "_": "_"}
# What is said in several words, and the word that stands for it. No repetition inside a repetition, here or below, so
# that a hostile text costs no more than a long one.
_PHRASES = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"(?<=[a-z])\.", ""),  # Sept., t.b.c.
        (r"\b(?:yet )?to be (?:confirmed|decided|determined|announced|advised|agreed|finalised|set)\b", "tbc"),
        (r"\bnot (?:yet )?(?:confirmed|decided|known|announced|agreed|set)\b", "tbc"),
        (r"\bsubject to (?:change|confirmation|approval)\b", "provisional"),
        (r"\b(?:not applicable|n ?/ ?a)\b", "na"),
        (r"\bw ?/ ?c\b|\bwc\b|\bweek[ -](?:commencing|beginning|starting)\b", "week"),
        (r"\bw ?/ ?e\b|\bweek[ -]ending\b", "weekending"),
        (r"[-‐‑–](to|and)[-‐‑–]", r" \1 "),  # early-to-mid
        (r" [-‐‑‒–—−/] ", f" {_SPACED} "),  # with spaces, never a part of one date in digits
        (r"\btax[ -]years?\b", "taxyear"),
        (r"\b(?:financial|fiscal)[ -]years?\b|\bfys?(?=[0-9]|\b)", "finyear "),
        (r"\byear[ -]end\b", "end"),
        (r"\b(start|beginning|middle|end)-of-", r"\1 of "),
        (r"\bcalendar year\b", "year"),
        (r"\b(?:no|not) (?:earlier|sooner) than\b|\bnot before\b|\b(?:on|in) or after\b|\bsince\b", "from"),
        (r"\bas (?:of|from)\b|\b(?:with effect|available) from\b|\bbeginning (?:from|on|in)\b", "from"),
        (r"\b(?:effective|starting|commencing)(?: (?:from|on|in))?\b", "from"),
        (r"\b(?:no|not) later than\b|\b(?:on|in) or before\b", "by"),
        (r"\bprior to\b", "before"),
        (r"\b(?:up )?(?:until|till)\b|\bup to\b|\bthrough\b", "until"),
        (r"\b(?:or|and) (?:later|after|onwards?|beyond|afterwards|thereafter)\b|\bat the earliest\b", "onwards"),
        (r"\bor (?:earlier|sooner|before)\b|\bat the latest\b", "latest"),
        (r"\b([qh]) (?=[0-9])", r"\1"),  # Q 3
        (r"['’‘]([0-9][0-9])\b", r"20\1"),  # Dec '22
    )
)
_TOKEN = re.compile(r"[qh][0-9](?![0-9]) | [0-9]+(?:(?:st|nd|rd|th)(?![a-z]))? | [^\W\d_]+ | \w+ | \S", re.VERBOSE)


def read_tokens(text: str) -> list[Token]:
    plain = bare(_SPACE.sub(" ", text).lower())
    for phrase, word in _PHRASES:
        plain = phrase.sub(word, plain)
    words = [word for word in _TOKEN.findall(plain) if word not in _NOISE]
    if words[1:] and words[-1] == ".":
        words.pop()  # the end of a sentence
    for word in words:
        if re.fullmatch("[0-9]{4}", word) and word not in _WORDS:
            raise out_of_years(word)
    return [Token(word, _WORDS.get(word, {})) for word in words]


def bare(text: str) -> str:
    """The text without the quotation marks and brackets that stand around the whole of it."""
    while text[1:] and _AROUND.get(text[0]) == text[-1] and not set(text[1:-1]) & {text[0], text[-1]}:
        text = text[1:-1].strip(SPACES)
    return text


def fit(tokens: list[Token], form: str) -> list[int] | None:
    """The values of the form's parts in capitals, if the tokens are of that form; otherwise None."""
    parts = form.split()
    if len(parts) != len(tokens) or any(part not in token.roles for part, token in zip(parts, tokens, strict=True)):
        return None
    return [token.roles[part] for part, token in zip(parts, tokens, strict=True) if part.isupper()]


def take(tokens: list[Token], *forms: str, at_start: bool = True, at_end: bool = True) -> tuple[list[Token], bool]:
    """The tokens without the first of the forms that opens or closes them, and whether there was one."""
    for form in sorted(forms, key=len, reverse=True):
        length = len(form.split())
        if at_end and fit(tokens[-length:], form) is not None:
            return tokens[:-length], True
        if at_start and fit(tokens[:length], form) is not None:
            return tokens[length:], True
    return tokens, False


# Refusals

# What a cell or a form says instead of a date: what it is, and that it is none.
_STATES = {
    "no date": "delayed postponed deferred slipped paused hold cancelled descoped dropped stopped blocked",
    "a state, not a date": "ongoing progress started complete completed done live available released closed",
    "not a date by itself": "soon shortly imminent asap later earlier next this today tomorrow now future",
}
_STATE_OF = {word: said for said, words in _STATES.items() for word in words.split()}
_NAMES = [*MONTHS[1:], *SEASONS.values(), *WEEKDAYS]
_MISSPELT = {name.lower(): name for name in _NAMES if len(name) > 4}
# Words of their own, however like a month or a season: "Sprint 23".
_NO_MISSPELLING = {"sprint", "sprints", "string", "match", "marsh", "winner", "simmer", "autumnal", "sundry"}


def explained(text: str, tokens: list[Token]) -> UnclearDate:
    """What to say of a text that is no date: the form that is meant, where that can be known."""
    words = [token.word for token in tokens]
    for word in words:
        if state := _STATE_OF.get(word):
            return UnclearDate(
                f"{quoted(text)} is {state}. Write the date, or “TBC” where there is none yet, "
                "and say the rest in the description or as the reason for the change."
            )
    unknown = next((token.word for token in tokens if not token.roles), "")
    for close in difflib.get_close_matches(unknown, [*_MISSPELT], n=1, cutoff=0.8):
        if unknown not in _NO_MISSPELLING and unknown[0] == close[0]:
            return UnclearDate(
                f"{quoted(unknown)} is not clear: if it means “{_MISSPELT[close]}”, write that. {advice()}"
            )
    if unknown and len(tokens) > 1:
        return UnclearDate(f"{quoted(text)} is not clear because of {quoted(unknown)}. {advice()}")
    if not any(token.roles.keys() & _OF_A_DATE for token in tokens):
        return UnclearDate(f"{quoted(text)} has no date in it. {advice()}" if not unknown else _not_understood(text))
    has_name = any(token.roles.keys() & {"MONTH", "SEASON", "QUARTER", "HALF", "PORTION"} for token in tokens)
    if has_name and not any("YEAR" in token.roles for token in tokens):
        return UnclearDate(
            f"{quoted(text)} has no year that is certain. "
            "Add the year, in four digits, for example “14 April 2026” or “April 2026”."
        )
    return UnclearDate(_not_understood(text))


_OF_A_DATE = {"DAY", "MONTH", "SEASON", "QUARTER", "HALF", "PORTION", "YEAR", "WEEKDAY", "ORDINAL"}


def _not_understood(text: str) -> str:
    return f"{quoted(text)} is not a date that is understood here. {advice()}"


def out_of_years(year: str) -> UnclearDate:
    return UnclearDate(
        f"The year {year} is not between {FIRST_YEAR} and {LAST_YEAR}. "
        "Use a year between those, for example “October 2018” or “14 April 2026”."
    )


def advice() -> str:
    quoted = [f"“{example}”" for example in EXAMPLES]
    return f"Write, for example, {', '.join(quoted[:-1])} or {quoted[-1]}."


def quoted(text: str) -> str:
    # A lone surrogate or a control character in a message would be an error when the page is sent.
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in _SPACE.sub(" ", text))
    return f"“{bare(plain)}”"
