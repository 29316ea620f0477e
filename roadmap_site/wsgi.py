from collections.abc import Callable
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler
from django.http.response import HttpResponseBase

from roadmap_site.start import start


class AtTheRoot(WSGIHandler):
    """The site is all of its host. Some servers take SCRIPT_NAME, which says that it is a part, from any request that
    a proxy on the same machine passes on: then /vat-mtd/ was the list of roadmaps, for whoever keeps answers.
    """

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> HttpResponseBase:
        if before := environ.get("SCRIPT_NAME"):
            environ = environ | {"SCRIPT_NAME": "", "PATH_INFO": before + environ.get("PATH_INFO", "")}
        return super().__call__(environ, start_response)


start(is_server=True)
django.setup(set_prefix=False)
application = AtTheRoot()
