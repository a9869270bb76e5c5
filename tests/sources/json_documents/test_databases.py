"""What graph databases export, and linked data."""

import json

from .reading import Drawn, drawn, read, tables

ANN = {"elementId": "4:x:0", "identity": 0, "labels": ["Person"], "properties": {"name": "Ann"}}
BOB = {
    "elementId": "4:x:1",
    "identity": 1,
    "labels": ["Person", "Boss"],
    "properties": {"name": "Bob"},
}
KNOWS = {
    "elementId": "5:x:0", "identity": 0, "type": "KNOWS", "start": 0, "end": 1, "startNodeElementId": "4:x:0",
    "endNodeElementId": "4:x:1", "properties": {"since": 1999},
}  # fmt: skip


def test_rows_of_the_neo4j_browser_are_a_graph():
    result = read([{"n": ANN, "r": KNOWS, "m": BOB}, {"n": ANN, "r": KNOWS, "m": BOB}])

    assert tables(result) == {
        "edges": [{"source": "4:x:0", "target": "4:x:1", "type": "KNOWS", "since": 1999}],
        "nodes": [
            {"id": "4:x:0", "name": "Ann", "type": "Person", "labels": None},
            {"id": "4:x:1", "name": "Bob", "type": "Person", "labels": '["Person", "Boss"]'},
        ],
    }


def test_the_http_api_of_neo4j_is_a_graph():
    graph = drawn(
        {"results": [{"columns": ["n", "r"], "data": [{"row": [{"name": "Ann"}], "meta": [None], "graph": {
            "nodes": [{"id": "0", "labels": ["P"], "properties": {"name": "Ann"}}, {"id": "1", "labels": ["P"], "properties": {"name": "Bob"}}],
            "relationships": [{"id": "7", "type": "KNOWS", "startNode": "0", "endNode": "1", "properties": {}}]}}]}], "errors": []}
    )  # fmt: skip

    assert graph.titles == ["Ann", "Bob"]
    assert graph.edges == [("Ann", "Bob", "KNOWS")]


def test_the_query_api_of_neo4j_is_a_graph():
    def typed(kind, value):
        return {"$type": kind, "_value": value}

    def node(number, name):
        return typed(
            "Node",
            {
                "_element_id": number,
                "_labels": ["P"],
                "_properties": {"name": typed("String", name), "age": typed("Integer", "30")},
            },
        )

    graph = drawn(
        {"data": {"fields": ["n", "r", "m"], "values": [[node("1", "Ann"), typed("Relationship", {
            "_element_id": "9", "_start_node_element_id": "1", "_end_node_element_id": "2", "_type": "KNOWS", "_properties": {}}), node("2", "Bob")]]}}
    )  # fmt: skip

    assert graph.edges == [("Ann", "Bob", "KNOWS")]
    assert graph.graph.nodes["age"].to_pylist() == [30, 30]


def test_integers_of_the_neo4j_driver_are_numbers():
    graph = drawn(
        [{"p": {"start": {"identity": {"low": 1, "high": 0}, "labels": ["A"], "properties": {"n": {"low": -1, "high": -1}}},
                "end": {"identity": {"low": 2, "high": 0}, "labels": ["A"], "properties": {}},
                "segments": [{"relationship": {"identity": {"low": 3, "high": 0}, "start": {"low": 1, "high": 0}, "end": {"low": 2, "high": 0}, "type": "T", "properties": {}}}], "length": 1}}]
    )  # fmt: skip

    assert graph.pairs == [("1", "2")]
    assert graph.graph.nodes["n"].to_pylist() == [-1, None]


def test_apoc_writes_lists_and_objects_too():
    node = {"type": "node", "id": "0", "labels": ["Person"], "properties": {"name": "Ann"}}
    other = {**node, "id": "1", "properties": {"name": "Bob"}}
    edge = {
        "type": "relationship",
        "id": "5",
        "label": "KNOWS",
        "start": {"id": "0", "labels": ["Person"]},
        "end": {"id": "1", "labels": ["Person"]},
    }

    for content in ([node, other, edge], {"nodes": [node, other], "rels": [edge]}):
        assert drawn(content).edges == [("Ann", "Bob", "KNOWS")]


def test_nodes_that_only_a_relationship_names_keep_their_label():
    edge = {
        "type": "relationship",
        "id": "5",
        "label": "KNOWS",
        "start": {"id": "0", "labels": ["Person"]},
        "end": {"id": "1", "labels": ["Dog"]},
    }
    result = read(json.dumps(edge))

    assert tables(result)["nodes"] == [{"id": "0", "type": "Person"}, {"id": "1", "type": "Dog"}]


