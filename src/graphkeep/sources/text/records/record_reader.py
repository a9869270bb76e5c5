"""Records of a text table, where quotes may be astray: one line each, or several lines where a quoted cell holds line ends."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graphkeep.sources.text.records.dialect import Dialect
from graphkeep.sources.text.records.split_line import (
    Problem,
    split_lenient,
    split_strict,
    splits_plainly,
)

MAX_JOINED_LINES = 2000
MAX_LENIENT_LINES = 12
MAX_COMPARED_LINES = 50
FAILURES_UNTIL_CAREFUL = 50


class Record(NamedTuple):
    """The cells of a record, how many lines it has, and how many of its quotes were taken as plain characters."""

    cells: list[str]
    lines: int
    stray_quotes: int = 0


class RecordReader:
    """Reads records of one dialect; `width` is the usual number of cells, 0 where it is not known."""

    def __init__(self, dialect: Dialect, width: int) -> None:
        self.dialect = dialect
        self.width = width
        self.failures = 0

    def read_all(self, lines: Sequence[str], start: int = 0) -> Iterator[tuple[int, Record]]:
        """Each record and the line where it begins; blank lines are records without cells."""
        position = start
        if splits_plainly(lines, self.dialect):
            separator = self.dialect.separator
            for position in range(start, len(lines)):
                line = lines[position]
                is_blank = not line or line.isspace()
                cells = [] if is_blank else line.removesuffix("\r").split(separator)
                yield position, Record(cells, 1)
            return
        while position < len(lines):
            record = Record([], 1)
            if lines[position].strip():
                record = self.read(lines, position, is_last=True) or record
            yield position, record
            position += record.lines

    def read(self, lines: Sequence[str], start: int, *, is_last: bool) -> Record | None:
        """The record that begins at this line; None where it may go on behind the last of these lines."""
        line = lines[start].removesuffix("\r")
        cells = split_strict(line, self.dialect)
        if isinstance(cells, list):
            return Record(cells, 1)
        if cells is Problem.UNCLOSED:
            joined = self._joined(lines, start, is_last=is_last)
            if joined is None:
                return None
            if joined.lines:
                return joined
        return self._lenient(lines, start)

    def _joined(self, lines: Sequence[str], start: int, *, is_last: bool) -> Record | None:
        """The record of several lines, or one of no lines where its quote does not close as it should."""
        quote = self.dialect.quote
        limit = MAX_JOINED_LINES if self.failures < FAILURES_UNTIL_CAREFUL else MAX_LENIENT_LINES
        end = min(len(lines), start + limit)
        parts = [lines[start]]
        for position in range(start + 1, end):
            parts.append(lines[position])
            if lines[position].count(quote) % 2 == 0 and not self.dialect.escape:
                continue
            cells = split_strict("\n".join(parts).removesuffix("\r"), self.dialect)
            if cells is Problem.UNCLOSED:
                continue
            if cells is Problem.STRAY or self._are_rows(parts):
                break
            return Record(cells, len(parts))
        else:
            if end == len(lines) and not is_last and end - start < limit:
                return None
        self.failures += 1
        return Record([], 0)

    def _are_rows(self, parts: Sequence[str]) -> bool:
        """Whether each of these lines has the usual width by itself, so that the quotes are astray."""
        if self.width < 2:
            return False
        return all(
            len(split_lenient(part.removesuffix("\r"), self.dialect, self.width).cells)
            == self.width
            for part in parts[:MAX_COMPARED_LINES]
        )

    def _lenient(self, lines: Sequence[str], start: int) -> Record:
        alone = split_lenient(lines[start].removesuffix("\r"), self.dialect, self.width)
        if self.width > 1 and len(alone.cells) < self.width:
            joined = lines[start]
            for position in range(start + 1, min(len(lines), start + MAX_LENIENT_LINES)):
                if (
                    len(split_lenient(lines[position], self.dialect, self.width).cells)
                    == self.width
                ):
                    break
                joined += "\n" + lines[position]
                cells = split_lenient(joined.removesuffix("\r"), self.dialect, self.width)
                if len(cells.cells) == self.width:
                    return Record(cells.cells, position - start + 1, cells.stray_quotes)
        return Record(alone.cells, 1, alone.stray_quotes)
