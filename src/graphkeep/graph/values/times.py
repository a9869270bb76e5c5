"""Texts that are dates or times: ISO 8601, German, American, Twitter, RFC 2822, Apache and their kin."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.graph.values.month_names import NAMES, NUMBERS, ZONES
from graphkeep.graph.values.shapes import Shape, ShapedTexts, shaped
from graphkeep.graph.values.time_forms import FORMS

Order = Literal["", "day", "month"]
DAY_SECONDS = 86_400
NANOSECOND_RANGE = (-9_223_372_036, 9_223_372_036)
MIN_LENGTH = 6
MONTH_NUMBERS = dict(zip(NAMES, NUMBERS, strict=True))
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Times:
    """date32, or timestamp in s, us or ns, in UTC where every text names its zone.

    `form` is a key of FORMS; `order` is which of day and month comes first where the form leaves it open,
    and `is_ambiguous` says that the values do not decide it.
    """

    values: pa.ChunkedArray
    form: str
    order: Order = ""
    is_ambiguous: bool = False

    def describe(self) -> str:
        """What was read, for a sentence: `dates, month/day/year`."""
        is_date = pa.types.is_date(self.values.type)
        form = self.form
        if self.order:
            sign = "/" if form == "slashes" else "-"
            first, second = ("day", "month") if self.order == "day" else ("month", "day")
            form = f"{first}{sign}{second}{sign}year"
        zone = "" if is_date or self.values.type.tz is None else ", shown in UTC"
        return f"{'dates' if is_date else 'times'}, {form}{zone}"


@dataclass(kw_only=True)
class Parts:
    """The parts of the times of one chunk without nulls; `first` and `second` are day and month in either order."""

    year: npt.NDArray[np.int16]
    first: npt.NDArray[np.int8]
    second: npt.NDArray[np.int8]
    clock_seconds: npt.NDArray[np.int32]
    nanoseconds: npt.NDArray[np.int32]
    fraction_digits: int = 0
    clocks: set[bool] = field(default_factory=set)
    zones: set[bool] = field(default_factory=set)
    has_half_days: bool = False

    @classmethod
    def empty(cls, count: int) -> "Parts":
        return cls(
            year=np.zeros(count, np.int16),
            first=np.zeros(count, np.int8),
            second=np.zeros(count, np.int8),
            clock_seconds=np.zeros(count, np.int32),
            nanoseconds=np.zeros(count, np.int32),
        )


def find_time_form(sample: pa.ChunkedArray) -> str | None:
    """The first form of FORMS that every text of a sample without nulls has."""
    texts = sample.combine_chunks() if isinstance(sample, pa.ChunkedArray) else sample
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.chunk(0)
    shapes = None if len(texts) == 0 else shaped(texts)
    if shapes is None or min(map(len, shapes.shapes)) < MIN_LENGTH:
        return None
    for form, pattern in FORMS.items():
        if all(pattern.fullmatch(shape) for shape in shapes.shapes):
            return form
    return None


def read_times(texts: pa.ChunkedArray, form: str, *, dayfirst: bool | None = None) -> Times | None:
    """The times of texts that are all of one form, or None.

    Args:
        texts: may hold nulls, which stay.
        form: a key of FORMS.
        dayfirst: the order where the values do not decide it; None is the month for slashes, the day for dashes.
    """
    chunks: list[Parts] = []
    for chunk in texts.chunks:
        parts = parts_of(chunk.drop_null(), form)
        if parts is None:
            return None
        chunks.append(parts)
    if not any(len(parts.year) for parts in chunks):
        return None
    order, is_ambiguous = order_of(chunks, form, dayfirst)
    clocks = set().union(*(parts.clocks for parts in chunks))
    zones = set().union(*(parts.zones for parts in chunks))
    if len(zones) > 1 or (True in zones and True not in clocks):
        return None
    seconds: list[Numbers] = []
    for parts in chunks:
        month, day = (parts.first, parts.second)
        if order == "day":
            month, day = day, month
        if not is_calendar(parts.year, month, day):
            return None
        days = days_from_civil(*(each.astype(np.int64) for each in (parts.year, month, day)))
        seconds.append(days * DAY_SECONDS + parts.clock_seconds)
    if True not in clocks:
        arrays = [
            with_nulls((each // DAY_SECONDS).astype(np.int32), chunk).cast(pa.date32())
            for each, chunk in zip(seconds, texts.chunks, strict=True)
        ]
    else:
        arrays = timestamps(seconds, chunks, texts, "UTC" if True in zones else None)
    return Times(values=pa.chunked_array(arrays), form=form, order=order, is_ambiguous=is_ambiguous)


def order_of(chunks: list[Parts], form: str, dayfirst: bool | None) -> tuple[Order, bool]:
    """Which comes first, and whether the values leave it open; "" where the form says it."""
    if form not in {"slashes", "dashes"}:
        return "", False
    if any((parts.first > 12).any() for parts in chunks):
        return "day", False
    if any((parts.second > 12).any() for parts in chunks):
        return "month", False
    has_half_days = any(parts.has_half_days for parts in chunks)
    is_day = form == "dashes" and not has_half_days if dayfirst is None else dayfirst
    is_ambiguous = any((parts.first != parts.second).any() for parts in chunks)
    return ("day" if is_day else "month"), is_ambiguous


def parts_of(texts: pa.Array, form: str) -> Parts | None:
    """The parts of texts without nulls; None if one is not of the form, or its clock or zone does not exist."""
    parts = Parts.empty(len(texts))
    if not len(texts):
        return parts
    shapes = shaped(texts)
    if shapes is None:
        return None
    return parts if all(read_shape(shapes, shape, form, parts) for shape in shapes) else None


def read_shape(shapes: ShapedTexts, shape: Shape, form: str, parts: Parts) -> bool:
    match = FORMS[form].fullmatch(shape.text)
    if match is None:
        return False
    spans = {name: match.span(name) for name, text in match.groupdict().items() if text}

    def number(name: str) -> Numbers | int:
        return shapes.digits(shape, *spans[name]) if name in spans else 0

    rows = shape.rows
    start, end = spans["y"]
    is_quoted = shape.text[start] == "'"
    year = shapes.digits(shape, start + is_quoted, end)
    if end - start - is_quoted == 2:  # 1969 to 2068, as in POSIX
        year += np.where(year < 69, 2000, 1900)
    parts.year[rows] = year
    if "a" in spans:
        parts.first[rows], parts.second[rows] = number("a"), number("b")
    elif "mon" in spans:
        month = MONTH_NUMBERS.get(match["mon"].lower())
        if month is None:
            return False
        parts.first[rows], parts.second[rows] = month, number("d")
    else:
        parts.first[rows], parts.second[rows] = number("m"), number("d")
    parts.clocks.add("H" in spans)
    if "H" not in spans:
        parts.zones.add("sign" in spans or "z" in spans)
        return True
    return read_clock(shapes, shape, spans, parts)


def read_clock(
    shapes: ShapedTexts, shape: Shape, spans: dict[str, tuple[int, int]], parts: Parts
) -> bool:
    hour = shapes.digits(shape, *spans["H"])
    minute = shapes.digits(shape, *spans["M"])
    second = shapes.digits(shape, *spans["S"]) if "S" in spans else np.zeros_like(hour)
    if "p" in spans:
        if ((hour > 12) | (hour == 0)).any():
            return False
        is_afternoon = shape.text[spans["p"][0]].lower() == "p"
        hour = hour % 12 + 12 * is_afternoon
        parts.has_half_days = True
    is_end = (hour == 24) & (minute == 0) & (second == 0)
    if ((hour > 23) & ~is_end).any() or (minute > 59).any() or (second > 60).any():
        return False
    offset = zone_seconds(shapes, shape, spans)
    if offset is None:
        return False
    parts.zones.add("sign" in spans or "z" in spans)
    parts.clock_seconds[shape.rows] = hour * 3600 + minute * 60 + second - offset
    if "f" in spans:
        start, end = spans["f"]
        fraction = shapes.digits(shape, start, end) * 10 ** (9 - (end - start))
        parts.nanoseconds[shape.rows] = fraction
        parts.fraction_digits = max(parts.fraction_digits, end - start)
    return True


def zone_seconds(
    shapes: ShapedTexts, shape: Shape, spans: dict[str, tuple[int, int]]
) -> Numbers | int | None:
    """Seconds east of UTC; None for a name that is not known, or an offset that no zone has."""
    if "z" in spans:
        start, end = spans["z"]
        zone_hours = ZONES.get(shape.text[start:end])
        return None if zone_hours is None else zone_hours * 3600
    if "sign" not in spans:
        return 0
    hours = shapes.digits(shape, *spans["zh"])
    minutes = shapes.digits(shape, *spans["zm"]) if "zm" in spans else np.zeros_like(hours)
    if (hours > 18).any() or (minutes > 59).any():
        return None
    sign = -1 if shape.text[spans["sign"][0]] == "-" else 1
    return sign * (hours * 3600 + minutes * 60)


def timestamps(
    seconds: list[Numbers], chunks: list[Parts], texts: pa.ChunkedArray, zone: str | None
) -> list[pa.Array]:
    digits = max(parts.fraction_digits for parts in chunks)
    unit, factor = ("s", 1) if digits == 0 else ("us", 10**6) if digits <= 6 else ("ns", 10**9)
    low, high = NANOSECOND_RANGE
    is_near = all(not len(each) or (low < each.min() and each.max() < high) for each in seconds)
    if unit == "ns" and not is_near:
        unit, factor = "us", 10**6
    arrays = []
    for each, parts, chunk in zip(seconds, chunks, texts.chunks, strict=True):
        ticks = each * factor
        if factor > 1:
            ticks += parts.nanoseconds // (10**9 // factor)
        arrays.append(with_nulls(ticks, chunk).cast(pa.timestamp(unit, zone)))
    return arrays


def with_nulls(values: npt.NDArray[np.integer], chunk: pa.Array) -> pa.Array:
    """The values of the rows of a chunk that are not null, with its nulls between them."""
    if not chunk.null_count:
        return pa.array(values)
    is_valid = np.asarray(chunk.is_valid())
    spread = np.zeros(len(chunk), values.dtype)
    spread[is_valid] = values
    return pa.array(spread, mask=~is_valid)


def is_calendar(
    year: npt.NDArray[np.integer], month: npt.NDArray[np.integer], day: npt.NDArray[np.integer]
) -> bool:
    if (year < 1).any() or (month < 1).any() or (month > 12).any():
        return False
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    month_days = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[month]
    last_day = month_days + (is_leap & (month == 2))
    return bool(((day >= 1) & (day <= last_day)).all())


def days_from_civil(year: Numbers, month: Numbers, day: Numbers) -> Numbers:
    """Days since 1970-01-01 of dates of the Gregorian calendar (Howard Hinnant, chrono algorithms)."""
    year = year - (month <= 2)
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - 719_468
