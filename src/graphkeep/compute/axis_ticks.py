"""Axis ticks at round values, with labels: numbers in steps of 1, 2 and 5, times in calendar units."""

import math
from datetime import UTC, datetime

Tick = tuple[float, str]
MINUTE, HOUR, DAY = 60, 3600, 86400
STEPS_S = (
    1, 5, 15, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
    DAY, 2 * DAY, 7 * DAY,
)  # fmt: skip
STEPS_MONTHS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000)
EARLIEST, LATEST = -62_135_596_800, 253_402_300_799  # the years 1 to 9999


def number_ticks(low: float, high: float, most: int = 7) -> list[Tick]:
    """Ascending ticks that cover `low` to `high`, at most `most`; two ticks where `low` equals `high`."""
    step = round_step((high - low) / (most - 2)) if high > low else max(abs(low), 1.0)
    first, last = math.floor(low / step), math.ceil(high / step)
    if first == last:
        last += 1
    return [(k * step, plain(k * step)) for k in range(first, last + 1)]


def round_step(least: float) -> float:
    scale = 10.0 ** math.floor(math.log10(least))
    return next(
        scale * mantissa for mantissa in (1, 2, 5, 10) if scale * mantissa >= least * (1 - 1e-9)
    )


def plain(value: float) -> str:
    if abs(value) >= 1e6 or (value and abs(value) < 1e-3):
        return f"{value:.4g}"
    return f"{round(value, 6):,.6f}".rstrip("0").rstrip(".")


def time_ticks(low: float, high: float, most: int = 9) -> list[Tick]:
    """Like `number_ticks`, for seconds since 1970, in steps of seconds, minutes, hours, days, months or years."""
    low, high = max(low, EARLIEST), min(max(high, EARLIEST), LATEST)
    for step in STEPS_S:
        first = math.floor(low / step)
        last = max(math.ceil(high / step), first + 1)
        if last - first < most:
            return clocked([k * step for k in range(first, last + 1)], step)
    begin, end = month_of(low), month_of(high) + 1
    for months in STEPS_MONTHS:
        first, last = begin // months, -(-end // months)
        if last - first < most or months == STEPS_MONTHS[-1]:
            form = "%Y-%m" if months < 12 else "%Y"
            starts = [start_of(k * months) for k in range(first, last + 1)]
            return [
                (moment.timestamp(), moment.strftime(form).zfill(len("2000"))) for moment in starts
            ]
    raise AssertionError


def month_of(seconds: float) -> int:
    moment = datetime.fromtimestamp(seconds, UTC)
    return 12 * moment.year + moment.month - 1


def start_of(month: int) -> datetime:
    month = min(max(month, 12), 12 * 9999 + 11)
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


def clocked(at: list[int], step: int) -> list[Tick]:
    """Ticks labeled with the time of day, and with the date where it changes."""
    ticks: list[Tick] = []
    previous_date = ""
    for seconds in at:
        moment = datetime.fromtimestamp(seconds, UTC)
        date, clock = (
            moment.strftime("%Y-%m-%d"),
            moment.strftime("%H:%M" if step >= MINUTE else "%H:%M:%S"),
        )
        text = date if step >= DAY else clock if date == previous_date else f"{date} {clock}"
        ticks.append((float(seconds), text))
        previous_date = date
    return ticks
