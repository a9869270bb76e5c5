"""Whether the quotes of a block stand where the rules of quoting allow them, without a look at each line."""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from graphkeep.sources.text.records.dialect import Dialect

LINE_FEED, CARRIAGE_RETURN = 10, 13
Positions = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class QuoteCheck:
    """`suspicious` are the lines of the block (from 0) whose own quotes break the rules or do not close."""

    is_regular: bool = True
    has_inner_lines: bool = False
    suspicious: Positions = field(default_factory=lambda: np.empty(0, np.int64))


def positions_of(content: bytes, quote: str) -> Positions:
    code = quote.encode()
    if len(code) != 1 or code not in content:
        return np.empty(0, np.int64)
    return np.flatnonzero(np.frombuffer(content, np.uint8) == code[0])


def last_record_end(content: bytes, quotes: Positions) -> int:
    """Where the last record ends whose quotes are closed, if the last quote of the block opens a cell."""
    return content.rfind(b"\n", 0, int(quotes[-1])) + 1 if len(quotes) else len(content)


def check_quotes(content: bytes, quotes: Positions, dialect: Dialect, width: int) -> QuoteCheck:
    """What the quotes at these positions are."""
    if not len(quotes):
        return QuoteCheck()
    array = np.frombuffer(content, np.uint8)
    separator = dialect.separator.encode()[:1] or b"\n"
    ordinal = np.arange(len(quotes))
    if len(quotes) % 2 == 0 and bool(well_placed(array, quotes, ordinal, separator[0]).all()):
        line_ends = np.flatnonzero(array == LINE_FEED)
        before = np.searchsorted(quotes, line_ends)
        inner = before % 2 == 1
        if not inner.any():
            return QuoteCheck()
        if not has_rows_inside(array, line_ends, inner, before, separator[0], width):
            return QuoteCheck(has_inner_lines=True)
    return QuoteCheck(
        is_regular=False,
        has_inner_lines=True,
        suspicious=suspicious_lines(array, quotes, separator[0]),
    )


def with_suspicious_lines(
    check: QuoteCheck, content: bytes, quotes: Positions, dialect: Dialect
) -> QuoteCheck:
    """The check with the lines whose quotes do not close in them, though the quotes of the block are regular."""
    separator = dialect.separator.encode()[:1] or b"\n"
    array = np.frombuffer(content, np.uint8)
    return replace(check, suspicious=suspicious_lines(array, quotes, separator[0]))


def well_placed(
    array: Bytes, quotes: Positions, ordinal: Positions, separator: int
) -> npt.NDArray[np.bool_]:
    """For each quote, whether it stands beside a separator, a line end or another quote.

    Even ordinals open a cell, odd ones close it.
    """
    last = len(array) - 1
    before = np.where(quotes > 0, array[quotes - 1], LINE_FEED)
    after = np.where(quotes < last, array[np.minimum(quotes + 1, last)], LINE_FEED)
    is_opening = ordinal % 2 == 0
    beside = np.where(is_opening, before, after)
    allowed = (beside == separator) | (beside == LINE_FEED) | (beside == array[quotes])
    return allowed | (~is_opening & (beside == CARRIAGE_RETURN))


def has_rows_inside(
    array: Bytes,
    line_ends: Positions,
    inner: npt.NDArray[np.bool_],
    before: Positions,
    separator: int,
    width: int,
) -> bool:
    """Whether a quoted cell holds a whole line with as many separators as a row: then a quote is likely astray."""
    both = np.flatnonzero(inner[1:] & inner[:-1] & (before[1:] == before[:-1]))
    if not len(both) or width < 2:
        return False
    separators = np.flatnonzero(array == separator)
    starts, ends = line_ends[both], line_ends[both + 1]
    counts = np.searchsorted(separators, ends) - np.searchsorted(separators, starts)
    return bool((counts == width - 1).any())


def suspicious_lines(array: Bytes, quotes: Positions, separator: int) -> Positions:
    """The lines whose own quotes, counted from the start of the line, break the rules or do not close."""
    line_ends = np.flatnonzero(array == LINE_FEED)
    lines = np.searchsorted(line_ends, quotes)
    starts = np.flatnonzero(np.diff(lines, prepend=-1))
    counts = np.diff(np.append(starts, len(quotes)))
    ordinal = np.arange(len(quotes)) - np.repeat(starts, counts)
    misplaced = lines[~well_placed(array, quotes, ordinal, separator)]
    return np.union1d(misplaced, lines[starts][counts % 2 == 1])


def record_lines(content: bytes, quotes: Positions, first_line: int) -> Positions:
    """The number of the line where each record begins: of lines that are neither blank nor inside quotes."""
    array = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(array == LINE_FEED)
    if not content.endswith(b"\n"):
        ends = np.append(ends, len(content))
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts
    blank = (lengths == 0) | (
        (lengths == 1) & (array[np.minimum(starts, len(array) - 1)] == CARRIAGE_RETURN)
    )
    if len(quotes):
        blank |= np.searchsorted(quotes, starts) % 2 == 1
    return np.flatnonzero(~blank) + first_line
