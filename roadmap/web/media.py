"""Serves the pictures that staff uploaded, and nothing else that may lie in that folder."""

import re

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve

from roadmap.web.responses import require_safe

# What the upload writes: see roadmap/admin/editing/markdown_widget.py. No SVG, which may hold script.
_PICTURE = re.compile(r"(?:[\w-]+/)*[\w-]+\.(?:png|jpe?g|gif|webp)", re.ASCII)

# An upload's name is never used for another picture, so it may be kept for good.
_FOR_GOOD = "public, max-age=31536000, immutable"  # seconds: a year


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    if not _PICTURE.fullmatch(name):
        raise Http404(f"{name} is not the name of a picture")
    answer = serve(request, name, document_root=str(settings.MEDIA_ROOT))
    answer["Cache-Control"] = _FOR_GOOD
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
