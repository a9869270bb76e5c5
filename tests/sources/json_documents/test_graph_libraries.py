"""Graphs as libraries write them: by id, by key, by position, with attributes in whatever part they put them."""

import pytest

from .reading import Drawn, codes, drawn, read, tables


@pytest.mark.parametrize("edges", ["links", "edges"])
def test_networkx_writes_links_or_edges(edges):
    result = read(
        {"directed": True, "multigraph": True, "graph": {"name": "g"}, "nodes": [{"id": 1, "kind": "a"}, {"id": 2, "kind": "b"}],
         edges: [{"source": 1, "target": 2, "key": 0, "weight": 0.5}, {"source": 1, "target": 2, "key": 1, "weight": 1.5}]}
    )  # fmt: skip

    assert tables(result) == {
        "edges": [{"source": 1, "target": 2, "key": 0, "weight": 0.5}, {"source": 1, "target": 2, "key": 1, "weight": 1.5}],
        "nodes": [{"id": 1, "kind": "a"}, {"id": 2, "kind": "b"}],
    }  # fmt: skip
    assert [(repair.code, repair.before) for repair in result.repairs] == [
        ("wrapper-left-out", '{"graph": {"name": "g"}}')
    ]


def test_ids_win_over_positions_where_all_ends_are_ids():
    graph = drawn(
        {"nodes": [{"id": 2}, {"id": 1}, {"id": 0}], "links": [{"source": 0, "target": 1}]}
    )

    assert graph.pairs == [("0", "1")]


def test_positions_win_where_an_end_is_no_id():
    graph = drawn(
        {
            "nodes": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],
            "links": [{"source": 0, "target": 1}],
        }
    )

    assert graph.pairs == [("a", "b")]


def test_nodes_of_one_name_are_known_by_position():
    graph = drawn(
        {
            "nodes": [{"name": "x"}, {"name": "x"}, {"name": "y"}],
            "links": [{"source": 0, "target": 2}, {"source": 1, "target": 2}],
        }
    )

    assert graph.titles == ["x", "x", "y"]
    assert graph.edges[0][:2] == ("x", "y")
    assert graph.graph.source_index.tolist() == [0, 1]


def test_links_by_name_are_found():
    graph = drawn(
        {
            "nodes": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],
            "links": [{"source": "a", "target": "b"}],
        }
    )

    assert graph.titles == ["a", "b"]
    assert graph.pairs == [("a", "b")]


def test_ends_that_d3_made_objects_are_known_by_their_id():
    node = {"id": "a", "x": 1.5, "y": 2.5, "index": 0, "vx": 0}
    graph = drawn(
        {
            "nodes": [node, {**node, "id": "b", "index": 1}],
            "links": [{"source": node, "target": {**node, "id": "b"}, "index": 0}],
        }
    )

    assert graph.pairs == [("a", "b")]
    assert graph.interpretation.node_bindings == {"node_x": "x", "node_y": "y"}


def test_nodes_may_be_plain_names_and_edges_pairs():
    assert drawn({"nodes": ["a", "b", "c"], "edges": [["a", "b"], ["b", "a", 3]]}).pairs == [
        ("a", "b"),
        ("b", "a"),
    ]


def test_nodes_may_be_an_object_by_id():
    graph = drawn({"data": {"nodes": {"10": {"label": "A@X", "kind": "User", "objectId": "S-1"}, "11": {"label": "B@X", "kind": "Group", "objectId": "S-2"}},
                            "edges": [{"source": "10", "target": "11", "label": "MemberOf", "kind": "MemberOf"}]}})  # fmt: skip

    assert graph.titles == ["A@X", "B@X"]
    assert graph.edges == [("A@X", "B@X", "MemberOf")]


def test_sigma_binds_sizes_colors_and_positions():
    graph = drawn(
        {"nodes": [{"id": "1", "label": "A", "x": 1, "y": 2, "size": 3, "color": "rgb(1,2,3)", "attributes": {"Modularity Class": "4"}}, {"id": "2", "label": "B", "x": 0, "y": 0, "size": 1, "color": "#fff"}],
         "edges": [{"id": "e", "source": "1", "target": "2", "color": "rgb(9,9,9)", "size": 2}]}
    )  # fmt: skip

    assert graph.interpretation.node_bindings == {
        "node_color": "color", "node_size": "size", "node_x": "x", "node_y": "y", "node_title": "label",
    }  # fmt: skip
    assert graph.interpretation.edge_bindings == {"edge_color": "color"}
    assert graph.graph.nodes.column_names[:7] == [
        "id",
        "label",
        "x",
        "y",
        "size",
        "color",
        "Modularity Class",
    ]