def test_records_with_a_start_and_an_end_are_no_relationships():
    result = read(
        [
            {"type": "meeting", "start": "09:00", "end": "10:00", "id": 1},
            {"type": "call", "start": "10:00", "end": "11:00", "id": 2},
        ]
    )

    assert tables(result) == {"table": [
        {"type": "meeting", "start": "09:00", "end": "10:00", "id": 1}, {"type": "call", "start": "10:00", "end": "11:00", "id": 2},
    ]}  # fmt: skip


def uri(value):
    return {"type": "uri", "value": value}


def test_sparql_results_are_a_table_with_types():
    result = read(
        {"head": {"vars": ["s", "p", "o", "n"]}, "results": {"bindings": [
            {"s": uri("urn:a"), "p": uri("urn:knows"), "o": uri("urn:b"), "n": {"type": "literal", "value": "7", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}},
            {"s": {"type": "bnode", "value": "b0"}, "p": uri("urn:knows"), "o": uri("urn:a")}]}}
    )  # fmt: skip

    assert tables(result)["results"] == [
        {"s": "urn:a", "p": "urn:knows", "o": "urn:b", "n": 7}, {"s": "_:b0", "p": "urn:knows", "o": "urn:a", "n": None},
    ]  # fmt: skip
    assert Drawn(result).edges == [("urn:a", "urn:b", "urn:knows"), ("_:b0", "urn:a", "urn:knows")]


def test_labels_of_wikidata_name_the_resources():
    result = read(
        {"head": {"vars": ["item", "itemLabel", "country", "countryLabel"]}, "results": {"bindings": [
            {"item": uri("urn:q1"), "itemLabel": {"type": "literal", "value": "Rhine"}, "country": uri("urn:q2"), "countryLabel": {"type": "literal", "value": "Germany"}}]}}
    )  # fmt: skip

    assert Drawn(result).pairs == [("Rhine", "Germany")]


def test_an_empty_sparql_result_is_an_empty_table():
    result = read({"head": {"vars": ["a", "b"]}, "results": {"bindings": []}})

    (named,) = result.tables
    assert (named.table.num_rows, named.table.column_names) == (0, ["a", "b"])


def test_things_of_json_ld_are_joined_by_what_they_name():
    graph = drawn(
        {"@context": {"name": "http://schema.org/name"}, "@graph": [
            {"@id": "urn:a", "@type": "Person", "name": "Ann", "http://schema.org/knows": {"@id": "urn:b"}},
            {"@id": "urn:b", "@type": ["Person"], "name": {"@value": "Bob"}, "worksFor": [{"@id": "urn:c", "name": "ACME"}]}]}
    )  # fmt: skip

    assert graph.titles == ["Ann", "Bob", "ACME"]
    assert graph.edges == [("Ann", "Bob", "knows"), ("Bob", "ACME", "worksFor")]


def feature(kind, coordinates, **properties):
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def test_points_of_geojson_are_on_the_map_and_lines_join_them():
    result = read(
        {"type": "FeatureCollection", "features": [
            feature("LineString", [[13.4, 52.5], [12, 52], [11.5, 48.1]], road="A9"),
            feature("Point", [13.4, 52.5], name="Berlin"), feature("Point", [11.5, 48.1], name="Munich"),
            feature("LineString", [[11.5, 48.1], [9.2, 48.8]], road="A8")]}
    )  # fmt: skip
    graph = Drawn(result)

    assert graph.titles == ["Berlin", "Munich", "9.2,48.8"]
    assert graph.pairs == [("Berlin", "Munich"), ("Munich", "9.2,48.8")]
    assert graph.interpretation.node_bindings == {
        "node_longitude": "longitude",
        "node_latitude": "latitude",
        "node_title": "name",
    }
    assert tables(result)["edges"][0] == {
        "source": "13.4,52.5",
        "target": "11.5,48.1",
        "point_count": 3,
        "road": "A9",
    }


def test_areas_of_geojson_are_points_with_a_word():
    result = read(feature("Polygon", [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]], name="Square"))

    assert tables(result)["nodes"] == [
        {"id": "1,1", "name": "Square", "longitude": 1.0, "latitude": 1.0}
    ]
    assert [repair.code for repair in result.repairs] == ["area-as-point"]


