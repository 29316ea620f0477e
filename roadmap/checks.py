"""What Django says at start where the order of things matters and somebody has changed it: `manage.py check`.

Each number is listed in docs/architecture.md.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.checks import CheckMessage, Error, register
from django.db.models import Model
from django.urls import get_resolver

SECURITY = "django.middleware.security.SecurityMiddleware"
NOT_MODIFIED = "roadmap.web.responses.NotModifiedMiddleware"
STATIC_FILES = "whitenoise.middleware.WhiteNoiseMiddleware"
CSP = "csp.middleware.CSPMiddleware"
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
COMMON = "django.middleware.common.CommonMiddleware"
NULL_BYTES = "roadmap_site.middleware.RefuseNullBytes"

# Each before the next, and why.
MIDDLEWARE_ORDER = (
    (SECURITY, NOT_MODIFIED, "an answer that is told to be unchanged goes over HTTPS too, with the same headers"),
    (NOT_MODIFIED, STATIC_FILES, "a reader who has the answer is told so before anything else is done"),
    (STATIC_FILES, SESSIONS, "a static file needs no session"),
    (CSP, SESSIONS, "every answer that is made further on has the policy, those of other middleware too"),
    (CSP, COMMON, "every answer that is made further on has the policy, redirects too"),
)
NEEDED = {
    SECURITY: "Readers are led to HTTPS by it.",
    NOT_MODIFIED: "Nearly every request of a feed reader would be answered anew.",
    CSP: "Pages would run whatever script gets into them.",
    NULL_BYTES: "PostgreSQL takes no null byte, and the admin would answer a query with one by an error.",
}


@register
def check_middleware(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = [
        Error(f"MIDDLEWARE lacks {name}.", hint=f"Add it. {why}", id="roadmap.E001")
        for name, why in NEEDED.items()
        if name not in settings.MIDDLEWARE
    ]
    place = {name: number for number, name in enumerate(settings.MIDDLEWARE)}
    found += [
        Error(
            f"In MIDDLEWARE, {first} comes after {second}.",
            hint=f"Put {first} before {second}, so that {why}.",
            id="roadmap.E002",
        )
        for first, second, why in MIDDLEWARE_ORDER
        if first in place and second in place and place[first] > place[second]
    ]
    return found


@register
def check_admins(**_: Any) -> list[CheckMessage]:
    """Of everything that is published, or says something in what is."""
    from roadmap.admin.base import LockedAdmin, RecordsSaves
    from roadmap.admin.editing.conflicts import RefusesConflicts
    from roadmap.models import Api

    of_every_roadmap: dict[type[admin.ModelAdmin], str] = {
        RefusesConflicts: "whoever saves second overwrites what the first wrote",
        RecordsSaves: "what is saved is missing from its history",
    }
    of_one_roadmap: dict[type[admin.ModelAdmin], str] = {
        LockedAdmin: "two who save at once do not wait for each other, nor is it asked whose roadmap it is"
    }
    found: list[CheckMessage] = []
    for model, model_admin in admin.site._registry.items():
        if model is Api or _is_of_roadmap(model):
            needed = of_every_roadmap if model is Api else {**of_one_roadmap, **of_every_roadmap}
            found += [
                Error(
                    f"{type(model_admin).__name__} is no {kind.__name__}.",
                    hint=f"Make it one: without that, {why}.",
                    obj=type(model_admin),
                    id="roadmap.E003",
                )
                for kind, why in needed.items()
                if not isinstance(model_admin, kind)
            ]
    return found


@register
def check_addresses(**_: Any) -> list[CheckMessage]:
    patterns = get_resolver().url_patterns
    apps = [getattr(pattern, "app_name", None) for pattern in patterns]
    found: list[CheckMessage] = []
    if apps[-1] != "web":
        hint = "Include roadmap.web.urls last: the first part of most of its addresses is any word."
        found.append(Error("The public addresses are not the last of ROOT_URLCONF.", hint=hint, id="roadmap.E004"))
    hidden = [pattern for pattern in patterns[apps.index("admin") + 1 :] if str(pattern.pattern).startswith("admin/")]
    if hidden:
        hint = "Include them before admin.site.urls, which answers whatever else begins with “admin/”."
        found.append(Error("Addresses below “admin/” come after the admin's own.", hint=hint, id="roadmap.E005"))
    return found


def _is_of_roadmap(model: type[Model]) -> bool:
    from roadmap.models import Roadmap

    fields = model._meta.get_fields()
    return model is Roadmap or any(field.name == "roadmap" and field.related_model is Roadmap for field in fields)
