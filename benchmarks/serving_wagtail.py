"""Wagtail with its page cache, giving the same bytes as we do: a peer, in a temporary folder of its own.

Nothing of ours needs it, so it is in no list of requirements: the benchmark has pip install it when it is run.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.serving_processes import Server, gunicorn

PACKAGES = ("wagtail==7.4.4", "wagtail-cache==3.0.0", "gunicorn==27.0.1")
FILES = {
    "__init__.py": "",
    "settings.py": """
from pathlib import Path
SECRET_KEY, ALLOWED_HOSTS, ROOT_URLCONF, USE_TZ = "a" * 50, ["127.0.0.1"], "peer.urls", True
INSTALLED_APPS = [
    "peer", "wagtailcache", "wagtail.users", "wagtail.images", "wagtail.documents", "wagtail.admin", "wagtail",
    "modelcluster", "taggit", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages",
]
MIDDLEWARE = [
    "wagtailcache.cache.UpdateCacheMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
    "wagtailcache.cache.FetchFromCacheMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(__file__).with_name("peer.sqlite3")}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # the quickest there is
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
WAGTAIL_SITE_NAME, WAGTAILADMIN_BASE_URL, STATIC_URL = "Peer", "http://127.0.0.1", "/static/"
""",
    "models.py": """
from django.db import models
from wagtail.models import Page
from wagtailcache.cache import WagtailCacheMixin
class HomePage(WagtailCacheMixin, Page):
    body = models.TextField()
    template = "home.html"
""",
    "templates/home.html": "{{ page.body|safe }}",
    "urls.py": """
from django.urls import include, path
from wagtail import urls
urlpatterns = [path("", include(urls))]
""",
    "wsgi.py": """
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
""",
    "make.py": """
import sys
from pathlib import Path
import django
django.setup()
from django.core.management import call_command
call_command("makemigrations", "peer", verbosity=0)
call_command("migrate", verbosity=0)
from peer.models import HomePage
from wagtail.models import Page, Site
home = Page.objects.get(depth=1).add_child(
    instance=HomePage(title="Home", slug="peer", body=Path(sys.argv[1]).read_text("utf-8"))
)
Site.objects.update(root_page=home)
""",
}


@contextmanager
def wagtail(folder: Path, body: Path) -> Iterator[Server | None]:
    """None, and words why, where it cannot be set up."""
    python = folder / "venv" / "bin" / "python"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "peer.settings", "PYTHONPATH": str(folder)}
    for name, text in FILES.items():
        path = folder / "peer" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    try:
        for command in (
            [sys.executable, "-m", "venv", str(folder / "venv")],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES],
            [str(python), "-m", "peer.make", str(body)],
        ):
            subprocess.run(
                command, check=True, cwd=folder, env=environment, capture_output=True, text=True, timeout=600
            )
    except (OSError, subprocess.SubprocessError) as error:
        told = str(getattr(error, "stderr", "") or error).strip().splitlines()
        print(f"\nWagtail is not compared, because it could not be set up: {told[-1]}")
        yield None
        return
    worker = ("--worker-class", "gthread", "--threads", "4")
    with gunicorn("peer.wsgi", environment, *worker, path=folder, python=python) as server:
        yield server