def test_visjs_edges_go_from_and_to():
    graph = drawn(
        {
            "nodes": [{"id": 1, "label": "Node 1", "group": "g"}, {"id": 2, "label": "Node 2"}],
            "edges": [{"from": 1, "to": 2, "label": "likes", "arrows": "to"}],
        }
    )

    assert graph.interpretation.label == "vis.js network"
    assert graph.edges == [("Node 1", "Node 2", "likes")]


CYJS = {
    "data": {"name": "net"},
    "elements": {
        "nodes": [{"data": {"id": "1", "name": "A", "score": 2}, "position": {"x": 1.5, "y": 2.5}, "selected": False}, {"data": {"id": "2", "name": "B"}, "position": {"x": 0, "y": 1}}],
        "edges": [{"data": {"id": "3", "source": "1", "target": "2", "interaction": "pp"}, "selected": False}],
    },
}  # fmt: skip


def test_cytoscape_keeps_data_and_positions():
    result = read(CYJS)
    graph = Drawn(result)

    assert tables(result)["nodes"][0] == {
        "id": "1",
        "position.x": 1.5,
        "position.y": 2.5,
        "name": "A",
        "score": 2,
    }
    assert graph.edges == [("A", "B", "pp")]
    assert graph.interpretation.node_bindings == {
        "node_x": "position.x",
        "node_y": "position.y",
        "node_title": "name",
    }


def test_cytoscape_elements_may_be_one_list():
    elements = [
        {"data": {"id": "a"}},
        {"data": {"id": "b"}, "group": "nodes"},
        {"data": {"id": "ab", "source": "a", "target": "b"}},
    ]

    assert drawn({"elements": elements}).pairs == [("a", "b")]
    assert drawn(elements).pairs == [("a", "b")]


def test_cx_and_cx2_are_networks():
    cx = [{"numberVerification": [{"longNumber": 281474976710655}]}, {"nodes": [{"@id": 1, "n": "A"}, {"@id": 2, "n": "B"}]},
          {"edges": [{"@id": 3, "s": 1, "t": 2, "i": "binds"}]}, {"nodeAttributes": [{"po": 1, "n": "mass", "v": "7"}]},
          {"cartesianLayout": [{"node": 1, "x": 3.5, "y": 4.5}]}]  # fmt: skip
    cx2 = [{"CXVersion": "2.0"}, {"nodes": [{"id": 1, "x": 1.0, "y": 2.0, "v": {"name": "A"}}, {"id": 2, "v": {"name": "B"}}]},
           {"edges": [{"id": 1, "s": 1, "t": 2, "v": {"interaction": "binds"}}]}]  # fmt: skip

    for content in (cx, cx2):
        assert drawn(content).edges == [("A", "B", "binds")]
    assert tables(read(cx))["nodes"][0] == {"id": 1, "name": "A", "mass": "7", "x": 3.5, "y": 4.5}


def test_gephi_lite_puts_attributes_beside_the_graph():
    graph = drawn(
        {"type": "gephi-lite", "version": "1", "graphDataset": {
            "nodeData": {"a": {"label": "Ann"}}, "edgeData": {"e": {"kind": "knows"}}, "nodeFields": [],
            "fullGraph": {"options": {}, "attributes": {}, "nodes": [{"key": "a"}, {"key": "b"}], "edges": [{"key": "e", "source": "a", "target": "b"}]}}}
    )  # fmt: skip

    assert graph.edges == [("Ann", "b", "knows")]


def test_json_graph_version_1_lists_its_nodes():
    graph = drawn({"graphs": [{"type": "movies", "nodes": [{"id": "0", "label": "Top Gun"}, {"id": "1", "label": "Cruise", "metadata": {"born": 1962}}],
                               "edges": [{"source": "1", "target": "0", "relation": "acted in", "metadata": {"role": "Maverick"}}]}]})  # fmt: skip

    assert graph.edges == [("Cruise", "Top Gun", "acted in")]


