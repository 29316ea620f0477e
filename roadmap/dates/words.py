"""The words and numbers that an approximate date is written in, and what to say where they are not understood."""

import datetime
import difflib
import re
from collections import defaultdict
from collections.abc import Sequence
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

    def __init__(self, message: str, month: int, two_digits: int):
        super().__init__(message)
        self.month, self.two_digits = MONTHS[month], two_digits

    def settled(self, text: str) -> str:
        """The text with a month and a year in it, in words that are certain: "by August 2021" for "by Aug 21"."""
        found = rf"\b{self.month[:3]}[a-z]*\W{{0,3}}{self.two_digits:02}(?![0-9])"
        return re.sub(found, f"{self.month} {2000 + self.two_digits}", text, count=1, flags=re.IGNORECASE)


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
          "(": "( [", ")": ") ]", "tbc": "tbc tbd tba", "n/a": "na", "onwards": "onwards onward +",
          "latest": "latest", "earliest": "earliest",
          ".": ".", "deployed": "deployed", "by": "by", "from": "from", "before": "before", "after": "after",
          "quarter": "quarter qtr", "half": "half", "week": "week weeks", "last": "last final",
          "week-ending": "weekending",
          "tax-year": "taxyear", "fin-year": "finyear", "year": "year",
          "provisional": "provisional provisionally estimated estimate est indicative tentative unconfirmed proposed",
          "around": "around about approximately approx roughly circa c ca ~ likely probably possibly",
          "expected": "expected planned scheduled due targeted target anticipated forecast intended eta aiming"}
# fmt: on
# They change no meaning here: "14th of April", "the first half of 2026", "deployed in March 2026", "14 April, 2026".
_NOISE = {"of", "the", "in", "on", "at", ",", "during", "throughout", "within", "sometime", "for", "date", "dates", ":"}
# "Start date: April 2027" says when something starts: that is no start of April.
_LABEL_OF_AN_END = re.compile(r"\b(start|beginning|end)(?: dates?\b(?: ?:)?| ?:)(?! ?(?:tb[acd]|to be))")


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
        for length in range(3, len(name) + 1):  # Apr, Sept
            words[name[:length].lower()] = {"MONTH": number}
    for number, name in enumerate(WEEKDAYS):
        for length in (3, 4, 5, len(name)):  # Mon, Tues, Thurs
            words[name[:length].lower()] = {"WEEKDAY": number}
    words["weds"] = words["wed"]
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
_TO_BE_CONFIRMED = r"(?:yet )?to be (?:confirmed|decided|determined|announced|advised|agreed|finalised|set)"
_TBC = rf"[(\[]?(?:t\.?b\.?[acd]\b\.?|{_TO_BE_CONFIRMED}\b)[)\]]?"
_JOIN = r"\s*[-‐‑‒–—−/]\s*"
_WHEN = r"(?=(?:in|on|by|before|after|during|within|until|from|between|at)\b)"
# Of what is left without the form, each way to write it says one of the two senses.
TWO_MEANINGS = tuple(
    (re.compile(form, re.IGNORECASE), senses, ways)
    for form, senses, ways in (
        (
            rf"{_JOIN}{_TBC}$|^{_TBC}{_JOIN}",
            "mean a date that may change, or one whose end is not known",
            ("{} (TBC)", "{} to TBC"),
        ),
        (
            rf"^(?:the )?(?:dates? )?{_TBC} {_WHEN}",
            "say when the date will be known, or give a date that may change",
            ("TBC", "{} (TBC)"),
        ),
        (
            r"^deployed:? (?=(?:by|before|until|no later)\b)",
            "say that it is there, or when it is to be",
            ("{}", "{} (deployed)"),
        ),
    )
)
# What is said in several words, and the word that stands for it. No repetition inside a repetition, here or below, so
# that a hostile text costs no more than a long one.
_PHRASES = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"(?<=[a-z])\.", ""),  # Sept., t.b.c.
        (rf"\b{_TO_BE_CONFIRMED}\b", "tbc"),
        (r"\bnot (?:yet )?(?:confirmed|decided|known|announced|agreed|set)\b", "tbc"),
        (r"\bsubject to (?:change|confirmation|approval)\b", "provisional"),
        (r"\b(?:not applicable|n ?/ ?a)\b", "na"),
        (r"\bw ?/ ?[cb]\b|\bwc\b|\bweek[ -](?:commencing|beginning|starting)\b", "week"),
        (r"\bw ?/ ?e\b|\bweek[ -]ending\b", "weekending"),
        (r"[-‐‑–](to|and)[-‐‑–]", r" \1 "),  # early-to-mid
        (r"(?<=[a-z])[-‐‑–] (?=(?:to|and|or)\b)", " "),  # early- to mid-2027
        (r"(?<=[0-9])[ t]00:00(?::00)?(?:\.0+)?z?$", ""),  # a day, as a spreadsheet gives it
        (r" [-‐‑‒–—−/] ", f" {_SPACED} "),  # with spaces, never a part of one date in digits
        (r"\btax[ -](?:years?|yrs?)\b|\btys?(?=[0-9]|\b)", "taxyear "),
        (r"\b(?:financial|fiscal)[ -]years?\b|\bfys?(?=[0-9]|\b)", "finyear "),
        (r"\byear[ -]end\b", "end"),
        (r"\b(start|beginning|middle|end)-of-", r"\1 of "),
        (r"\bcalendar year\b", "year"),
        (r"\bnot after\b", "by"),
        (r"\b(?:no|not) (?:earlier|sooner) than\b|\bnot (?:before|until)\b|\b(?:on|in) or after\b|\bsince\b", "from"),
        (r"\bas (?:of|from)\b|\b(?:with effect|available) from\b|\bwef\b|\bbeginning (?:from|on|in)\b", "from"),
        (r"\b(?:effective|starting|commencing)(?: (?:from|on|in))?\b", "from"),
        (r"\b(?:by )?(?:no|not) later than\b|\b(?:on|in) or before\b", "by"),
        (r"\b(?:on|in) or (?:around|about)\b", "around"),
        (r"\b(?:prior to|(?:earlier|sooner) than|pre)\b[- ]", "before "),
        (r"\bbefore (?:the )?end\b", "by end"),  # not before all the days that "the end of April" means
        (r"(?<!and )(?<!or )\b(?:later than|beyond|post)\b[- ]", "after "),
        (r"\b(?:up )?(?:until|till)\b|\bup to\b(?: and including\b)?|\bthrough\b", "until"),
        (r"\b(?:or|and) (?:later|after|onwards?|beyond|afterwards|thereafter)\b", "onwards"),
        (r"\bor (?:earlier|sooner|before)\b", "latest"),
        (r"\b([qh]) (?=[0-9])", r"\1"),  # Q 3
        (r"\b([1-4])([qh])(?=[0-9 ])", r"\2\1 "),  # 1H 2027
        (r"['’‘]([0-9][0-9])\b", r" 20\1"),  # Dec '22
    )
)
_TOKEN = re.compile(r"[qh][0-9](?![0-9]) | [0-9]+(?:(?:st|nd|rd|th)(?![a-z]))? | [^\W\d_]+ | \w+ | \S", re.VERBOSE)


