"""Cron expressions in UTC: five fields with lists, ranges and steps, and the usual @ shortcuts."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graphkeep.server.config.env import Environment
from graphkeep.server.config.envfile import ConfigurationError

RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
SHORT = {
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
}  # fmt: skip
OFF = {"", "disabled", "off", "false"}


@dataclass(frozen=True, kw_only=True)
class Schedule:
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool
    """Whether one match suffices: as in cron, if both day of month and day of week are restricted."""

    def is_due(self, now: datetime) -> bool:
        on_day = now.day in self.days, now.isoweekday() % 7 in self.weekdays
        return (
            now.minute in self.minutes
            and now.hour in self.hours
            and now.month in self.months
            and (any(on_day) if self.either_day else all(on_day))
        )


def schedule_of(line: str) -> Schedule | None:
    """The schedule of a cron expression, or None if it is empty or disabled.

    Raises:
        ValueError: it is not a cron expression.
    """
    text = line.strip().lower()
    if text in OFF:
        return None
    fields = SHORT.get(text, text).split()
    if len(fields) != len(RANGES):
        raise ValueError("five fields: minute, hour, day, month, weekday")
    values = [parse_field(field, *limits) for field, limits in zip(fields, RANGES, strict=True)]
    return Schedule(
        minutes=values[0],
        hours=values[1],
        days=values[2],
        months=values[3],
        weekdays=frozenset(day % 7 for day in values[4]),
        either_day="*" not in {fields[2][0], fields[4][0]},
    )


class Clock:
    """Is due once in each minute that CRON_RESTART matches."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.struck = minute_of(datetime.now(UTC))  # never due in the minute of the start
        self.schedule: Schedule | None = None
        self.read()

    def read(self) -> None:
        env = Environment(self.home, os.environ)
        line = env.text_of("CRON_RESTART") or env.text_of("STREAMGL_GPU_WORKER_CRON_RESTART")
        try:
            self.schedule = schedule_of(line)
        except ValueError as error:
            raise ConfigurationError(f"CRON_RESTART is no line of cron: {error}") from error

    def is_due_now(self, now: datetime | None = None) -> bool:
        now = now or datetime.now(UTC)
        if self.schedule is None or minute_of(now) == self.struck:
            return False
        self.struck = minute_of(now)
        return self.schedule.is_due(now)


def minute_of(now: datetime) -> str:
    return now.strftime("%Y-%m-%d %H:%M")


def parse_field(field: str, low: int, high: int) -> frozenset[int]:
    values: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        begin, end = (low, high) if span == "*" else (int(first), int(last if dash else first))
        if step and not dash and span != "*":
            end = high
        stride = int(step) if step else 1
        if not low <= begin <= end <= high or stride < 1:
            raise ValueError(f"'{part}' is not within {low} to {high}")
        values |= set(range(begin, end + 1, stride))
    return frozenset(values)


def parse_schedule(text: str) -> str:
    schedule_of(text)
    return text
