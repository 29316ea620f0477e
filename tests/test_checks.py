"""What Django says at start where the order of things matters: roadmap/checks.py."""

import pytest
from django.contrib import admin
from django.core.checks import run_checks
from django.urls import include, path

from roadmap import checks
from roadmap.models import Api, Item, Page, Roadmap
from tests import make


def said(identity):
    return [error for error in run_checks() if error.id == identity]


def test_nothing_is_wrong():
    assert [error for error in run_checks() if str(error.id).startswith("roadmap.")] == []


@pytest.mark.parametrize("name", checks.NEEDED)
def test_middleware_that_is_missing(settings, name):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != name]
    (error,) = said("roadmap.E001")
    assert name in error.msg
    assert error.hint.startswith("Add it. ")


@pytest.mark.parametrize(("first", "second"), [pair[:2] for pair in checks.MIDDLEWARE_ORDER])
def test_middleware_in_another_order(settings, first, second):
    others = [one for one in settings.MIDDLEWARE if one not in (first, second)]
    settings.MIDDLEWARE = [second, *others, first]
    assert f"In MIDDLEWARE, {first} comes after {second}." in [error.msg for error in said("roadmap.E002")]
    assert all(error.hint for error in said("roadmap.E002"))


@pytest.mark.parametrize(
    ("model", "lacks"),
    [
        (Item, ["LockedAdmin", "RefusesConflicts", "RecordsSaves"]),
        (Page, ["LockedAdmin", "RefusesConflicts", "RecordsSaves"]),
        (Api, ["RefusesConflicts", "RecordsSaves"]),
    ],
)
def test_an_admin_without_what_every_working_copy_needs(monkeypatch, model, lacks):
    class PlainAdmin(admin.ModelAdmin):
        pass

    monkeypatch.setitem(admin.site._registry, model, PlainAdmin(model, admin.site))
    errors = said("roadmap.E003")
    assert [error.msg for error in errors] == [f"PlainAdmin is no {name}." for name in lacks]
    assert all(error.hint.startswith("Make it one: ") for error in errors)


class LastOfAll:
    urlpatterns = [
        path("", include("roadmap.web.urls")),
        path("admin/", admin.site.urls),
        path("admin/", include("roadmap.admin.preview_urls")),
    ]


@pytest.mark.parametrize("identity", ["roadmap.E004", "roadmap.E005"])
def test_addresses_in_another_order(settings, identity):
    settings.ROOT_URLCONF = LastOfAll
    (error,) = said(identity)
    assert error.hint


@pytest.mark.django_db
def test_a_roadmap_that_is_at_an_address_of_the_site_already_is_told_of():
    make.roadmap(slug="vat-mtd")
    assert run_checks(databases=["default"], tags=["database"]) == []
    Roadmap.objects.update(slug="items", title="Old items")
    (warning,) = [found for found in run_checks(databases=["default"]) if found.id == "roadmap.W001"]
    assert "Old items is at /items/, which the site itself uses" in warning.msg
    assert "import_json --slug ADDRESS" in warning.hint
