"""Lines of cron, and when they come due."""

from datetime import UTC, datetime

import pytest

from graphkeep.server.config.cron import Clock, schedule_of
from graphkeep.server.config.envfile import ConfigurationError


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "due", "not_due"),
    [
        ("30 4 * * 0", "2026-11-22T04:30", "2026-11-23T04:30"),  # a Sunday, a Monday
        ("30 4 * * 7", "2026-11-22T04:30", "2026-11-22T04:31"),
        ("*/15 * * * *", "2026-11-22T04:45", "2026-11-22T04:46"),
        ("0 8-18/2 * * 1-5", "2026-11-23T10:00", "2026-11-23T11:00"),
        ("0 0 1,15 * *", "2026-11-15T00:00", "2026-11-16T00:00"),
        ("0 0 13 * 5", "2026-11-20T00:00", "2026-11-19T00:00"),  # a Friday that is no 13th
        ("@daily", "2026-11-22T00:00", "2026-11-22T00:01"),
    ],
)
def test_ad33_a_line_of_cron_is_due_when_it_says(line, due, not_due):
    schedule = schedule_of(line)

    assert (schedule.is_due(at(due)), schedule.is_due(at(not_due))) == (True, False)


@pytest.mark.parametrize("line", ["", "disabled", "off"])
def test_ad33_there_is_no_schedule_unless_one_is_said(line):
    assert schedule_of(line) is None


@pytest.mark.parametrize(
    "line", ["every day", "60 * * * *", "* * * *", "5-1 * * * *", "*/0 * * * *"]
)
def test_ad33_what_is_no_line_of_cron_is_refused(line, tmp_path, monkeypatch):
    with pytest.raises(ValueError):
        schedule_of(line)
    monkeypatch.setenv("CRON_RESTART", line)
    with pytest.raises(ConfigurationError, match="CRON_RESTART is no line of cron"):
        Clock(tmp_path)


def test_ad33_the_clock_strikes_once_in_a_minute_that_is_due(tmp_path, monkeypatch):
    monkeypatch.setenv("CRON_RESTART", "* * * * *")
    clock = Clock(tmp_path)
    times = [
        "2030-01-01T00:00:00",
        "2030-01-01T00:00:01",
        "2030-01-01T00:00:59",
        "2030-01-01T00:01",
    ]

    assert [clock.is_due_now(at(one)) for one in times] == [True, False, False, True]
