"""What every test can use, and which tests run when.

For browser tests (mark the module `pytestmark = pytest.mark.browser`), beside pytest-playwright's `page`, `context`
and `new_context`:

- `live_site` – the site in a real gunicorn with an empty, migrated SQLite database, one for the whole run: its `url`,
  `username` and `password` (a superuser's), and `manage("publish", "vat-mtd", …)`, which runs a command on it.
- `fresh_site` – the same for one test alone (a second each): for a test that changes what others would see.

A browser test reaches the database only through the browser and `manage`: the site is another process, with a
database of its own.

`pytest --part=` runs a part of the suite, as script/test does: `plain` is all that needs no browser, `database` all of
that which touches the database, `browser` the rest.
"""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from tests import live

# No deadline: how long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("suite", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("suite")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--part", choices=["plain", "database", "browser"], help="run this part of the suite only")


def _end(*_: Any) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one would interrupt the ending
    raise KeyboardInterrupt("ended by a signal")


def pytest_configure() -> None:
    # So that fixtures still end what they started.
    signal.signal(signal.SIGTERM, _end)


def pytest_report_header() -> str:
    return f"database: {connection.vendor} ({settings.DATABASES['default']['ENGINE']})"


def _is_browser_test(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None


def _touches_database(item: pytest.Item) -> bool:
    """True where pytest-django would give this test a database: by mark, by fixture or by Django's own test case."""
    case = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or not {"db", "transactional_db", "live_server"}.isdisjoint(getattr(item, "fixturenames", ()))
        or (isinstance(case, type) and issubclass(case, TransactionTestCase))
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    match config.getoption("--part"):
        case "plain":
            chosen = [item for item in items if not _is_browser_test(item)]
        case "database":
            chosen = [item for item in items if not _is_browser_test(item) and _touches_database(item)]
        case "browser":
            chosen = [item for item in items if _is_browser_test(item)]
        case _:
            # Last, because Playwright leaves an event loop running, in which Django refuses its database.
            chosen = sorted(items, key=_is_browser_test)
    if left := [item for item in items if item not in set(chosen)]:
        config.hook.pytest_deselected(items=left)
    items[:] = chosen


@pytest.fixture(scope="session")
def _prepared_site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    state_dir = tmp_path_factory.mktemp("prepared-site")
    return state_dir, live.prepare(state_dir)


@pytest.fixture(scope="session")
def live_site(_prepared_site: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.LiveSite]:
    """The running site that all browser tests share. See the top of this module."""
    prepared, password = _prepared_site
    with live.serving(prepared, tmp_path_factory.mktemp("live-site"), password) as site:
        yield site


@pytest.fixture
def fresh_site(_prepared_site: tuple[Path, str], tmp_path: Path) -> Iterator[live.LiveSite]:
    """A running site for one test alone, with an empty, migrated database. See the top of this module."""
    prepared, password = _prepared_site
    with live.serving(prepared, tmp_path, password) as site:
        yield site


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """pytest-playwright's, with the machine's own Chromium: the one that Playwright would download is not needed."""
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        pytest.fail("Chromium is not installed: sudo apt-get install chromium", pytrace=False)
    return browser_type_launch_args | {
        "executable_path": executable,
        "args": [
            "--no-sandbox",  # root has none, and every page in these tests is our own
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-dev-shm-usage",
            # Whatever a page asks of another machine fails.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """pytest-playwright's, for a British reader."""
    return browser_context_args | {"locale": "en-GB", "timezone_id": "Europe/London"}
