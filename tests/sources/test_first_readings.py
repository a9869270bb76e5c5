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


LOGS = {
    "argus": (
        ("StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,TotPkts,TotBytes,SrcBytes,Label\n"
        "2011/08/10 09:46:53.047277,3550.182373,udp,212.50.71.179,39678,  <->,147.32.84.229,13363,CON,12,875,413,flow=Background\n"
        "2011/08/10 09:46:53.048843,0.000883,udp,84.13.246.132,28431,  <->,147.32.84.229,13363,CON,2,135,75,flow=Background\n"
        "2011/08/10 09:46:53.049895,0.000326,tcp,147.32.84.229,13363,   ->,212.50.71.179,80,FSPA,2,276,140,flow=To\n"),
        "SrcAddr → DstAddr",
        [("212.50.71.179", "147.32.84.229"), ("84.13.246.132", "147.32.84.229"), ("147.32.84.229", "212.50.71.179")],
    ),
    "eve.json": (
        ('{"timestamp":"2017-04-07T22:24:37.251547+0100","flow_id":586497171462735,"event_type":"alert","src_ip":"192.168.2.14",'
        '"src_port":50096,"dest_ip":"209.53.113.5","dest_port":80,"proto":"TCP","alert":{"signature":"ET X","severity":3}}\n'
        '{"timestamp":"2017-04-07T22:24:38.251547+0100","event_type":"dns","src_ip":"192.168.2.15","dest_ip":"192.168.2.1",'
        '"proto":"UDP","dns":{"rrname":"a.example"}}\n'
        '{"timestamp":"2017-04-07T22:24:39.251547+0100","event_type":"stats","stats":{"uptime":12}}\n'),
        "src_ip → dest_ip",
        [("192.168.2.14", "209.53.113.5"), ("192.168.2.15", "192.168.2.1")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LOGS)
def test_logs_of_other_tools_are_read_as_who_reached_whom(name, tmp_path, monkeypatch):
    text, label, pairs = LOGS[name]
    (tmp_path / name).write_text(text)
    monkeypatch.setattr("tests.sources.test_first_readings.CASES", tmp_path)

    result = read_cases(name)

    assert (reading_of(result.interpretations[0]), Drawn(result).pairs) == (label, pairs)


def test_logons_of_windows_as_csv_join_users_and_computers_or_all_of_an_event(
    tmp_path, monkeypatch
):
    (tmp_path / "logons.csv").write_text(
        "TimeCreated,Id,Computer,TargetUserName,IpAddress,LogonType\n"
        "9/1/2026 10:00:00 AM,4624,pc1.corp.example,ann,10.0.0.5,3\n"
        "9/1/2026 10:00:05 AM,4625,pc1.corp.example,bob,10.0.0.6,3\n"
        "9/1/2026 10:00:09 AM,4624,pc2.corp.example,ann,10.0.0.6,10\n"
        "9/1/2026 10:01:09 AM,4624,pc2.corp.example,cem,-,2\n"
    )
    monkeypatch.setattr("tests.sources.test_first_readings.CASES", tmp_path)

    result = read_cases("logons.csv")

    assert Drawn(result).pairs == [
        ("ann", "pc1.corp.example"), ("bob", "pc1.corp.example"), ("ann", "pc2.corp.example"),
        ("cem", "pc2.corp.example"),
    ]  # fmt: skip
    events = [each for each in result.interpretations[:3] if each.kind == "hypergraph"]
    assert [(each.columns, each.time) for each in events] == [
        (("Computer", "TargetUserName", "IpAddress"), "TimeCreated")
    ]
