"""One API that is kept under two names: which may be one, and how one of them takes the place of the other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

from roadmap.models.item import ItemApi
from roadmap.models.roadmap import Api, Roadmap

ALIKE = 92  # of 100, of names without the words that many have: "Busines Details" and "Business Details" are
_SAID_OF_MANY = frozenset({"api", "apis", "hmrc", "mtd", "the"})
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class AlikeApis:
    first: Api
    second: Api
    reason: str  # why they may be one, as a sentence without its stop


def alike(apis: Sequence[Api]) -> list[AlikeApis]:
    """Pairs that may be one API, for a person to judge: names that differ by little, or one documentation."""
    found = []
    names = {api.pk: _name(api.name) for api in apis}
    for first, second in combinations(sorted(apis, key=lambda api: (api.name.casefold(), api.pk)), 2):
        if reason := _reason(names[first.pk], names[second.pk], first.url, second.url):
            found.append(AlikeApis(first, second, reason))
    return found


def _reason(first: str, second: str, first_url: str, second_url: str) -> str:
    if first == second:
        return "Their names differ by words that many have, or by how they are written"
    # "Returns 2" is another than "Returns 3".
    if re.findall(r"\d+", first) == re.findall(r"\d+", second) and fuzz.ratio(first, second) >= ALIKE:
        return "Their names differ by a letter or two"
    if first_url and _address(first_url) == _address(second_url):
        return "They have the same documentation"
    return ""


def _name(name: str) -> str:
    words = _WORD.findall(name.casefold())
    return " ".join(word for word in words if word not in _SAID_OF_MANY) or " ".join(words) or name


def _address(url: str) -> str:
    return url.casefold().partition("://")[2].rstrip("/")


def roadmaps_of(api: Api) -> list[Roadmap]:
    """Those with an item that concerns it, in the order in which they are locked."""
    return [*Roadmap.objects.filter(items__item_apis__api=api).distinct().order_by("pk")]


def replace_in(roadmap: Roadmap, gone: Api, kept: Api) -> int:
    """In each item of the roadmap, the one API by the other, in the same versions. How many items had it.

    Needs a transaction that holds the roadmap's lock.
    """
    items = set()
    for link in ItemApi.objects.filter(item__roadmap=roadmap, api=gone):
        items.add(link.item_id)
        if ItemApi.objects.filter(item=link.item_id, api=kept, version=link.version).exists():
            link.delete()
        else:
            link.api = kept
            link.save()
    return len(items)
