"""Django with a database of its own that is empty, for one benchmark."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def empty_database() -> Iterator[str]:
    """Sets Django up, and gives which kind of database it is: "sqlite", or that of DATABASE_URL.

    What needs Django is to be imported within.
    """
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"LOCAL": "true", "STATE_DIR": folder, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        import django
        from django.db import connection
        from django.test.utils import setup_test_environment, teardown_test_environment

        django.setup()
        setup_test_environment()
        name = connection.creation.create_test_db(verbosity=0)
        try:
            yield connection.vendor
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
            teardown_test_environment()
