"""What script/audit does once it knows where npm is: `python -m script.audit NPM…`, the words by which it is run.

What pip-audit and npm say is read here, because neither knows of a list of accepted ones with their reasons for both.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KNOWN = ROOT / ".ci" / "known-vulnerabilities.txt"
# The first has all that the site runs on, too: tests/test_scripts.py holds it to that.
LOCKS = ("tests/requirements.lock", "static/requirements.lock")
PIP_AUDIT = ("--disable-pip", "--require-hashes", "--format=json", "--progress-spinner=off", "--timeout=15")
PATIENCE = 180  # seconds


class NotAnswered(Exception):
    """A registry was not reached, or does not tell of vulnerabilities."""


class NotUnderstood(Exception):
    """The list of accepted ones is not as it should be."""


@dataclass(frozen=True)
class Vulnerability:
    package: str
    names: tuple[str, ...]  # by which it is known: the first is the one shown
    hint: str


def read_known(text: str) -> dict[str, str]:
    """Why each of these is accepted, by its name. Raises NotUnderstood."""
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, reason = line.partition(" ")
            if not reason.strip():
                raise NotUnderstood(f"{name} in {KNOWN.relative_to(ROOT)} needs a reason after it.")
            found[name] = reason.strip()
    return found


def of_pip_audit(told: dict[str, Any]) -> Iterator[Vulnerability]:
    """Raises NotAnswered where nothing was looked up."""
    packages = told.get("dependencies", [])
    if all("skip_reason" in package for package in packages):
        raise NotAnswered("it tells of no package")
    for package in packages:
        for one in package.get("vulns", []):
            fixed = ", ".join(one.get("fix_versions", []))
            hint = f"mended in {fixed}" if fixed else "not mended yet"
            yield Vulnerability(f"{package['name']} {package['version']}", (one["id"], *one.get("aliases", [])), hint)


def of_npm_audit(told: dict[str, Any]) -> Iterator[Vulnerability]:
    """Raises NotAnswered."""
    if "vulnerabilities" not in told:
        raise NotAnswered(str(told.get("message") or "it tells of no package"))
    for package in told["vulnerabilities"].values():
        for one in package["via"]:
            if isinstance(one, dict):  # a text names another package that has it
                name = str(one["url"]).rpartition("/")[2]
                yield Vulnerability(f"{one['name']} {one['range']}", (name,), str(one["title"]))


def ask(command: Sequence[str]) -> dict[str, Any]:
    """What it says in JSON, whatever its exit code. Raises NotAnswered."""
    try:
        done = subprocess.run(  # noqa: S603 (all of it is ours)
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NotAnswered(f"no word for {PATIENCE} seconds") from error
    try:
        told = json.loads(done.stdout)
    except ValueError as error:
        lines = done.stderr.strip().splitlines() or ["it says nothing"]
        raise NotAnswered(lines[-1][:200]) from error
    if not isinstance(told, dict):
        raise NotAnswered("it says something else")
    return told


def report(title: str, found: Sequence[Vulnerability], known: dict[str, str]) -> bool:
    """Says what was found; returns whether any of it is not known."""
    is_new = False
    for one in found:
        reason = next((known[name] for name in one.names if name in known), None)
        is_new |= reason is None
        print(f"{title}: {one.package}: {one.names[0]}, {one.hint}{f' (accepted: {reason})' if reason else ''}")
    if not found:
        print(f"{title}: nothing is known")
    return is_new


def main(npm: list[str]) -> int:
    """Returns 1 where something is found that is not in the list."""
    try:
        known = read_known(KNOWN.read_text(encoding="utf-8"))
    except NotUnderstood as error:
        print(error, file=sys.stderr)
        return 1
    pip_audit = [sys.executable, "-m", "pip_audit", *PIP_AUDIT]
    asked = [(lock, [*pip_audit, "--requirement", lock], of_pip_audit) for lock in LOCKS]
    asked.append(
        ("static/package-lock.json", [*npm, "audit", "--package-lock-only", "--prefix=static", "--json"], of_npm_audit)
    )
    is_new = False
    for title, command, read in asked:
        try:
            is_new |= report(title, [*read(ask(command))], known)
        except NotAnswered as error:
            print(f"{title}: skipped, for its registry does not answer: {error}")
    if is_new:
        print("Take a version in which it is mended, or say why not in .ci/known-vulnerabilities.txt.", file=sys.stderr)
    return int(is_new)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
