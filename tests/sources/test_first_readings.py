"""What New graph offers first for each file of `cases`: the reading, and the whole graph that it draws."""

import gzip
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.suggest import suggest
from graphkeep.sources.file_format import NamedTable, ReadOptions, ReadResult
from graphkeep.sources.plain import plain_table
from graphkeep.sources.registry import read_file
from tests.sources.json_documents.reading import Drawn

CASES = Path(__file__).parent / "cases"
EXPECTED = json.loads((CASES.parent / "first_readings.json").read_text())


def read_cases(*names: str) -> ReadResult:
    """The tables of these files as one upload, with all readings in the order of New graph."""
    tables: list[NamedTable] = []
    known: list[TableInterpretation] = []
    for name in names:
        content = (CASES / name).read_bytes()
        if name.endswith(".gz"):
            content = gzip.decompress(content)
        options = ReadOptions(name=Path(name.removesuffix(".gz")).name)
        result = read_file(io.BytesIO(content), "auto", options).result
        known += result.interpretations
        tables += result.tables
    plain = [plain_table(named.table, []) for named in tables]
    return ReadResult(tables=tuple(tables), interpretations=suggest(plain, known).likely)


def reading_of(reading: TableInterpretation) -> str:
    match reading.kind:
        case "nodes":
            return f"Rows are nodes by {reading.node}"
        case "hypergraph":
            return "Events with " + ", ".join(reading.columns)
        case "edges" | "edges+nodes":
            nodes = f", nodes by {reading.node}" if reading.kind == "edges+nodes" else ""
            return f"{reading.source} → {reading.destination}{nodes}"
        case kind:
            return kind


def described(result: ReadResult) -> dict[str, object]:
    """The first reading and its graph, as `first_readings.json` has them."""
    drawn = Drawn(replace(result, interpretations=result.interpretations[:1]))
    reading = drawn.interpretation
    joined = {end for edge in drawn.edges for end in edge[:2]}
    bindings = {**reading.edge_bindings, **reading.node_bindings}
    bindings.pop("edge_label", None)
    parts = {
        "weights": drawn.weights if any(weight is not None for weight in drawn.weights) else [],
        "isolated": [title for title in drawn.titles if title not in joined],
        "bindings": bindings,
    }
    return {
        "reading": reading_of(reading),
        "edges": [[*edge[:2], *([] if edge[2] is None else [edge[2]])] for edge in drawn.edges],
        **{name: part for name, part in parts.items() if part},
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_the_first_reading_draws_the_graph_of_the_file(name):
    assert described(read_cases(name)) == EXPECTED[name]


def test_each_file_has_an_expected_graph_or_a_test_of_its_own():
    elsewhere = {"G11/case.xml", "T04/done_207_edges.csv", "T48/title.crew.tsv", "T54/iocs.csv"}
    files = {
        str(path.relative_to(CASES))
        for path in CASES.glob("*/*")
        if path.name != "README" and path.parent.name != "O1"  # files for options
    }

    assert files == {*EXPECTED, *elsewhere}


def test_all_edges_but_the_ones_without_an_end_are_drawn():
    result = read_cases("T04/done_207_edges.csv")
    rows = [tuple(row.values()) for row in result.tables[0].table.to_pylist()]

    drawn = Drawn(result)

    assert reading_of(drawn.interpretation) == "Source → Target"
    assert [row for row in rows if None in row] == [(None, "author9")]
    assert drawn.pairs == [row for row in rows if None not in row]


def test_rows_with_a_stray_quote_are_nodes_by_their_code_and_titled():
    drawn = Drawn(read_cases("T48/title.crew.tsv"))

    assert reading_of(drawn.interpretation) == "Rows are nodes by tconst"
    assert drawn.interpretation.node_bindings == {"node_title": "title"}
    expected = [f"Title {number}" for number in range(1, 101)]
    expected[39] = '"Rome, open'
    assert (drawn.titles, drawn.edges) == (expected, [])


def test_a_list_of_one_column_is_no_graph():
    result = read_cases("T54/iocs.csv")

    message = suggest([named.table for named in result.tables]).message
    assert result.interpretations == ()
    assert message == (
        "This is a list of one column, 'ip'. A graph needs two columns, the source and the destination of each "
        "edge: choose another separator if the rows hold more, or add a table of edges."
    )


def test_nodes_beside_edges_are_one_graph():
    assert described(read_cases("D01/nodes.csv", "D01/edges.csv")) == {
        "reading": "Source → Target, nodes by Id",
        "edges": [["Office", "Kitchen"], ["Kitchen", "Garden"], ["Garden", "Office"]],
        "bindings": {"node_title": "Label"},
    }


def test_nodes_of_two_id_spaces_are_told_apart(tmp_path, monkeypatch):
    files = {
        "persons.csv": "personId:ID(Person),name\n1,Keanu\n2,Carrie\n",
        "movies.csv": "movieId:ID(Movie),title\n1,The Matrix\n2,Speed\n",
        "roles.csv": ":START_ID(Person),role,:END_ID(Movie)\n1,Neo,1\n2,Trinity,1\n1,Jack,2\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr("tests.sources.test_first_readings.CASES", tmp_path)

    result = read_cases(*files)

    assert described(result) == {
        "reading": ":START_ID → :END_ID, nodes by :ID",
        "edges": [
            ["Keanu", "Movie:1", "Neo"],
            ["Carrie", "Movie:1", "Trinity"],
            ["Keanu", "Movie:2", "Jack"],
        ],
        "bindings": {"edge_title": "role", "node_title": "name"},
    }
    assert result.interpretations[0].node_tables == (0, 1)
