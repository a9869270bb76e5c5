"""What every file format promises, whoever declares it; and that generated tables come back as they were written."""

import io
import json

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.orc
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graphkeep.graph.errors import UnreadableFileError, UserInputError
from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.graph_files.formats import GRAPH_FORMATS
from graphkeep.sources.logs.formats import LOG_FORMATS
from graphkeep.sources.plain import plain_table
from graphkeep.sources.registry import FORMATS, format_of, read_tables
from graphkeep.sources.spreadsheets.excel import SPREADSHEETS

each_format = pytest.mark.parametrize("file_format", FORMATS, ids=lambda each: each.name)


@each_format
def test_a_format_is_found_by_its_name_and_by_each_suffix(file_format):
    assert file_format.name == file_format.name.lower()
    assert format_of(file_format.name.upper()) is file_format
    assert "/" in file_format.media_type
    for suffix in file_format.suffixes:
        assert suffix.startswith(".")
        assert suffix == suffix.lower()
        assert format_of(f"Edges 1{suffix.upper()}") is file_format


def test_no_two_formats_share_a_name_or_a_suffix():
    names = [file_format.name for file_format in FORMATS]
    suffixes = [suffix for file_format in FORMATS for suffix in file_format.suffixes]

    assert len(set(names)) == len(names)
    assert len(set(suffixes)) == len(suffixes)


def test_an_unknown_format_is_refused_by_name():
    with pytest.raises(
        UserInputError, match=r"'edges\.exe' is not a file type that this server reads"
    ):
        format_of("edges.exe")


@each_format
@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 64, b"PAR1" + b"\xff" * 64, b"PK\x03\x04" + bytes(64)],
    ids=["empty", "zeros", "half a parquet", "half a zip"],
)  # fmt: skip
def test_bytes_of_something_else_are_refused_in_words(file_format, content):
    with pytest.raises(UnreadableFileError) as refused:
        read_tables(io.BytesIO(content), file_format, ReadOptions())

    assert refused.value.message
    assert "Traceback" not in refused.value.message


@each_format
@settings(max_examples=30, deadline=None)
@given(content=st.binary(max_size=300))
def test_arbitrary_bytes_are_read_or_refused(file_format, content):
    try:
        result = read_tables(io.BytesIO(content), file_format, ReadOptions())
    except UnreadableFileError:
        return
    for named in result.tables:
        plain_table(named.table, []).validate(full=True)


# --- round trips -------------------------------------------------------------------------------------

NAMES = st.text("abcdefghij_", min_size=1, max_size=8)
WORDS = st.text("xyz äöß日本", min_size=1, max_size=12).map(lambda text: f"t{text}t")
KINDS = {
    pa.int64(): st.integers(-(2**53), 2**53),
    pa.float64(): st.floats(-1e9, 1e9, width=32).map(lambda number: number + 0.25),
    pa.bool_(): st.booleans(),
    pa.string(): WORDS,
}


@st.composite
def tables(draw):
    """Up to 5 columns and 20 rows, with nulls; the first value of a column shows its type."""
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    row_count = draw(st.integers(1, 20))
    columns = {}
    for name in names:
        dtype = draw(st.sampled_from(list(KINDS)))
        values = draw(
            st.lists(st.none() | KINDS[dtype], min_size=row_count - 1, max_size=row_count - 1)
        )
        columns[name] = pa.array([draw(KINDS[dtype]), *values], dtype)
    return pa.table(columns)


def arrow_file(table, sink):
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def arrow_stream(table, sink):
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)


def json_columns(table, sink):
    sink.write(json.dumps(table.to_pydict()).encode())


def json_records(table, sink):
    sink.write(json.dumps(table.to_pylist()).encode())


def json_lines(table, sink):
    sink.write("\n".join(json.dumps(row) for row in table.to_pylist()).encode())


WRITERS = {
    "arrow file": ("arrow", arrow_file),
    "arrow stream": ("arrow", arrow_stream),
    "parquet": ("parquet", pq.write_table),
    "orc": ("orc", pa.orc.write_table),
    "csv": ("csv", pa.csv.write_csv),
    "json columns": ("json", json_columns),
    "json records": ("json", json_records),
    "json lines": ("json", json_lines),
}


def test_every_format_that_can_be_written_makes_the_round_trip():
    written = {name for name, _ in WRITERS.values()}

    graph_files = {each.name for each in GRAPH_FORMATS}
    logs = {each.name for each in LOG_FORMATS}
    spreadsheets = {each.name for each in SPREADSHEETS}
    assert {each.name for each in FORMATS} - written - graph_files <= spreadsheets | logs | {
        "zip",
        "tar",
    }


@pytest.mark.parametrize("way", WRITERS)
@settings(max_examples=40, deadline=None)
@given(table=tables())
def test_a_generated_table_comes_back_as_it_was_written(way, table):
    assume(way != "csv" or table.num_columns > 1)  # a null alone in its row is an empty line
    format_name, write = WRITERS[way]
    sink = io.BytesIO()
    write(table, sink)

    # Of texts alone nothing shows whether the first line names the columns.
    options = ReadOptions(parser_options={"header": 0} if way == "csv" else {})
    result = read_tables(io.BytesIO(sink.getvalue()), format_of(format_name), options)

    (named,) = result.tables
    repairs = list(result.repairs)
    assert plain_table(named.table, repairs).to_pydict() == table.to_pydict()
    assert repairs == []
