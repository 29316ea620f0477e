"""What every test can use, and which tests run when.

For browser tests (mark the module `pytestmark = pytest.mark.browser`), beside pytest-playwright's `page`, `context`
and `new_context`:

- `live_site` – the site in a real gunicorn with an empty, migrated SQLite database, one for each worker: its `url`,
  `username` and `password` (a superuser's), and `manage("publish", "vat-mtd", …)`, which runs a command on it.
- `reading_site` – the same with every kind of page, for tests that only read: see tests/browser/page_kinds.py.
- `fresh_site` – the same as the first for one test alone (seconds each): for a test that changes what others would see.
  `put_back` makes a running site's database what it was, for less.

A browser test reaches the database only through the browser and `manage`: the site is another process, with a
database of its own.

For tests that all read the same rows: `keep`, below, which makes them once for a module. For a family of cases:
tests/cases.py.

`pytest --part=` runs a part of the suite, as script/test does: `plain` is all that needs no browser, `postgresql` what
could differ on PostgreSQL (tests/on_postgresql.py says what, and why) and what stops a PostgreSQL of its own
(`tests/faults`), `browser` the rest. A test that needs a program
which not every machine has says so: `@pytest.mark.needs("libreoffice")`; script/test knows how to find and install it.
"""

import fcntl
import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from tests import live, on_postgresql
from tests.browser.page_kinds import EVERYTHING
from tests.database import in_order, misplaced, rolled_back, touches_database

pytest_plugins = ["tests.smtp"]  # `smtp`: a real SMTP server

Made = TypeVar("Made")

# No deadline: how long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("suite", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--part", choices=["plain", "postgresql", "browser"], help="run this part of the suite only")
    parser.addoption("--write-needs", metavar="FILE", type=Path, help="write what the chosen tests need, a word a line")


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


def _brings_postgresql(item: pytest.Item) -> bool:
    """Whether it starts a server of its own, and so runs beside the tests on PostgreSQL only."""
    return any("postgresql" in mark.args for mark in item.iter_markers("needs"))


def _is_postgresql_test(item: pytest.Item) -> bool:
    on_another = not _is_browser_test(item) and touches_database(item) and on_postgresql.is_chosen(item.nodeid)
    return on_another or _brings_postgresql(item)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """True for a file that holds no test of this part: importing it only to leave its tests out takes a while."""
    if not (collection_path.name.startswith("test_") and collection_path.suffix == ".py"):
        return None
    match config.getoption("--part"):
        case "postgresql":
            return not on_postgresql.may_hold_chosen(collection_path) or None
        case "browser":
            return "mark.browser" not in collection_path.read_text("utf-8") or None
    return None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    match config.getoption("--part"):
        case "plain":
            chosen = [item for item in items if not _is_browser_test(item) and not _brings_postgresql(item)]
        case "postgresql":
            chosen = [item for item in items if _is_postgresql_test(item)]
        case "browser":
            chosen = [item for item in items if _is_browser_test(item)]
        case _:
            # Last, because Playwright leaves an event loop running, in which Django refuses its database.
            chosen = sorted(items, key=_is_browser_test)
    kept = set(chosen)
    if left := [item for item in items if item not in kept]:
        config.hook.pytest_deselected(items=left)
    items[:] = in_order(chosen)
    if wrong := misplaced(chosen):
        raise pytest.UsageError("\n  ".join(["These empty the database, in which their module keeps rows:", *wrong]))


def pytest_collection_finish(session: pytest.Session) -> None:
    # What is there now stays: nothing is gained by looking through it for what nobody holds, again and again.
    gc.collect()
    gc.freeze()
    if (path := session.config.getoption("--write-needs")) is not None:
        needs = {name for item in session.items for mark in item.iter_markers("needs") for name in mark.args}
        rest = [item for item in session.items if not _brings_postgresql(item)]
        needs |= {"browser" if _is_browser_test(item) else "plain" for item in rest}
        needs |= {"postgresql" for item in session.items if _is_postgresql_test(item)}
        path.write_text("".join(f"{name}\n" for name in sorted(needs)), encoding="utf-8")


