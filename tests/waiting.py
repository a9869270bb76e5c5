"""Waiting on conditions; deadlines are far beyond what an idle machine needs, and only failures reach them."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

DEADLINE_S = 120.0
SETTINGS_CACHE_S = 1.0  # how old a server's view of its runtime settings may be
ROUNDING_S = 0.2


def machine_load() -> float:
    """How many times slower than an idle machine this one is now: promises in seconds are those of an idle one.

    By the processes that want a core, on average in the last minute or at this moment, whichever are more.
    """
    fields = Path("/proc/loadavg").read_text().split()
    wanting = max(float(fields[0]), float(fields[3].partition("/")[0]))
    return max(1.0, wanting / len(os.sched_getaffinity(0)))


def wait_until(
    condition: Callable[[], T],
    describe: str | Callable[[], object] = "",
    *,
    deadline_s: float = DEADLINE_S,
    poll_s: float = 0.1,
) -> T:
    """The first true value of `condition`.

    Raises:
        AssertionError: With what `describe` says, once `deadline_s` seconds of an idle machine are over.
    """
    deadline_s *= machine_load()
    deadline = time.monotonic() + deadline_s
    while not (value := condition()):
        if time.monotonic() >= deadline:
            text = describe() if callable(describe) else describe
            raise AssertionError(f"not within {deadline_s:.0f} s: {text or value!r}")
        time.sleep(poll_s)
    return value


def wait_for_value(ask: Callable[[], T], wanted: T, *, deadline_s: float = DEADLINE_S) -> T:
    """The answer once it is `wanted`, else the last one: for an assertion that shows both."""
    deadline = time.monotonic() + deadline_s * machine_load()
    while (value := ask()) != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    return value


def wait_for_settings() -> None:
    """Until no process answers by runtime settings that it read before this call: a bound on age, not on speed."""
    time.sleep(SETTINGS_CACHE_S + ROUNDING_S)
