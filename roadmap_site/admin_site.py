"""The admin site itself: its names, a first page that says what is pending before it lists models, and signing in.

That keeps a form that was sent by somebody whose session was over.
"""

import copy
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from roadmap_site.posted import as_text, from_text, send_again, typed

KEPT = "_kept"  # in the form by which one signs in: another that was sent before


class RoadmapAdminSite(admin.AdminSite):
    site_header = "Roadmap administration"
    site_title = "Roadmap administration"
    index_title = "Your roadmaps"
    index_template = "admin/roadmap_index.html"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"version": settings.VERSION}

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        guarded = super().admin_view(view, cacheable)
        if getattr(view, "csrf_exempt", False):  # it only reads; and anybody can make a browser send it something
            return guarded

        @wraps(guarded)
        def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            pairs = typed(request) if request.method == "POST" and not self.has_permission(request) else []
            if not pairs or request.path == reverse("admin:logout"):
                return guarded(request, *args, **kwargs)
            return self.ask_to_sign_in(request, as_text(pairs), request.get_full_path())

        return keeping

    def has_permission(self, request: HttpRequest) -> bool:
        from roadmap.admin.sign_in import second_factor  # not above, as in `index`

        if not super().has_permission(request):
            return False
        found: bool | None = getattr(request, "_has_second_factor", None)
        if found is None:
            found = not second_factor.is_missing(request)
            request._has_second_factor = found  # type: ignore[attr-defined]  # asked several times for each page
        return found

    def ask_to_sign_in(self, request: HttpRequest, kept: str, url: str, note: str = "") -> HttpResponse:
        """The page for it, in answer to a form; with that form, which is sent to `url` afterwards."""
        asked = copy.copy(request)
        asked.method, asked.GET = "GET", QueryDict()
        context = {"kept": kept, "app_path": reverse("admin:login"), "next": url, "note": note}
        return self.login(asked, context)

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from roadmap.admin.sign_in.views import PasswordView  # not above, as in `index`

        if request.method == "GET" and not extra_context and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        request.current_app = self.name
        context = {
            **self.each_context(request),
            "title": "Sign in",
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            "kept": request.POST.get(KEPT, ""),
        }
        if not {"next"} & {*request.GET, *request.POST}:
            context["next"] = reverse("admin:index")
        answer: Any = PasswordView.as_view(extra_context=context | (extra_context or {}))(request)
        return answer

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The present password is tried as often as a code is: whoever finds a browser open does not guess it here."""
        from roadmap.admin.sign_in import limits, signals, steps  # not above, as in `index`

        if request.method != "POST":
            return super().password_change(request, extra_context)
        user = request.user
        keys = limits.keys_of_code(request, user)
        if wait := limits.take(keys, timezone.now()):
            asked = copy.copy(request)
            asked.method = "GET"
            messages.error(request, f"Too many wrong passwords. Try again {steps.wait_in_words(wait)}.")
            answer: Any = super().password_change(asked, extra_context)
            answer.status_code = 429
            return answer
        answer = super().password_change(request, extra_context)
        is_done = answer.status_code == 302
        if is_done or "old_password" not in (answer.context_data or {})["form"].errors:
            limits.give_back(keys)
        else:
            steps.tell_refused(request, user, "Wrong password, where another was to be chosen")
        if is_done:
            signals.password_changed.send(None, request=request, user=user, by=user, words="Password changed")
        return answer

    def signed_in(self, request: HttpRequest, url: str, kept: str) -> HttpResponse:
        """Where somebody goes on who has just signed in: with the form that they had sent, if they had."""
        pairs = from_text(kept)
        return send_again(request, pairs, url, "signed_in") if pairs else HttpResponseRedirect(url)

    def login_out_of_date(self, request: HttpRequest) -> HttpResponse:
        """Sent with a token of before: its author signed in in another tab, say."""
        url = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
            url = reverse("admin:index")
        kept = request.POST.get(KEPT, "")
        if not self.has_permission(request):
            return self.ask_to_sign_in(request, kept, url)
        return self.signed_in(request, url, kept)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        # Not above: roadmap.admin registers its classes with this site.
        from roadmap.admin.first_screen import day_of_work
        from roadmap.admin.permissions import may_see_addresses

        overview = day_of_work(request.user, timezone.now())
        context = {
            "overview": overview,
            "sends_email": settings.SENDS_EMAIL,
            "may_see_addresses": lambda: may_see_addresses(request.user),  # asked of those alone who see no other way
        }
        return super().index(request, {**context, **(extra_context or {})})
