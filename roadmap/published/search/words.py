"""Words as a search compares them: in one case, without accents, with their parts, their stem and either spelling."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from Stemmer import Stemmer

# "VAT-12", "self-employment", "transition_profit", "customer's", "1.0".
_WORD = re.compile(r"\w+(?:[-.'’]\w+)*")
written_in = _WORD.findall
# Where a word has an inner border: "transition|Profit", "VAT|Return", "vat|12", "self|-employment". "APIs" has none.
_BORDER = re.compile(
    r"[-_.'’]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_JOINTS = re.compile(r"[-_'’]")

# British and American spelling, each pair as one of them. It need be no word: both sides are written the same way.
_SPELLINGS = [
    (re.compile(pattern), common)
    for pattern, common in (
        (r"(?<=[a-z][iy])z(?=(?:e[drs]?|ers|ing|ations?|ational|able)$)", "s"),  # organization, analyzed
        (r"(?<=[a-z]{2})our(?=(?:s|ed|ing|able|al|ites?|ful|less|ers?|hoods?)?$)", "or"),  # colour; not hour, four
        (r"(?<=[a-z]{2}[bt])re(?=s?$)", "er"),  # centre
        (r"(?<=[a-z]{2})ogue(?=s?$)", "og"),  # catalogue
        (r"(?<=[a-z]{3}[aeiou])ll(?=(?:ed|ing|ers?|ations?|ments?)$)", "l"),  # cancelled, enrollment; not filled
        (r"(?<=enro)ll(?=s?$)|(?<=ulfi)ll(?=s?$)", "l"),  # enroll, fulfill
        (r"(lic|def|off|pret)en[cs](?=e|ing)", r"\1ens"),  # licence
        (r"practi[cs](?=e|ing)", "practis"),
        (r"dgement", "dgment"),
        (r"^programme(?=s?$)", "program"),
        (r"^cheque(?=s?$)", "check"),
        (r"^grey", "gray"),
        (r"^ageing$", "aging"),
    )
]
MOST_KNOWN = 100_000
LEAST_FORGIVEN = 5  # letters of a word in which one may be wrong

# Words that say little of what is looked for: asked for only where there are no others.
_SMALL = """
a an and are as at be by can do does for from has have how i in is it its my of on or our that the their there this to
was we what when where which who will with you your
"""
SMALL = frozenset(_SMALL.split())
_own = threading.local()  # a stemmer is for one thread


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, as it is compared: whole, and the parts that it is made of (itself, where of one)."""

    written: str
    whole: str
    parts: tuple[str, ...]
    sequence: str  # its parts as a text
    terms: tuple[str, ...]  # by which an index has it


def words_in(text: str) -> list[Word]:
    return [known[written] for written in written_in(text)]


def places(text: str) -> Iterator[tuple[int, int, Word]]:
    """Every word with where it begins and ends."""
    return ((found.start(), found.end(), known[found[0]]) for found in _WORD.finditer(text))


class _Known(dict[str, Word]):
    """Words by how they are written: thousands of texts are made of the same. Not numbers, nor references with one."""

    def __missing__(self, written: str) -> Word:
        if len(self) > MOST_KNOWN:
            self.clear()
        kept = _POSSESSIVE.sub("", written) or written
        parts = tuple(folded for part in _BORDER.split(kept) if (folded := fold(part)))
        whole = fold(_JOINTS.sub("", kept)) if len(parts) > 1 else "".join(parts)
        word = Word(written, whole, parts, " ".join(parts), parts if whole in parts else (whole, *parts))
        if not any(map(str.isdigit, written)):
            self[written] = word
        return word


known = _Known()


def fold(text: str) -> str:
    """In small letters without accents: "Café" is "cafe"."""
    if text.isascii():
        return text.lower()
    marked = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in marked if not unicodedata.combining(character))


@lru_cache(maxsize=2**15)
def spelling(folded: str) -> str:
    """The same for both spellings of a word, British and American."""
    for pattern, common in _SPELLINGS:
        folded = pattern.sub(common, folded)
    return folded


def letters(folded: str) -> str:
    """To tell how many are wrong: a word with a letter wrong may be of either spelling, too."""
    return spelling(folded).replace("z", "s")


@lru_cache(maxsize=2**15)
def stem(folded: str) -> str:
    """The same for all forms of a word, however they are spelt: "organisations" and "organization"."""
    if not folded.isalpha():
        return folded
    if not hasattr(_own, "stemmer"):
        _own.stemmer = Stemmer("english", 0)  # keeps nothing itself
    return str(_own.stemmer.stemWord(spelling(folded)))
