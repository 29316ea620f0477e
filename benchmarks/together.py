"""20 publishers and 20 editors at once, through a real gunicorn, for a minute. Prints what happened and what broke.

    var/venv/bin/python -m benchmarks.together [--seconds 60] [--people 20]

Each editor opens an item's form, adds a word of their own to its description and its title, and saves; each publisher
opens the review page and publishes what it shows. Afterwards: every Edition holds only what the page showed to whoever
published it, every save that was accepted is still in its item, title and description of every Revision belong
together, Edition numbers have no gaps or doubles, and nobody was answered with a server error. Exit code 1 where that
is not so.

On a database of its own: SQLite, or a new one on the server of DATABASE_URL. Run script/server or script/test once
before, so that there is a virtual environment.
"""

import argparse
import os
import random
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ITEMS = 10
THINKING = 4.0  # seconds at most that an editor looks at a form before they open the next
PASSWORD = secrets.token_urlsafe(12)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--people", type=int, default=20, help="this many publishers and as many editors")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        name = f"together_{secrets.token_hex(4)}"
        environment = {
            **os.environ,
            "LOCAL": "true",
            "STATE_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "benchmarks.together_settings",
            "TOGETHER_DATABASE": name,
            "TOGETHER_PASSWORD": PASSWORD,
        }
        run = [sys.executable, "-m", "benchmarks.together_setup"]
        subprocess.run([*run, "make", str(options.people), str(ITEMS)], check=True, cwd=ROOT, env=environment)
        try:
            outcomes, accepted, reviewed = work(environment, options.people, options.seconds)
            print(f"{options.people} publishers and {options.people} editors for {options.seconds:g} seconds")
            for outcome, count in sorted(outcomes.items()):
                print(f"  {outcome}: {count}")
            words = Path(folder, "accepted.txt")
            words.write_text("\n".join(accepted), encoding="utf-8")
            pages = Path(folder, "reviewed.txt")
            pages.write_text("\n".join(reviewed), encoding="utf-8")
            checked = subprocess.run([*run, "check", str(words), str(pages)], check=False, cwd=ROOT, env=environment)
        finally:
            subprocess.run([*run, "remove"], check=True, cwd=ROOT, env=environment)
    errors = sum(count for outcome, count in outcomes.items() if "server error" in outcome)
    return 1 if errors or checked.returncode else 0


def work(environment: dict[str, str], people: int, seconds: float) -> tuple[Counter[str], list[str], list[str]]:
    """How often what happened; item and word of each save; number and titles reviewed of each Edition."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--config", "script/gunicorn.conf.py", "roadmap_site.asgi"),
                *("--bind", f"fd://{listener.fileno()}", "--timeout", "120"),
            ],
            cwd=ROOT,
            env=environment,
            pass_fds=[listener.fileno()],
        )
    try:
        outcomes: Counter[str] = Counter()
        accepted: list[str] = []
        reviewed: list[str] = []
        with ThreadPoolExecutor(people * 2) as threads:
            signed_in = [*threads.map(lambda n: Person(url, n), range(people * 2))]
            until = time.monotonic() + seconds
            futures = [
                threads.submit(person.publish, until, outcomes, reviewed)
                if n % 2
                else threads.submit(person.edit, until, outcomes, accepted)
                for n, person in enumerate(signed_in)
            ]
            for future in futures:
                future.result()
        return outcomes, accepted, reviewed
    finally:
        server.terminate()
        server.wait()


class Form(HTMLParser):
    """What a browser would send of a page's main form if its button were pressed at once."""

    def __init__(self, page: str):
        super().__init__()
        self.fields: dict[str, str] = {}
        self.ticked: list[tuple[str, str]] = []  # boxes of one name can be ticked several times
        self._inside = False
        self._textarea = ""
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self._inside = given.get("method") == "post" and given.get("id") != "logout-form"
        if not self._inside:
            return
        if tag == "input" and name and given.get("type") not in ("submit", "button", "file"):
            if given.get("type") == "checkbox":
                self.ticked += [(name, given.get("value") or "on")] if "checked" in given else []
            elif given.get("type") != "radio" or "checked" in given:
                self.fields[name] = given.get("value") or ""
        elif tag == "textarea":
            self._textarea = name
            self.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.fields[self._select] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._textarea] += data


class Person:
    """Somebody with a browser of their own, signed in."""

    def __init__(self, url: str, number: int):
        self.url = url
        self.number = number
        self.random = random.Random(number)
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        _, page, _ = self.ask("/admin/login/")
        fields = Form(page).fields | {"username": f"person-{number}", "password": PASSWORD, "next": "/admin/"}
        status, _, at = self.ask("/admin/login/", fields)
        if status != 200 or "login" in at:
            raise SystemExit(f"person-{number} could not sign in: {status} at {at}")

    def ask(
        self, path: str, fields: dict[str, str] | None = None, ticked: Sequence[tuple[str, str]] = ()
    ) -> tuple[int, str, str]:
        """Status, page and final address."""
        body = urllib.parse.urlencode([*fields.items(), *ticked]).encode() if fields is not None else None
        try:
            with self.browser.open(f"{self.url}{path}", body, timeout=120) as answer:
                return answer.status, answer.read().decode(), answer.url
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.url

    def edit(self, until: float, outcomes: Counter[str], accepted: list[str]) -> None:
        count = 0
        while time.monotonic() < until:
            count += 1
            time.sleep(self.random.random() * THINKING)  # or no review would ever be of what is pending by then
            item = self.random.randint(1, ITEMS)
            word = f"w{self.number}x{count}"
            path = f"/admin/roadmap/item/{item}/change/"
            status, page, _ = self.ask(path)
            form = Form(page)
            fields = form.fields
            fields["description"] = f"{fields['description'].strip()} {word}"
            fields["title"] = word
            status, page, at = self.ask(path, {**fields, "_continue": "1"}, form.ticked)
            if status >= 500:
                outcomes[f"edit: server error {status}"] += 1
            elif re.search(r'class="errornote|class="conflict', page):
                outcomes["edit: refused, somebody else had saved"] += 1
            elif status == 200:
                outcomes["edit: saved"] += 1
                accepted.append(f"{item} {word}")
            else:
                outcomes[f"edit: answered {status} at {at}"] += 1

    def publish(self, until: float, outcomes: Counter[str], reviewed: list[str]) -> None:
        path = "/admin/roadmap/roadmap/1/publish/"
        status, page, _at = self.ask(path)
        while time.monotonic() < until:
            form = Form(page)
            if "shown" not in form.fields:
                outcomes["publish: nothing pending"] += 1
                status, page, _at = self.ask(path)
                continue
            # As somebody would who reads the page that came back and presses the button again.
            ticked = [one for one in form.ticked if one[0] != "announce"]
            titles = re.findall(r"<h3>\s*(w\d+x\d+)", page)
            status, page, _at = self.ask(path, {**form.fields, "action": "publish"}, ticked)
            if status >= 500:
                outcomes[f"publish: server error {status}"] += 1
                status, page, _at = self.ask(path)
            elif published := re.search(r"Published edition (\d+)", page):
                outcomes["publish: published"] += 1
                outcomes["publish: published, and told of later saves"] += "saved after you reviewed" in page
                reviewed.append(" ".join([published[1], *titles]))
            elif status == 200:
                outcomes["publish: refused, something changed meanwhile"] += 1
            else:
                outcomes[f"publish: answered {status}"] += 1
                status, page, _at = self.ask(path)


if __name__ == "__main__":
    sys.exit(main())
