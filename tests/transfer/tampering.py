"""Files that somebody changed with care: sealed anew, so that only what they say can give them away."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any


def sealed(lines: list[bytes]) -> bytes:
    """The lines, without an end, as a whole file."""
    body = b"".join(line.rstrip(b"\n") + b"\n" for line in lines)
    end = {"record": "end", "lines": len(lines), "sha256": hashlib.sha256(body).hexdigest()}
    return body + json.dumps(end).encode() + b"\n"


def changed(file: bytes, record: str, change: Callable[[dict[str, Any]], object], which: int = 0) -> bytes:
    """The file, with one line of that kind changed in place."""
    lines = file.splitlines(keepends=True)[:-1]
    number = [n for n, line in enumerate(lines) if json.loads(line).get("record") == record][which]
    told = json.loads(lines[number])
    change(told)
    lines[number] = json.dumps(told).encode()
    return sealed(lines)


def content_changed(file: bytes, noun: str, which: int = 0, **values: Any) -> bytes:
    """The file, with other words in what was published of one thing, and their digest to match."""

    def change(told: dict[str, Any]) -> None:
        content = json.loads(told["content"]) | values
        told["content"] = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        as_a_draft = re.sub(r',"meaning":"[^"]*"', "", told["content"])
        told["digest"] = hashlib.sha256(as_a_draft.encode()).hexdigest()

    lines = file.splitlines()
    of_kind = [json.loads(line) for line in lines if json.loads(line).get("record") == "revision"]
    numbers = [n for n, record in enumerate(of_kind) if record["noun"] == noun and record["content"]]
    return changed(file, "revision", change, numbers[which])
