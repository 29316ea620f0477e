"""A repository with two versions to deploy: v1.0.0, the code of the day of that version, and v1.1.0, today's."""

import os
import subprocess
from pathlib import Path

from tests.deploy.guide import ROOT

# The day of 1.0.0. How it is deployed was written after it: its folder of that is today's.
FIRST_DAY = "7f7575c"
OLD, NEW = "v1.0.0", "v1.1.0"


def git(*arguments: str, **variables: str) -> str:
    ours = {
        "GIT_AUTHOR_NAME": "Tests",
        "GIT_AUTHOR_EMAIL": "tests@example.org",
        "GIT_COMMITTER_NAME": "Tests",
        "GIT_COMMITTER_EMAIL": "tests@example.org",
    }
    done = subprocess.run(
        ["git", "-C", str(ROOT), *arguments],
        env=os.environ | ours | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


def make(folder: Path) -> Path:
    """The repository, bare, in `folder`. Nothing of this one is changed but what git keeps for itself."""
    index = {"GIT_INDEX_FILE": str(folder / "index")}
    git("read-tree", FIRST_DAY, **index)
    git("rm", "-r", "--quiet", "--cached", "--force", "--ignore-unmatch", "deploy", **index)
    git("read-tree", "--prefix=deploy/", "HEAD:deploy", **index)
    old = git("commit-tree", git("write-tree", **index), "-p", FIRST_DAY, "-m", "As it is deployed")
    target = folder / "roadmap.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(target)], check=True)
    for tag, commit in ((OLD, old), (NEW, git("rev-parse", "HEAD"))):
        git("push", "--quiet", str(target), f"{commit}:refs/tags/{tag}")
    return target
