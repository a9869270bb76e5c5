"""Any table that is written in any dialect of a grid is read back equal, without the reader being told which it was."""

import itertools
import os
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .reading import read

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
SEPARATORS = (",", ";", "\t", "|", "^", "::")
QUOTINGS = ("minimal", "all", "apostrophe")
LINE_ENDS = ("\n", "\r\n", "\r")
# Of the 792 dialects each test run takes every 24th, from a start that moves with the table; `prove dialects` takes all.
SLICE = 1 if os.environ.get("GRAPHKEEP_PROVE") else 24


@dataclass(frozen=True)
class WrittenDialect:
    encoding: str
    separator: str
    quoting: str
    has_header: bool
    decimal: str
    line_end: str

    def write(self, table: list[list[object]]) -> bytes:
        lines = [self.separator.join(map(self.cell, row)) for row in table]
        return (self.line_end.join(lines) + self.line_end).encode(self.encoding)

    def cell(self, value: object) -> str:
        text = str(value).replace(".", self.decimal) if isinstance(value, float) else str(value)
        quote = "'" if self.quoting == "apostrophe" else '"'
        needs_quotes = any(mark in text for mark in (self.separator, quote, "\n", "\r"))
        if self.quoting == "minimal" and not needs_quotes:
            return text
        return quote + text.replace(quote, quote * 2) + quote


DIALECTS = [
    WrittenDialect(*parts)
    for parts in itertools.product(ENCODINGS, SEPARATORS, QUOTINGS, (True, False), (".", ","), LINE_ENDS)
    if parts[1] != "," or parts[4] != ","
]  # fmt: skip
LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=4)
WORDS = st.builds(
    "".join, st.tuples(LETTERS, st.sampled_from(["", "", "", "ö", "ü", "ß"]), LETTERS)
)
MARKS = st.sampled_from([" ", ", ", "; ", " | ", ' "', '" ', "\n", "'s ", ": ", " (", ") ", "-"])
PHRASES = st.builds(
    lambda first, rest: first + "".join(mark + word for mark, word in rest),
    WORDS,
    st.lists(st.tuples(MARKS, WORDS), max_size=3),
)
ROWS = st.lists(
    st.tuples(
        st.integers(1, 10**6),
        PHRASES,
        WORDS,
        st.integers(-(10**6), 10**6).map(lambda number: number + 0.25),
    ),
    min_size=6,
    max_size=14,
)


def is_read_back(dialect: WrittenDialect, rows: list[tuple[object, ...]]) -> None:
    names = ["number", "text", "word", "value"]
    content = dialect.write([*([names] if dialect.has_header else []), *map(list, rows)])

    result = read(content)

    assert result.rows == [list(row) for row in rows]
    assert result.columns == (
        names if dialect.has_header else ["column1", "column2", "column3", "column4"]
    )


@settings(
    max_examples=int(os.environ.get("GRAPHKEEP_GRID_EXAMPLES", "6")),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(rows=ROWS, start=st.integers(0, SLICE - 1))
def test_a_table_in_any_dialect_is_read_back_equal(rows, start):
    for dialect in DIALECTS[start::SLICE]:
        is_read_back(dialect, rows)


PHRASE = 'say "hi", you; or | not\nat all'


@pytest.mark.parametrize(
    "dialect", DIALECTS[:: max(1, SLICE // 3)], ids=lambda dialect: repr(dialect)[15:-1]
)
def test_a_hard_table_is_read_back_from_a_dialect(dialect):
    rows = [(n, f"{PHRASE} {'x' * n}", f"w{'y' * n}", n + 0.25) for n in range(1, 9)]

    is_read_back(dialect, rows)
