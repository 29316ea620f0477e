"""docs/how-to/deploy.md, followed word by word on bare machines: `python -m tests.deploy.follow`, for root on Linux.

What it types stands there; of its own it has the address of a repository and two tags in it (tests/deploy/versions.py),
a disk that both machines see, and questions. Readers go on all the while, and none of them may fail. It needs
debootstrap, nft, a network that has Debian's mirror and the registries, and ten minutes to half an hour: so no part of
CI has it.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.deploy import guide, machines, versions
from tests.deploy.readers import Readers
from tests.deploy.staff import Staff
from tests.object_store import BUCKET, KEY, SECRET

SITE = "roadmap.example.org"
STORE_PORT = 9000
PATHS = ["/", "/vat-mtd/", "/vat-mtd/items/", "/vat-mtd/changes/", "/vat-mtd/items.csv", "/vat-mtd/items/VAT-1/"]
MOST_SECONDS, MOST_MEGABYTES = 120, 600
begun = time.monotonic()


def say(text: str) -> None:
    print(f"{time.monotonic() - begun:6.0f} s  {text}", flush=True)


class Follower:
    """Types the steps of a part on the machines that it names."""

    def __init__(self, repository: str):
        self._sessions: dict[str, machines.Session] = {}
        self.password = ""  # of the first login
        self._own = {
            "https://github.com/hmrc/roadmap.git": repository,
            "https://store.example.org": f"http://{machines.HOST}:{STORE_PORT}",
            "STORE_KEY=key": f"STORE_KEY='{KEY}'",
            "STORE_SECRET=secret": f"STORE_SECRET='{SECRET}'",
        }

    def is_on(self, machine: machines.Machine) -> None:
        self._sessions[machine.name] = machine.session()

    def part(self, title: str, machine: str | None = None, blocks: slice = slice(None)) -> str:
        said = ""
        for step in guide.of_part(title, machine)[blocks]:
            commands = step.commands
            for theirs, ours in self._own.items():
                commands = commands.replace(theirs, ours)
            begins = time.monotonic()
            said += self._sessions[step.machine].type(commands)
            first = commands.strip().splitlines()[-1][:70]
            say(f"{step.machine}: {title}: … {first} ({time.monotonic() - begins:.0f} s)")
        return said

    def ask(self, machine: str, command: str) -> str:
        return self._sessions[machine].type(command)


@contextlib.contextmanager
def way_out() -> Iterator[None]:
    """What the machines send to the world goes as if it were this host's."""
    forwards = Path("/proc/sys/net/ipv4/ip_forward")
    before = forwards.read_text()
    forwards.write_text("1")
    rule = f"ip saddr {machines.NETWORK}.0/24 ip daddr != {machines.NETWORK}.0/24 masquerade"
    machines.run("nft", "add", "table", "ip", "roadmap")
    machines.run("nft", "add", "chain", "ip", "roadmap", "out", "{ type nat hook postrouting priority 100; }")
    machines.run("nft", "add", "rule", "ip", "roadmap", "out", *rule.split())
    try:
        yield
    finally:
        machines.run("nft", "delete", "table", "ip", "roadmap")
        forwards.write_text(before)


