"""What the browser keeps of a form until it is saved: the server's part. The other is static/public/admin-unsaved.js.

The script names every opening of a form with a key, which the form posts. Once that form is saved, a cookie tells the
script so; whatever else happens to the form (errors, a lost session, a network that fails), what it kept stays.
"""

import re
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

KEY_FIELD = "_typed"
COOKIE = "roadmap-saved"  # its name and form are known to the script too
MOST_KEYS = 20  # that the script may not have seen yet
MAX_AGE = 30 * 24 * 60 * 60  # seconds: as long as the script keeps anything

_KEY = re.compile(r"[a-z0-9]{8,40}")


def posted_key(request: HttpRequest) -> str:
    key = request.POST.get(KEY_FIELD, "")
    return key if _KEY.fullmatch(key) else ""


class KeepsUnsaved(admin.ModelAdmin):
    class Media:
        js = ["admin-unsaved.js"]
        css = {"all": ["admin-history.css"]}

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context |= {"key_field": KEY_FIELD, "typed_key": posted_key(request)}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return _saved(request, super().response_add(request, obj, post_url_continue))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return _saved(request, super().response_change(request, obj))


def _saved(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if key := posted_key(request):
        earlier = [saved for saved in request.COOKIES.get(COOKIE, "").split(".") if _KEY.fullmatch(saved)]
        response.set_cookie(
            COOKIE,
            ".".join([*earlier, key][-MOST_KEYS:]),
            max_age=MAX_AGE,
            path=reverse("admin:index"),
            secure=bool(settings.SESSION_COOKIE_SECURE),
            samesite="Lax",
        )
    return response