def test_hyperedges_join_their_members():
    result = read({"graph": {"nodes": {"a": {"label": "A"}, "b": {"label": "B"}, "c": {"label": "C"}},
                             "hyperedges": [{"nodes": ["a", "b", "c"], "relation": "meet"}, {"source": ["a"], "target": ["b", "c"], "relation": "tell"}]}})  # fmt: skip
    graph = Drawn(result)

    assert sorted(graph.edges) == [
        ("A", "B", "tell"), ("A", "C", "tell"), ("hyperedge 1", "A", "meet"), ("hyperedge 1", "B", "meet"), ("hyperedge 1", "C", "meet"),
    ]  # fmt: skip


def test_an_object_of_neighbors_is_a_graph():
    assert drawn({"a": ["b", "c"], "b": ["c"], "c": []}).pairs == [
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    ]
    graph = drawn(
        {"a": {"b": {"weight": 2}, "c": {"weight": 1}}, "b": {"c": {"weight": 5}}, "c": {}}
    )
    assert graph.pairs == [("a", "b"), ("a", "c"), ("b", "c")]
    assert graph.interpretation.edge_bindings == {"edge_weight": "weight"}


def test_adjacency_of_networkx_gives_each_edge_once():
    content = {
        "directed": False,
        "multigraph": False,
        "graph": [],
        "nodes": [{"id": "a", "club": 1}, {"id": "b"}],
        "adjacency": [[{"id": "b", "w": 2}], [{"id": "a", "w": 2}]],
    }

    assert drawn(content).pairs == [("a", "b")]
    assert drawn({**content, "directed": True}).pairs == [("a", "b"), ("b", "a")]


def test_a_tree_joins_parents_with_children():
    graph = drawn(
        {
            "name": "flare",
            "children": [
                {
                    "name": "analytics",
                    "children": [{"name": "cluster", "value": 3938}, {"name": "graph", "value": 7}],
                },
                {"name": "data"},
            ],
        }
    )

    assert graph.pairs == [
        ("flare", "analytics"),
        ("analytics", "cluster"),
        ("analytics", "graph"),
        ("flare", "data"),
    ]


def test_nodes_of_a_tree_with_the_same_name_are_apart():
    graph = drawn(
        {
            "name": "root",
            "children": [
                {"name": "a", "children": [{"name": "x"}]},
                {"name": "b", "children": [{"name": "x"}]},
            ],
        }
    )

    assert graph.titles == ["root", "a", "x", "b", "x"]
    assert graph.pairs == [("root", "a"), ("a", "x"), ("root", "b"), ("b", "x")]


def test_entries_that_are_no_nodes_or_edges_are_left_out_with_a_word():
    result = read(
        {
            "nodes": [{"id": "a"}, None, [1], {"id": ""}],
            "links": [
                {"source": "a", "target": "a"},
                7,
                {"source": "a"},
                {"source": "a", "target": "b"},
            ],
        }
    )

    assert Drawn(result).pairs == [("a", "a"), ("a", "b")]
    assert [(repair.message, repair.before) for repair in result.repairs] == [
        ("2 entries that are no nodes are left out.", "null"),
        ("1 nodes without an id are left out.", "{}"),
        ("1 entries that are no edges are left out.", "7"),
        ("1 edges without two ends are left out.", "{}"),
    ]
    assert codes(result) == ["entry-left-out"] * 4


def test_several_graphs_of_one_file_stay_apart():
    small = {"nodes": [{"id": 1}, {"id": 2}], "links": [{"source": 1, "target": 2}]}
    large = {
        "nodes": [{"id": 1}, {"id": 3}],
        "links": [{"source": 1, "target": 3}, {"source": 3, "target": 1}],
    }

    for content in ([small, large], {"graphs": [{"graph": small}, {"graph": large}]}):
        result = read(content)
        assert [named.name for named in result.tables] == [
            "edges 1",
            "nodes 1",
            "edges 2",
            "nodes 2",
        ]
        assert [each.label for each in result.interpretations] == [
            "Nodes and their links (1 of 2)",
            "Nodes and their links (2 of 2)",
        ]
        assert Drawn(result).pairs == [("1", "3"), ("3", "1")]
        assert Drawn(result, 1).pairs == [("1", "2")]


def test_many_graphs_of_one_file_are_one_with_a_word():
    result = read(
        {
            "graphs": [
                {
                    "nodes": {"a": {}, f"b{number}": {}},
                    "edges": [{"source": "a", "target": f"b{number}"}],
                }
                for number in range(25)
            ]
        }
    )

    assert len(Drawn(result).pairs) == 25
    assert codes(result) == ["graphs-joined"]
