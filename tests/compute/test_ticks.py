"""Round values between two ends, with words for them."""

from datetime import UTC, datetime

import pytest

from graphkeep.compute.axis_ticks import number_ticks, time_ticks


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0, 10, ["0", "2", "4", "6", "8", "10"]),
        (0.13, 0.52, ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6"]),
        (-3, 4, ["-4", "-2", "0", "2", "4"]),
        (7, 7, ["7", "14"]),
        (0, 0, ["0", "1"]),
        (1200, 9800, ["0", "2,000", "4,000", "6,000", "8,000", "10,000"]),
        (0, 3e9, ["0", "1e+09", "2e+09", "3e+09"]),
    ],
)
def test_numbers_go_by_one_two_and_five(low: float, high: float, texts: list[str]) -> None:
    assert [text for _, text in number_ticks(low, high)] == texts


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        ("2026-03-01T23:00:00", "2026-03-02T02:00:00",
         ["2026-03-01 23:00", "23:30", "2026-03-02 00:00", "00:30", "01:00", "01:30", "02:00"]),
        ("2026-03-01T10:00:02", "2026-03-01T10:00:14",
         ["2026-03-01 10:00:00", "10:00:05", "10:00:10", "10:00:15"]),
        ("2026-03-01", "2026-03-06", [f"2026-03-0{day}" for day in range(1, 7)]),
        ("2025-11-20", "2026-02-10", ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]),
        ("1999-05-01", "2003-02-01", ["1999", "2000", "2001", "2002", "2003", "2004"]),
        ("2026-03-01T12:00:00", "2026-03-01T12:00:00", ["2026-03-01 12:00:00", "12:00:01"]),
    ],
)  # fmt: skip
def test_times_go_by_the_calendar(low: str, high: str, texts: list[str]) -> None:
    ticks = time_ticks(seconds(low), seconds(high))

    assert [text for _, text in ticks] == texts
    assert ticks[0][0] <= seconds(low)
    assert ticks[-1][0] >= seconds(high)


def test_all_of_history_and_what_lies_beyond_it_has_ticks() -> None:
    assert [text for _, text in time_ticks(-1e15, 1e15)][:2] == ["0001", "1000"]
