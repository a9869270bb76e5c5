"""What networkx and igraph write is read back: the same nodes, edges and attributes."""

import io
import math
import warnings
from collections import Counter

import igraph
import networkx as nx
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.sources.graph_files.reading import edges, nodes, read

SETTINGS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
# XML and GML hold no control characters; blanks at the ends are lost by some of the writers.
LETTERS = st.characters(
    min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn")
)
WORDS = st.text(LETTERS, min_size=1, max_size=8)
PLAIN_WORDS = st.text("abcdefghijklmnopqrstuvwxyzäłß", min_size=1, max_size=8)
VALUES = {
    "count": st.integers(-(2**53), 2**53),
    "share": st.floats(allow_nan=False, allow_infinity=False),
    "flag": st.booleans(),
    "note": WORDS,
}


@st.composite
def graphs(draw, words=WORDS, names=tuple(VALUES)):
    """A directed or undirected graph whose nodes and edges each have all attributes, or a few."""
    graph = draw(st.sampled_from([nx.Graph, nx.DiGraph]))()
    labels = draw(st.lists(words, min_size=1, max_size=8, unique=True))
    values = {name: words if name == "note" else VALUES[name] for name in names}
    for label in labels:
        graph.add_node(label, **draw(st.fixed_dictionaries({}, optional=values)))
    ends = st.sampled_from(labels)
    for source, target in draw(st.lists(st.tuples(ends, ends), max_size=12)):
        graph.add_edge(source, target, **draw(st.fixed_dictionaries({}, optional=values)))
    return graph


def same(written, value):
    if isinstance(written, float) or isinstance(value, float):
        return math.isclose(float(written), float(value), rel_tol=1e-12)
    return written == value or str(written) == value


def assert_same(graph, result, name_of=lambda row: row["id"], *, is_typed=True):
    """The same nodes and edges, each with the same attributes."""
    rows = {name_of(row): row for row in nodes(result)}
    id_of = {row["id"]: name_of(row) for row in nodes(result)}
    assert set(rows) == set(graph.nodes)
    for node, values in graph.nodes(data=True):
        for name, value in values.items():
            assert same(value, rows[node].get(name)), (node, name, value, rows[node])
    found = {(id_of[row["source"]], id_of[row["target"]]): row for row in edges(result)}
    ends = Counter((id_of[row["source"]], id_of[row["target"]]) for row in edges(result))
    assert sum(ends.values()) == graph.number_of_edges()
    for source, target, values in graph.edges(data=True):
        row = found.get((source, target)) or found[target, source]
        assert graph.is_directed() == row.get("directed", graph.is_directed())
        for name, value in values.items():
            assert same(value, row.get(name)), (source, target, name, value, row)


@SETTINGS
@seed(15)
@given(graph=graphs())
def test_graphml_of_networkx_comes_back(graph):
    sink = io.BytesIO()
    nx.write_graphml_xml(graph, sink)

    assert_same(graph, read(sink.getvalue()))


@SETTINGS
@seed(15)
@given(graph=graphs())
def test_gexf_of_networkx_comes_back(graph):
    sink = io.BytesIO()
    nx.write_gexf(graph, sink)

    assert_same(graph, read(sink.getvalue()))


@SETTINGS
@seed(15)
@given(graph=graphs())
def test_gml_of_networkx_comes_back(graph):
    text = "\n".join(nx.generate_gml(graph, stringizer=str))

    result = read(text)

    # GML has no booleans: networkx writes 1 and 0.
    for _, values in (
        *graph.nodes(data=True),
        *((None, values) for *_, values in graph.edges(data=True)),
    ):
        if "flag" in values:
            values["flag"] = int(values["flag"])
    assert_same(graph, result, name_of=lambda row: row["label"])


@SETTINGS
@seed(15)
@given(graph=graphs(words=PLAIN_WORDS, names=()), weights=st.lists(st.integers(1, 99), min_size=12))
def test_pajek_of_networkx_comes_back(graph, weights):
    for (source, target), weight in zip(graph.edges, weights, strict=False):
        graph.edges[source, target]["weight"] = float(weight)
    sink = io.BytesIO()
    nx.write_pajek(graph, sink)

    assert_same(graph, read(sink.getvalue()), name_of=lambda row: row.get("label", row["id"]))


@SETTINGS
@seed(15)
@given(graph=graphs())
def test_an_edge_list_of_networkx_comes_back(graph):
    graph = nx.relabel_nodes(graph, {node: f"n{number}" for number, node in enumerate(graph.nodes)})
    graph.remove_nodes_from(list(nx.isolates(graph)))
    for node in graph.nodes:
        graph.nodes[node].clear()
    if graph.number_of_edges() == 0:
        return
    sink = io.BytesIO()
    nx.write_edgelist(graph, sink)
    assert_same(graph, read(sink.getvalue()))


def as_igraph(graph):
    """The graph with all attributes in all rows, as igraph has columns."""
    labels = list(graph.nodes)
    other = igraph.Graph(len(labels), directed=graph.is_directed())
    other.vs["name"] = labels
    rows = {label: number for number, label in enumerate(labels)}
    other.add_edges([(rows[source], rows[target]) for source, target in graph.edges])
    other.vs["count"] = [number * 3 for number in range(len(labels))]
    other.es["share"] = [number / 8 for number in range(graph.number_of_edges())]
    other.es["note"] = [f"{source}>{target}" for source, target in graph.edges]
    return other


@pytest.mark.parametrize("name", ["graphml", "gml", "pajek", "dot"])
@SETTINGS
@seed(15)
@given(graph=graphs(words=PLAIN_WORDS, names=()))
def test_what_igraph_writes_comes_back(name, graph, tmp_path_factory):
    path = tmp_path_factory.mktemp("igraph") / f"a.{name}"
    other = as_igraph(graph)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of attributes that a format cannot hold
        if name == "pajek":
            other.vs["id"] = other.vs["name"]
        {"graphml": other.write_graphml, "gml": other.write_gml, "pajek": other.write_pajek,
         "dot": other.write_dot}[name](str(path))  # fmt: skip

    result = read(path.read_bytes())

    rows = nodes(result)
    title = {"pajek": "label"}.get(name, "name")
    named = {row["id"]: row.get(title, row["id"]) for row in rows}
    assert list(named.values()) == other.vs["name"]
    assert Counter(
        frozenset((named[row["source"]], named[row["target"]])) for row in edges(result)
    ) == Counter(frozenset(pair) for pair in graph.edges)
    if name != "pajek":
        assert [row["count"] for row in rows] == other.vs["count"]
        assert sorted(row["share"] for row in edges(result)) == other.es["share"]
        assert sorted(row["note"] for row in edges(result)) == sorted(other.es["note"])


def test_an_adjacency_list_of_networkx_comes_back():
    graph = nx.karate_club_graph()
    for write in (nx.write_adjlist, nx.write_multiline_adjlist):
        sink = io.BytesIO()
        write(graph, sink)

        result = read(sink.getvalue())

        assert len(nodes(result)) == 34
        assert len(edges(result)) == 78
