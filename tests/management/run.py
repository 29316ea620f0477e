"""A management command as a person runs it, but in this process and on the test's database."""

import io
from typing import NamedTuple

from django.core.management import CommandError, call_command


class Ended(NamedTuple):
    code: int
    out: list[str]
    err: list[str]


def run(name: str, *arguments: object) -> Ended:
    """Runs `manage.py NAME` with the arguments: its exit code and its lines."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(name, *map(str, arguments), stdout=out, stderr=err, no_color=True)
    except CommandError as error:
        # As manage.py does it. That itself cannot run here, for it closes the database at the end.
        code = error.returncode
        err.write(f"CommandError: {error}\n")
    return Ended(code, out.getvalue().splitlines(), err.getvalue().splitlines())


def refusal(name: str, *arguments: object) -> str:
    """The one line with which the command refuses."""
    ended = run(name, *arguments)
    assert ended.code == 1
    assert ended.out == []
    [line] = ended.err
    return line
