"""The commands of a how-to, as somebody who follows it types them."""

import re
from pathlib import Path

HOW_TO = Path(__file__).resolve().parent.parent.parent / "docs" / "how-to"


def commands(name: str) -> list[list[str]]:
    """The words after `script/manage` of each line that is shown as a command."""
    text = (HOW_TO / name).read_text("utf-8")
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    assert all(line.startswith("script/manage ") for line in lines), lines
    return [line.split()[1:] for line in lines]
