"""The real site in a process of its own, for the browser tests: gunicorn as script/server runs it, on a free port.

It knows nothing of the database of the other tests: a folder of its own holds its SQLite file and its static files.
"""

import os
import re
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT_STYLES = ROOT / "var" / "styles"
USERNAME = "publisher"
OURS = ("--config", "script/gunicorn.conf.py", "roadmap_site.asgi")  # as script/server runs it
# The first is the same browser without its windows, and opens a page for a fifth of the processor's time.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

ONE_ROADMAP = """
from tests import make
make.roadmap(title="Parcels", slug="parcels", reference_prefix="PAR")
"""

# What strains a layout: words without a place to break, a table wider than a phone, every row of an item filled.
WIDE_ROADMAP = """
from tests import make
word = "Obligations" * 12
roadmap = make.roadmap(title="Wide roadmap", slug="wide", reference_prefix="WIDE", footer=f"See https://example.org/{word}")
api = make.api(name=f"Business-{word}", url="https://example.org/")
field = make.field(roadmap, name="Tax years", explanation="Which *years*.")
release = make.release(roadmap, title=f"Near {word}", when="18 October 2026 to February 2027")
make.item(roadmap, title=word, description=f"`{word}`", kind="api", audiences="Agents", is_breaking=True,
    apis=((api, "1.0"),), values={field: word}, test="May 2026", deployed=("test",), live="June 2026", release=release)
table = "|".join(["Heading"] * 12) + "\\n" + "|".join(["---"] * 12) + "\\n" + "|".join(["A cell of words"] * 12)
many = tuple((make.api(name=f"API {n} of sixty"), "1.0") for n in range(60))
make.item(roadmap, title="W" * 500, apis=many, test="July 2027", controlled_go_live="1 January 2026", live="2024",
    deployed=("live",))
make.page(roadmap, title="Wide page", slug="wide", is_on_home=True,
    body=f"# One\\n\\n{word}\\n\\n{table}\\n\\n# Two\\n\\n```\\n{word} {word}\\n```\\n")
make.edition(roadmap)
"""

# Of `roadmap`: emails that fail or that nothing sends, a program that fails and one that has ended, and the role that
# may look an address up.
TROUBLED_EMAILS = """
import datetime
from django.contrib.auth.models import Group, User
from django.utils import timezone
from roadmap.models import Letter, OutgoingMail, Webhook, WebhookPost
from tests.subscriptions.people import subscribed
User.objects.get(username="publisher").groups.add(Group.objects.get(name="Email addresses"))
now = timezone.now()
before = now - datetime.timedelta(days=2)
one, two = subscribed(before, roadmap=roadmap, query=f"q={word}"), subscribed(before, how_often="daily")
letter = Letter.objects.create(roadmap=roadmap, kind="edition", subject=word, text="", html="", made_at=before)
for period, trouble, state in (("1", f"421 {word}", "waiting"), ("2", "550 No", "given up"), ("3", "", "waiting")):
    OutgoingMail.objects.create(subscriber=one.subscriber, letter=letter, period=period, trouble=trouble, state=state,
        made_at=before, due_at=before)
failing = Webhook.objects.create(subscription=one, url=f"https://{word}/", secret="s", created_at=before,
    failing_since=before)
WebhookPost.objects.create(webhook=failing, letter=letter, period="1", trouble="nothing answers there", made_at=before,
    due_at=now)
Webhook.objects.create(subscription=two, url=f"https://{word}/", secret="s", created_at=before, ended_at=now,
    trouble="it answered 410, which says that it is gone for good")
"""


@dataclass(frozen=True)
class LiveSite:
    """A running site: where it is, who may sign in at `{url}/admin/`, and its folder."""

    url: str  # "http://127.0.0.1:41235": no slash at the end
    username: str
    password: str
    state_dir: Path
    server: subprocess.Popen[bytes]
    settings: Mapping[str, str]

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` with these arguments on this site; return what it printed. Fails the test if it fails."""
        return manage(self.state_dir, *arguments, **self.settings)

    def put_back(self, prepared: Path) -> None:
        """Make the database that of a prepared folder again, below the running server: its sessions end."""
        with (
            closing(sqlite3.connect(prepared / "roadmap.sqlite3")) as source,
            closing(sqlite3.connect(self.state_dir / "roadmap.sqlite3", timeout=20)) as target,
        ):
            source.backup(target)


def environment_of(state_dir: Path) -> dict[str, str]:
    settings_names = re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "roadmap_site" / "settings.py").read_text("utf-8"))
    return {name: value for name, value in os.environ.items() if name not in settings_names} | {
        "DJANGO_SETTINGS_MODULE": "roadmap_site.settings",
        "ENV_FILE": os.devnull,
        "LOCAL": "true",
        "STATE_DIR": str(state_dir),
        "DATABASE_URL": f"sqlite:///{state_dir / 'roadmap.sqlite3'}",
        "PYTHONUNBUFFERED": "1",
        # How soon a busy machine answers is nothing that a test is about.
        "SLOW_RENDER_MS": "0",
        "SLOW_QUERY_MS": "0",
    }


def manage(state_dir: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        env=environment_of(state_dir) | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


def prepare(state_dir: Path, **settings: str) -> str:
    """Make an empty, migrated database with one publisher, and the static files, in a folder; return the password."""
    assert BUILT_STYLES.is_dir(), "The styles are not built: run script/test (or script/server) once."
    shutil.copytree(BUILT_STYLES, state_dir / "styles")
    manage(state_dir, "collectstatic", "--no-input", "--verbosity=0")
    return prepare_database(state_dir, **settings)


def prepare_database(state_dir: Path, **settings: str) -> str:
    """Make an empty, migrated database with one publisher; return the password.

    It is a file of that folder, unless `settings` name another.
    """
    manage(state_dir, "migrate", "--verbosity=0", **settings)
    password = secrets.token_urlsafe(12)
    manage(
        state_dir,
        *("createsuperuser", "--no-input", f"--username={USERNAME}", "--email=publisher@example.org"),
        DJANGO_SUPERUSER_PASSWORD=password,
        **settings,
    )
    return password


def prepare_more(prepared: Path, state_dir: Path, command: str) -> Path:
    """Make another prepared folder out of one, by a command of Python that changes its database."""
    shutil.copytree(prepared, state_dir, symlinks=True, dirs_exist_ok=True)
    manage(state_dir, "shell", "--no-imports", "--command", command)
    return state_dir


@contextmanager
def serving(
    prepared: Path, state_dir: Path, password: str, *, gunicorn: tuple[str, ...] = OURS, **settings: str
) -> Iterator[LiveSite]:
    """Serve a copy of a prepared folder from `state_dir`, until the block ends."""
    if "DATABASE_URL" not in settings:
        shutil.copy(prepared / "roadmap.sqlite3", state_dir)
    for folder in ("static", "styles"):
        (state_dir / folder).symlink_to(prepared / folder)
    log = state_dir / "gunicorn.log"
    command = [sys.executable, "-m", "gunicorn", *gunicorn]
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
            env=environment_of(state_dir) | settings,
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _await_answer(url, log)
        yield LiveSite(url, USERNAME, password, state_dir, server, settings)
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await_answer(url: str, log: Path) -> None:
    try:
        urllib.request.urlopen(f"{url}/healthz", timeout=60).close()  # which leads to no HTTPS
    except urllib.error.HTTPError:
        pass  # an answer all the same
    except OSError as error:
        raise AssertionError(f"The site did not start ({error}):\n{log.read_text('utf-8')}") from error
