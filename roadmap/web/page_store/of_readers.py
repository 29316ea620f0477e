"""What is known of an address before Django is asked: whether it is of readers, and what is said while it is away."""

from functools import lru_cache

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.template.response import SimpleTemplateResponse
from django.urls import Resolver404, resolve

from roadmap.web.as_markdown import CONTENT_TYPE, FILE, has_two_forms, is_preferred
from roadmap.web.headers import EVERYBODY, RESOURCE_POLICY, standing
from roadmap.web.page_store.answers import Held, made
from roadmap.web.page_store.keys import Key
from roadmap.web.problems import AWAY, RETRY_AFTER, Format, FormattedView, allow_every_origin, problem, readers_view


def is_public(path: str) -> bool:
    """Whether it is an address of readers, whose answers are the same for everybody; static files too."""
    if path.startswith(settings.STATIC_URL):
        return True
    view = _view_of(path)
    return view is not None and view.is_the_same_for_all


def is_picture(path: str) -> bool:
    return path.startswith(settings.MEDIA_URL)


def prefers_markdown(path: str, accept: bytes) -> bool:
    """Whether that header asks for the second form of what is at that address."""
    view = _view_of(path) if has_two_forms(path) and is_preferred(accept.decode("latin-1")) else None
    return view is not None and view.format is Format.PAGE and view.is_the_same_for_all


def _view_of(path: str) -> FormattedView | None:
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return readers_view(match.func, match.kwargs)


@lru_cache
def name_of(origin: str, host: str) -> str:
    """By which the site is known, where it has one name: by whichever of its others it is asked, the answer is one."""
    is_ours = origin and validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
    return origin.partition("://")[2] if is_ours else host


def away_answer(key: Key) -> Held:
    """What is said where nothing is held and the database is away, in the format of the address."""
    view = _view_of(key.path)
    origin = f"{key.scheme}://{key.host}/" if key.path.endswith(f"/{FILE}") else ""
    return _away_in(view.format if view else Format.PAGE, key.scheme == "https", origin)


@lru_cache
def _away_in(format: Format, is_secure: bool, origin: str) -> Held:
    """`origin` is given where it is asked for as Markdown."""
    answer = problem(format, 503, AWAY)
    answer["Retry-After"] = str(RETRY_AFTER)
    if format is not Format.PAGE:
        allow_every_origin(answer)
    if isinstance(answer, SimpleTemplateResponse):
        answer.render()
    if origin:
        from roadmap.web.html_to_markdown import to_markdown  # seven megabytes that most processes never need

        answer["Content-Type"] = CONTENT_TYPE
        answer.content = to_markdown(answer.content.decode(), origin)
    is_for_all = format is not Format.PAGE
    policy = {RESOURCE_POLICY: EVERYBODY} if is_for_all else {}
    lines = standing(is_secure) | policy | dict(answer.items())
    return Held(made(503, lines.items(), answer.content, None))
