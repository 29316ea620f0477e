"""The real site in a process of its own, for the browser tests: gunicorn as script/server runs it, on a free port.

It knows nothing of the database of the other tests: a folder of its own holds its SQLite file and its static files.
"""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT_STYLES = ROOT / "var" / "styles"
USERNAME = "publisher"


@dataclass(frozen=True)
class LiveSite:
    """A running site: where it is, who may sign in at `{url}/admin/`, and its folder."""

    url: str  # "http://127.0.0.1:41235": no slash at the end
    username: str
    password: str
    state_dir: Path

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` with these arguments on this site; return what it printed. Fails the test if it fails."""
        return _manage(self.state_dir, *arguments)


def _environment(state_dir: Path) -> dict[str, str]:
    settings_names = re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "roadmap_site" / "settings.py").read_text("utf-8"))
    return {name: value for name, value in os.environ.items() if name not in settings_names} | {
        "DJANGO_SETTINGS_MODULE": "roadmap_site.settings",
        "LOCAL": "true",
        "STATE_DIR": str(state_dir),
        "DATABASE_URL": f"sqlite:///{state_dir / 'roadmap.sqlite3'}",
        "PYTHONUNBUFFERED": "1",
    }


def _manage(state_dir: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        env=_environment(state_dir) | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


def prepare(state_dir: Path) -> str:
    """Make an empty, migrated database with one publisher, and the static files, in a folder; return the password."""
    assert BUILT_STYLES.is_dir(), "The styles are not built: run script/test (or script/server) once."
    shutil.copytree(BUILT_STYLES, state_dir / "styles")
    _manage(state_dir, "migrate", "--verbosity=0")
    _manage(state_dir, "collectstatic", "--no-input", "--verbosity=0")
    password = secrets.token_urlsafe(12)
    _manage(
        state_dir,
        *("createsuperuser", "--no-input", f"--username={USERNAME}", "--email=publisher@example.org"),
        DJANGO_SUPERUSER_PASSWORD=password,
    )
    return password


@contextmanager
def serving(prepared: Path, state_dir: Path, password: str) -> Iterator[LiveSite]:
    """Serve a copy of a prepared folder from `state_dir`, until the block ends."""
    shutil.copy(prepared / "roadmap.sqlite3", state_dir)
    for folder in ("static", "styles"):
        (state_dir / folder).symlink_to(prepared / folder)
    log = state_dir / "gunicorn.log"
    command = [sys.executable, "-m", "gunicorn", "--config", "script/gunicorn.conf.py", "roadmap_site.wsgi"]
    if setpriv := shutil.which("setpriv"):
        # If the tests are killed outright, nothing below runs: then the kernel ends the server.
        command = [setpriv, "--pdeathsig=TERM", *command]
    # We open the port and gunicorn inherits it, so that a request made before gunicorn is ready waits for it: there
    # is no moment at which another program could take the port, and nothing to poll for.
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("w", encoding="utf-8") as output:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = subprocess.Popen(
            [*command, "--bind", f"fd://{listener.fileno()}"],
            cwd=ROOT,
            env=_environment(state_dir),
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _await_answer(url, log)
        yield LiveSite(url, USERNAME, password, state_dir)
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await_answer(url: str, log: Path) -> None:
    try:
        urllib.request.urlopen(f"{url}/static/styles/site.css", timeout=60).close()
    except urllib.error.HTTPError:
        pass  # an answer all the same: the name that carries a hash is the one that pages use
    except OSError as error:
        raise AssertionError(f"The site did not start ({error}):\n{log.read_text('utf-8')}") from error
