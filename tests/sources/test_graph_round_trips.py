"""Any graph that is written as tables, as a workbook or as a graph file is drawn with the same nodes and edges."""

import csv
import io
import json
from collections import Counter

import networkx as nx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphkeep.graph.interpretations.suggest import suggest
from graphkeep.sources.file_format import ReadOptions, ReadResult
from graphkeep.sources.plain import plain_table
from graphkeep.sources.registry import read_file
from tests.sources.json_documents.reading import Drawn

SETTINGS = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
NAMES = st.text("abcdefghijklmnopqrstuvwxyzäßł", min_size=2, max_size=8)
IDS = st.sampled_from([st.integers(1, 10**6).map(lambda n: f"n{n}"), NAMES])


@st.composite
def graphs(draw):
    """Ids in their order with a name each, and edges with a weight; some nodes have no edge."""
    ids = draw(st.lists(draw(IDS), min_size=2, max_size=8, unique=True))
    ends = st.sampled_from(ids)
    edges = draw(st.lists(st.tuples(ends, ends, st.integers(1, 99)), min_size=1, max_size=12))
    return {node: f"Name of {node}" for node in ids}, edges


def tables_of(nodes, edges):
    return {
        "nodes": [("Id", "Label"), *nodes.items()],
        "edges": [("Source", "Target", "Weight"), *edges],
    }


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def as_json(rows):
    names, *values = rows
    return json.dumps([dict(zip(names, row, strict=True)) for row in values]).encode()


def as_parquet(rows):
    names, *values = rows
    sink = io.BytesIO()
    pq.write_table(
        pa.table(dict(zip(names, map(list, zip(*values, strict=True)), strict=True))), sink
    )
    return sink.getvalue()


def workbook_of(nodes, edges):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tables_of(nodes, edges).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def file_of(write, nodes, edges):
    graph = nx.MultiDiGraph()
    for node, name in nodes.items():
        graph.add_node(node, label=name)
    for source, target, weight in edges:
        graph.add_edge(source, target, weight=weight)
    sink = io.BytesIO()
    write(graph, sink)
    return sink.getvalue()


def drawn(files: dict[str, bytes]) -> Drawn:
    """The first reading of these files together, each recognized by its content."""
    results = [
        read_file(io.BytesIO(content), "auto", ReadOptions(name=name)).result
        for name, content in files.items()
    ]
    tables = tuple(named for result in results for named in result.tables)
    known = [each for result in results for each in result.interpretations]
    plain = [plain_table(named.table, []) for named in tables]
    return Drawn(ReadResult(tables=tables, interpretations=suggest(plain, known).likely[:1]))


def assert_same(graph: Drawn, nodes, edges) -> None:
    assert sorted(graph.titles) == sorted(nodes.values())
    found = [(*pair, weight) for pair, weight in zip(graph.pairs, graph.weights, strict=True)]
    expected = [(nodes[source], nodes[target], weight) for source, target, weight in edges]
    assert Counter(found) == Counter(expected)


@pytest.mark.parametrize(
    ("suffix", "write"), [("csv", as_csv), ("json", as_json), ("parquet", as_parquet)]
)
@SETTINGS
@given(graph=graphs())
def test_two_files_are_the_graph_that_they_were(suffix, write, graph):
    files = {f"{name}.{suffix}": write(rows) for name, rows in tables_of(*graph).items()}

    assert_same(drawn(files), *graph)


@SETTINGS
@given(graph=graphs())
def test_a_workbook_is_the_graph_that_it_was(graph):
    assert_same(drawn({"graph.xlsx": workbook_of(*graph)}), *graph)


@pytest.mark.parametrize(
    ("name", "write"), [("graph.graphml", nx.write_graphml_xml), ("graph.gexf", nx.write_gexf)]
)
@SETTINGS
@given(graph=graphs())
def test_a_graph_file_is_the_graph_that_it_was(name, write, graph):
    assert_same(drawn({name: file_of(write, *graph)}), *graph)


CELLS = st.sampled_from(
    ["a", "b c", "12", "1,5", '"', 'x"y', "", " ", "#", "NA", "2020-01-02", "é", ";", "|"]
)
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=5).map(",".join), min_size=1, max_size=14)
ACCOUNTED = frozenset(
    {
        "comments-skipped", "preamble-skipped", "footer-skipped", "repeated-header", "blank-lines", "stray-quotes",
        "rows-between-tables", "rulers-skipped", "lines-skipped", "spaces-stripped", "units-row", "empty-rows",
    }
)  # fmt: skip


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(lines=LINES)
def test_no_line_is_lost_without_a_repair_that_counts_it(lines):
    text = "\n".join(lines) + "\n"
    if not text.strip() or text.count('"'):
        return  # quoted cells may hold line ends: test_quotes.py

    result = read_file(
        io.BytesIO(text.encode()), "csv", ReadOptions(name="a.csv", parser_options={"sep": ","})
    ).result

    rows = sum(named.table.num_rows for named in result.tables)
    headers = sum(named.detected["header"] is not None for named in result.tables)
    counted = sum(repair.count for repair in result.repairs if repair.code in ACCOUNTED)
    filled = sum(bool(line.strip()) for line in lines)
    assert rows + headers + counted >= filled, (lines, rows, headers, result.repairs)
