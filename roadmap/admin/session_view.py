"""Whether somebody is still signed in, for static/public/admin-session.js, which asks before a form is sent."""

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from roadmap.admin.views import name_of


@never_cache
@require_safe
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in as staff, if anybody, and the token that their forms now need. Other sites cannot read it."""
    user = request.user
    is_staff = user.is_active and user.is_staff
    return JsonResponse(
        {
            "user": str(user.pk) if is_staff else "",
            "name": name_of(user) if is_staff else "",
            "token": get_token(request),
        }
    )


urls = [path("session/", session, name="staff_session")]