@contextlib.contextmanager
def store(folder: Path) -> Iterator[None]:
    """What speaks S3, on the wire that the machines are on."""
    (folder / BUCKET).mkdir()
    program = str(Path(sys.executable).with_name("rclone"))
    options = ["--addr", f"{machines.HOST}:{STORE_PORT}", "--auth-key", f"{KEY},{SECRET}", "--dir-cache-time", "0"]
    served = subprocess.Popen(
        [program, "serve", "s3", str(folder), *options],
        env={**os.environ, "RCLONE_CONFIG": os.devnull},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        served.kill()
        served.wait()


def curl_of(path: str, address: str = "127.0.0.1") -> str:
    """A question to one machine's own gunicorn, as nginx asks it."""
    told = f"-H 'Host: {SITE}' -H 'X-Forwarded-Proto: https'"
    return f"curl --silent --show-error --fail {told} http://{address}:8000{path}"


def is_within(old: Any, new: Any) -> bool:
    """Whether an answer has all that another had: a later version may say more."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(name in new and is_within(one, new[name]) for name, one in old.items())
    if isinstance(old, list):
        return isinstance(new, list) and len(old) == len(new) and all(map(is_within, old, new))
    return bool(old == new)


def follow(version: str, folder: Path) -> bool:
    repository = versions.make(folder)
    shared = folder / "shared"
    shared.mkdir(mode=0o755)
    base = machines.bare(version)
    say(f"Debian {version}: a bare machine has {machines.size_of(base)} MB")
    with contextlib.ExitStack() as stack:
        stack.enter_context(machines.network())
        stack.enter_context(way_out())
        places = {repository: "/mnt/roadmap.git", shared: "/mnt/uploads"}
        roots = {name: stack.enter_context(machines.layered(base, folder / name)) for name in ("one", "two")}
        one = machines.Machine("one", 1, roots["one"], places)
        stack.callback(one.stop)
        typed = Follower("file:///mnt/roadmap.git")
        typed.is_on(one)
        say("machine one runs")
        is_right = fresh(typed, folder, one.address)
        password = typed.password
        two = machines.Machine("two", 2, roots["two"], places)
        stack.callback(two.stop)
        typed.is_on(two)
        say("machine two runs")
        with Readers(one.address, SITE, PATHS) as readers:
            is_right &= second(typed, folder)
            staff = Staff(one.address, SITE)
            upload = see_upload(typed, staff, password, two.address)
            upgrade(typed, two.address, upload)
            rehearse(typed)
            typed.part("Behind a CDN")
            with store(folder):
                typed.part("Uploads in a store")
                see_upload(typed, staff, password, two.address)
                kept = [path.name for path in (folder / BUCKET).rglob("*.png")]
            assert len(kept) == 1, kept
            say("and one that is in a store which speaks S3, from both too")
        told = readers.told
        say(f"readers all the while: {told}")
        print("\n".join(told.failed[:20]))
        go_back(typed, upload)
    return is_right and not told.failed


def fresh(typed: Follower, folder: Path, address: str) -> bool:
    typed.part("Your own values")
    begins = time.monotonic()
    for title in ("Packages, a user and folders", "The database", "The settings"):
        typed.part(title)
    said = typed.part("The site")
    typed.password = said.split("password: ")[1].split()[0]
    typed.part("Start it")
    typed.part("nginx and TLS")
    page = Readers(address, SITE, []).ask("/")
    assert "<h1" in page, page[:500]
    took, size = time.monotonic() - begins, machines.size_of(folder / "one" / "added")
    say(f"the first page after {took:.0f} s (at most {MOST_SECONDS}), with {size} MB on disk, PostgreSQL's own too")
    say("processor time of what was typed (user, system): " + typed.ask("one", "times").split("\n")[1])
    say("of them " + typed.ask("one", "sudo du -sm /srv/roadmap/current/ /usr /var/lib /var/cache").replace("\n", ", "))
    typed.part("The first roadmap")
    say(
        "what systemd thinks of the service: "
        + typed.ask("one", "systemd-analyze security --no-pager roadmap-web | tail -n 1").strip()
    )
    return took <= MOST_SECONDS


def second(typed: Follower, folder: Path) -> bool:
    guided = "Two machines"
    both, database, *on_two, balanced = guide.of_part(guided)
    assert [step.machine for step in (both, database, *on_two, balanced)] == ["one", "one", "two", "two", "one"]
    typed.part(guided, "one", slice(0, 2))
    shutil.copy(folder / "one/root/home/ann/env-of-two", folder / "shared")
    (folder / "shared/env-of-two").chmod(0o644)
    typed.ask("two", "cp /mnt/uploads/env-of-two ~")
    (folder / "shared/env-of-two").unlink()
    typed.part(guided, "two")
    typed.part(guided, "one", slice(2, 3))
    size = machines.size_of(folder / "two" / "added")
    say(f"the machine that has the site alone has {size} MB more than a bare one (at most {MOST_MEGABYTES})")
    typed.part("Uploads")
    return size <= MOST_MEGABYTES


def see_upload(typed: Follower, staff: Staff, password: str, other: str) -> str:
    staff.sign_in("publisher", password)
    path = staff.upload("teal")
    seen = [
        typed.ask("one", f"{curl_of(path)} | sha256sum"),
        typed.ask("two", f"{curl_of(path, other)} | sha256sum"),
    ]
    assert seen[0] == seen[1], seen
    assert hashlib.sha256(b"").hexdigest() not in seen[0]
    say(f"a picture that was sent to the site is seen from both machines: {path}")
    return path


def upgrade(typed: Follower, other: str, upload: str) -> None:
    api = "/api/v1/roadmaps/vat-mtd"
    before = json.loads(typed.ask("one", curl_of(api)))
    typed.part("Upgrade two machines", blocks=slice(0, 1))
    typed.part("Upgrade")
    typed.part("Upgrade two machines", blocks=slice(1, None))
    for machine, address in (("one", "127.0.0.1"), ("two", other)):
        after = json.loads(typed.ask(machine, curl_of(api, address)))
        assert is_within(before, after), (before, after)
        assert typed.ask(machine, curl_of("/readyz", address)) == "ok\n"
        typed.ask(machine, curl_of(upload, address) + " >/dev/null")
        runs = typed.ask(machine, "readlink /srv/roadmap/current").strip()
        assert runs == versions.NEW, runs
    say(f"upgraded with its data, one machine after the other, from the day of {versions.FIRST_DAY} to today's")


def rehearse(typed: Follower) -> None:
    manage = "sudo -u roadmap /srv/roadmap/current/script/manage"
    site = typed.ask("one", f"{manage} export_json vat-mtd - | sha256sum")
    restored = typed.part("Restore")
    assert site.split()[0] in restored, (site, restored)
    say("a restore of the backup of before is the site, byte for byte")


def go_back(typed: Follower, upload: str) -> None:
    typed.part("Go back")
    assert typed.ask("one", curl_of("/readyz")) == "ok\n"
    typed.ask("one", f"{curl_of('/vat-mtd/items/VAT-1/')} >/dev/null; {curl_of(upload)} >/dev/null")
    say("gone back to the version of before, with its data")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--debian", choices=machines.RELEASES, default="13")
    arguments.add_argument("--keep", action="store_true", help="leave the machines' disks, to be looked at")
    chosen = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was begun is ended
    folder = Path(tempfile.mkdtemp(prefix="roadmap-deploy-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        is_right = follow(chosen.debian, folder)
    finally:
        if not chosen.keep:
            shutil.rmtree(folder, ignore_errors=True)
    say("all is as it should be" if is_right else "NOT as it should be")
    return not is_right


if __name__ == "__main__":
    sys.exit(main())
