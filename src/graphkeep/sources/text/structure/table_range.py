"""The rows of a text table's sample, and where a table begins and ends."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

MIN_TABLE_ROWS = 3
CLEAR_HEADER = 2.0


class Row(NamedTuple):
    """A record of the sample: the line where it begins (from 0), how many lines it has, and its cells."""

    line: int
    lines: int
    cells: list[str]

    @property
    def width(self) -> int:
        return len(self.cells)

    @property
    def filled(self) -> int:
        return sum(map(bool, map(str.strip, self.cells)))

    @property
    def is_blank(self) -> bool:
        text = "".join(self.cells)
        return not text or text.isspace()

    @property
    def end(self) -> int:
        return self.line + self.lines


@dataclass(frozen=True, kw_only=True)
class TableRange:
    """One table: the names of its columns (None if no row names them), and the lines of its rows.

    `header_line` and the lines count from 0; `end_line` is None where the table goes to the end of the file.
    """

    width: int
    header: list[str] | None
    header_line: int | None
    first_line: int
    end_line: int | None = None
    title: str = ""
    is_specified: bool = False


@dataclass(frozen=True, kw_only=True)
class Structure:
    tables: tuple[TableRange, ...]
    comment: str = ""
    comments: tuple[Row, ...] = ()
    preamble: tuple[Row, ...] = ()
    footer: tuple[Row, ...] = ()


def usual_width(rows: Sequence[Row]) -> int:
    """The width of most rows; of equally frequent ones the widest."""
    counts = Counter([len(row.cells) for row in rows if not row.is_blank])
    if not counts:
        return max((row.width for row in rows), default=1)
    return max(counts.items(), key=lambda item: (item[1] * (1.5 if item[0] > 1 else 1), item[0]))[0]
