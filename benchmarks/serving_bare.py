"""A Django view that does nothing but give bytes of a file: what a request costs before anybody writes a line."""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], USE_I18N=False)
BODY = Path(os.environ["SERVING_BODY"]).read_bytes()


def view(_: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY)


urlpatterns = [path("", view)]
application = get_wsgi_application()
