"""What Django says at start where the order of things matters: roadmap/checks.py."""

import pytest
from django.contrib import admin
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import run_checks
from django.core.management import call_command
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


@pytest.fixture
def with_hashes(settings, tmp_path):
    """Static files under names that carry a hash, as on a real site; nothing is built, nothing collected."""
    styles = tmp_path / "built"
    styles.mkdir()
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.STATICFILES_DIRS = [styles]
    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    return styles


def build(styles):
    (styles / "styles").mkdir()
    (styles / "styles" / "site.css").write_text("p { color: black }\n", encoding="ascii")


def test_styles_that_were_not_built_and_files_that_were_not_collected(with_hashes):
    (unbuilt,) = said("roadmap.W002")
    assert "The styles have not been built: no page can be shown." in unbuilt.msg
    assert "Run script/build" in unbuilt.hint
    build(with_hashes)
    assert said("roadmap.W002") == []
    (uncollected,) = [error for error in run_checks(include_deployment_checks=True) if error.id == "roadmap.W003"]
    assert "The static files have not been collected" in uncollected.msg
    assert "Run script/build, or manage.py collectstatic" in uncollected.hint
    call_command("collectstatic", interactive=False, verbosity=0)
    staticfiles_storage.hashed_files, _ = staticfiles_storage.load_manifest()
    assert [error for error in run_checks(include_deployment_checks=True) if error.id == "roadmap.W003"] == []


def test_a_site_whose_pages_cannot_be_shown_is_not_ready_and_says_what_to_run(client, with_hashes):
    unbuilt = client.get("/readyz")
    assert (unbuilt.status_code, "run script/build" in unbuilt.content.decode()) == (503, True)
    assert "The styles have not been built" in unbuilt.content.decode()
    build(with_hashes)
    uncollected = client.get("/readyz")
    assert uncollected.status_code == 503
    assert "have not been collected: run script/build, or manage.py collectstatic" in uncollected.content.decode()


@pytest.mark.django_db
def test_a_roadmap_that_is_at_an_address_of_the_site_already_is_told_of():
    make.roadmap(slug="vat-mtd")
    assert run_checks(databases=["default"], tags=["database"]) == []
    Roadmap.objects.update(slug="items", title="Old items")
    (warning,) = [found for found in run_checks(databases=["default"]) if found.id == "roadmap.W001"]
    assert "Old items is at /items/, which the site itself uses" in warning.msg
    assert "import_json --slug ADDRESS" in warning.hint
