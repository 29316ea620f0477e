"""Links within a source, imported and published: each leads to where its target went, or is doubted."""

import re
from dataclasses import replace

import pytest

from roadmap.models import Roadmap
from roadmap.published import store
from roadmap.publishing import publish
from roadmap.techdocs import apply, make_plan, parse, read
from roadmap.working_copies.to_content import preview
from tests import make
from tests.cases import each_case
from tests.techdocs.example_sources import REAL_SOURCES, real_source, source
from tests.techdocs.walking import dead_links

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-24")

HOME = """\
# Parcel roadmap

What comes next. Write to <team@example.gov.uk>.

## What it says

<a name="usable"></a>
**Usable in year?** Whether software can use it in the tax year.

### Plan & "go"

One. [usable](#usable) [plan](#plan-amp-go) [plan too](#plan-go) [home](index.html) [top](#top) [own](#what-it-says)

### Deployed

Two.

## June 2026

<a name="june-table"></a>

Name | [Usable in year?](#usable) | Description
-----|----------------------------|------------
<a id="weigh"></a>Weigh parcels | Yes | See [vans](#vans) and [the June work](#june-2026)
Vans | No | <span id="vans">Moves</span> [weighed](#weigh) parcels, in [the backlog](backlog.html#near-term)

## Deployed

Three.

| a | b |
|---|---|
| <a id="cell">x</a> | [cell](#cell) |

<table><tr id="row"><td id="col">c</td></tr></table>

[1](#deployed) [2](#deployed-1) [3](#deployed-2) [row](#row) [col](#col) [Row](#Row) [spaced](#plan%2Dgo)
[changelog](#changelog) [entry](#3-march-2026) [June](/index.html#june-table) [long][ref] <a href="#row">again</a>
`[code](#usable)` [pages](./backlog.html.md) [deep](/guides/vans.html#heavy-vans) [old](https://old.example.gov.uk/docs/backlog)

[ref]: guides/vans.html#light-vans "Light"

## Changelog

### 3 March 2026

Vans are [listed](#vans).

### 1 February 2026

Started. [Up](#3-march-2026)
"""
BACKLOG = """\
---
title: Backlog
---

## Near term

Name | Description
-----|------------
Sort parcels | By [weight](index.html#weigh), from [here](#near-term), [there](../index.html#usable) or [below](#far)

## Long term

Name | Description
-----|------------
<a name="far"></a>Fly parcels | With [guides](guides/vans/)
"""
GUIDE = """\
# Vans

[Home](/) and [June](../index.html#june-2026), [in](../backlog.html) the backlog, [heavy](#heavy-vans).

## Light vans

A

## Heavy vans

B
"""


def imported(*, texts=(BACKLOG, GUIDE, HOME), paths=("backlog.html.md", "guides/vans.html.md.erb", "index.html.md")):
    found = replace(source(*texts, paths=paths), site="https://old.example.gov.uk/docs")
    parsed = parse(found)
    roadmap = apply(plan=make_plan(parsed, slug="parcels"), now=NOW)
    return parsed, roadmap


@pytest.fixture
def walk(client, monkeypatch):
    monkeypatch.setattr(store, "now", lambda: NOW)

    def dead(roadmap):
        publish(roadmap=roadmap, by=None, now=NOW)
        return dead_links(client, f"/{roadmap.slug}/")

    return dead


def links_in(text: str) -> dict[str, str]:
    return dict(re.findall(r"\[([^\]]+)\]\(<?([^)>]+)>?\)", text))


def test_every_link_of_a_source_leads_to_where_its_target_went(walk):
    parsed, roadmap = imported()
    assert [
        str(doubt) for doubt in parsed.doubts if "link" in doubt.text.lower() and "headings" not in doubt.text
    ] == []
    assert walk(roadmap) == {}


@pytest.mark.parametrize("name", REAL_SOURCES)
def test_no_link_of_a_real_roadmap_is_dead_without_a_doubt(walk, name):
    parsed = parse(read(real_source(name)))
    roadmap = apply(plan=make_plan(parsed, slug="real"), now=NOW)
    doubted = "\n".join(str(doubt) for doubt in parsed.doubts)
    assert {link: page for link, page in walk(roadmap).items() if link not in doubted} == {}