@pytest.fixture(scope="module")
def keep(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[Callable[[], Made]], Callable[[], Made]]]:
    """For a module's own fixture of scope "module": rows that several of its tests read are made once.

        @pytest.fixture(scope="module")
        def told_once(keep):
            return keep(story.tell)  # a function: each call gives another copy of what story.tell() returned

    What a test writes on top of them is undone after it, as ever. The module's tests without that fixture run before
    those with it, and find none of this. One such fixture a module, and no test that commits.
    """
    kept = []

    def keep(make: Callable[[], Made]) -> Callable[[], Made]:
        assert not kept, "a module keeps one thing: tests that use another would find both"
        with django_db_blocker.unblock():
            kept.append(make())
        return lambda: deepcopy(kept[0])

    held = rolled_back()
    with django_db_blocker.unblock():
        held.__enter__()
    yield keep
    with django_db_blocker.unblock():
        held.__exit__(None, None, None)


@pytest.fixture(scope="session")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Folders that no test writes to, each by its name and what fills it: made by the worker that first asks for it.

    They are for all parts of the suite where script/test names a folder for them.
    """
    everybodys = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        everybodys = everybodys.parent
    if shared := os.environ.get("TESTS_PREPARED"):
        everybodys = Path(shared)
        everybodys.mkdir(exist_ok=True)

    def made_once(name: str, make: Callable[[Path], object]) -> Path:
        folder, is_made = everybodys / name, everybodys / f"{name}.made"
        with (everybodys / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_made.exists():
                shutil.rmtree(folder, ignore_errors=True)  # of somebody who failed
                folder.mkdir()
                make(folder)
                is_made.touch()
        return folder

    return made_once


@pytest.fixture(scope="session")
def _prepared_site(_made_once: Callable[[str, Callable[[Path], object]], Path]) -> tuple[Path, str]:
    def prepare(folder: Path) -> None:
        password = live.prepare(folder)
        (folder / "password").write_text(password, encoding="utf-8")

    folder = _made_once("prepared-site", prepare)
    return folder, (folder / "password").read_text("utf-8")


@pytest.fixture(scope="session")
def _prepared_with(
    _prepared_site: tuple[Path, str], _made_once: Callable[[str, Callable[[Path], object]], Path]
) -> Callable[[str, str], Path]:
    """A prepared folder by its name, with what a command of Python puts into its database."""

    def prepared_with(name: str, command: str) -> Path:
        return _made_once(name, lambda folder: live.prepare_more(_prepared_site[0], folder, command))

    return prepared_with


@pytest.fixture(scope="session")
def live_site(
    _prepared_with: Callable[[str, str], Path],
    _prepared_site: tuple[Path, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[live.LiveSite]:
    """A running site that browser tests share, with one roadmap and nothing in it. See the top of this module."""
    prepared = _prepared_with("prepared-live", live.ONE_ROADMAP)
    with live.serving(prepared, tmp_path_factory.mktemp("live-site"), _prepared_site[1]) as site:
        yield site


@pytest.fixture(scope="session")
def sample_folder(_prepared_with: Callable[[str, str], Path]) -> Path:
    """A prepared folder with the sample roadmap, published."""
    return _prepared_with("prepared-sample", "from roadmap import sample; sample.load()")


@pytest.fixture(scope="session")
def reading_site(
    _prepared_with: Callable[[str, str], Path],
    _prepared_site: tuple[Path, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[live.LiveSite]:
    """A running site with every kind of page, for tests that only read."""
    prepared = _prepared_with("prepared-reading", EVERYTHING)
    with live.serving(prepared, tmp_path_factory.mktemp("reading"), _prepared_site[1]) as site:
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
    from playwright.sync_api import expect  # not above: tests without a browser run without Playwright

    # What a page says at last is tested, not how soon a busy machine says it. Here, where every browser is started.
    expect.set_options(timeout=20_000)
    executable = next(filter(None, map(shutil.which, live.CHROMIUM_NAMES)), None)
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
