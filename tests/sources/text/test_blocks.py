"""Blocks of a text file: small ones are split without Arrow, and blank lines never shift the line numbers."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkeep.graph.lines import segments_of
from graphkeep.sources.text.records.dialect import Dialect
from graphkeep.sources.text.rows import row_reader
from graphkeep.sources.text.rows.blocks import Block, count_lines
from graphkeep.sources.text.rows.line_numbers import LineNumbers

from .reading import read

CELLS = st.text(st.characters(codec="utf-8", exclude_characters='\n\r\0,"'), max_size=6)


def block_of(content: bytes) -> Block:
    return Block(
        content=content,
        dialect=Dialect(separator=",", quote='"'),
        first_line=1,
        count=count_lines(content),
    )


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=20))
def test_few_rows_are_split_as_arrow_splits_them(cells):
    content = "".join(",".join(row) + "\n" for row in cells).encode()
    columns = row_reader.split_small(block_of(content), 3)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_reader, "MAX_SMALL_BYTES", -1)
        table, bad = row_reader.parse_native(block_of(content), 3)
    assert (columns, bad) == (
        {name: table.column(name).combine_chunks() for name in table.column_names},
        [],
    )


@pytest.mark.parametrize(
    "content", [b'a,"b"\n', b"a,b\r\n", b"a,b\0\n", b"a\n", b"a,b,c\n", b"a,\xff\n"]
)
def test_rows_with_more_to_them_than_separators_are_left_to_arrow(content):
    assert row_reader.split_small(block_of(content), 2) is None


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("count", [3, 100_000])
def test_blank_lines_do_not_shift_the_lines_of_repairs(count, end):
    lines = ["a,b", *("1,2" for _ in range(count)), "", "", "1,2,3", *("1,2" for _ in range(5))]

    result = read(end.join([*lines, ""]))

    assert result.tables[0].table.num_rows == count + 6
    assert result.repair("ragged-rows").lines == (count + 4,)


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.integers(1, 3), st.integers(1, 4)),
            st.lists(st.integers(1, 3), min_size=1, max_size=4),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_runs_of_lines_are_those_of_the_lines_one_by_one(parts):
    numbers = LineNumbers()
    line = 1
    for part in parts:
        if isinstance(part, tuple):
            gap, count = part
            numbers.append_run(line + gap - 1, count)
            line += gap - 1 + count
        else:
            lines = line - 1 + np.cumsum(part)
            numbers.append_lines(lines)
            line = int(lines[-1]) + 1

    assert numbers.segments() == segments_of(np.asarray(numbers))


def test_a_sandbox_for_files_loads_no_library_that_few_files_need():
    code = "import sys; import graphkeep.sources.sandbox_entry; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not {"pandas", "polars", "duckdb", "scipy", "numba"} & set(done.stdout.split())
