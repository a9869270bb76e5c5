"""Messages that a page sends over its WebSocket: JSON becomes one frozen dataclass, checked once."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphkeep.datasets.layout.run_commands import RunOptions
from graphkeep.graph.errors import UserInputError

MAX_COORDINATE = 1e9


@dataclass(frozen=True, kw_only=True)
class Ack:
    """The page has drawn the frame `sequence`; None if the message names no frame."""

    sequence: int | None


@dataclass(frozen=True, kw_only=True)
class Play:
    """`duration_ms`: None for the server's limit."""

    duration_ms: int | None = None
    options: RunOptions = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Pause the run of the layout."""


@dataclass(frozen=True, kw_only=True)
class Resume:
    """Resume the paused run."""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """End the run."""


@dataclass(frozen=True, kw_only=True)
class PinNodes:
    """`positions`: x and y of each row, one after another."""

    rows: tuple[int, ...]
    positions: tuple[float, ...]
    options: RunOptions = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class UnpinNodes:
    """`rows`: None for all pinned nodes; `positions`: None for the positions of the pins."""

    rows: tuple[int, ...] | None = None
    positions: tuple[float, ...] | None = None
    options: RunOptions = field(default_factory=dict)


Command = Play | Pause | Resume | Stop | PinNodes | UnpinNodes


def parse_ack(message: Mapping[str, Any]) -> Ack:
    """Never raises: an acknowledgement without a frame number acknowledges nothing."""
    sequence = message.get("seq")
    is_integer = isinstance(sequence, int) and not isinstance(sequence, bool)
    return Ack(sequence=sequence if is_integer else None)


def parse_play(message: Mapping[str, Any]) -> Play:
    return Play(duration_ms=duration_ms(message.get("ms")), options=run_options(message))


def parse_pin(message: Mapping[str, Any]) -> PinNodes:
    """Raises UserInputError: rows or positions are not lists of numbers, or their lengths do not match."""
    rows = row_numbers(message.get("rows"))
    return PinNodes(
        rows=rows,
        positions=coordinates(message.get("positions"), len(rows)),
        options=run_options(message),
    )


def parse_unpin(message: Mapping[str, Any]) -> UnpinNodes:
    """Raises UserInputError: rows or positions are not lists of numbers, or their lengths do not match."""
    rows = None if message.get("rows") is None else row_numbers(message["rows"])
    positions = message.get("positions")
    return UnpinNodes(
        rows=rows,
        positions=None if positions is None else coordinates(positions, len(rows or ())),
        options=run_options(message),
    )


PARSERS: dict[str, Callable[[Mapping[str, Any]], Command]] = {
    "play": parse_play,
    "pause": lambda _: Pause(),
    "resume": lambda _: Resume(),
    "stop": lambda _: Stop(),
    "pin": parse_pin,
    "unpin": parse_unpin,
}


def parse_command(kind: str, message: Mapping[str, Any]) -> Command:
    """The command of a message whose type is one of `PARSERS`.

    Raises:
        UserInputError: a field is of the wrong kind.
    """
    return PARSERS[kind](message)


def run_options(message: Mapping[str, Any]) -> RunOptions:
    """The layout options of a message: finite numbers and flags; others are ignored."""
    options = message.get("options")
    if not isinstance(options, dict):
        return {}
    return {
        name: value
        for name, value in options.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }


def duration_ms(value: object) -> int | None:
    """Whole milliseconds, at least 0; None if it is not a finite number."""
    if isinstance(value, int | float) and math.isfinite(value):
        return max(0, int(value))
    return None


def row_numbers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise UserInputError("rows must be a list of row numbers.")
    for row in value:
        if not isinstance(row, int) or isinstance(row, bool):
            raise UserInputError(f"There is no node {row!r}; rows are whole numbers.")
    return tuple(value)


def coordinates(value: object, row_count: int) -> tuple[float, ...]:
    """Coordinates, two of each row; finite and within the coordinate limit."""
    if not isinstance(value, list) or len(value) != 2 * row_count:
        raise UserInputError("positions must be a list: x and y of each row, one after another.")
    for number in value:
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        if not is_number or not math.isfinite(number) or abs(number) > MAX_COORDINATE:
            raise UserInputError(
                f"positions contains {number!r}; use finite numbers up to {MAX_COORDINATE:.0e}."
            )
    return tuple(value)
