"""A form that could not be saved, kept in the page that says so: what was posted, to be sent again as it is.

Files have to be chosen again, and a password is typed again.
"""

import json

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from roadmap.web.responses import page

Pairs = list[tuple[str, str]]


def typed(request: HttpRequest) -> Pairs:
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    return [pair for pair in pairs if "password" not in pair[0] and pair[0] != "csrfmiddlewaretoken"]


def as_text(pairs: Pairs) -> str:
    return json.dumps(pairs)


def from_text(text: str) -> Pairs:
    """What `as_text` wrote; nothing where it is no such text."""
    try:
        pairs = [(name, value) for name, value in json.loads(text)]
        for part in (part for pair in pairs for part in pair):
            str.encode(part)  # TypeError for what is no text, ValueError for half a character
    except (TypeError, ValueError, RecursionError):
        return []
    return pairs


def came_from_this_site(request: HttpRequest) -> bool:
    """Whether one of our own pages posted it, as the browser says: no other site can make it say so."""
    return request.headers.get("Origin", "") == f"{request.scheme}://{request.get_host()}"


def send_again(request: HttpRequest, pairs: Pairs, url: str, why: str, *, status: int = 200) -> HttpResponse:
    """A page with one button, which posts all of it to that address. `why` is one of those that the template knows."""
    answer = page(
        "send_again.html",
        status=status,
        why=why,
        typed=pairs,
        has_files=bool(request.FILES),
        url=url,
        csrf_token=get_token(request),
    )
    answer["Cache-Control"] = "no-store"
    return answer
