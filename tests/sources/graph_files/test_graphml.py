"""GraphML of networkx, igraph, Gephi and yEd."""

from tests.sources.graph_files.reading import (
    bindings,
    edges,
    ids,
    nodes,
    pairs,
    read,
    recognized,
    repairs,
)


def graphml(body, keys="", edgedefault="directed"):
    return (
        '<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns" '
        'xmlns:y="http://www.yworks.com/xml/graphml">'
        f'{keys}<graph id="G" edgedefault="{edgedefault}">{body}</graph></graphml>'
    )


def test_keys_have_types_and_defaults_for_nodes_edges_or_all():
    keys = (
        '<key id="d0" for="node" attr.name="color" attr.type="string"><default>yellow</default></key>'
        '<key id="d1" for="edge" attr.name="weight" attr.type="double"/>'
        '<key id="d2" for="all" attr.name="seen" attr.type="boolean"><default>false</default></key>'
        '<key id="d3" for="node" attr.name="big" attr.type="long"/>'
    )
    body = (
        '<node id="n0"><data key="d0">green</data><data key="d3">9007199254740993</data></node>'
        '<node id="n1"><data key="d2">true</data></node><edge id="e0" source="n0" target="n1"><data key="d1">1.5</data></edge>'
    )

    result = read(graphml(body, keys))

    assert nodes(result) == [
        {"id": "n0", "color": "green", "seen": False, "big": 9007199254740993},
        {"id": "n1", "color": "yellow", "seen": True},
    ]
    assert edges(result) == [
        {"source": "n0", "target": "n1", "id": "e0", "directed": True, "weight": 1.5, "seen": False}
    ]
    assert bindings(result) == ({"node_color": "color"}, {"edge_weight": "weight"})


def test_an_edge_can_have_a_direction_of_its_own_and_ports():
    body = (
        '<node id="a"><port name="North"/></node><node id="b"/><edge source="a" target="b" directed="true" '
        'sourceport="North"/><edge source="b" target="a"/>'
    )

    assert edges(read(graphml(body, edgedefault="undirected"))) == [
        {"source": "a", "target": "b", "directed": True, "source_port": "North"},
        {"source": "b", "target": "a", "directed": False},
    ]


def test_nested_graphs_are_parents_and_their_edges_are_edges():
    body = (
        '<node id="g"><graph id="g:" edgedefault="undirected"><node id="g::a"/><node id="g::b"/>'
        '<edge source="g::a" target="g::b"/></graph></node><node id="c"/><edge source="g::a" target="c"/>'
    )

    result = read(graphml(body))

    assert [(row["id"], row.get("parent")) for row in nodes(result)] == [
        ("g", None), ("g::a", "g"), ("g::b", "g"), ("c", None),
    ]  # fmt: skip
    assert [(row["target"], row["directed"]) for row in edges(result)] == [
        ("g::b", False),
        ("c", True),
    ]


def test_hyperedges_are_left_out_and_counted_with_their_lines():
    body = (
        '<node id="a"/><node id="b"/>\n<hyperedge><endpoint node="a"/><endpoint node="b"/>'
        '<data key="d">x</data></hyperedge><edge source="a" target="b"/>'
    )

    result = read(graphml(body))

    assert pairs(result) == [("a", "b")]
    assert repairs(result) == [("hyperedge-dropped", 1, (2,)), ("data-dropped", 1, (2,))]


YED = """<node id="n0"><data key="d6"><y:ShapeNode><y:Geometry height="30.0" width="60.0" x="100.0" y="50.0"/>
<y:Fill color="#FFCC00" transparent="false"/><y:BorderStyle color="#000000" type="line" width="1.0"/>
<y:NodeLabel alignment="center">Start &amp; go</y:NodeLabel><y:Shape type="ellipse"/></y:ShapeNode></data></node>
<node id="n1"><data key="d5"/><data key="d6"><y:ShapeNode><y:Geometry height="10" width="10" x="0" y="0"/>
<y:Fill hasColor="false"/><y:NodeLabel>End<y:LabelModel/></y:NodeLabel></y:ShapeNode></data></node>
<edge id="e0" source="n0" target="n1"><data key="d10"><y:PolyLineEdge><y:Path sx="0" sy="0" tx="0" ty="0"/>
<y:LineStyle color="#FF0000" type="dashed" width="3.0"/><y:Arrows source="none" target="standard"/>
<y:EdgeLabel>then</y:EdgeLabel></y:PolyLineEdge></data></edge>"""
YED_KEYS = (
    '<key for="node" id="d5" attr.name="description" attr.type="string"/><key for="node" id="d6" '
    'yfiles.type="nodegraphics"/><key for="edge" id="d10" yfiles.type="edgegraphics"/>'
)


