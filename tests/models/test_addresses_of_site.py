"""A roadmap's address is none of the site's own, of which there is one list: the URL configuration."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import URLPattern, get_resolver

from roadmap.models import Roadmap
from roadmap.models.roadmap import addresses_of_site, validate_slug_is_free
from roadmap.transfer.import_roadmap import TransferRefused, bring_in
from tests import make

NAMED = ["admin", "api", "healthz", "items", "media", "metrics", "preview", "readyz", "search", "static"]


def first_parts(patterns=None, before=""):
    """Of every address that there is, however it came into the configuration."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern) or "/" in route:
            yield route.split("/")[0]
        else:
            yield from first_parts(pattern.url_patterns, route)


def test_the_list_has_the_first_part_of_every_address():
    fixed = {part for part in first_parts() if part and not re.search(r"[<^]", part)}
    assert fixed <= addresses_of_site()
    assert {*NAMED, "robots.txt", "changes.atom", "items.ics"} <= addresses_of_site()


@pytest.mark.parametrize("slug", [*NAMED, "Items"])
def test_each_is_refused_in_words(slug):
    with pytest.raises(ValidationError, match=f"The site itself uses the address “{slug}”. Choose another."):
        validate_slug_is_free(slug)


@pytest.mark.django_db
def test_no_roadmap_is_made_at_one_whoever_makes_it():
    with pytest.raises(ValidationError):
        Roadmap(title="Items", slug="items", reference_prefix="I", contact_email="a@example.org").full_clean()
    with pytest.raises(ValidationError, match="The site itself uses"):
        make.roadmap(slug="items")
    assert not Roadmap.objects.exists()


@pytest.mark.django_db
def test_one_that_comes_from_elsewhere_is_refused_too(tmp_path):
    roadmap = make.roadmap(slug="vat-mtd")
    make.edition(roadmap)
    file = tmp_path / "vat.jsonl"
    call_command("export_json", "vat-mtd", str(file))
    with pytest.raises(TransferRefused, match="The site itself uses the address “search”"):
        bring_in(file, slug="search")
    source = tmp_path / "index.md"
    source.write_text("# A roadmap\n")
    with pytest.raises(Exception, match="The site itself uses the address “items”"):
        call_command("import_techdocs", str(source), "--roadmap", "items", "--contact", "a@example.org")
