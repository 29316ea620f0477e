"""Answers cannot be kept on disk: readers notice nothing, and whoever reads the log is told once."""

import shutil
import subprocess

import pytest

from tests.faults.clients import ask_all
from tests.web.sample import ADDRESSES

pytestmark = pytest.mark.needs("postgresql", "styles")


def fill(folder):
    """A disk of its own, of which nothing is left."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")


def take_away(folder):
    """There is no such folder, and none can be made."""
    folder.write_text("")


@pytest.fixture(params=[fill, take_away])
def no_disk(request, tmp_path):
    request.param(tmp_path / "pages")
    yield
    if request.param is fill:
        subprocess.run(["umount", "-l", str(tmp_path / "pages")], check=True)


def test_readers_are_served_and_it_is_said_once(no_disk, site):
    filters = [f"/vat-mtd/items/?q=word{number}" for number in range(100)]
    answers = ask_all(site, [*ADDRESSES.values(), *filters] * 3)
    assert {answer.status for answer in answers} == {200}
    lines = (site.state_dir / "gunicorn.log").read_text("utf-8").splitlines()
    assert 1 <= len([line for line in lines if "Answers are not kept on disk for 60 seconds" in line]) <= 2  # processes
    assert [line for line in lines if "on disk" in line and "are not kept" not in line] == []