def read_tokens(text: str, *, first_grammar: bool = False) -> list[Token]:
    plain = bare(_SPACE.sub(" ", text).lower())
    if not first_grammar and (label := _LABEL_OF_AN_END.search(plain)):
        raise UnclearDate(
            f"{quoted(label.group())} says what the date is of. Write the date alone, for example “April 2027”, "
            "“from April 2027” or “March to April 2019”."
        )
    if first_grammar:  # which took it for a start, and has no range that is open there
        plain = re.sub(r"\bbeginning (?:in|on)\b", "beginning", plain)
    else:
        plain = re.sub(r"(?<=[0-9]) on$", " onwards", plain)
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
    "no date": "delayed postponed deferred slipped paused hold cancelled descoped dropped stopped blocked pending",
    "a state, not a date": "ongoing progress started closed present",
    "what has happened, not a date": "complete completed done live available released launched delivered implemented",
    "not a date by itself": "soon shortly imminent imminently immediately asap later earlier next this today tomorrow "
    "now future no none nil never unknown",
}
_STATE_OF = {word: said for said, words in _STATES.items() for word in words.split()}
_WHAT_TO_WRITE = {
    "what has happened, not a date": "Where it is there, write, for example, “March 2026 (deployed)”. Where it is not, "
    "write only the date.",
    "not a date by itself": "Write the date, “TBC” where there is none yet, or “N/A” where there will be none.",
}
_NAMES = [*MONTHS[1:], *SEASONS.values(), *WEEKDAYS, *PORTIONS, "quarter", "until", "before", "after", "financial"]
_MISSPELT = {name.lower(): name for name in _NAMES if len(name) > 3}
# Words of their own, however like a month or a season: "Sprint 23".
_NO_MISSPELLING = {"sprint", "sprints", "string", "match", "marsh", "winner", "simmer", "autumnal", "sundry"}


