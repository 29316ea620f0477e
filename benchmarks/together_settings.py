"""The site's own settings, on a database of the benchmark's own."""

import os

from roadmap_site.settings import *  # noqa: F403
from roadmap_site.settings import DATABASES, STORAGES

if DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
    DATABASES["default"]["NAME"] = os.environ["TOGETHER_DATABASE"]
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 2, "max_size": 16, "timeout": 60}}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
