"""Every address for readers that the URL configuration has, so that a test can ask them all."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from itertools import product
from typing import Any
from zipfile import ZipFile

from django.urls import URLPattern, get_resolver, reverse


def said(answer: Any) -> str:
    """All that an answer says: of a spreadsheet, all that is packed in it."""
    if not answer.content.startswith(b"PK"):
        return str(answer.content.decode())
    with ZipFile(BytesIO(answer.content)) as packed:
        return "\n".join(packed.read(name).decode() for name in packed.namelist())


def views(patterns: Any = None, namespaces: Sequence[str] = (), parts: Sequence[str] = ()) -> Iterator[Any]:
    """The name of every view that has one, but for the admin's, with the parts of its address."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        names = [*parts, *pattern.pattern.converters]
        if isinstance(pattern, URLPattern):
            if pattern.name and pattern.name != "not_found":
                yield ":".join((*namespaces, pattern.name)), names
        elif pattern.app_name != "admin" and not str(pattern.pattern).startswith("admin/"):
            within = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from views(pattern.url_patterns, within, names)


def every_address(fill: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, str]]:
    """Each with the name of its view, filled with every combination of what its parts may be."""
    for name, parts in views():
        assert set(parts) <= set(fill), f"nothing to fill {parts} of {name} with: add it"
        for values in product(*(fill[part] for part in parts)):
            yield name, reverse(name, kwargs=dict(zip(parts, values, strict=True)))
