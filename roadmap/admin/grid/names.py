"""Cells that name other things: the release that an item is in, the APIs that it concerns."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property

from django.core.exceptions import ValidationError

from roadmap.content.things import ApiVersion
from roadmap.models import Api, Roadmap
from roadmap.models.item import ItemApi


def release_names(roadmap: Roadmap) -> dict[str, str]:
    """By uid, each release by a name that no other has: its title, with its date or number where that is not enough."""
    rows = [(str(release.uid), release.title, str(release), release.pk) for release in roadmap.releases.all()]
    titles = Counter(title.casefold() for _, title, _, _ in rows)
    wholes = Counter(whole.casefold() for _, _, whole, _ in rows)
    names = {}
    for uid, title, whole, pk in rows:
        numbered = f"{whole} ({pk})"
        longer = numbered if wholes[whole.casefold()] > 1 else whole
        names[uid] = longer if titles[title.casefold()] > 1 else title
    return names


def read_release(text: str, releases: Mapping[str, str]) -> str:
    """The uid of the release of that name; nothing for none. Raises ValidationError."""
    if not text:
        return ""
    uids = {name.casefold(): uid for uid, name in releases.items()}
    if uid := uids.get(text.casefold()):
        return uid
    advice = "Choose one that is there, or add it first, under Releases."
    raise ValidationError(f"No release is called “{text}”. {_nearest(text, releases.values())}{advice}")


class KnownApis:
    """Every API: asked for once, and only where one is to be found."""

    @cached_property
    def by_name(self) -> dict[str, tuple[str, str]]:
        """Name and address, by the name in small letters."""
        return {name.casefold(): (name, url) for name, url in Api.objects.values_list("name", "url")}


def read_apis(text: str, known: KnownApis, before: Sequence[ApiVersion] = ()) -> tuple[ApiVersion, ...]:
    """ "VAT (MTD) 1.0; Business Details": the APIs of these names, each with the version that follows its name.

    Semicolons between them, or commas. `before` are those of the item: they keep the words that they had. Raises
    ValidationError.
    """
    kept = {str(api).casefold(): api for api in before}
    found: list[ApiVersion] = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        if part.casefold() in kept:
            found.append(kept[part.casefold()])
            continue
        whole = _api(part, known.by_name)
        found += [whole] if whole else [_needed(one, known.by_name) for one in map(str.strip, part.split(",")) if one]
    return tuple({(api.name, api.version): api for api in found}.values())


def _api(text: str, known: Mapping[str, tuple[str, str]]) -> ApiVersion | None:
    """The longest name that it begins with, and after it the version."""
    words = text.split(" ")
    for count in range(len(words), 0, -1):
        name, version = " ".join(words[:count]).casefold(), " ".join(words[count:]).strip()
        if name in known and "," not in version:
            ItemApi._meta.get_field("version").clean(version, None)
            return ApiVersion(name=known[name][0], url=known[name][1], version=version)
    return None


def _needed(text: str, known: Mapping[str, tuple[str, str]]) -> ApiVersion:
    if found := _api(text, known):
        return found
    nearest = _nearest(text, [name for name, _ in known.values()])
    raise ValidationError(f"No API is called “{text}”. {nearest}Choose one that is there, or add it first, under APIs.")


def _nearest(text: str, names: Iterable[str]) -> str:
    by_case = {name.casefold(): name for name in names}
    near = get_close_matches(text.casefold(), by_case, n=1)
    return f"Did you mean “{by_case[near[0]]}”? " if near else ""
