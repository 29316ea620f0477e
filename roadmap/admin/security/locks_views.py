"""The page of those who are locked out, with the way to let one of them in again. For administrators."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from roadmap.admin.security.locks import let_in, locked
from roadmap.admin.views import name_of, page


@require_http_methods(["GET", "HEAD", "POST"])
def locks_view(request: HttpRequest) -> HttpResponse:
    if not (request.user.is_active and request.user.is_superuser):
        raise PermissionDenied
    if request.method == "POST":
        chosen = request.POST.get("person", "")
        user = get_object_or_404(User, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
        if let_in(user, request=request):
            messages.success(request, f"{name_of(user)} can sign in again.")
        else:
            messages.info(request, f"{name_of(user)} was not locked out: nothing has changed.")
        return redirect("admin:auth_user_change", user.pk) if "from_form" in request.POST else redirect(request.path)
    found = locked(timezone.now())
    context = {"title": "Locked out", "locks": found.locks, "others": found.others, "opts": User._meta}
    return page(request, "security/locked", context)
