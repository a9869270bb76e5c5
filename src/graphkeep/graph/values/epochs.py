"""Numbers that are times: seconds, ms, us or ns since 1970, and YYYYMMDD, in columns with a name for a time."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# A column with one of these as its name holds times. `start` and `end` are not among them: ends of edges.
NAME_WORDS = frozenset({
    "ts", "time", "times", "timestamp", "timestamps", "date", "dates", "datetime", "dt", "epoch", "epochs",
    "unixtime", "unix", "utc", "day", "created", "updated", "modified", "accessed", "deleted", "expires", "expired",
    "started", "ended", "finished", "seen", "firstseen", "lastseen", "published", "issued", "occurred", "logged",
    "timestampms", "createdat", "updatedat", "zeit", "datum", "zeitpunkt", "zeitstempel", "uhrzeit", "fecha", "hora",
    "heure", "horodatage", "temps", "data", "tijd", "starttime", "endtime", "eventtime", "sqldate", "dateadded",
})  # fmt: skip
# One of several words of a name that says so: `first_seen`, `event_time`.
STRONG_WORDS = NAME_WORDS - {"dt", "day", "unix", "data", "deleted", "started", "ended", "finished"}
OTHER_WORDS = frozenset({
    "id", "ids", "by", "user", "count", "duration", "delta", "zone", "offset", "spent", "bytes", "amount", "number",
})  # fmt: skip
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
UNITS = (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9))
# 1990 and 2100: a number below, of nine digits and less, is no second.
EARLIEST, LATEST = 631_152_000, 4_102_444_800
WHOLE_DAYS = (19000101, 21001231)


def is_time_name(name: str) -> bool:
    """Whether a column's name says that it holds times: `ts`, `first_seen`, `createdAt`, `epoch_ms`."""
    words = [word.lower() for word in WORD.findall(name)]
    joined = "".join(words)
    if joined in NAME_WORDS or (words and words[-1] == "at" and len(words) > 1):
        return True
    return bool(STRONG_WORDS & set(words)) and not OTHER_WORDS & set(words)


def epoch_times(name: str, numbers: pa.ChunkedArray) -> tuple[pa.ChunkedArray, str] | None:
    """Times (UTC) and their unit for numbers of a column with a name for a time, or None.

    Whole numbers of all units, and floats of seconds or milliseconds, between 1990 and 2100; YYYYMMDD is a date.
    """
    dtype = numbers.type
    if not (pa.types.is_integer(dtype) or pa.types.is_floating(dtype)) or not is_time_name(name):
        return None
    limits = pc.min_max(numbers).as_py()
    low, high = limits["min"], limits["max"]
    if low is None or not low > 0:
        return None
    if pa.types.is_integer(dtype) and low >= WHOLE_DAYS[0] and high <= WHOLE_DAYS[1]:
        return whole_days(numbers)
    for unit, factor in UNITS:
        if low >= EARLIEST * factor and high < LATEST * factor:
            return as_times(numbers, unit), unit
    return None


def as_times(numbers: pa.ChunkedArray, unit: str) -> pa.ChunkedArray:
    """Timestamp in UTC; floats of seconds are rounded to microseconds, which a double holds until 2100."""
    if pa.types.is_integer(numbers.type):
        return numbers.cast(pa.int64()).cast(pa.timestamp(unit, "UTC"))
    factor = 10**6 / dict(UNITS)[unit]
    micros = pc.round(pc.multiply(numbers.cast(pa.float64()), factor))
    return micros.cast(pa.int64()).cast(pa.timestamp("us", "UTC"))


def whole_days(numbers: pa.ChunkedArray) -> tuple[pa.ChunkedArray, str] | None:
    from graphkeep.graph.values.times import days_from_civil, is_calendar

    day_numbers = np.asarray(pc.fill_null(numbers.cast(pa.int64()), 19700101).to_numpy())
    year, month, day = day_numbers // 10_000, day_numbers // 100 % 100, day_numbers % 100
    if not is_calendar(year, month, day):
        return None
    days = pa.array(days_from_civil(year, month, day).astype(np.int32)).cast(pa.date32())
    return pa.chunked_array([pc.if_else(pc.is_valid(numbers).combine_chunks(), days, None)]), "days"
