"""Sentences that were odd when read aloud, as they are now."""

import pytest

from tests import make
from tests.web.read import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def vat(clock):
    clock(make.at("2026-05-20"))
    roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")
    first, second = make.item(roadmap, live="June 2026"), make.item(roadmap, kind="api")
    make.edition(roadmap, at=make.at("2026-05-01"))
    first.milestones.update(when="July 2026")
    second.kind = "guide"
    second.save()
    make.edition(roadmap, at=make.at("2026-05-02"))
    return roadmap


SAID = {
    "items/VAT-1/": "2 May 2026, edition 2 Live moved from June 2026 to July 2026 1 May 2026, edition 1 Added",
    "items/": "A date, for example 24 March or last week, or the number of an edition, for example 12",
    "../api/v1/": "Read all of one roadmap: VAT roadmap",
    "at/2020-01-01/": "The roadmap for that day cannot be shown On 1 January 2020 there was no VAT roadmap yet.",
}


@pytest.mark.parametrize(("path", "words"), SAID.items(), ids=SAID)
def test_what_is_said(vat, client, path, words):
    url = path.removeprefix("..") if path.startswith("..") else f"/vat-mtd/{path}"
    assert words in read(client, url, 404 if "at/" in path else 200).main
