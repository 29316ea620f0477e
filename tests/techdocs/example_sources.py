"""Sources for the tests of importing: written for them, or real ones read where they lie."""

import hashlib
import os
import re
from pathlib import Path

import pytest

from roadmap.techdocs.sources import Source, SourceDocument, read

REAL_SOURCES = ["vat-2018-10", "vat-2018-11", "itsa-2023-06"]

PAGE = """\
---
weight: 1
---

# Parcel Tax Roadmap

What parcel software can do now and what it can do next.

## What ‘depot’ means

A depot keeps **parcels**. See [the glossary](https://example.gov.uk/glossary).

## Who we are

The **Parcel Software Team** answers questions.

Write to <a href="mailto:parcels@example.gov.uk?Subject=Parcel%20roadmap%20%26%20dates">the team</a>.

## Changelog

Description | Date
 --- | ---
**Parcel guide v2.0** | **Oct 2018**
New name |
Adds a [picture](https://example.gov.uk/p.png) of a depot |
**Parcel guide v1.0** | **Jun 2017**
First issue |

## Footer

Dates may *change*.
"""


def source(*texts: str, paths: tuple[str, ...] = ("index.md",)) -> Source:
    """A source as `read` would give it: each text under its path."""
    return Source(
        tuple(
            SourceDocument(path, text, hashlib.sha256(text.encode()).hexdigest())
            for path, text in zip(paths, texts, strict=True)
        )
    )


def real_source(name: str) -> Path:
    """A real roadmap, of those that are kept beside the project and are not part of it. Skips where it is not there."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    path = Path(os.environ.get("ROADMAP_REAL_DATA", beside)) / name
    if not path.exists():
        pytest.skip(f"the real roadmaps are not here: no {name} in the folder that ROADMAP_REAL_DATA names")
    return path


def rows_of_tables(name: str) -> list[tuple[str, int, str]]:
    """Where each row below a line of dashes stands, and its text: every line with a pipe that is no heading."""
    rows = []
    for document in read(real_source(name)).documents:
        lines = document.text.split("\n")
        dashes = [re.fullmatch(r"[\s|:-]*-[\s|:-]*\|[\s|:-]*", line) is not None for line in lines]
        for number, line in enumerate(lines):
            if "|" in line and not dashes[number] and not (number + 1 < len(lines) and dashes[number + 1]):
                rows.append((document.path, number + 1, line))
    return rows
