"""TopoJSON: areas that share a line are neighbors; forged numbers and nests do no harm."""

from .reading import codes, read, tables

ARCS = [[[0, 0], [10, 0]], [[10, 0], [10, 10]], [[10, 10], [20, 10]]]
TRANSFORM = {"scale": [0.5, 0.25], "translate": [100, 40]}


def topology(geometries, arcs=ARCS, **more):
    collection = {"type": "GeometryCollection", "geometries": geometries}
    return {"type": "Topology", "arcs": arcs, "objects": {"counties": collection}, **more}


def area(number, lines, **more):
    return {"type": "Polygon", "id": number, "arcs": [lines], **more}


def test_areas_that_share_a_line_are_neighbors_whichever_way_they_walk_it() -> None:
    result = read(
        topology(
            [
                area("a", [0, 1], properties={"name": "Ash"}),
                area("b", [~1, 2], properties={"name": "Birch"}),
                {"type": "MultiPolygon", "id": "c", "arcs": [[[2]], [[~2]]]},
            ],
            transform=TRANSFORM,
        )
    )

    assert tables(result)["edges"] == [
        {"source": "a", "target": "b", "shared_lines": 1},
        {"source": "b", "target": "c", "shared_lines": 1},
    ]
    assert [
        (row["id"], row["name"], row["longitude"], row["latitude"])
        for row in tables(result)["nodes"]
    ] == [("a", "Ash", 102.5, 40.0), ("b", "Birch", 105.0, 41.25), ("c", None, 105.0, 42.5)]
    assert [(each.kind, each.node) for each in result.interpretations] == [("edges+nodes", "id")]
    assert codes(result) == []


def test_points_without_neighbors_are_nodes_on_the_map() -> None:
    result = read(
        topology([{"type": "Point", "id": 7, "coordinates": [2, 4]}], transform=TRANSFORM)
    )

    assert tables(result) == {
        "nodes": [
            {"id": 7, "name": None, "layer": "counties", "longitude": 101.0, "latitude": 41.0}
        ]
    }
    assert result.interpretations[0].kind == "nodes"


def test_lines_that_are_not_there_or_no_numbers_place_nothing() -> None:
    result = read(topology([area("a", [99, True, "x", None, 1e9, -(10**30)]), area("b", [99])]))

    assert [(row["id"], "longitude" in row) for row in tables(result)["nodes"]] == [
        ("a", False),
        ("b", False),
    ]
    assert [(row["source"], row["target"]) for row in tables(result)["edges"]] == [("a", "b")]


def test_one_line_of_very_many_areas_makes_no_square_of_edges() -> None:
    result = read(topology([area(number, [0]) for number in range(5000)]))

    assert len(tables(result)["nodes"]) == 5000
    assert "edges" not in tables(result)
    assert codes(result) == ["entry-left-out"]


def test_nests_without_end_are_left_where_they_get_too_deep() -> None:
    geometry = area("deep", [0])
    lines = 0
    for _ in range(50):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
        lines = [lines]
    result = read(topology([geometry, {"type": "Polygon", "id": "a", "arcs": lines}]))

    assert "deep" not in [row["id"] for row in tables(result)["nodes"]]
    assert "a" in [row["id"] for row in tables(result)["nodes"]]
