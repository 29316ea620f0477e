"""Every input of the admin's forms says what it is for, the rows below a form too."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.urls import reverse

from tests import make
from tests.admin.test_forms import item_form

pytestmark = pytest.mark.django_db

NOUNS = ["item", "release", "page", "changelogentry", "field", "api", "roadmap"]
NAMELESS = {"hidden", "submit", "button", "reset", "image"}  # nothing to type; a button is called by its own words


class Inputs(HTMLParser):
    """Of a page: each input that a person fills in, and the ids that a label is for."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.labelled: set[str] = set()
        self.labels, self.hidden = 0, 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "label":
            self.labels += 1
            self.labelled.add(given.get("for", ""))
        if tag in ("input", "select", "textarea") and given.get("type", "text") not in NAMELESS:
            self.found.append({**given, "within": "yes" if self.labels else ""})

    def handle_endtag(self, tag: str) -> None:
        self.labels -= tag == "label"

    def nameless(self) -> list[str]:
        """Their names."""
        return [
            given.get("name", given.get("id", "?"))
            for given in self.found
            if not (given.get("id", "?") in self.labelled or given["within"] or given.get("aria-label"))
        ]


def test_every_input_of_every_form_and_list_has_a_label(staff):
    roadmap, api = make.roadmap(), make.api()
    release, field = make.release(roadmap), make.field(roadmap)
    item = make.item(roadmap, live="June 2026", apis=((api, "v1"),), values={field: "x"}, release=release)
    things = [item, release, make.page(roadmap), make.changelog_entry(roadmap), field, api, roadmap]
    make.item(roadmap)
    pages = [
        url
        for noun, thing in zip(NOUNS, things, strict=True)
        for url in (
            reverse(f"admin:roadmap_{noun}_changelist"),
            reverse(f"admin:roadmap_{noun}_add"),
            reverse(f"admin:roadmap_{noun}_change", args=[thing.pk]),
        )
    ]
    pages += [
        reverse(f"admin:roadmap_roadmap_{name}", args=[roadmap.pk])
        for name in ("publish", "preview_links", "import_again")
    ]
    for url in pages:
        inputs = Inputs(staff.get(url).content.decode())
        assert inputs.found, url
        assert inputs.nameless() == [], url


def test_the_inputs_of_a_form_that_was_refused_have_labels_too(staff):
    roadmap = make.roadmap()
    page = staff.post(reverse("admin:roadmap_item_add"), item_form(roadmap, {"environment": "nowhere", "when": "?"}))
    inputs = Inputs(page.content.decode())
    assert "milestones-3-environment" in [given.get("name") for given in inputs.found]  # it is asked which one
    assert inputs.nameless() == []
