"""Times in JSON: texts of ISO 8601, and numbers since 1970 in columns that are named for a time."""

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d(?::?\d\d)?)?)?"
)
EPOCH_NAMES = re.compile(
    r"(?:^|[._])(?:ts|time|timestamp|epoch|date|datetime|utime)$", re.IGNORECASE
)
UNITS = (("s", 1.0), ("ms", 1e3), ("us", 1e6), ("ns", 1e9))
EARLIEST, LATEST = 631152000, 4102444800  # 1990 to 2100, in seconds


def iso_times(values: list[str | None]) -> pa.Array | None:
    """A column of dates, or of times with a zone (in UTC) or all without; None if any value is something else."""
    lengths = set()
    zones = set()
    for value in values:
        if value is None:
            continue
        match = ISO.fullmatch(value)
        if match is None:
            return None
        lengths.add(len(value) > len("2026-01-01"))
        zones.add(match[1] is not None)
    if len(lengths) != 1 or len(zones) != 1:
        return None
    try:
        texts = pa.array(values, pa.string())
        if lengths == {False}:
            return pc.cast(texts, pa.date32())
        zone = "UTC" if zones == {True} else None
        try:
            return pc.cast(texts, pa.timestamp("us", zone))
        except pa.ArrowInvalid:
            return pc.cast(texts, pa.timestamp("ns", zone))
    except pa.ArrowInvalid:
        return None


def epoch_times(name: str, values: list[Any]) -> pa.Array | None:
    """Times of numbers since 1970 in one unit, where the name is that of a time; None otherwise."""
    if EPOCH_NAMES.search(name) is None:
        return None
    numbers = [value for value in values if value is not None]
    for unit, factor in UNITS:
        if numbers and all(EARLIEST * factor <= number <= LATEST * factor for number in numbers):
            if unit != "s" and all(type(number) is int for number in numbers):
                return pa.array(values, pa.timestamp(unit, "UTC"))
            microseconds = [
                None if value is None else round(value * (1e6 / factor)) for value in values
            ]
            return pa.array(microseconds, pa.timestamp("us", "UTC"))
    return None
