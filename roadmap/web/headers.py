"""What every answer says to browsers, whatever made it: a view, an error, a file from disk, or the page store itself.

Outermost of all middleware: what others have set stays. See docs/security.md, V3.
"""

from collections.abc import Callable
from functools import cache

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

# What a page of ours asks no browser for, in words that Chromium knows: it complains of others. To copy a link is all
# that one does beyond showing itself.
_NEVER = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media"),
    *("fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection"),
    *("local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock"),
    *("serial", "sync-xhr", "usb", "xr-spatial-tracking"),
)
_OWN = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS = ", ".join([*(f"{name}=()" for name in _NEVER), *(f"{name}=(self)" for name in _OWN)])

STAFF = ("/admin/", "/preview/")
# By status, what is said of what browsers and caches keep where nothing is said (RFC 9110, 15.1): the one for as long
# as they like, though where it leads may lead back one day, as a name that was given up and taken again; the other
# though it may be published the next moment.
_BRIEFLY, _NEVER_KEPT = "public, max-age=10", "no-store"
_KEPT_UNASKED = {301: _BRIEFLY, 308: _BRIEFLY, **dict.fromkeys((400, 403, 404, 405, 410, 414, 500, 501), _NEVER_KEPT)}
RESOURCE_POLICY, EVERYBODY = "Cross-Origin-Resource-Policy", "cross-origin"


@cache
def standing(is_secure: bool) -> dict[str, str]:
    """By name. That a site is reached over HTTPS alone is said over HTTPS (RFC 6797, 7.2)."""
    found = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        RESOURCE_POLICY: "same-origin",
        "Permissions-Policy": PERMISSIONS,
        "Content-Security-Policy": build_policy(),
    }
    if is_secure and settings.SECURE_HSTS_SECONDS:
        below = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
        found["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}{below}"
    return found


# In the small letters of ASGI.
NAMES = frozenset(name.lower().encode() for name in (*standing(False), "Strict-Transport-Security"))


def lines(is_secure: bool) -> list[tuple[bytes, bytes]]:
    """The same, for what no middleware sees."""
    return [(name.lower().encode(), value.encode()) for name, value in standing(is_secure).items()]


class SaysThemAll:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        # A picture stands in feeds too, which others show; what programs read is for those of other sites.
        if request.path_info.startswith(settings.MEDIA_URL) or "Access-Control-Allow-Origin" in answer:
            answer.headers.setdefault(RESOURCE_POLICY, EVERYBODY)
        if request.path_info.startswith(STAFF):
            answer.headers.setdefault("Cache-Control", "no-store, private")  # a refusal, say
        if answer.status_code in _KEPT_UNASKED:
            answer.headers.setdefault("Cache-Control", _KEPT_UNASKED[answer.status_code])
        for name, value in standing(request.is_secure()).items():
            answer.headers.setdefault(name, value)
        return answer
