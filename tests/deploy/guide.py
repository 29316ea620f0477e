"""A how-to as somebody who follows it reads it: which commands, in which part, on which machine."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "how-to" / "deploy.md"
FIRST = "one"  # the machine that a part is about where it names none


@dataclass(frozen=True)
class Step:
    part: str  # the heading above
    machine: str
    commands: str  # as they stand there


def steps(text: str) -> list[Step]:
    """Every block of `sh`, in order. What needs the world outside, or is yours to decide, is a `console` block."""
    found = []
    part, machine = "", FIRST
    for heading, named, fence, commands in re.findall(
        r"^#+ ([^\n]*)$|^On \*\*(\w+)\*\*|^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    ):
        if heading:
            part, machine = heading, FIRST
        elif named:
            machine = named
        elif fence == "sh":
            found.append(Step(part, machine, commands))
    return found


def of_part(title: str, machine: str | None = None) -> list[Step]:
    """The steps of one part of deploy.md, of one machine or all. There must be some."""
    chosen = [
        step for step in steps(DEPLOY.read_text("utf-8")) if step.part == title and machine in (None, step.machine)
    ]
    assert chosen, f"deploy.md has no part “{title}” with commands{f' on {machine}' if machine else ''}"
    return chosen
