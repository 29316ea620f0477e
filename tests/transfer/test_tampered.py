"""A file that was changed with care, its digest too: refused at the line where it contradicts itself."""

import json

import pytest

from tests.cases import each_case
from tests.transfer.tampering import changed, content_changed, sealed
from tests.transfer.test_refusals import AGAIN

pytestmark = pytest.mark.django_db


def without(key):
    return lambda told: told.pop(key)


def put(**values):
    return lambda told: told.update(values)


def in_change(**values):
    return lambda told: told["changes"][0].update(values)


TAMPERED = {
    # lines
    "an unknown record": (lambda f: changed(f, "page", put(record="table")), "not of this format"),
    "an unknown column": (lambda f: changed(f, "page", put(author="Me")), "unknown field `author`"),
    "a column less": (lambda f: changed(f, "item", without("position")), "missing required field `position`"),
    "a number for a text": (lambda f: changed(f, "item", put(title=5)), "Expected `str`, got `int`"),
    "a place that no database can keep": (lambda f: changed(f, "item", put(position=2**31)), "not of this format"),
    "a second roadmap": (lambda f: sealed([*f.splitlines()[:2], *f.splitlines()[1:-1]]), "not where it belongs"),
    "no roadmap": (lambda f: sealed([f.splitlines()[0], *f.splitlines()[2:-1]]), "not where it belongs"),
    "lines in another order": (
        lambda f: sealed([*f.splitlines()[:2], *f.splitlines()[2 : edition_line(f)][::-1]]),
        "not where it belongs",
    ),
    "a revision before all editions": (
        lambda f: sealed([*f.splitlines()[:2], f.splitlines()[-2]]),
        "stands in no edition",
    ),
    "a null character": (lambda f: changed(f, "edition", put(note="a\0b")), "null character"),
    "a null character within what was published": (
        lambda f: content_changed(f, "item", -1, title="Whole\0"),
        "null character",
    ),
    # working copies
    "an address of the site's own": (lambda f: changed(f, "roadmap", put(slug="admin")), "the site itself uses"),
    "a prefix in small letters": (lambda f: changed(f, "roadmap", put(reference_prefix="vat")), "capital letters"),
    "no contact": (lambda f: changed(f, "roadmap", put(contact_email="")), "email address"),
    "a link with a script": (lambda f: changed(f, "api", put(url="javascript:alert(1)")), "Enter a whole web address"),
    "a date that nobody understands": (lambda f: changed(f, "release", put(when="when ready")), "not clear"),
    "a title of several lines": (lambda f: changed(f, "page", put(title="a\nb")), "on one line"),
    "a kind that is none": (lambda f: changed(f, "item", put(kind="song")), "not among the choices"),
    "an item in no release": (
        lambda f: changed(f, "item", put(release="0" * 8 + "-0000-4000-8000-" + "0" * 12)),
        "in a release that is not there",
    ),
    "an item with an API that is not there": (
        lambda f: changed(f, "item", put(item_apis=[{"api": "Nothing", "version": "", "position": 0}])),
        "concerns the API “Nothing”",
    ),
    "an item with a field that is not there": (
        lambda f: changed(f, "item", put(field_values=[{"field": "nothing", "value": "x"}])),
        "fills in the field “nothing”",
    ),
    "one reference twice": (lambda f: changed(f, "item", put(reference="VAT-2"), 1), "is there twice"),
    "a reference that is an address": (lambda f: changed(f, "item", put(reference="../1")), "not a reference"),
    "two milestones in one environment": (
        lambda f: changed(
            f, "item", put(milestones=[{"environment": "live", "when": "May 2026", "is_deployed": False}] * 2)
        ),
        "is there twice",
    ),
    "an item with one API twice": (
        lambda f: changed(f, "item", lambda told: told.update(item_apis=told["item_apis"] * 2), -1),
        "of VAT-20 is there twice",
    ),
    "one page twice": (
        lambda f: sealed([line for line in f.splitlines()[:-1] for _ in range(1 + (b'"record":"page"' in line))]),
        "The page “",
    ),
    "a milestone that says nothing": (
        lambda f: changed(f, "item", put(milestones=[{"environment": "live", "when": "", "is_deployed": False}])),
        "without a date",
    ),
    "a count that gives references twice": (
        lambda f: changed(f, "roadmap", put(last_item_number=3)),
        "a new item would take its reference",
    ),
    # the history of a repository
    "a commit that is an option of git": (
        lambda f: changed(f, "history_import", put(last_commit="--output=/tmp/x")),
        "not of this format",
    ),
    "a folder outside the repository": (
        lambda f: changed(f, "history_import", put(folder="../other")),
        "“../other” is no folder inside a repository",
    ),
    "a folder from the root": (
        lambda f: changed(f, "history_import", put(folder="/etc")),
        "“/etc” is no folder inside a repository",
    ),
    "two histories": (
        lambda f: sealed(
            [
                *f.splitlines()[: edition_line(f)],
                f.splitlines()[edition_line(f) - 1],
                *f.splitlines()[edition_line(f) : -1],
            ]
        ),
        "The history of a repository is there twice",
    ),
    # editions
    "a gap in the numbers": (lambda f: changed(f, "edition", put(number=9), 2), "number 3 should come here"),
    "dates out of order": (
        lambda f: changed(f, "edition", put(published_at="2025-01-01T00:00:00Z"), 3),
        "dated before the one before it",
    ),
    "an edition that was seen after one that was not": (
        lambda f: changed(f, "edition", put(was_seen=False), 3),
        "Readers have seen edition 5, and not the one before it",
    ),
    "a time without a zone": (
        lambda f: changed(f, "edition", put(published_at="2026-01-05T09:30:00")),
        "not of this format",
    ),
    "a time beyond the calendar": (
        lambda f: changed(f, "edition", put(published_at="9999-12-31T23:59:59Z"), 7),
        "The year 9999",
    ),
    "a note that is too long": (lambda f: changed(f, "edition", put(note="x" * 501)), "not of this format"),
    "an edition without revisions": (
        lambda f: sealed(f.splitlines()[: edition_line(f) + 1]),
        "Edition 1 has no revisions",
    ),
    # revisions
    "words that the digest does not fit": (
        lambda f: changed(f, "revision", lambda told: told.update(content=told["content"].replace("VAT", "TAX"))),
        "not what its digest says",
    ),
    "an unknown noun": (lambda f: changed(f, "revision", put(noun="song")), "not of this format"),
    "another noun": (lambda f: changed(f, "revision", put(noun="page")), "is the uid of roadmap and of page"),
    "a word that no content has": (lambda f: content_changed(f, "item", author="Me"), "not known here"),
    "content without what it must have": (lambda f: content_changed(f, "item", title=None), "not the content of item"),
    "content of another thing": (
        lambda f: content_changed(f, "item", uid="0" * 8 + "-0000-4000-8000-" + "0" * 12),
        "another uid",
    ),
    "another title beside the content": (lambda f: changed(f, "revision", put(title="Other")), "another title"),
    "another address beside the content": (
        lambda f: changed(f, "revision", put(address="other")),
        "another uid or address",
    ),
    "the roadmap at another address": (
        lambda f: changed(content_changed(f, "roadmap", slug="other"), "revision", put(address="other")),
        "at another address than it has",
    ),
    "a published link with a script": (
        lambda f: content_changed(f, "item", -1, apis=[{"name": "A", "url": "javascript:alert(1)"}]),
        "is not a web address",
    ),
    "one thing twice in an edition": (
        lambda f: sealed(
            [
                *f.splitlines()[: edition_line(f) + 2],
                f.splitlines()[edition_line(f) + 1],
                *f.splitlines()[edition_line(f) + 2 : -1],
            ]
        ),
        "in one edition twice",
    ),
    "two items at one reference": (
        lambda f: changed(
            content_changed(f, "item", 1, reference="VAT-1"), "revision", put(address="VAT-1"), item_line(f, 1)
        ),
        "Two things are published at “VAT-1” at once",
    ),
    "an item in a release that readers do not have": (
        lambda f: content_changed(f, "item", -1, release_uid="0" * 8 + "-0000-4000-8000-" + "0" * 12),
        "published in a release that readers do not have",
    ),
    "a release withdrawn under its items": (
        lambda f: changed(f, "revision", lambda told: told.update(release_withdrawn(f)), -1),
        "withdrawn while items are in it",
    ),
    "an edition without the roadmap": (
        lambda f: sealed([*f.splitlines()[: edition_line(f) + 1], *f.splitlines()[edition_line(f) + 2 : -1]]),
        "roadmap itself was not published",
    ),
    "the roadmap withdrawn": (
        lambda f: changed(f, "revision", put(content="", digest="")),
        "withdraws the roadmap itself",
    ),
    # changes
    "a field that no reader knows": (
        lambda f: changed(f, "revision", in_change(field="salary")),
        "not one that is known",
    ),
    "a milestone in no environment": (
        lambda f: changed(f, "revision", in_change(field="milestone.moon"), -3),
        "not one that is known",
    ),
    "a change that cannot be told": (
        lambda f: changed(f, "revision", in_change(field="fields", before=5, after=[7])),
        "cannot be told",
    ),
    "a fraction": (
        lambda f: changed(f, "revision", in_change(before=1.5)),
        "got `float` - at `$.changes[0].before`",
    ),
    "a change told twice": (
        lambda f: changed(f, "revision", lambda told: told.update(changes=told["changes"] * 2)),
        "changes twice",
    ),
    "a reason that is too long": (lambda f: changed(f, "revision", in_change(reason="x" * 501)), "not of this format"),
}


def revisions(file):
    return [one for line in file.splitlines() if (one := json.loads(line)).get("record") == "revision"]


def item_line(file, which):
    """The place among the revisions of that item's."""
    return [n for n, told in enumerate(revisions(file)) if told["noun"] == "item" and told["content"]][which]


def release_withdrawn(file):
    """The last revision as one that withdraws the release in which the last item is."""
    held = [json.loads(told["content"]).get("release_uid") for told in revisions(file) if told["content"]]
    uid = next(uid for uid in held if uid)
    return {"noun": "release", "uid": uid, "title": "Gone", "address": "", "content": "", "digest": "", "changes": []}


def edition_line(file):
    return next(n for n, line in enumerate(file.splitlines()) if b'"record":"edition"' in line)


@each_case("name", TAMPERED)
def test_a_file_that_was_changed_with_care_is_refused_at_its_line(refused, file, name):
    tamper, reason = TAMPERED[name]
    tampered = tamper(file)
    assert tampered != file
    said = refused(tampered)
    assert reason.lower() in said.lower()
    assert said.startswith("roadmap.jsonl:")
    assert said.endswith(AGAIN)
