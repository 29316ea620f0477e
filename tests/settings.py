"""The site's own settings as the tests run them: pyproject.toml names this module, so that pytest needs no environment.

Only what must differ is here. pytest-django reads the settings before any conftest.py, so the environment is set here.
"""

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

_source = Path(__file__).resolve().parent.parent / "roadmap_site" / "settings.py"

# A test must not depend on what this shell exports. DATABASE_URL alone stays: script/test names PostgreSQL in it.
for _name in re.findall(r'env\.\w+\(\s*"(\w+)"', _source.read_text(encoding="utf-8")):
    if _name not in {"DATABASE_URL", "STATE_DIR"}:
        os.environ.pop(_name, None)
os.environ["LOCAL"] = "true"
os.environ["ENV_FILE"] = os.devnull  # nor on a file of the folder's owner; what tests start inherits this

# The workers of pytest-xdist inherit the folder of the process that started them, which removes it.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["STATE_DIR"] = tempfile.mkdtemp(prefix="roadmap-tests-")
    atexit.register(shutil.rmtree, os.environ["STATE_DIR"], ignore_errors=True)

from roadmap_site.settings import *  # noqa: E402, F403
from roadmap_site.settings import DATABASES, STATE_DIR, STATIC_ROOT, STORAGES  # noqa: E402

# But not each other's uploads: a test may take away all there are.
MEDIA_ROOT = STATE_DIR / f"media-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"

STATIC_ROOT.mkdir(parents=True, exist_ok=True)
for _folder in STATICFILES_DIRS:  # noqa: F405
    if STATE_DIR in _folder.parents:
        _folder.mkdir(exist_ok=True)

# How soon a busy machine answers is nothing that a test is about.
SLOW_RENDER_MS = SLOW_QUERY_MS = 0

# Plain names, so that a page can be rendered without collecting the static files first; the browser tests collect them.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# A file, as on a real site: a database in memory, Django's usual choice for tests, locks in another way.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(STATE_DIR / "tests.sqlite3")}

# A password costs as much to check as to guess, by design: not in tests.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tests go from one day to another in a moment, and sign in once. What ends a session has tests of its own, with what
# really stands in the settings: tests/admin/sign_in/.
SESSION_COOKIE_AGE, SESSION_IDLE_MINUTES = 10 * 365 * 24 * 60 * 60, 10 * 365 * 24 * 60