def explained(text: str, tokens: list[Token]) -> UnclearDate:
    """What to say of a text that is no date: the form that is meant, where that can be known."""
    words = [token.word for token in tokens]
    if day := _counted(text):
        month = f"{MONTHS[day.month]} {day.year}"
        return UnclearDate(
            f"{quoted(text)} may be {day.day} {month}, as a spreadsheet counts days. Write the date in words, for "
            f"example “{day.day} {month}” or “{month}”."
        )
    for word in words:
        if state := _STATE_OF.get(word):
            write = _WHAT_TO_WRITE.get(
                state,
                "Write only the date, for example “April 2027”, or “TBC” where there is none yet, "
                "and say the rest in the description or as the reason for the change.",
            )
            return UnclearDate(f"{_as_typed(word, text)} is {state}. {write}")
    unknown = next((token.word for token in tokens if not token.roles), "")
    if close := _meant(unknown):
        return UnclearDate(
            f"{_as_typed(unknown, text)} is not clear: if it means “{close}”, write that. {advice(tokens)}"
        )
    if unknown and len(tokens) > 1:
        return UnclearDate(f"{quoted(text)} is not clear because of {_as_typed(unknown, text)}. {advice(tokens)}")
    if not any(token.roles.keys() & _OF_A_DATE for token in tokens):
        return UnclearDate(
            _not_understood(text, tokens) if unknown else f"{quoted(text)} has no date in it. {advice(tokens)}"
        )
    has_name = any(token.roles.keys() & {"MONTH", "SEASON", "QUARTER", "HALF", "PORTION"} for token in tokens)
    if has_name and not any(token.roles.keys() & {"YEAR", "fin-year"} for token in tokens):
        return UnclearDate(
            f"{quoted(text)} has no year that is certain. "
            "Add the year, in four digits, for example “14 April 2026” or “April 2026”."
        )
    return UnclearDate(_not_understood(text, tokens))


def _counted(text: str) -> datetime.date | None:
    """The day that a spreadsheet keeps as this number, where it is a number that has lost the format of a date."""
    found = re.fullmatch(r"([0-9]{5})(?:[.,][0-9]+)?", text.strip(SPACES))
    day = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(found[1])) if found else None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _as_typed(word: str, text: str) -> str:
    found = re.search(re.escape(word), text, re.IGNORECASE)
    return quoted(found.group() if found else word)


def _meant(unknown: str) -> str:
    """The word of which the unknown one is a misspelling, and not one of its own: "quarterly", "marches"."""
    for close in difflib.get_close_matches(unknown, [*_MISSPELT], n=1, cutoff=0.75):
        is_anagram = sorted(unknown) == sorted(close)
        is_near = len(close) > 4 and difflib.SequenceMatcher(None, unknown, close).ratio() >= 0.8
        has_ending = unknown.startswith(close) and set(unknown[len(close) :]) != {close[-1]}
        if unknown[0] == close[0] and (is_anagram or is_near) and not has_ending and unknown not in _NO_MISSPELLING:
            return _MISSPELT[close]
    return ""


_OF_A_DATE = {"DAY", "MONTH", "SEASON", "QUARTER", "HALF", "PORTION", "YEAR", "WEEKDAY", "ORDINAL"}


def _not_understood(text: str, tokens: list[Token]) -> str:
    return f"{quoted(text)} is not a date that is understood here. {advice(tokens)}"


def out_of_years(year: str) -> UnclearDate:
    return UnclearDate(
        f"The year {year} is not between {FIRST_YEAR} and {LAST_YEAR}. "
        "Use a year between those, for example “October 2018” or “14 April 2026”."
    )


# Of the forms that need a word of their own, one that shows it.
_EXAMPLE_OF = {
    "from": "from April 2027",
    "after": "from April 2027",
    "onwards": "from April 2027",
    "earliest": "from April 2027",
    "week": "w/c 8 June 2026",
    "week-ending": "week ending 12 June 2026",
    "tax-year": "tax year 2026 to 2027",
    "fin-year": "financial year 2026 to 2027",
    "HALF": "H1 2026",
    "half": "H1 2026",
    "deployed": "March 2026 (deployed)",
    "n/a": "N/A",
}


def advice(tokens: Sequence[Token] = ()) -> str:
    """What can be written, first what is like these tokens."""
    roles = {role for token in tokens for role in token.roles}
    alike = dict.fromkeys(example for role, example in _EXAMPLE_OF.items() if role in roles)
    quoted = [f"“{example}”" for example in (*alike, *EXAMPLES)]
    return f"Write, for example, {', '.join(quoted[:-1])} or {quoted[-1]}."


def capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def quoted(text: str) -> str:
    # A lone surrogate or a control character in a message would be an error when the page is sent.
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in _SPACE.sub(" ", text))
    return f"“{bare(plain)}”"