def test_a_link_gets_the_address_of_the_thing_that_its_target_became():
    roadmap = imported()[1]
    snapshot = preview(roadmap)
    june, near, _ = snapshot.releases
    latest = snapshot.changelog[0]
    said, vans = "/parcels/pages/what-it-says/", "/parcels/pages/vans/"
    releases = {release.title: f"/parcels/items/#release-{release.uid[:8]}" for release in (june, near)}
    entry = f"/parcels/changelog/#changelog-{latest.uid[:8]}"
    expected = {
        "what-it-says": {
            "usable": "#usable",
            "plan": "#plan-go",
            "plan too": "#plan-go",
            "home": "/parcels/",
            "top": "#top",
            "own": said,
        },
        "deployed": {
            "cell": "#cell",
            "1": f"{said}#deployed",
            "2": "/parcels/pages/deployed/",
            "row": "#row",
            "Row": "#row",
            "3": "/parcels/pages/deployed/",
            "col": "#col",
            "spaced": f"{said}#plan-go",
            "code": "#usable",
            "changelog": "/parcels/changelog/",
            "entry": entry,
            "June": "/parcels/items/PARCELS-1/",
            "pages": "/parcels/items/#backlog",
            "deep": f"{vans}#heavy-vans",
            "old": "/parcels/items/#backlog",
        },
        "vans": {
            "Home": "/parcels/",
            "June": releases["June 2026"],
            "in": "/parcels/items/#backlog",
            "heavy": "#heavy-vans",
        },
        "PARCELS-1": {"vans": "/parcels/items/PARCELS-2/", "the June work": releases["June 2026"]},
        "PARCELS-2": {"weighed": "/parcels/items/PARCELS-1/", "the backlog": releases["Near term"]},
        "PARCELS-3": {
            "weight": "/parcels/items/PARCELS-1/",
            "here": releases["Near term"],
            "there": f"{said}#usable",
            "below": "/parcels/items/PARCELS-4/",
        },
        "PARCELS-4": {"guides": vans},
        "3 March 2026": {"listed": "/parcels/items/PARCELS-2/"},
        "1 February 2026": {"Up": entry},
    }
    texts = {page.slug: page.body for page in snapshot.pages}
    texts |= {item.content.reference: item.content.description for item in snapshot.items}
    texts |= {told.title: told.body for told in snapshot.changelog}
    assert {name: links_in(text) for name, text in texts.items()} == expected
    assert f"[ref]: {vans}#light-vans" in texts["deployed"]
    assert '<a href="#row">again</a>' in texts["deployed"]
    [column] = snapshot.roadmap.fields
    assert links_in(column.explanation) == {"Usable in year?": f"{said}#usable"}


def test_the_same_source_again_changes_nothing_and_what_is_new_leads_to_what_was_there():
    parsed, roadmap = imported()
    again = make_plan(parsed, slug="parcels")
    assert not again.changes_something
    more = f"{GUIDE}\n[parcels](../index.html#weigh)\n"
    texts = [preview(imported(texts=(BACKLOG, more, HOME))[1]).pages[-1].body]
    assert Roadmap.objects.get() == roadmap
    assert texts[0].endswith("[parcels](/parcels/items/PARCELS-1/)")


def test_what_leads_to_nothing_is_doubted_once_at_its_line():
    text = (
        "# A\n\nWrite to <a@example.gov.uk>.\n\n## B\n\n[a](#gone) [b](#gone)\n\n[c](gone.html) [d](#b)\n\n"
        "Name | Description\n--|--\nVan | [e](#gone) ![f](f.png) [g](/parcels/items/P-1/) [h](/h) "
        "[i](mailto:a@example.gov.uk)\n"
    )
    parsed = parse(source(text))
    links = [str(doubt) for doubt in parsed.doubts if doubt.text.startswith("This link")]
    assert links == [
        "index.md:7: This link leads to #gone, and nothing in the source has that name: change it.",
        "index.md:9: This link leads to a file beside the source, gone.html: change it.",
        "index.md:13: This link leads to a file beside the source, f.png: change it.",
        "index.md:13: This link leads to a file beside the source, /h: change it.",
    ]


