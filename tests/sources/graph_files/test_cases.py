"""The graph files that people had, as they must come out."""

import pytest

from graphkeep.graph.errors import UnreadableFileError
from tests.sources.graph_files.reading import (
    CASES,
    bindings,
    edges,
    ids,
    nodes,
    pairs,
    read,
    repairs,
)


def case(path):
    return read((CASES / path).read_bytes(), path.split("/")[1])


def test_gexf_keeps_colors_sizes_places_and_a_node_that_only_an_edge_names():
    result = case("G01/net.gexf")

    assert nodes(result) == [
        {"id": "0", "label": "Foundation", "x": 10.0, "y": 20.0, "size": 12.0, "color": "#f25c05",
         "kind": "thinktank"},
        {"id": "1", "label": "Institute", "x": -10.0, "y": 0.0, "size": 6.0, "color": "#055cf2"},
        {"id": "2"},
    ]  # fmt: skip
    assert edges(result) == [
        {"source": "0", "target": "1", "id": "0", "weight": 2.5, "directed": True},
        {"source": "1", "target": "2", "id": "1", "weight": 1.0, "directed": True},
    ]
    assert bindings(result) == (
        {
            "node_title": "label",
            "node_color": "color",
            "node_size": "size",
            "node_x": "x",
            "node_y": "y",
        },
        {"edge_weight": "weight"},
    )
    assert repairs(result) == [("node-added", 1, (6,))]
    assert result.interpretations[0].kind == "edges+nodes"
    assert result.interpretations[0].score >= 2


def test_graphml_tells_the_line_of_an_edge_without_a_target():
    result = case("G02/g.graphml")

    assert pairs(result) == [("FARGETTON R.", "LEE K."), ("LEE K.", "ROE P.")]
    assert ids(result) == ["FARGETTON R.", "LEE K.", "ROE P."]
    assert [row["weight"] for row in edges(result)] == [8.0, 1.0]
    assert nodes(result)[0] == {"id": "FARGETTON R.", "group": "x"}
    assert repairs(result) == [("edge-without-target", 1, (4,))]
    assert bindings(result) == ({}, {"edge_weight": "weight"})


def test_pajek_keeps_names_weights_and_places():
    result = case("G04/davis.net")

    assert [(row["id"], row["x"], row["y"]) for row in nodes(result)] == [
        ("EVELYN", 0.1, 0.2), ("LAURA M.", 0.3, 0.4), ("THERESA", 0.5, 0.6), ("BRENDA", 0.7, 0.8),
    ]  # fmt: skip
    assert edges(result) == [
        {"source": "EVELYN", "target": "LAURA M.", "type": "knows", "weight": 1.0, "directed": True},
        {"source": "LAURA M.", "target": "THERESA", "type": "knows", "weight": 2.5, "directed": True},
        {"source": "THERESA", "target": "BRENDA", "weight": 1.0, "directed": False},
    ]  # fmt: skip
    assert bindings(result)[0]["node_title"] == "label"
    assert bindings(result)[0]["node_color"] == "color"
    assert bindings(result)[1] == {"edge_title": "type", "edge_weight": "weight"}
    assert repairs(result) == []


def test_n_triples_are_edges_with_the_predicate_as_type_and_literals_as_attributes():
    result = case("G06/triples.nt")

    base = "http://ex.example/"
    assert edges(result) == [
        {"source": f"{base}Patient/12", "target": f"{base}Doc/3", "type": "treatedBy"},
        {"source": f"{base}Doc/3", "target": f"{base}Hosp/1", "type": "worksAt"},
        {"source": "_:b0", "target": f"{base}Hosp/1", "type": "near"},
    ]
    assert [row["label"] for row in nodes(result)] == ["Patient/12", "Doc/3", "Hosp/1", "_:b0"]
    assert nodes(result)[0]["dod"].isoformat() == "2164-07-31T00:00:00"
    assert repairs(result) == []


def test_sif_has_several_targets_in_a_line_and_isolated_nodes():
    result = case("G07/net.sif")

    assert edges(result) == [
        {"source": "ACE2", "target": "CIN5", "type": "pd"},
        {"source": "CIN5", "target": "GLN3", "type": "pd"},
        {"source": "CIN5", "target": "HAP4", "type": "pd"},
        {"source": "GLN3", "target": "ACE2", "type": "pp"},
    ]
    assert ids(result) == ["ACE2", "CIN5", "GLN3", "HAP4", "LONELY"]


def test_a_matrix_of_matrix_market_is_its_entries():
    result = case("G09/ash.mtx")

    assert [(*pair, row["weight"]) for pair, row in zip(pairs(result), edges(result), strict=True)] == [
        ("1", "2", 1.5), ("2", "3", 2.0), ("3", "4", 1.0), ("4", "1", 0.5),
    ]  # fmt: skip
    assert ids(result) == ["1", "2", "3", "4"]
    assert bindings(result)[1] == {"edge_weight": "weight"}


def test_dl_has_names_of_its_labels():
    result = case("G10/friends.dl")

    assert pairs(result) == [("ann", "bob"), ("ann", "cat"), ("ann", "dan"), ("bob", "ann")]
    assert ids(result) == ["ann", "bob", "cat", "dan"]


def test_other_xml_is_refused_by_the_name_of_its_root():
    with pytest.raises(
        UnreadableFileError, match=r"root element 'bom'.*XML of this kind is not read"
    ):
        case("G11/case.xml")
