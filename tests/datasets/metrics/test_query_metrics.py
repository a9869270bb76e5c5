"""`compute_igraph` and `compute_cugraph` of the unmodified client, answered by our own metrics in a sandbox."""

import warnings
from functools import partial

import graphistry
import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from graphkeep.compute.gfql import library_metrics, run
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.operations.dataset_commands import attach_table, create_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields
from graphkeep.datasets.operations.metrics.metric_columns import add_metric
from graphkeep.datasets.operations.prepare import submit_prepare
from graphkeep.jobs.worker import run_pending
from tests.datasets.test_compute import alice, query, sandbox_pool  # noqa: F401
from tests.people import person

rng = np.random.default_rng(4)
PAIRS = sorted({(int(u), int(v)) for u, v in rng.integers(0, 30, (70, 2)) if u != v})
EDGES = pd.DataFrame(
    {
        "s": [f"n{u}" for u, _ in PAIRS],
        "d": [f"n{v}" for _, v in PAIRS],
        "w": rng.random(len(PAIRS)).round(3) + 0.1,
        "minus": [-1.0] * len(PAIRS),
    }
)
NODES = pd.DataFrame({"n": [f"n{i}" for i in range(31)]})  # n30 is alone


@pytest.fixture
def graph(alice):  # noqa: F811
    actor = person(alice)
    dataset = create_dataset(
        DatasetFields(
            name="calls",
            metadata={},
            node_encodings={"bindings": {"node": "n"}},
            edge_encodings={"bindings": {"source": "s", "destination": "d"}},
        ),
        actor=actor,
    )
    attach_table(dataset, "edges", pa.Table.from_pandas(EDGES, preserve_index=False), actor=actor)
    attach_table(dataset, "nodes", pa.Table.from_pandas(NODES, preserve_index=False), actor=actor)
    dataset.refresh_from_db()
    return dataset


def asked(function, alg, **said):
    """What our own answer, node by node; in this process, where kernels are compiled already."""
    local = graphistry.edges(EDGES, "s", "d").nodes(NODES, "n")
    found = getattr(library_metrics, function)(local, alg, **said)._nodes
    name = said.get("out_col", alg)
    assert found.columns.tolist() == ["n", name]
    assert found["n"].tolist() == NODES["n"].tolist()
    return found[name].tolist()


