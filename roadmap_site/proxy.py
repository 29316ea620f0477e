from django.http import HttpRequest


def address_behind_proxy(request: HttpRequest) -> str:
    """Who asks, as our own proxy saw them: the last address it added, for the ones before may be made up.

    Otherwise everybody would share the proxy's address, and one person's wrong guesses would lock all out.
    """
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")[-1].strip()
    return forwarded or str(request.META.get("REMOTE_ADDR", ""))