def test_collections_of_geometries_are_taken_apart():
    result = read(
        {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]},
                {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]], [[3, 4], [5, 6]]]},
                {"type": "Point", "coordinates": "x"},
            ],
        }
    )

    assert Drawn(result).pairs == [("1,2", "3,4"), ("3,4", "5,6")]
    assert [repair.message for repair in result.repairs] == [
        "1 points without coordinates are left out."
    ]


def typed(kind, value):
    return {"@type": f"g:{kind}", "@value": value}


MARKO_AND_VADAS = {
    "edges": [{"source": 1, "target": 2, "type": "knows", "weight": 0.5}],
    "nodes": [
        {"id": 1, "name": "marko", "type": "person"},
        {"id": 2, "name": "vadas", "type": "person"},
    ],
}


def test_graphson_lines_are_a_graph_with_each_edge_once():
    marko = {
        "id": typed("Int32", 1), "label": "person",
        "outE": {"knows": [{"id": typed("Int32", 7), "inV": typed("Int32", 2), "properties": {"weight": typed("Double", 0.5)}}]},
        "properties": {"name": [{"id": typed("Int64", 0), "value": "marko"}]},
    }  # fmt: skip
    vadas = {
        "id": typed("Int32", 2), "label": "person",
        "inE": {"knows": [{"id": typed("Int32", 7), "outV": typed("Int32", 1), "properties": {"weight": typed("Double", 0.5)}}]},
        "properties": {"name": [{"id": typed("Int64", 2), "value": "vadas"}]},
    }  # fmt: skip

    assert tables(read(f"{json.dumps(marko)}\n{json.dumps(vadas)}")) == MARKO_AND_VADAS


def test_the_answer_of_a_gremlin_server_is_a_graph():
    def vertex(number, name):
        return typed("Vertex", {
            "id": typed("Int32", number), "label": "person",
            "properties": {"name": [typed("VertexProperty", {"id": typed("Int64", 0), "value": name, "label": "name"})]},
        })  # fmt: skip

    edge = typed("Edge", {
        "id": typed("Int32", 7), "label": "knows", "inV": typed("Int32", 2), "outV": typed("Int32", 1),
        "inVLabel": "person", "outVLabel": "person",
        "properties": {"weight": typed("Property", {"key": "weight", "value": typed("Double", 0.5)})},
    })  # fmt: skip
    answer = {"requestId": "x", "result": {"data": typed("List", [vertex(1, "marko"), vertex(2, "vadas"), edge])}}  # fmt: skip

    assert tables(read(answer)) == MARKO_AND_VADAS


def test_graphson_of_the_first_version_is_a_graph():
    graph = drawn(
        {
            "mode": "NORMAL",
            "vertices": [{"_id": "1", "_type": "vertex", "name": "marko"}, {"_id": "2", "_type": "vertex", "name": "vadas"}],
            "edges": [{"_id": "7", "_type": "edge", "_outV": "1", "_inV": "2", "_label": "knows"}],
        }
    )  # fmt: skip

    assert graph.edges == [("marko", "vadas", "knows")]


def test_results_of_tigergraph_are_a_graph_whose_ids_are_unique_across_types():
    result = read(
        {"version": {"api": "v2"}, "error": False, "results": [
            {"people": [
                {"v_id": "1", "v_type": "person", "attributes": {"name": "Dan"}},
                {"v_id": "2", "v_type": "person", "attributes": {"name": "Tom"}},
                {"v_id": "1", "v_type": "city", "attributes": {"name": "Oslo"}},
            ]},
            {"@@edges": [
                {"e_type": "friend", "directed": False, "from_id": "1", "from_type": "person", "to_id": "2", "to_type": "person", "attributes": {}},
                {"e_type": "lives_in", "directed": True, "from_id": "2", "from_type": "person", "to_id": "1", "to_type": "city", "attributes": {}},
            ]},
        ]}
    )  # fmt: skip

    assert tables(result)["edges"] == [
        {"source": "person:1", "target": "2", "type": "friend", "directed": False},
        {"source": "2", "target": "city:1", "type": "lives_in", "directed": True},
    ]
    assert [node["id"] for node in tables(result)["nodes"]] == ["person:1", "2", "city:1"]
    assert Drawn(result).titles == ["Dan", "Tom", "Oslo"]


def test_a_vertex_without_a_usable_id_is_left_out_with_a_repair():
    result = read([{"@type": "g:Vertex", "@value": {"id": [], "label": "person"}}])

    assert [repair.code for repair in result.repairs] == ["entry-left-out"]
