"""A table is the same graph whether it comes as Arrow, CSV, JSON or a workbook."""

import csv
import io
import json

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.identity import keys_of
from graphkeep.graph.normalize import bind
from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.plain import plain_table
from graphkeep.sources.registry import format_of

TEXTS = st.none() | st.text(alphabet="ab01éß漢", max_size=4)
INTEGERS = st.none() | st.integers(-(2**63), 2**63 - 1)
SMALL = st.none() | st.integers(-(10**15) + 1, 10**15 - 1)
WEIGHTS = st.none() | st.floats(allow_nan=False, allow_infinity=False, width=32)

SHORT_WEIGHTS = st.none() | st.integers(-9999, 9999).map(
    lambda number: number / 8
)  # openpyxl rounds


@st.composite
def tables(draw, ids, weights=WEIGHTS):
    count = draw(st.integers(1, 6))
    source, destination = draw(ids), draw(ids)
    return {
        "s": draw(st.lists(source, min_size=count, max_size=count)),
        "d": draw(st.lists(destination, min_size=count, max_size=count)),
        "w": draw(st.lists(weights, min_size=count, max_size=count)),
    }


def as_arrow(columns) -> bytes:
    sink = io.BytesIO()
    table = pa.table(columns)
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def as_csv(columns) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def as_json(columns) -> bytes:
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return json.dumps(rows).encode()


def as_xlsx(columns) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(columns))
    for row in zip(*columns.values(), strict=True):
        sheet.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


WRITERS = {"arrow": as_arrow, "csv": as_csv, "json": as_json, "xlsx": as_xlsx}


def graph_of(columns, file_type):
    """The keys of the nodes, and each edge with the keys of its ends and its weight."""
    content = WRITERS[file_type](columns)
    result = format_of(file_type).read(io.BytesIO(content), ReadOptions())
    table = plain_table(result.tables[0].table, [])
    graph = bind(table, None, Bindings(source="s", destination="d")).graph
    keys = keys_of(graph.node_ids).to_list()
    weights = [None if weight is None else float(weight) for weight in graph.edges["w"].to_pylist()]
    ends = zip(graph.source_index, graph.destination_index, weights, strict=True)
    return keys, [(keys[source], keys[destination], weight) for source, destination, weight in ends]


@given(tables(st.sampled_from([TEXTS, INTEGERS])))
@example({"s": ["0012345", "12345"], "d": ["12345", "0098765"], "w": [1.0, None]})
@example({"s": [2**63 - 1, None], "d": ["a", ""], "w": [0.1, 1e-7]})
@example({"s": ["00", "0"], "d": [0, 1], "w": [1e20, 3.0]})
@settings(max_examples=60, deadline=None)
def test_arrow_csv_and_json_are_one_graph(columns):
    expected = graph_of(columns, "arrow")

    assert graph_of(columns, "csv") == expected
    assert graph_of(columns, "json") == expected


@given(tables(st.sampled_from([TEXTS, SMALL]), SHORT_WEIGHTS))
@settings(max_examples=25, deadline=None)
def test_a_workbook_is_the_same_graph(columns):
    if all(value in (None, "") for row in columns.values() for value in row):
        return
    assert graph_of(columns, "xlsx") == graph_of(columns, "arrow")


@pytest.mark.parametrize("file_type", ["csv", "json", "arrow", "xlsx"])
def test_namibia_zeros_and_hashes_are_nodes_in_every_format(file_type):
    columns = {
        "s": ["NA", "0012345", "7e10000", "NA"],
        "d": ["ZA", "12345", "4e12345", "None"],
        "w": [1, 2, 3, 4],
    }

    assert graph_of(columns, file_type) == (
        ["NA", "0012345", "7e10000", "ZA", "12345", "4e12345", "None"],
        [
            ("NA", "ZA", 1.0),
            ("0012345", "12345", 2.0),
            ("7e10000", "4e12345", 3.0),
            ("NA", "None", 4.0),
        ],
    )


@pytest.mark.parametrize("file_type", ["csv", "json", "arrow", "xlsx"])
def test_blank_ends_are_missing_in_every_format(file_type):
    columns = {"s": ["a", "", "c", "  "], "d": ["b", "b", None, "b"], "w": [1, 2, 3, 4]}

    assert graph_of(columns, file_type) == (["a", "b"], [("a", "b", 1.0)])
