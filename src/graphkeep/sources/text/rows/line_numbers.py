"""From which line of the file each row of a table came."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
import numpy.typing as npt

Lines = npt.NDArray[np.int64]


@dataclass(kw_only=True)
class LineNumbers(Sequence[int]):
    """The first line (from 1) of each row, in runs: either a start with one line a row, or the lines one by one."""

    starts: list[int] = field(default_factory=list)
    runs: list[int | Lines] = field(default_factory=list)
    size: int = 0

    def append_run(self, first_line: int, count: int) -> None:
        """`count` rows on lines that follow one another."""
        if not count:
            return
        if self.runs and isinstance(self.runs[-1], int):
            last_start = self.starts[-1]
            if self.runs[-1] + (self.size - last_start) == first_line:
                self.size += count
                return
        self.starts.append(self.size)
        self.runs.append(first_line)
        self.size += count

    def append_lines(self, lines: Lines) -> None:
        if not len(lines):
            return
        first = int(lines[0])
        if int(lines[-1]) - first == len(lines) - 1 and bool((np.diff(lines) == 1).all()):
            self.append_run(first, len(lines))
            return
        self.starts.append(self.size)
        self.runs.append(lines)
        self.size += len(lines)

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, row: int) -> int: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[int]: ...
    def __getitem__(self, row: int | slice) -> int | Sequence[int]:
        """The first line of a row (from 0)."""
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(self.size))]
        if not 0 <= row < self.size:
            raise IndexError(row)
        position = bisect_right(self.starts, row) - 1
        run, offset = self.runs[position], row - self.starts[position]
        return run + offset if isinstance(run, int) else int(run[offset])

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> Lines:
        """int64 (n,), made at once instead of row by row."""
        ends = [*self.starts[1:], self.size] if self.starts else []
        parts = [
            np.arange(run, run + end - start) if isinstance(run, int) else run[: end - start]
            for run, start, end in zip(self.runs, self.starts, ends, strict=True)
        ]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def segments(self) -> list[tuple[int, int]]:
        """The runs of lines that follow one another: the first row of each (from 0), and its line."""
        segments: list[tuple[int, int]] = []
        ends = [*self.starts[1:], self.size]
        next_line = -1
        for start, run, end in zip(self.starts, self.runs, ends, strict=False):
            if isinstance(run, int):
                if run != next_line:
                    segments.append((start, run))
                next_line = run + end - start
                continue
            lines = run[: end - start]
            breaks = np.flatnonzero(np.diff(lines, prepend=next_line - 1) != 1)
            segments += zip((breaks + start).tolist(), lines[breaks].tolist(), strict=True)
            next_line = int(lines[-1]) + 1
        return segments

    def truncate(self, count: int) -> None:
        """Forget the rows from `count` on."""
        if count >= self.size:
            return
        position = bisect_right(self.starts, count - 1) if count else 0
        del self.starts[position:], self.runs[position:]
        if self.runs and not isinstance(self.runs[-1], int):
            self.runs[-1] = self.runs[-1][: count - self.starts[-1]]
        self.size = count
