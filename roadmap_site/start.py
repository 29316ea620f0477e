"""How a process of the site begins: a command (manage.py), a server (wsgi.py, and asgi.py after it), script/prepare.py.

What it makes (the database, the generated secret, uploads, readers' answers, mail, exports) holds drafts and what may
not be published yet, so it is for the owner alone. Static files are public, and a web server of another user may give
them from disk: see STORAGES in settings.py too, which is for those that are copied, as this is for those made of them.
"""

import os
import signal
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

OWNER_ALONE, ALL_MAY_READ = 0o077, 0o022


def start(*, is_server: bool = False) -> None:
    """Read the settings. Where one is wrong, say so in words and end with exit code 1."""
    os.umask(ALL_MAY_READ if sys.argv[1:2] == ["collectstatic"] else OWNER_ALONE)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadmap_site.settings")
    if is_server:
        os.environ.setdefault("ROADMAP_IS_SERVER", "true")
    try:
        settings.DATABASES  # noqa: B018 (read now, and not in the midst of something)
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr, flush=True)
        # A worker of gunicorn that ends otherwise is started again, for ever. It alone has a signal set already.
        is_worker = "gunicorn" in sys.modules and signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
        sys.exit(3 if is_worker else 1)
    if settings.SENTRY_DSN:
        from roadmap_site.sentry import begin  # twenty megabytes that most sites never need

        begin(settings.SENTRY_DSN, settings.VERSION)
