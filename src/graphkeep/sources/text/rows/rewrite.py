"""Records that Arrow's parser would misread, written anew by the strict rules of quoting."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from graphkeep.graph.repair_count import RepairCount
from graphkeep.sources.text.records.dialect import Dialect
from graphkeep.sources.text.records.other_separators import otherwise_separated
from graphkeep.sources.text.records.quote_check import Positions, QuoteCheck, record_lines
from graphkeep.sources.text.records.record_reader import Record, RecordReader
from graphkeep.sources.text.records.split_line import split_strict

UNIT_SEPARATOR = "\x1f"


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """`lines` are the first lines of the records, `consumed` the bytes of the block that these are."""

    content: bytes
    lines: Positions
    consumed: int


@dataclass(kw_only=True)
class Rewriter:
    """Writes the records of a block as Arrow's parser reads them with `target`.

    `header` is a line that is left out where it comes again; lines that begin with `comment` are left out; with `cuts_comments`
    also what follows it in other lines. Where `is_ruler` is given, lines of which it is true are left out, and blanks
    around cells are no part of them. `skipped` are line numbers (from 1) that the sender does not want.
    """

    dialect: Dialect
    width: int
    header: bytes = b""
    comment: str = ""
    cuts_comments: bool = False
    skipped: Collection[int] = ()
    is_ruler: Callable[[str], bool] | None = None
    others: RepairCount = field(default_factory=RepairCount)
    strays: RepairCount = field(default_factory=RepairCount)
    headers: RepairCount = field(default_factory=RepairCount)
    comments: RepairCount = field(default_factory=RepairCount)
    spaces: RepairCount = field(default_factory=RepairCount)

    @property
    def target(self) -> Dialect:
        if self.dialect.is_native and self.dialect.separator:
            return self.dialect
        return Dialect(separator=UNIT_SEPARATOR, quote=self.dialect.quote)

    def has_work(self, content: bytes) -> bool:
        """Whether a block with regular quotes still needs to be written anew."""
        if self.is_ruler or not (self.dialect.is_native and self.dialect.separator):
            return True
        if self.header and (b"\n" + self.header in content or content.startswith(self.header)):
            return True
        mark = self.comment.encode()
        if mark and (
            content.startswith(mark) or (mark if self.cuts_comments else b"\n" + mark) in content
        ):
            return True
        if b"\r" in content and content.count(b"\r") != content.count(b"\r\n"):
            return True
        return bool(self.skipped)

    def rewrite(
        self, content: bytes, check: QuoteCheck, first_line: int, *, is_last: bool
    ) -> Rewritten:
        if self._is_uniform(content):
            return self._in_bulk(content, first_line)
        raw = content.split(b"\n")
        if not raw[-1]:
            raw.pop()
        texts = [line.decode("utf-8", "replace") for line in raw]
        special = self._special(raw, texts, check, first_line)
        reader = RecordReader(self.dialect, self.width)
        pieces: list[bytes] = []
        numbers: list[int] = []
        position = consumed = 0
        for index in special:
            if index < position:
                continue
            self._copy(raw, position, index, pieces, numbers)
            consumed += sum(len(line) + 1 for line in raw[position:index])
            lines = self._rewrite_at(
                texts, raw, index, reader, pieces, numbers, first_line, is_last
            )
            if not lines:
                position = index
                break
            consumed += sum(len(line) + 1 for line in raw[index : index + lines])
            position = index + lines
        else:
            self._copy(raw, position, len(raw), pieces, numbers)
            consumed = len(content)
        return Rewritten(
            content=b"".join(pieces),
            lines=np.array(numbers, np.int64) + first_line,
            consumed=min(consumed, len(content)),
        )

    def _is_uniform(self, content: bytes) -> bool:
        """Whether nothing but the separator has to change in these lines."""
        return not (
            (self.dialect.is_native and self.dialect.separator)
            or (self.dialect.quote and self.dialect.quote.encode() in content)
            or (self.dialect.escape and self.dialect.escape.encode() in content)
            or (self.header and self.header in content)
            or (self.comment and self.comment.encode() in content)
            or self.skipped
            or self.is_ruler
            or UNIT_SEPARATOR.encode() in content
            or content.count(b"\r") != content.count(b"\r\n")
        )

    def _in_bulk(self, content: bytes, first_line: int) -> Rewritten:
        """All lines with another separator, without a look at each."""
        consumed = len(content)
        separator, target = self.dialect.separator.encode(), UNIT_SEPARATOR.encode()
        if self.dialect.is_whitespace:
            content = with_single_blanks(content)
            lines = record_lines(content, np.empty(0, np.int64), first_line)
            content = content.replace(b" ", target)
            return Rewritten(content=content, lines=lines, consumed=consumed)
        lines = record_lines(content, np.empty(0, np.int64), first_line)
        if self.dialect.skip_initial_space:
            spaced = content.count(separator + b" ")
            example = content[: content.find(b"\n")].decode("utf-8", "replace")
            while separator + b" " in content:
                content = content.replace(separator + b" ", separator)
            while b"\n " in content:
                content = content.replace(b"\n ", b"\n")
            content = content.lstrip(b" ").replace(separator, target)
            if spaced:
                self.spaces.add(first_line, example, "", spaced)
        elif separator:
            content = content.replace(separator, target)
        return Rewritten(content=content, lines=lines, consumed=consumed)

    def _special(
        self, raw: Sequence[bytes], texts: Sequence[str], check: QuoteCheck, first_line: int
    ) -> Sequence[int]:
        """The lines to look at one by one."""
        if self.is_ruler or not (self.dialect.is_native and self.dialect.separator):
            return range(len(raw))
        mark = self.comment.encode()
        header = self.header
        others = [
            index
            for index, line in enumerate(raw)
            if (header and line.rstrip(b"\r") == header)
            or (mark and (mark in line if self.cuts_comments else line.startswith(mark)))
            or b"\r" in line[:-1]
            or (self.skipped and first_line + index in self.skipped)
        ]
        return sorted({*check.suspicious.tolist(), *others})

    def _copy(
        self, raw: Sequence[bytes], start: int, end: int, pieces: list[bytes], numbers: list[int]
    ) -> None:
        if start == end:
            return
        pieces.append(b"\n".join(raw[start:end]) + b"\n")
        numbers.extend(index for index in range(start, end) if raw[index] not in {b"", b"\r"})

    def _rewrite_at(
        self,
        texts: list[str],
        raw: Sequence[bytes],
        index: int,
        reader: RecordReader,
        pieces: list[bytes],
        numbers: list[int],
        first_line: int,
        is_last: bool,
    ) -> int:
        """Write the record at this line; how many lines it has, 0 where it may go on in the next block."""
        text = texts[index].removesuffix("\r")
        if not text.strip() or first_line + index in self.skipped:
            return 1
        if self.is_ruler and self.is_ruler(text):
            return 1
        if self.header and raw[index].rstrip(b"\r") == self.header:
            self.headers.add(first_line + index, text)
            return 1
        if self.comment and text.startswith(self.comment):
            self.comments.add(first_line + index, text)
            return 1
        if self.cuts_comments and self.comment and self.dialect.quote not in text:
            texts[index] = text = text.split(self.comment, 1)[0]
        if "\r" in text and (parts := self._lines_in(text)):
            for cells in parts:
                pieces.append(self._written(cells))
                numbers.append(index)
            return 1
        record = reader.read(texts, index, is_last=is_last)
        if record is None:
            return 0
        if record.lines == 1 and len(record.cells) != self.width:
            other = otherwise_separated(text, self.dialect, self.width)
            if other is not None:
                self.others.add(first_line + index, text)
                record = Record(other, 1)
        self._count_repairs(record, text, first_line + index)
        cells = [cell.strip() for cell in record.cells] if self.is_ruler else record.cells
        pieces.append(self._written(cells))
        numbers.append(index)
        return record.lines

    def _lines_in(self, text: str) -> list[list[str]]:
        """The rows of a line that holds lone carriage returns, if these end rows."""
        rows = [split_strict(part, self.dialect) for part in text.split("\r") if part]
        if len(rows) > 1 and all(isinstance(row, list) and len(row) == self.width for row in rows):
            return rows  # type: ignore[return-value]
        return []

    def _count_repairs(self, record: Record, text: str, line: int) -> None:
        if record.stray_quotes:
            quote = self.dialect.quote
            example = next((cell for cell in record.cells if quote in cell), "")
            self.strays.add(line, text, example, record.stray_quotes)
        if self.dialect.skip_initial_space:
            separator = self.dialect.separator
            spaced = text.count(separator + " ") + text.startswith(" ")
            if spaced:
                self.spaces.add(line, text, separator.join(record.cells), spaced)

    def _written(self, cells: Sequence[str]) -> bytes:
        target = self.target
        if len(cells) == 1 and not cells[0]:
            return (target.quote * 2 or '""').encode() + b"\n"
        return (
            target.separator.join(quoted(cell, target) for cell in cells).encode("utf-8", "replace")
            + b"\n"
        )


def quoted(cell: str, dialect: Dialect) -> str:
    quote = dialect.quote
    if not quote:
        return cell
    if (
        quote in cell
        or dialect.separator in cell
        or "\n" in cell
        or "\r" in cell
        or (dialect.escape and dialect.escape in cell)
    ):
        if dialect.escape:
            cell = cell.replace(dialect.escape, dialect.escape * 2)
        return (
            quote
            + cell.replace(quote, quote * 2 if dialect.doublequote else dialect.escape + quote)
            + quote
        )
    return cell


def with_single_blanks(content: bytes) -> bytes:
    """Lines whose runs of blanks and tabs are one blank, with none at their ends."""
    content = content.replace(b"\t", b" ").replace(b"\r\n", b"\n")
    for run in (b" " * 16, b" " * 4, b"  "):
        while run in content:
            content = content.replace(run, b" ")
    return content.replace(b"\n ", b"\n").replace(b" \n", b"\n").strip(b" ")
