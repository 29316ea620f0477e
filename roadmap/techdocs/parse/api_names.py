"""Which APIs a cell names: links or plain names, one or many, each in one version, in several, or in all. Pure."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from markdown_it.token import Token
from msgspec.structs import replace

from roadmap.content.things import ApiVersion
from roadmap.techdocs.parse.blocks import BREAK_TAG
from roadmap.techdocs.parse.cell_text import Cell, html_urls

MAX_NAME_LENGTH = 200  # as in the working copies
MAX_VERSION_LENGTH = 50
MAX_URL_LENGTH = 500
MAX_APIS = 50  # of one item
MAX_CELL_LENGTH = 3000  # characters; more than that is no list of APIs, and so is never kept

# What may join names or versions and is no part of them.
CONNECTIVES = {"and", "or"}

_NUMBER = r"\d{1,4}(?:\.\d{1,4}){0,3}[a-z]?"
_VERSION = rf"\b(?:v|ver\.?|versions?)[ .]?{_NUMBER}\b"
_MORE = rf"\ {{0,2}}(?:,|&|/|-|–|\band\b|\bor\b|\bto\b)\ {{0,2}}(?:{_VERSION}|{_NUMBER}\b)"
_VERSIONS = re.compile(rf"\ {{0,2}}[(\[]?\ {{0,2}}({_VERSION}(?:{_MORE}){{0,20}})\ {{0,2}}[)\]]?", re.IGNORECASE)
_ONE_VERSION = re.compile(_VERSION, re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:[,;&/]|\band\b|\bor\b)\s*", re.IGNORECASE)
_API = re.compile(r"\bAPIs?\b", re.IGNORECASE)
_BEFORE_REMARK = re.compile(r" [–—-] |: | ?(?=\()")
_CALLED = re.compile(r"(?:[^\s.:;!?]{1,40} ){1,7}APIs?(?: \([^()]{1,60}\))?", re.IGNORECASE)
_AROUND = " \t,;:/&–—-*•.|"


def apis_named(cell: Cell, above: Sequence[ApiVersion]) -> tuple[list[ApiVersion], list[str]]:
    """The APIs of a cell, in order, and what it says besides; none where it cannot be a list of them.

    A version without a name is one of the only API of `above`, the row before.
    """
    if len(cell.source) > MAX_CELL_LENGTH:
        return [], []
    found: list[ApiVersion] = []
    remarks: list[str] = []
    for text, url in _segments(cell.token):
        if url:
            found += _named(text, url)
        else:
            found += list(_plain(text, found, above, remarks))  # it may change the last of them
    named: dict[tuple[str, str], ApiVersion] = {}
    for api in found:
        key = (api.name.casefold(), api.version.casefold())
        if key not in named or (api.url and not named[key].url):
            named[key] = api
    if len(named) > MAX_APIS or not all(_fits(api) for api in named.values()):
        return [], []
    return list(named.values()), remarks


def names_apis(text: str) -> bool:
    """Whether a text is a list of APIs by its own words, and no sentence about one."""
    parts = [_VERSIONS.sub("", part).strip(_AROUND) for part in _parts(text[:MAX_CELL_LENGTH])]
    return bool(parts) and all(_CALLED.fullmatch(part) for part in parts)


def _fits(api: ApiVersion) -> bool:
    return (
        0 < len(api.name) <= MAX_NAME_LENGTH
        and any(character.isalnum() for character in _VERSIONS.sub("", api.name))
        and api.name.count("(") == api.name.count(")")
        and len(api.version) <= MAX_VERSION_LENGTH
        and (not api.url or (len(api.url) <= MAX_URL_LENGTH and bool(api.link)))
    )


def _is_remark(text: str) -> bool:
    """Whether what stands after an API is no other: "(sandbox only)", "– new endpoint"."""
    bare = text.strip(_AROUND)
    begins = bare.lstrip("(")[:1]
    return (
        begins.islower() and not _VERSIONS.match(bare) and not _API.search(bare) and bare.casefold() not in CONNECTIVES
    )


def _segments(token: Token) -> Iterator[tuple[str, str]]:
    """The text of a cell in pieces, each with where it leads, or nothing; a line break ends a piece."""
    text, url = "", ""
    for child in token.children or ():
        is_tag = child.type == "html_inline"
        opens = child.type == "link_open" or (is_tag and child.content.lower().startswith("<a "))
        closes = child.type == "link_close" or (is_tag and child.content.lower().startswith("</a"))
        if opens or closes or (is_tag and BREAK_TAG.match(child.content)):
            if text.strip():
                yield " ".join(text.split()), url
            text = ""
            if opens:
                url = str(child.attrGet("href") or next(iter(html_urls(child.content)), ""))
            elif closes:
                url = ""
        elif "break" in child.type:
            text += " "
        elif child.type in ("text", "text_special", "code_inline", "image"):
            text += child.content
    if text.strip():
        yield " ".join(text.split()), url


def _plain(
    text: str, before: list[ApiVersion], above: Sequence[ApiVersion], remarks: list[str]
) -> Iterator[ApiVersion]:
    """The APIs that a text without a link names. Versions at its start belong to the API before, and go there; what
    names no API goes to the remarks.
    """
    match = _VERSIONS.match(text)
    if match and (before or (len({api.name for api in above}) == 1)):
        versions = _versions(match[1])
        if before and not before[-1].version:
            last = before.pop()
            before += [replace(last, version=version) for version in versions]
        else:
            last = before[-1] if before else above[0]
            yield from (replace(last, version=version) for version in versions)
        text = text[match.end() :]
    for part in _parts(text):
        name, remark = ("", part) if before and _is_remark(part) else _name_and_remark(part)
        remarks += [bare for bare in [remark.strip(_AROUND)] if bare]
        if name:
            yield from _named(name)


def _name_and_remark(text: str) -> tuple[str, str]:
    for cut in islice(_BEFORE_REMARK.finditer(text), MAX_APIS):
        if _is_api(text[: cut.start()]) and _is_remark(text[cut.end() :]):
            return text[: cut.start()], text[cut.end() :]
    return text, ""


@lru_cache(maxsize=256)
def _parts(text: str) -> Sequence[str]:
    """The text cut where both sides name an API: "Tax and Interest API, VAT API v2.0" is two and not three."""
    versions = [match.span(1) for match in _VERSIONS.finditer(text)]
    cuts = [
        match for match in _SEPARATOR.finditer(text) if not any(a <= match.start() < b for a, b in versions[:MAX_APIS])
    ]
    starts = [0, *(match.end() for match in cuts)]
    ends = [*(match.start() for match in cuts), len(text)]
    are_apis = [_is_api(text[start:end]) for start, end in zip(starts, ends, strict=True)]
    last_api = max((place for place, is_api in enumerate(are_apis) if is_api), default=-1)
    if last_api < 0:
        return _listed(text)
    parts: list[str] = []
    begin, has_api = 0, False
    for place, end in enumerate(ends):
        has_api = has_api or are_apis[place]
        if has_api and place < last_api:
            parts.append(text[begin:end])
            begin, has_api = starts[place + 1], False
    return [part for part in (*parts, text[begin:]) if part.strip(_AROUND)]


def _listed(text: str) -> list[str]:
    """Names between commas that all look like names: "Parcel Weights, Van Routes"."""
    parts = [part.strip(_AROUND) for part in text.split(",")]
    are_names = all(part[:1].isupper() and " " in part for part in parts) and "(" not in text
    if are_names and len(parts) <= MAX_APIS:
        return parts
    return [text] if text.strip(_AROUND) else []


def _is_api(text: str) -> bool:
    api = _named(text)[0]
    return bool(_API.search(text) or (api.name and api.version))


@lru_cache(maxsize=256)
def _named(text: str, url: str = "") -> Sequence[ApiVersion]:
    """The API that a text names, in each of the versions at its end; in none where there are none."""
    name, versions = (text := text.strip(_AROUND)), [""]
    for match in _VERSIONS.finditer(text):
        if match.end() == len(text) and text[: match.start()].strip(_AROUND):
            name, versions = text[: match.start()].strip(_AROUND), _versions(match[1])
    return tuple(ApiVersion(name=name, url=url, version=version) for version in versions)


def _versions(text: str) -> list[str]:
    """ "V7 & V8" as two; what cannot be cut without loss of sense as one: "versions 7 and 8"."""
    each = [match.group() for match in _ONE_VERSION.finditer(text)]
    rest = _ONE_VERSION.sub(" ", text)
    return each if not re.search(r"\d|\bto\b|[-–]", rest, re.IGNORECASE) and len(each) > 1 else [text]
