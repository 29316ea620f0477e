"""Waiting for what another process does: for as long as it takes, and no longer than a limit."""

import time
from collections.abc import Callable

_PAUSE = 0.02  # seconds


def until(is_so: Callable[[], object], limit: float) -> float:
    """The seconds that it took. Fails the test where it takes longer than `limit`."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < limit, f"not within {limit} seconds"
        time.sleep(_PAUSE)
    return time.monotonic() - began
