"""Every page in a second form: Markdown, for programs that read. The same words, made of the page itself.

A page is asked for in that form by its address with "index.md", or by `Accept: text/markdown` (RFC 7763; RFC 9110,
12.5.1), so what is answered at a page's address varies by it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, path
from django.utils.cache import patch_vary_headers
from django.utils.encoding import iri_to_uri

Answer = TypeVar("Answer", bound=HttpResponseBase)

FILE = "index.md"
SUFFIX = "_md"  # of the name of an address
HTML, MARKDOWN = "text/html", "text/markdown"
CONTENT_TYPE = f"{MARKDOWN}; charset=utf-8"


def with_markdown(pages: Sequence[URLPattern]) -> list[URLPattern]:
    """These pages, and each in its second form."""
    twins = [path(f"{page.pattern}{FILE}", page.callback, page.default_args, f"{page.name}{SUFFIX}") for page in pages]
    return [*pages, *twins]


def is_asked_for(request: HttpRequest) -> bool:
    """Whether this request is for the Markdown of a page."""
    return request.path.endswith(f"/{FILE}") or (
        has_two_forms(request.path) and is_preferred(request.headers.get("Accept", ""))
    )


def has_two_forms(address: str) -> bool:
    return address.endswith("/")


@lru_cache(maxsize=256)
def is_preferred(accept: str) -> bool:
    """Whether that header prefers Markdown to HTML. A browser's does not, nor one that takes anything."""
    accept = accept.lower()  # RFC 9110, 8.3.1
    if MARKDOWN not in accept:
        return False
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = accept
    return request.get_preferred_type([HTML, MARKDOWN]) == MARKDOWN


def in_form_asked_for(request: HttpRequest, answer: Answer, address: str) -> Answer:
    """A page that was made for this request, in Markdown where that is asked for. `address` is the page's, whole."""
    if has_two_forms(request.path.removesuffix(FILE)):  # what is at the second's own address may be given at the page's
        patch_vary_headers(answer, ["Accept"])
    if not is_asked_for(request) or answer.get("Content-Type", CONTENT_TYPE).split(";")[0] != HTML:
        return answer
    answer["Content-Type"] = CONTENT_TYPE
    if answer.status_code == 200:
        query = iri_to_uri(request.META.get("QUERY_STRING", ""))
        answer["Content-Location"] = f"{address}{FILE}{query and f'?{query}'}"
        answer["Link"] = f'<{address}>; rel="canonical"'
    if isinstance(answer, SimpleTemplateResponse):
        answer.add_post_render_callback(lambda made: _rewrite(made, address))
    return answer


def _rewrite(answer: Any, address: str) -> None:
    from roadmap.web.html_to_markdown import to_markdown  # seven megabytes that most processes never need

    answer.content = to_markdown(answer.content.decode(), address)
