"""A sheet as rows of cells, before it is known where its tables begin."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Merge = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0


@dataclass(frozen=True, kw_only=True)
class Row:
    """`number` counts from 1, as the program shows it; empty cells are None."""

    number: int
    cells: Sequence[Any]

    @property
    def filled(self) -> list[int]:
        return [column for column, cell in enumerate(self.cells) if cell is not None]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """`merges` count rows as `Row.number - 1` and columns as in the cells."""

    name: str
    rows: Sequence[Row]
    merges: Sequence[Merge] = ()
    is_hidden: bool = False


@dataclass(kw_only=True)
class Layout:
    """One table of a sheet: what names its columns, and what is not part of it."""

    header: Row | None
    groups: Row | None = None
    body: list[Row] = field(default_factory=list)
    titles: list[Row] = field(default_factory=list)
    footers: list[Row] = field(default_factory=list)
    repeats: list[Row] = field(default_factory=list)
    columns: Sequence[int] = ()


def is_text(cell: object) -> bool:
    return isinstance(cell, str)


def shown(row: Row) -> str:
    """The cells of a row in one line, as an example."""
    return " | ".join(str(cell) for cell in row.cells if cell is not None)
