"""A text file in blocks that end where a record ends, each made ready for Arrow's parser."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

import numpy as np

from graphkeep.sources.text.records.dialect import Dialect
from graphkeep.sources.text.records.quote_check import (
    LINE_FEED,
    Positions,
    QuoteCheck,
    check_quotes,
    last_record_end,
    positions_of,
    record_lines,
    with_suspicious_lines,
)
from graphkeep.sources.text.rows.rewrite import Rewriter

BLOCK_BYTES = 1 << 21
MAX_RECORD_BYTES = 1 << 26
COUNTED_BYTES = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Block:
    """Records that Arrow's parser reads with `dialect`.

    `first_line` is the line of the first of `count` lines with one record each, unless `lines` has the line of each of
    `count` records. Without `lines` some of the lines may be blank, which the number of records shows (`numbered`).
    """

    content: bytes
    dialect: Dialect
    first_line: int
    count: int
    lines: Positions | None = None
    has_inner_lines: bool = False


@dataclass(kw_only=True)
class BlockReader:
    """The blocks of the bytes from `start` to `end`; the first line has the number `first_line` (from 1)."""

    stream: BinaryIO
    start: int
    end: int
    first_line: int
    dialect: Dialect
    width: int
    rewriter: Rewriter
    block_bytes: int = BLOCK_BYTES
    line: int = field(init=False, default=0)

    def __iter__(self) -> Iterator[Block]:
        self.stream.seek(self.start)
        self.line = self.first_line
        buffer, filled = (
            bytearray(),
            0,
        )  # one for all blocks: fresh memory costs more than what is done with it
        position, size = self.start, self.block_bytes
        while position < self.end or filled:
            count = self._fill(buffer, filled, min(size, self.end - position))
            position += count
            filled += count
            is_last = position >= self.end or not count
            block, consumed = self._block(buffer, filled, is_last or filled > MAX_RECORD_BYTES)
            if block is None and is_last:
                return
            if block is None:
                size = max(size, filled)
                continue
            size = self.block_bytes
            if block.count:
                yield block
            if block.lines is None and len(block.content) == consumed:
                self.line += block.count
            else:
                self.line += count_lines(buffer[:consumed])
            pending = buffer[consumed:filled]
            filled = len(pending)
            buffer[:filled] = pending

    def _fill(self, buffer: bytearray, start: int, size: int) -> int:
        """Read up to so many bytes into the buffer from `start` on, and return how many came."""
        missing = start + size - len(buffer)
        if missing > 0:
            buffer.extend(bytes(missing))
        with memoryview(buffer) as view, view[start : start + size] as part:
            return self.stream.readinto(part) or 0  # type: ignore[attr-defined]

    def _block(self, buffer: bytearray, filled: int, is_last: bool) -> tuple[Block | None, int]:
        cut = filled if is_last else buffer.rfind(b"\n", 0, filled) + 1
        if not cut:
            return None, 0
        with memoryview(buffer) as view:
            whole = bytes(view[:cut])
        quotes = positions_of(whole, self.dialect.quote)
        if len(quotes) % 2 and not is_last:
            cut = last_record_end(whole, quotes)
            if not cut:
                return None, 0
            regular = whole[:cut]
            check = check_quotes(regular, quotes[quotes < cut], self.dialect, self.width)
            if check.is_regular:
                whole = regular
            else:
                check = check_quotes(whole, quotes, self.dialect, self.width)
        else:
            check = check_quotes(whole, quotes, self.dialect, self.width)
        if check.is_regular and not self.rewriter.has_work(whole):
            return self._native(whole, quotes, check), len(whole)
        if check.is_regular and check.has_inner_lines:
            check = with_suspicious_lines(check, whole, quotes[quotes < len(whole)], self.dialect)
        rewritten = self.rewriter.rewrite(whole, check, self.line, is_last=is_last)
        if not rewritten.consumed:
            return None, 0
        return (
            Block(
                content=rewritten.content,
                dialect=self.rewriter.target,
                first_line=self.line,
                count=len(rewritten.lines),
                lines=rewritten.lines,
                has_inner_lines=True,
            ),
            rewritten.consumed,
        )

    def _native(self, content: bytes, quotes: Positions, check: QuoteCheck) -> Block:
        lines = None
        count = count_lines(content) + (not content.endswith(b"\n"))
        if check.has_inner_lines or content.isspace():
            lines = record_lines(content, quotes[quotes < len(content)], self.line)
            count = len(lines)
        return Block(
            content=content,
            dialect=self.dialect,
            first_line=self.line,
            count=count,
            lines=lines,
            has_inner_lines=check.has_inner_lines,
        )


def count_lines(content: bytes | bytearray) -> int:
    """The number of line feeds; several times as fast as `bytes.count`. In pieces, which stay in the cache."""
    codes = np.frombuffer(content, np.uint8)
    return sum(
        int(np.count_nonzero(codes[start : start + COUNTED_BYTES] == LINE_FEED))
        for start in range(0, len(codes), COUNTED_BYTES)
    )


def numbered(block: Block, record_count: int) -> Block:
    """The block with the line of each of its records, where blank lines stand between them."""
    if block.lines is not None or block.count == record_count:
        return block
    lines = record_lines(block.content, np.empty(0, np.int64), block.first_line)
    return replace(block, lines=lines, count=len(lines))
