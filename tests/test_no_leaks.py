"""What is saved but not published is nowhere: a word that no reader may see, asked of every public address."""

import re

import pytest

from roadmap.content.choices import Noun
from roadmap.models import Api, ChangelogEntry, Field, FieldValue, Item, ItemApi, Milestone, Page, Release, Roadmap
from roadmap.published import store
from tests import make
from tests.web.addresses import every_address, said
from tests.web.sample import ADDRESSES, whole_roadmap

pytestmark = pytest.mark.django_db
CANARY = "canary"

# What fills the parts of public addresses, of what is published and of what is only saved.
PARTS = {
    "api": ["vat-api", "canary-api"],
    "slug": ["vat-mtd", "canary-roadmap"],
    "reference": [*(f"VAT-{n}" for n in range(1, 7)), "CANARY-1"],
    "page_slug": ["guide", "who", "canary-page"],
    "name": ["canary.png"],
    "day": ["2026-03-24", "2026-03-23"],
    "number": [1, 2],
    "roadmap": ["vat-mtd", "canary-roadmap"],
    "page": ["guide", "who", "canary-page"],
    "rest": ["nothing"],
    "token": ["nobody's"],
    "pk": [1],
}


def addresses():
    """Every public address in the URL configuration, with every part that there is."""
    return [url for name, url in every_address(PARTS) if not name.startswith("preview:")]


def edit_everything(roadmap):
    """The canary in every text of every working copy there is, and a new one of each noun."""
    whole_roadmap(CANARY, slug="canary-roadmap", reference_prefix="CANARY")  # a roadmap that was never published
    nouns = {
        Roadmap: ["title", "description", "contact_name", "contact_subject", "test_label", "live_label", "footer"],
        Page: ["title", "body"],
        Release: ["title", "introduction"],
        Item: ["title", "description", "journey", "audiences"],
        Field: ["name", "explanation"],
        FieldValue: ["value"],
        Api: ["name"],
        ItemApi: ["version"],
        ChangelogEntry: ["title", "body"],
    }
    for model, texts in nouns.items():
        for one in model.objects.all():
            for text in texts:
                setattr(one, text, f"{CANARY} {one.pk}"[:50])
            one.save()
    Roadmap.objects.filter(pk=roadmap.pk).update(contact_email=f"{CANARY}@example.org")
    Api.objects.update(url=f"https://example.org/{CANARY}")
    Milestone.objects.update(when="December 2099", is_deployed=True)
    Release.objects.update(when="December 2099", is_deployed=True)
    ChangelogEntry.objects.update(when="December 2099")
    make.item(roadmap, title=CANARY)
    make.page(roadmap, title=CANARY, slug="canary-page", is_on_home=True)
    make.release(roadmap, title=CANARY)
    make.changelog_entry(roadmap, title=CANARY)


@pytest.fixture(autouse=True)
def _as_a_process_that_has_just_begun():
    store.forget_all()


@pytest.fixture
def published():
    roadmap = whole_roadmap()
    make.edition(roadmap, at=make.at("2026-03-24"))
    return roadmap


def test_an_unpublished_edit_is_absent_from_every_public_address(client, published):
    before = {url: client.get(url) for url in addresses()}
    edit_everything(published)
    for url, old in before.items():
        new = client.get(url)
        shown = said(new) + str(new.headers) if not new.streaming else ""
        assert CANARY not in shown.lower().replace(url.lower(), ""), url
        assert "2099" not in without_hashes(shown), url
        assert (new.status_code, unstamped(new.content)) == (old.status_code, unstamped(old.content)), url


def without_hashes(text):
    """Without ETags, uids and numbers of requests: by chance they have any digits. A day has no letter from a to f."""
    return re.sub(r"\b(?=[\da-f-]*[a-f])[\da-f-]{8,}\b", "", text)


def unstamped(content):
    """Without what says when a form was opened."""
    return re.sub(rb'name="stamp" value="[^"]*"', b"", content)


def test_a_year_is_found_in_any_form_and_in_no_hash():
    for day in (
        "2099-06-01",
        "20990601T090000Z",
        "DTSTART;VALUE=DATE:20990601",
        "June 2099",
        "/at/2099-06-01/",
        "2099",
    ):
        assert "2099" in without_hashes(f"{day}, and more"), day
    for by_chance in ('"2d8b286e12099252"', "0f2099aa-1111-4222-8333-444444444444", "site.222a2099486c.css"):
        assert "2099" not in without_hashes(by_chance), by_chance


def test_a_scheduled_edition_is_absent_from_every_public_address(client, published):
    edit_everything(published)
    make.edition(published, at=make.at("2999-01-01"), now=make.at("2998-01-01"))
    for url in addresses():
        assert CANARY not in said(client.get(url)).lower(), url


def test_the_same_edit_is_on_the_pages_once_it_is_published(client, published):
    """Otherwise the tests above could pass by asking nothing."""
    edit_everything(published)
    make.edition(published, at=make.at("2026-03-25"))
    for name, url in ADDRESSES.items():
        if name == "search":
            continue  # which shows what is looked for
        assert CANARY in said(client.get(url)), name
    for url in addresses():
        if url.startswith("/api/v1/roadmaps") and not url.endswith("/editions/1"):
            answer = client.get(url)
            assert CANARY in said(answer) or answer.status_code == 404, url
    assert {noun.value for noun in Noun} == {"roadmap", "page", "release", "item", "changelog_entry"}, (
        "a new noun: add it to edit_everything"
    )


def test_a_withdrawal_that_is_not_published_is_not_seen(client, published):
    item = Item.objects.get(reference="VAT-1")
    before = client.get("/vat-mtd/items/VAT-1/").content
    item.delete()
    Page.objects.all().delete()
    assert client.get("/vat-mtd/items/VAT-1/").content == before
    assert client.get("/vat-mtd/pages/who/").status_code == 200
