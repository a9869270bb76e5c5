"""The command line reads what the page reads: by content, all tables, the first reading."""

import gzip
import zipfile

import pytest

from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.server.offline_layout.edge_lists import read_graph

EDGES = "source,target,weight\na,b,2\nb,c,3\n"
GEXF = (
    '<?xml version="1.0"?><gexf xmlns="http://gexf.net/1.2" version="1.2"><graph defaultedgetype="directed"><nodes>'
    '<node id="x" label="Ann"/><node id="y" label="Bob"/><node id="z" label="Cem"/></nodes><edges>'
    '<edge id="0" source="x" target="y"/></edges></graph></gexf>'
)
ZEEK = "#separator \\x09\n#path\tconn\n#fields\tid.orig_h\tid.resp_h\tproto\n#types\taddr\taddr\tenum\n1.1.1.1\t2.2.2.2\ttcp\n2.2.2.2\t3.3.3.3\tudp\n"


def ids(graph):
    column = graph.nodes[graph.bindings.node or "id"]
    return [str(value) for value in column.to_pylist()]


def pairs(graph):
    names = ids(graph)
    return [
        (names[i], names[j])
        for i, j in zip(graph.source_index, graph.destination_index, strict=True)
    ]


@pytest.mark.parametrize("name", ["net.gexf", "net.xml", "net.txt", "net.csv", "net"])
def test_a_graph_file_keeps_its_nodes_and_bindings_whatever_its_name(tmp_path, name):
    (tmp_path / name).write_text(GEXF)

    graph, _ = read_graph(tmp_path / name)

    assert ids(graph) == ["x", "y", "z"]
    assert pairs(graph) == [("x", "y")]
    assert graph.bindings.node_title == "label"


def test_a_log_is_read_by_its_own_reading(tmp_path):
    (tmp_path / "conn.log.gz").write_bytes(gzip.compress(ZEEK.encode()))

    graph, repairs = read_graph(tmp_path / "conn.log.gz")

    assert pairs(graph) == [("1.1.1.1", "2.2.2.2"), ("2.2.2.2", "3.3.3.3")]
    assert repairs == ()


@pytest.fixture
def archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "g.zip", "w") as target:
        target.writestr("nodes.csv", "id,name\na,Ann\nb,Bob\nc,Cem\nd,Dee\n")
        target.writestr("edges.csv", EDGES)
        target.writestr("README.md", "hello")
    return tmp_path / "g.zip"


def test_nodes_and_edges_of_an_archive_are_one_graph(archive):
    graph, repairs = read_graph(archive)

    assert sorted(ids(graph)) == ["a", "b", "c", "d"]
    assert pairs(graph) == [("a", "b"), ("b", "c")]
    assert [repair.code for repair in repairs] == ["member-left-out"]


@pytest.mark.parametrize("table", ["edges", "2"])
def test_a_table_is_chosen_by_name_or_number(archive, table):
    graph, _ = read_graph(archive, table=table, source="target", destination="source")

    assert pairs(graph) == [("b", "a"), ("c", "b")]


def test_columns_choose_the_table_that_has_them(archive):
    graph, _ = read_graph(archive, source="source", destination="target", weight="weight")

    assert ids(graph) == ["a", "b", "c"]
    assert graph.bindings.edge_weight == "weight"


def test_an_unknown_table_is_refused_with_those_that_there_are(archive):
    with pytest.raises(UserInputError) as refused:
        read_graph(archive, table="Sheet1")

    assert refused.value.message == "There is no table 'Sheet1'. The file has: nodes, edges."


def test_an_unknown_weight_is_refused(archive):
    with pytest.raises(UnknownColumnError, match="There is no column 'cost'"):
        read_graph(archive, weight="cost")


def test_the_weight_of_a_reading_is_used_only_where_it_is_asked_for(archive):
    assert read_graph(archive)[0].bindings.edge_weight is None
    assert read_graph(archive, weight="weight")[0].bindings.edge_weight == "weight"


def test_a_matrix_is_read_as_the_graph_that_it_is(tmp_path):
    (tmp_path / "m.csv").write_text(",A,B,C\nA,0,1,0\nB,0,0,1\nC,0,0,0\n")

    graph, _ = read_graph(tmp_path / "m.csv")

    assert pairs(graph) == [("A", "B"), ("B", "C")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.4 x", "This is a PDF document, which is not read."),
        (b"\x7fELF" + bytes(60), "This is a program, which is not read."),
        (b"", ""),
        (b"PK\x03\x04" + bytes(30), "This does not read as zip"),
        (b"only\nwords\n", "An edge list has two columns"),
    ],
)
def test_what_is_no_graph_is_refused_in_a_sentence(tmp_path, content, words):
    (tmp_path / "edges.csv").write_bytes(content)

    with pytest.raises(UserInputError) as refused:
        read_graph(tmp_path / "edges.csv")

    assert refused.value.message.startswith(words)
