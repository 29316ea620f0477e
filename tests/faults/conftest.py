"""A real PostgreSQL and a real gunicorn for every test, with one roadmap that is published."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from tests import live
from tests.faults import disks
from tests.faults.cluster import Cluster

_numbers = count(1)

PUBLISHED = """
from tests import make
from tests.web.sample import whole_roadmap
roadmap = whole_roadmap()
make.edition(roadmap)
roadmap.items.update(title="Renamed")
make.edition(roadmap)
"""


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    # Not below pytest's own folder, into which PostgreSQL's user is not let.
    folder = Path(tempfile.mkdtemp(prefix="roadmap-postgresql-"))
    made = Cluster(folder)
    made.start()
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _prepared(
    cluster: Cluster, _prepared_site: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    state_dir = tmp_path_factory.mktemp("prepared-faults")
    shutil.copytree(_prepared_site[0], state_dir, symlinks=True, dirs_exist_ok=True)  # its static files
    cluster.sql("CREATE DATABASE prepared")
    password = live.prepare_database(state_dir, DATABASE_URL=cluster.url("prepared"))
    live.manage(state_dir, "shell", "--no-imports", "--command", PUBLISHED, DATABASE_URL=cluster.url("prepared"))
    return state_dir, password


@pytest.fixture(scope="session")
def prepared_sqlite(_prepared_site: tuple[Path, str], _prepared_with: Callable[[str, str], Path]) -> tuple[Path, str]:
    return _prepared_with("prepared-sqlite", PUBLISHED), _prepared_site[1]


class Serve:
    """serve(**settings) is the site, running until the test ends, with a database of its own."""

    def __init__(self, cluster: Cluster, prepared: tuple[Path, str], state_dir: Path, stack: ExitStack):
        self._cluster, self._state_dir, self._stack = cluster, state_dir, stack
        self._prepared, self._password = prepared

    def __call__(self, replica: Cluster | None = None, **settings: str) -> live.LiveSite:
        name = f"site{next(_numbers)}"
        self._cluster.sql(f"CREATE DATABASE {name} TEMPLATE prepared")
        if replica:
            settings["DATABASE_REPLICA_URL"] = replica.url(name)
        return self.another(self._state_dir, {"DATABASE_URL": self._cluster.url(name), **settings})

    def another(self, state_dir: Path, settings: Mapping[str, str]) -> live.LiveSite:
        """Another server on a database that there is."""
        return self._stack.enter_context(live.serving(self._prepared, state_dir, self._password, **settings))


@pytest.fixture
def serve(cluster: Cluster, _prepared: tuple[Path, str], tmp_path: Path) -> Iterator[Serve]:
    with ExitStack() as stack:
        yield Serve(cluster, _prepared, tmp_path, stack)


@pytest.fixture
def site(serve: Serve) -> live.LiveSite:
    return serve()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    with disks.mounted() as folder:
        yield folder