def of_igraph(alg, **said):
    """What the client's own igraph says, node by node."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # of `clusters`, igraph's own former name
        local = graphistry.edges(EDGES, "s", "d").nodes(NODES, "n").compute_igraph(alg, **said)
    found = local._nodes.set_index("n")[said.get("out_col") or alg]
    return found.loc[NODES["n"]].tolist()


def same_groups(one, other):
    pairs = set(zip(one, other, strict=True))
    return len(pairs) == len(set(one)) == len(set(other))


@pytest.mark.parametrize(
    ("alg", "said"),
    [
        ("pagerank", {}),
        ("pagerank", {"out_col": "rank", "directed": False, "params": {"damping": 0.6}}),
        ("pagerank", {"params": {"weights": "w", "directed": True}}),
        ("betweenness", {}),
        ("betweenness", {"directed": False, "out_col": "between"}),
        ("coreness", {"directed": False}),
    ],
)
def test_igraphs_numbers_are_those_of_igraph(alg, said) -> None:
    values = asked("compute_igraph", alg, **said)

    np.testing.assert_allclose(values, of_igraph(alg, **said), atol=1e-7)


@pytest.mark.parametrize("said", [{}, {"directed": False}, {"params": {"mode": "weak"}}])
def test_igraphs_clusters_are_those_of_igraph(said) -> None:
    assert same_groups(asked("compute_igraph", "clusters", **said), of_igraph("clusters", **said))


@pytest.mark.parametrize(
    ("alg", "params"),
    [
        ("community_multilevel", {}),
        ("community_multilevel", {"weights": "w"}),
        ("community_leiden", {"objective_function": "modularity"}),
    ],
)
def test_communities_are_as_good_as_igraphs(alg, params) -> None:
    def modularity(values):
        graph_ = nx.Graph()
        graph_.add_nodes_from(NODES["n"])
        for u, v, w in EDGES[["s", "d", "w"]].itertuples(index=False):
            weight = (w if "weights" in params else 1) + graph_.get_edge_data(u, v, {}).get("w", 0)
            graph_.add_edge(u, v, w=weight)
        groups = pd.Series(values, index=NODES["n"])
        parts = [set(part.index) for _, part in groups.groupby(groups)]
        return nx.community.modularity(graph_, parts, weight="w")

    values = asked("compute_igraph", alg, params=params)
    theirs = of_igraph(alg, directed=False, params=params)

    assert modularity(values) > modularity(theirs) - 0.01


def test_cugraphs_names_give_the_same_under_its_own() -> None:
    of = partial(asked, "compute_cugraph")
    digraph = nx.DiGraph(zip(EDGES["s"], EDGES["d"], strict=True))
    digraph.add_nodes_from(NODES["n"])
    between = nx.betweenness_centrality(digraph)
    assert of("pagerank", params={"alpha": 0.85, "max_iter": 100}) == pytest.approx(
        of_igraph("pagerank"), abs=1e-7
    )
    assert of("betweenness_centrality", out_col="b") == pytest.approx(
        [between[n] for n in NODES["n"]]
    )
    assert of("core_number", directed=False) == of_igraph("coreness", directed=False)
    assert same_groups(of("connected_components"), of_igraph("clusters", directed=False))
    assert same_groups(of("strongly_connected_components"), of_igraph("clusters"))
    louvain = of("louvain", directed=False, params={"resolution": 1.0})
    assert louvain == of("leiden", directed=False)
    assert sorted(set(louvain)) == list(range(max(louvain) + 1))


def test_a_metric_stands_in_the_middle_of_a_query(alice, graph) -> None:  # noqa: F811
    operations = [
        {"type": "Call", "function": "compute_igraph", "params": {"alg": "pagerank"}},
        {"type": "Node", "filter_dict": {"pagerank": {"type": "GT", "val": 0.05}}},
    ]
    rows = query(alice, graph, "nodes", gfql_operations=operations, format="json").json()

    rank = dict(zip(NODES["n"], of_igraph("pagerank"), strict=True))
    assert {row["n"] for row in rows} == {n for n, value in rank.items() if value > 0.05}
    assert 0 < len(rows) < 31


def test_a_large_graph_is_measured_by_compiled_kernels(alice, graph, monkeypatch) -> None:  # noqa: F811
    """Beyond some thousand edges a sandbox compiles, which it may do only before it takes up a query."""
    n = 60
    every = [(f"n{u}", f"n{v}") for u in range(n) for v in range(n) if u != v]
    many = pa.table({"s": [u for u, _ in every] * 2, "d": [v for _, v in every] * 2})
    assert many.num_rows > run.FEW_EDGES
    attach_table(graph, "edges", many, actor=person(alice))
    attach_table(graph, "nodes", pa.table({"n": [f"n{i}" for i in range(n)]}), actor=person(alice))
    bindings = {
        name: {"type": "Call", "function": "compute_igraph", "params": {"alg": alg}}
        for name, alg in (("ranks", "pagerank"), ("cores", "coreness"))
    }
    bindings["both"] = {"type": "Ref", "ref": "ranks", "chain": [bindings["cores"]]}
    said = {"gfql_query": {"type": "Let", "bindings": bindings}, "gfql_output": "both"}
    rows = query(alice, graph, "nodes", format="json", **said).json()

    assert [row["n"] for row in rows] == [f"n{i}" for i in range(n)]
    assert [row["pagerank"] for row in rows] == pytest.approx([1 / n] * n)
    assert [row["coreness"] for row in rows] == [n - 1] * n


def test_nodes_that_only_edges_name_play_their_part(alice, graph) -> None:  # noqa: F811
    attach_table(graph, "nodes", pa.table({"n": ["n1", "n2"]}), actor=person(alice))
    call = {"type": "Call", "function": "compute_igraph", "params": {"alg": "pagerank"}}
    rows = query(alice, graph, "nodes", gfql_operations=[call], format="json").json()

    whole = graphistry.edges(EDGES, "s", "d").materialize_nodes().compute_igraph("pagerank")
    wanted = whole._nodes.set_index("id")["pagerank"]
    assert [row["n"] for row in rows] == ["n1", "n2"]
    np.testing.assert_allclose([row["pagerank"] for row in rows], wanted[["n1", "n2"]], atol=1e-7)


@pytest.mark.parametrize(
    ("function", "said", "message"),
    [
        ("compute_igraph", {"alg": "community_walktrap"}, "alg is not one of pagerank, betweenness, clusters"),
        ("compute_cugraph", {"alg": "hits"}, "alg is not one of pagerank, betweenness_centrality, louvain"),
        ("compute_cugraph", {}, "alg is not one of pagerank"),
        ("compute_igraph", {"alg": ["pagerank"]}, "alg is not one of"),
        ("compute_igraph", {"alg": "pagerank", "use_vids": True}, "use_vids is not one of False"),
        ("compute_igraph", {"alg": "pagerank", "params": {"reset": [1]}}, "params of pagerank has 'reset', which is not known"),
        ("compute_igraph", {"alg": "pagerank", "params": {"damping": "much"}}, "damping must be a number"),
        ("compute_igraph", {"alg": "betweenness", "params": {"cutoff": 3}}, "cutoff is not one of None"),
        ("compute_igraph", {"alg": "community_leiden", "params": {"objective_function": "CPM"}}, "is not one of modularity"),
        ("compute_cugraph", {"alg": "pagerank", "G": {}}, "G is not one of None"),
        ("compute_igraph", {"alg": "pagerank", "params": {"damping": 2}}, "damping of PageRank must be from 0 to below 1"),
        ("compute_igraph", {"alg": "pagerank", "params": {"weights": "none"}}, "There is no column 'none'. The table has: s, d, w"),
        ("compute_igraph", {"alg": "pagerank", "params": {"weights": "minus"}}, "Weights must be 0 or more"),
        ("compute_igraph", {"alg": "coreness", "out_col": "n"}, "The column 'n' contains the node ids"),
    ],
)  # fmt: skip
def test_what_is_not_served_is_refused_in_words(alice, graph, function, said, message) -> None:  # noqa: F811
    call = {"type": "Call", "function": function, "params": said}
    answer = query(alice, graph, "nodes", gfql_operations=[call], format="json")

    assert answer.status_code == 400
    assert message in answer.json()["error"]


def test_columns_that_look_like_calls_are_only_columns(alice, graph) -> None:  # noqa: F811
    for said in (
        {"type": "Call", "function": ["x"]},
        {"type": "Call", "function": "compute_igraph", "params": "alg"},
    ):
        node = {"type": "Node", "filter_dict": said}
        answer = query(alice, graph, "nodes", gfql_operations=[node], format="json")
        assert answer.status_code in {200, 400}
        assert "memory" not in answer.content.decode()


def test_a_metric_that_was_added_is_a_column_of_every_query(alice, graph):  # noqa: F811
    actor = person(alice)
    submit_prepare(graph)
    run_pending()
    graph.refresh_from_db()
    add_metric(graph, "core", actor=actor, column="k")
    run_pending()
    wanted = [{"type": "Node", "filter_dict": {"k": {"type": "GE", "val": 2}}}]
    answer = query(alice, graph, "nodes", gfql_operations=wanted, format="json")
    stored = DatasetFiles(graph.dataset_id).nodes().select(["n", "k"]).to_pylist()
    expected = {row["n"]: row["k"] for row in stored if row["k"] >= 2}

    assert answer.status_code == 200, answer.content
    assert {row["n"]: row["k"] for row in answer.json()} == expected
    assert 0 < len(expected) < len(stored)
