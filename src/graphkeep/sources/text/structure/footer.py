"""The footer of a table: totals, counts and notes below its rows."""

import re
from collections.abc import Sequence

from graphkeep.sources.text.structure.cell_shapes import Shape, shape_of
from graphkeep.sources.text.structure.table_range import (
    Row,
    TableRange,
)

FOOTER_WORDS = (
    "total", "totals", "sum", "summary", "summe", "gesamt", "count", "records", "rows", "generated",
    "end", "eof", "note", "notes", "source:", "quelle", "©", "copyright", "*", "--", "==", "saldo", "report",
    "exported", "printed", "page", "disclaimer", "grand total",
)  # fmt: skip
TOTAL_WORDS = (
    "total",
    "totals",
    "sum",
    "summe",
    "gesamt",
    "grand total",
    "subtotal",
    "itogo",
    "всего",
    "合計",
)
COUNT_OF_ROWS = re.compile(r"\(?\d+ (?:rows?|records?|zeilen|lignes|filas)\b.*", re.IGNORECASE)
DOS_END = "\x1a"  # what DOS programs write after the last line


def footer_start(main: TableRange, rows: Sequence[Row], blanks: set[int]) -> int | None:
    """Where the narrower tail of a table begins, if it has one."""
    start = len(rows)
    while start > 1 and is_tail(rows[start - 1], rows[start - 2], main.width):
        start -= 1
    tail = rows[start:]
    if not tail or len(tail) > max(10, len(rows) // 2):
        return None
    for offset, row in enumerate(tail):
        if is_footer(row, main.width, row.line - 1 in blanks):
            return start + offset
    return None


def is_tail(row: Row, above: Row, width: int) -> bool:
    """Whether a row is narrower than the table, or sums it up below rows with more cells."""
    first = row.cells[0].strip().strip(":").lower() if row.cells else ""
    sums_up = first in TOTAL_WORDS and row.filled < above.filled
    return sums_up or (row.width != width and row.filled < width)


def is_footer(row: Row, width: int, has_gap: bool) -> bool:
    first = next((cell.strip().lower() for cell in row.cells if cell.strip()), "")
    if COUNT_OF_ROWS.fullmatch(first):
        return True
    has_word = any(
        first == word
        or first.startswith((word + " ", word + ":"))
        or (len(word) < 3 and first.startswith(word))
        for word in FOOTER_WORDS
    )
    if row.width == 1 and width >= 3:
        is_sentence = " " in first or shape_of(first) is Shape.PHRASE
        return has_word or has_gap or is_sentence or first == DOS_END
    return row.filled < width and (has_word or (has_gap and row.width < width))
