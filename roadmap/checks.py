"""What Django says at start where the order of things matters and somebody has changed it: `manage.py check`.

Each number is listed in docs/architecture.md.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.urls import get_resolver

SECURITY = "django.middleware.security.SecurityMiddleware"
STATIC_FILES = "whitenoise.middleware.WhiteNoiseMiddleware"
CSP = "csp.middleware.CSPMiddleware"
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
COMMON = "django.middleware.common.CommonMiddleware"
NULL_BYTES = "roadmap.web.problems.RefuseNullBytes"

SHEET = "styles/site.css"  # that every page has

# Each before the next, and why.
MIDDLEWARE_ORDER = (
    (SECURITY, STATIC_FILES, "a static file goes over HTTPS too, with the same headers"),
    (STATIC_FILES, SESSIONS, "a static file needs no session"),
    (CSP, SESSIONS, "every answer that is made further on has the policy, those of other middleware too"),
    (CSP, COMMON, "every answer that is made further on has the policy, redirects too"),
)
NEEDED = {
    SECURITY: "Readers are led to HTTPS by it.",
    CSP: "Pages would run whatever script gets into them.",
    NULL_BYTES: "PostgreSQL takes no null byte, and the admin would answer a query with one by an error.",
}


@register
def check_middleware(**_: Any) -> Iterator[CheckMessage]:
    for name, why in NEEDED.items():
        if name not in settings.MIDDLEWARE:
            yield Error(f"MIDDLEWARE lacks {name}.", hint=f"Add it. {why}", id="roadmap.E001")
    place = {name: number for number, name in enumerate(settings.MIDDLEWARE)}
    for first, second, why in MIDDLEWARE_ORDER:
        if first in place and second in place and place[first] > place[second]:
            hint = f"Put {first} before {second}, so that {why}."
            yield Error(f"In MIDDLEWARE, {first} comes after {second}.", hint=hint, id="roadmap.E002")


@register
def check_admins(**_: Any) -> Iterator[CheckMessage]:
    """Of everything that is published, or says something in what is."""
    from roadmap.admin.base import LockedAdmin, RecordsSaves
    from roadmap.admin.editing.conflicts import RefusesConflicts
    from roadmap.models import Api, Roadmap

    needed: dict[type[admin.ModelAdmin], str] = {
        LockedAdmin: "two who save at once do not wait for each other, nor is it asked whose roadmap it is",
        RefusesConflicts: "whoever saves second overwrites what the first wrote",
        RecordsSaves: "what is saved is missing from its history",
    }
    for model, found in admin.site._registry.items():
        columns = model._meta.get_fields()
        is_of_one = model is Roadmap or any(one.name == "roadmap" and one.related_model is Roadmap for one in columns)
        for kind, why in needed.items():
            # An API is of every roadmap.
            is_needed = is_of_one or (model is Api and kind is not LockedAdmin)
            if is_needed and not isinstance(found, kind):
                said, hint = f"{type(found).__name__} is no {kind.__name__}.", f"Make it one: without that, {why}."
                yield Error(said, hint=hint, obj=type(found), id="roadmap.E003")


@register
def check_addresses(**_: Any) -> Iterator[CheckMessage]:
    patterns = get_resolver().url_patterns
    apps = [getattr(pattern, "app_name", None) for pattern in patterns]
    if apps[-1] != "web":
        hint = "Include roadmap.web.urls last: the first part of most of its addresses is any word."
        yield Error("The public addresses are not the last of ROOT_URLCONF.", hint=hint, id="roadmap.E004")
    if any(str(pattern.pattern).startswith("admin/") for pattern in patterns[apps.index("admin") + 1 :]):
        hint = "Include them before admin.site.urls, which answers whatever else begins with “admin/”."
        yield Error("Addresses below “admin/” come after the admin's own.", hint=hint, id="roadmap.E005")


@register(Tags.staticfiles)  # `collectstatic` says it too, before it copies what there is
def check_styles(**_: Any) -> Iterator[CheckMessage]:
    """Only where names carry a hash: elsewhere a page comes without its styles, and here not at all."""
    if _has_hashes() and finders.find(SHEET) is None:
        hint = "Run script/build, which builds them and collects the static files."
        yield Warning("The styles have not been built: no page can be shown.", hint=hint, id="roadmap.W002")


@register(Tags.staticfiles, deploy=True)
def check_static_files(**_: Any) -> Iterator[CheckMessage]:
    if _has_hashes() and finders.find(SHEET) is not None:
        try:
            staticfiles_storage.url(SHEET)
        except ValueError:
            hint = "Run script/build, or manage.py collectstatic."
            said = "The static files have not been collected: no page can be shown."
            yield Warning(said, hint=hint, id="roadmap.W003")


@register("uploads", deploy=True)
def check_uploads(**_: Any) -> Iterator[CheckMessage]:
    """Only where they are on another machine."""
    if settings.UPLOADS_ARE_ELSEWHERE:
        try:
            default_storage.listdir("markdown")
        except OSError as error:
            hint = "Mend UPLOADS_URL or its keys: they must be allowed to list, read, write and delete."
            yield Warning(f"Uploads cannot be stored: {error}.", hint=hint, id="roadmap.W004")


def _has_hashes() -> bool:
    return isinstance(staticfiles_storage, ManifestFilesMixin)


@register(Tags.database)  # `migrate` says it, and `check --database default`
def check_roadmaps(databases: Sequence[str] | None = None, **_: Any) -> Iterator[CheckMessage]:
    from roadmap.models import Roadmap
    from roadmap.models.roadmap import addresses_of_site

    if not databases:
        return
    try:
        found = [*Roadmap.objects.filter(slug__in=addresses_of_site())]
    except DatabaseError:
        return  # it is not migrated yet
    for roadmap in found:
        said = f"{roadmap} is at /{roadmap.slug}/, which the site itself uses: readers do not find its home page."
        hint = "Bring it in at another address: export_json, delete it, then import_json --slug ADDRESS."
        yield Warning(said, hint=hint, obj=roadmap, id="roadmap.W001")
