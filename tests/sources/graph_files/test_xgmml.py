"""XGMML of Cytoscape."""

from tests.sources.graph_files.reading import bindings, edges, nodes, read, recognized, repairs

CYTOSCAPE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<graph id="52" label="net" directed="1" cy:documentVersion="3.0" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:cy="http://www.cytoscape.org" xmlns="http://www.cs.rpi.edu/XGMML">
  <att name="shared name" value="net" type="string"/>
  <node id="62" label="TP53">
    <att name="degree" value="3" type="integer"/><att name="score" value="0.5" type="real"/>
    <att name="alias" type="list"><att name="alias" value="p53" type="string"/><att name="alias" value="BCC7"/></att>
    <att name="selected" value="1" type="boolean" cy:type="Boolean"/>
    <graphics x="10.5" y="-3.0" w="40" h="20" fill="#89D0F5" type="ELLIPSE"><att name="NODE_TOOLTIP" value="tip"/></graphics>
  </node>
  <node id="63" label="MDM2"><graphics x="0" y="0" w="40" h="20" fill="#FFFFFF" type="ELLIPSE"/></node>
  <edge id="70" label="TP53 (pp) MDM2" source="62" target="63" cy:directed="0">
    <att name="interaction" value="pp" type="string"/><graphics width="2.0" fill="#848484"/>
  </edge>
  <edge source="62"/>
</graph>
"""


def test_nodes_edges_types_lists_and_graphics_are_read():
    assert recognized(CYTOSCAPE.encode()) == "xgmml"
    result = read(CYTOSCAPE)

    assert nodes(result) == [
        {"id": "62", "label": "TP53", "x": 10.5, "y": -3.0, "color": "#89D0F5", "shape": "ELLIPSE", "width": 40.0,
         "height": 20.0, "degree": 3, "score": 0.5, "alias": '["p53", "BCC7"]', "selected": True},
        {"id": "63", "label": "MDM2", "x": 0.0, "y": 0.0, "color": "#FFFFFF", "shape": "ELLIPSE", "width": 40.0,
         "height": 20.0},
    ]  # fmt: skip
    assert edges(result) == [
        {"source": "62", "target": "63", "id": "70", "label": "TP53 (pp) MDM2", "directed": False,
         "color": "#848484", "thickness": 2.0, "interaction": "pp"}
    ]  # fmt: skip
    assert bindings(result) == (
        {"node_title": "label", "node_color": "color", "node_x": "x", "node_y": "y"},
        {
            "edge_title": "label",
            "edge_label": "interaction",
            "edge_color": "color",
            "edge_size": "thickness",
        },
    )
    assert repairs(result) == [
        ("graph-attribute", 1, (4,)),
        ("style-dropped", 1, (9,)),
        ("edge-without-target", 1, (15,)),
    ]
