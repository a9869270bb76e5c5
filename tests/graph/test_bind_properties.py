"""Properties of `bind` for any tables: every edge keeps its ends, and every id is one node."""

import re

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.identity import keys_of, missing_ids
from graphkeep.graph.normalize import bind

BINDINGS = Bindings(source="s", destination="d", node="n")
TEXTS = st.none() | st.text(alphabet="ab1.0 é", max_size=3)
INTEGERS = st.none() | st.integers(-3, 3)
FLOATS = st.none() | st.sampled_from([0.0, 1.0, -1.0, 1.5, 2.0**60, float("nan"), float("inf")])
TYPED = st.sampled_from(
    [(TEXTS, pa.string()), (TEXTS, pa.large_string()), (INTEGERS, pa.int64()), (INTEGERS, pa.int8()),
     (FLOATS, pa.float64()), (TEXTS, pa.dictionary(pa.int32(), pa.string()))]
)  # fmt: skip


@st.composite
def column(draw, size: int) -> pa.Array:
    values, dtype = draw(TYPED)
    drawn = draw(st.lists(values, min_size=size, max_size=size))
    plain = dtype.value_type if pa.types.is_dictionary(dtype) else dtype
    array = pa.array(drawn, plain)
    return array.dictionary_encode() if pa.types.is_dictionary(dtype) else array


@st.composite
def tables(draw) -> tuple[pa.Table, pa.Table | None]:
    m, n = draw(st.integers(0, 8)), draw(st.integers(0, 6))
    edges = pa.table({"s": draw(column(m)), "d": draw(column(m)), "row": range(m)})
    nodes = pa.table({"n": draw(column(n)), "row": range(n)}) if draw(st.booleans()) else None
    return edges, nodes


def keys(values: pa.ChunkedArray) -> list[str | None]:
    missing = missing_ids(values).to_pylist()
    return [
        None if is_missing else key
        for key, is_missing in zip(keys_of(values).to_list(), missing, strict=True)
    ]


def spelled(key: str | None) -> str | None:
    """The key as `bind` may spell it where another column writes whole numbers without a point."""
    return key and re.sub(r"^(-?[0-9]+)\.0+$", r"\1", key)


@given(tables())
@example(
    (
        pa.table({"s": [0], "d": ["00"], "row": [0]}),
        pa.table({"n": pa.array([], pa.int64()), "row": []}),
    )
)
@settings(max_examples=200, deadline=None)
def test_every_edge_keeps_its_ends_and_every_id_is_one_node(given_tables):
    edges, nodes = given_tables
    bound = bind(edges, nodes, BINDINGS)
    graph = bound.graph
    ids = keys(graph.node_ids)
    ends = list(zip(keys(edges["s"]), keys(edges["d"]), strict=True))
    whole = [row for row, pair in enumerate(ends) if None not in pair]

    assert graph.edges["row"].to_pylist() == whole
    assert [
        (spelled(ids[source]), spelled(ids[destination]))
        for source, destination in zip(graph.source_index, graph.destination_index, strict=True)
    ] == [tuple(map(spelled, ends[row])) for row in whole]
    assert None not in ids
    assert len(set(ids)) == len(ids)


@given(tables())
@settings(max_examples=200, deadline=None)
def test_nodes_are_the_first_of_each_given_id_and_then_those_of_the_edges(given_tables):
    edges, nodes = given_tables
    graph = bind(edges, nodes, BINDINGS).graph
    given_ids = [] if nodes is None else [key for key in keys(nodes["n"]) if key is not None]
    first = list(dict.fromkeys(given_ids))
    edge_ids = {key for row in range(edges.num_rows) for key in (keys(edges["s"])[row], keys(edges["d"])[row])
                if None not in (keys(edges["s"])[row], keys(edges["d"])[row])}  # fmt: skip

    assert keys(graph.node_ids)[: len(first)] == first
    assert set(map(spelled, keys(graph.node_ids))) == set(map(spelled, set(first) | edge_ids))


@given(tables())
@settings(max_examples=100, deadline=None)
def test_degrees_count_ends_and_repairs_count_what_changed(given_tables):
    edges, nodes = given_tables
    bound = bind(edges, nodes, BINDINGS)
    graph = bound.graph
    counts = {repair.code: 0 for repair in bound.repairs}
    for repair in bound.repairs:
        counts[repair.code] += repair.count

    assert sum(graph.nodes["degree"].to_pylist()) == 2 * graph.edge_count
    assert graph.nodes["degree_out"].to_pylist() == [
        graph.source_index.tolist().count(row) for row in range(graph.node_count)
    ]
    dropped = (
        edges.num_rows - graph.edge_count + (0 if nodes is None else keys(nodes["n"]).count(None))
    )
    assert counts.get("null-id-dropped", 0) == dropped