def test_a_line_that_only_names_what_is_below_it_is_no_text_of_its_own():
    text = (
        "# A\n\nWrite to <a@example.gov.uk>. [1](#vans) [2](#row) [3](#march) [4](#live) [5](#term) [6](#both)\n\n"
        '<a name="vans"></a>\n## June 2027\n\n<span id="row"></span>\n\nName | Text\n--|--\nVan | Big\nBike | Red\n\n'
        '## Deployed\n\nName | Text\n--|--\nCart | Old\n\n<a name="live"></a>\n<a id="both"></a>\n\n'
        '## Changelog\n\n<a name="march"></a>\n**3 March 2026**\n\n- Began\n\n'
        '## Terms\n\n<a name="term"></a>\n**Big:** not small.\n\n```\n<a name="code"></a>\n# is code\n```\n'
    )
    parsed = parse(source(text))
    assert not any(doubt.text.startswith("This link") for doubt in parsed.doubts)
    assert [page.title for page in parsed.pages] == ["Introduction", "Terms"]
    assert parsed.pages[1].body == text.partition("## Terms\n\n")[2].rstrip()
    assert [(release.title, release.introduction) for release in parsed.releases] == [("June 2027", "")]
    snapshot = preview(apply(plan=make_plan(parsed, slug="a"), now=NOW))
    june, entry = snapshot.releases[0].uid[:8], snapshot.changelog[0].uid[:8]
    assert [*links_in(snapshot.pages[0].body).values()] == [
        f"/a/items/#release-{june}",
        "/a/items/A-1/",
        f"/a/changelog/#changelog-{entry}",
        *["/a/changelog/", "/a/pages/terms/#term", "/a/changelog/"],
    ]


def test_an_address_with_blanks_is_one():
    text = "# A\n\nWrite to <a@example.gov.uk>.\n\n## B\n\n[v](big vans.html#red-vans) [n](no vans.html)\n"
    texts = (text, "# Big vans\n\n## Red vans\n\nA van.\n")
    parsed = parse(source(*texts, paths=("index.html.md", "big vans.html.md")))
    page = preview(apply(plan=make_plan(parsed, slug="blanks"), now=NOW)).pages[0]
    assert page.body == "[v](/blanks/pages/big-vans/#red-vans) [n](no vans.html)"
    told = "index.html.md:7: This link leads to a file beside the source, no%20vans.html: change it."
    assert [str(doubt) for doubt in parsed.doubts] == [told]


@each_case(
    ("target", "leads_to"),
    [
        ("docs/vans.html#red", "vans.html.md"),
        ("/docs/vans.html", "vans.html.md"),
        ("../vans.md", "vans.html.md"),
        ("docs/vans.html#gone", None),  # the name alone is not enough
        ("docs/cars.html", None),  # there are two
        ("docs/vans", None),
        ("docs/vans.pdf", None),
        ("https://example.gov.uk/docs/vans.html", None),
    ],
)
def test_a_page_that_was_taken_out_of_its_folder_is_found_by_its_name(target, leads_to):
    paths = ("index.html.md", "vans.html.md", "a/cars.html.md", "b/cars.html.md")
    texts = (
        f"# A\n\n[link]({target}) [cars](a/cars.html)\n",
        "# Vans\n\n## Red\n\nA van.\n",
        "# Cars\n\nA.\n",
        "# Cars\n\nB.\n",
    )
    place = parse(source(*texts, paths=paths)).links.place(target, "index.html.md")
    assert (place and place.document) == leads_to


HEADINGS = "# A\n\n## Van’s *new* (v1.0)\n\n## R&D\n\n## A_b\n\n## R&D\n\n## Vans\n\n### R&D\n\n## Vans\n"


@each_case(
    ("fragment", "line"),
    [
        # the template's, Redcarpet's own, GitHub's
        ("van-s-new-v1-0", 3), ("vans-new-v10", 3), ("r-amp-d", 5), ("r-d", 5), ("rd", 5),
        # of two that say the same: with its parent's before it, with a number, from 1 or from 2
        ("a-r-amp-d", 9), ("r-d-1", 9), ("r-d-2", 9), ("vans-r-amp-d", 13), ("a-vans", 15), ("vans-1", 15),
        ("vans", 11), ("a_b", 7), ("a-b", 7), ("VAN-S-new-v1%2D0", 3), ("no", None),
    ],
)  # fmt: skip
def test_a_heading_is_called_as_renderers_call_it(fragment, line):
    links = parse(source(f"{HEADINGS}\n[link](#{fragment})\n")).links
    place = links.place(f"#{fragment}", "index.md")
    assert (place.anchor.line if place.anchor else None) == line