def test_what_yed_draws_is_labels_places_colors_and_shapes():
    result = read(graphml(YED, YED_KEYS))

    first, second = nodes(result)
    assert {name: first[name] for name in ("id", "label", "x", "y", "width", "height", "color", "shape")} == {
        "id": "n0", "label": "Start & go", "x": 130.0, "y": -65.0, "width": 60.0, "height": 30.0,
        "color": "#FFCC00", "shape": "ellipse",
    }  # fmt: skip
    assert (second["label"], second["x"], second["y"]) == ("End", 5.0, -5.0)
    (edge,) = edges(result)
    assert (edge["label"], edge["color"], edge["thickness"], edge["line style"]) == (
        "then",
        "#FF0000",
        3.0,
        "dashed",
    )
    assert bindings(result) == (
        {"node_title": "label", "node_color": "color", "node_x": "x", "node_y": "y"},
        {"edge_title": "label", "edge_color": "color", "edge_size": "thickness"},
    )


def test_colors_that_gephi_writes_as_three_numbers_are_one_color():
    keys = "".join(
        f'<key id="{name}" for="node" attr.name="{name}" attr.type="{kind}"/>'
        for name, kind in (("label", "string"), ("r", "int"), ("g", "int"), ("b", "int"), ("x", "float"),
                           ("y", "float"), ("size", "float"))
    )  # fmt: skip
    body = "".join(
        f'<node id="{node}"><data key="label">{node.upper()}</data><data key="r">255</data><data key="g">{number}</data>'
        f'<data key="b">0</data><data key="x">{number}.5</data><data key="y">-1</data><data key="size">4.0</data></node>'
        for number, node in enumerate("ab")
    )

    result = read(graphml(body + '<edge source="a" target="b"/>', keys))

    assert [row["color"] for row in nodes(result)] == ["#ff0000", "#ff0100"]
    assert bindings(result)[0] == {
        "node_title": "label", "node_color": "color", "node_size": "size", "node_x": "x", "node_y": "y",
    }  # fmt: skip


def test_names_of_igraph_are_titles():
    keys = '<key id="v_name" for="node" attr.name="name" attr.type="string"/>'
    body = '<node id="n0"><data key="v_name">Ann</data></node><node id="n1"><data key="v_name">Bob</data></node><edge source="n0" target="n1"/>'

    result = read(graphml(body, keys))

    assert bindings(result)[0] == {"node_title": "name"}
    assert [row["name"] for row in nodes(result)] == ["Ann", "Bob"]


def test_a_document_type_without_entities_is_fine():
    content = graphml('<node id="a"/><edge source="a" target="a"/>').replace(
        "<graphml",
        '<!DOCTYPE graphml SYSTEM "http://graphml.graphdrawing.org/dtds/1.0rc/graphml.dtd"><graphml',
        1,
    )

    assert recognized(content.encode()) == "graphml"
    assert ids(read(content)) == ["a"]


def test_values_of_the_graph_itself_are_told():
    keys = '<key id="d0" for="graph" attr.name="title" attr.type="string"/>'

    result = read(graphml('<data key="d0">Karate</data><node id="a"/>', keys))

    assert [(repair.code, repair.column, repair.before) for repair in result.repairs] == [
        ("graph-attribute", "title", "Karate")
    ]


def test_digits_of_whole_numbers_that_are_declared_as_doubles_are_kept():
    keys = '<key id="d0" for="node" attr.name="tweet" attr.type="double"/>'

    result = read(graphml('<node id="a"><data key="d0">708663653625634817</data></node>', keys))

    assert nodes(result) == [{"id": "a", "tweet": 708663653625634817}]


def test_labels_that_neo4j_writes_as_attributes_are_kept():
    body = (
        '<node id="n0" labels=":Person"><data key="labels">:Person</data><data key="name">Ann</data></node>'
        '<node id="n1" labels=":Movie"><data key="labels">:Movie</data><data key="title">Heat</data></node>'
        '<edge id="e0" source="n0" target="n1" label="SAW"><data key="label">SAW</data></edge>'
    )

    result = read(graphml(body))

    assert nodes(result) == [
        {"id": "n0", "labels": ":Person", "name": "Ann"}, {"id": "n1", "labels": ":Movie", "title": "Heat"},
    ]  # fmt: skip
    assert edges(result) == [
        {"source": "n0", "target": "n1", "id": "e0", "label": "SAW", "directed": True}
    ]
    assert bindings(result) == ({"node_title": "name"}, {"edge_title": "label"})


def test_places_that_are_declared_as_texts_are_bound_where_no_text_changes():
    keys = "".join(
        f'<key id="{name}" for="node" attr.name="{name}" attr.type="string"/>'
        for name in ("x", "y", "osmid")
    )
    body = (
        '<node id="1"><data key="x">-0.1276</data><data key="y">51.5</data><data key="osmid">12</data></node>'
        '<node id="2"><data key="x">-0.2</data><data key="y">51.6</data><data key="osmid">13</data></node>'
        '<edge source="1" target="2"/>'
    )

    result = read(graphml(body, keys))

    assert nodes(result)[0] == {"id": "1", "x": -0.1276, "y": 51.5, "osmid": "12"}
    assert bindings(result)[0] == {"node_x": "x", "node_y": "y"}
