"""GEXF of Gephi, networkx and others, versions 1.1 to 1.3."""

import io

import pytest

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.graph_files.xml_based.gexf import GEXF
from graphkeep.sources.registry import read_tables
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


def gexf(body, attributes="", graph='defaultedgetype="directed"', version="1.3"):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><gexf xmlns="http://gexf.net/{version}" version="{version}" '
        f'xmlns:viz="http://gexf.net/{version}/viz"><graph {graph}>{attributes}{body}</graph></gexf>'
    )


PAIR = '<nodes><node id="a"/><node id="b"/></nodes>'


def test_attributes_have_the_types_and_defaults_that_are_declared():
    attributes = (
        '<attributes class="node"><attribute id="0" title="url" type="string"/>'
        '<attribute id="1" title="indegree" type="float"/><attribute id="2" title="frog" type="boolean">'
        '<default>true</default></attribute><attribute id="3" title="age" type="long"/></attributes>'
        '<attributes class="edge"><attribute id="0" title="since" type="integer"/></attributes>'
    )
    body = (
        '<nodes><node id="0" label="Gephi"><attvalues><attvalue for="0" value="https://gephi.org"/>'
        '<attvalue for="1" value="1"/><attvalue for="3" value="708663653625634817"/></attvalues></node>'
        '<node id="1" label="BarabasiLab"><attvalues><attvalue for="2" value="false"/></attvalues></node></nodes>'
        '<edges><edge source="0" target="1"><attvalues><attvalue for="0" value="2009"/></attvalues></edge></edges>'
    )

    result = read(gexf(body, attributes))

    assert nodes(result) == [
        {"id": "0", "label": "Gephi", "url": "https://gephi.org", "indegree": 1.0, "frog": True,
         "age": 708663653625634817},
        {"id": "1", "label": "BarabasiLab", "frog": False},
    ]  # fmt: skip
    assert edges(result) == [{"source": "0", "target": "1", "directed": True, "since": 2009}]
    assert repairs(result) == []


def test_declared_numbers_that_are_none_stay_text_and_are_told():
    attributes = (
        '<attributes class="node"><attribute id="n" title="n" type="integer"/></attributes>'
    )
    body = (
        '<nodes><node id="a"><attvalues><attvalue for="n" value="1"/></attvalues></node>'
        '<node id="b"><attvalues><attvalue for="n" value="many"/></attvalues></node></nodes><edges/>'
    )

    result = read(gexf(body, attributes))

    assert nodes(result) == [{"id": "a", "n": "1"}, {"id": "b", "n": "many"}]
    assert [(repair.code, repair.column) for repair in result.repairs] == [("mixed-types", "n")]


def test_an_attribute_with_the_name_of_another_column_keeps_both():
    attributes = (
        '<attributes class="node"><attribute id="0" title="label" type="string"/></attributes>'
    )
    body = (
        '<nodes><node id="a" label="Ann"><attvalues><attvalue for="0" value="person"/></attvalues></node></nodes>'
        '<edges><edge source="a" target="a"/></edges>'
    )

    result = read(gexf(body, attributes))

    assert nodes(result) == [{"id": "a", "label": "Ann", "label_2": "person"}]
    assert [repair.code for repair in result.repairs] == ["column-renamed"]


def test_hierarchy_is_a_column_parent_whether_nested_or_named():
    body = (
        '<nodes><node id="g"><nodes><node id="a"><nodes><node id="deep"/></nodes></node></nodes></node>'
        '<node id="b" pid="g"/><node id="c"><parents><parent for="g"/><parent for="b"/></parents></node></nodes>'
        '<edges><edge source="a" target="b"/></edges>'
    )

    assert [(row["id"], row.get("parent")) for row in nodes(read(gexf(body)))] == [
        ("g", None), ("a", "g"), ("deep", "a"), ("b", "g"), ("c", "g, b"),
    ]  # fmt: skip


def test_edges_have_types_of_their_own():
    body = PAIR + (
        '<edges><edge id="0" source="a" target="b"/><edge id="1" source="a" target="b" type="undirected"/>'
        '<edge id="2" source="b" target="a" type="mutual" label="both"/></edges>'
    )

    result = read(gexf(body))

    assert [(row["id"], row["directed"], row.get("mutual")) for row in edges(result)] == [
        ("0", True, None), ("1", False, None), ("2", False, "true"),
    ]  # fmt: skip
    assert bindings(result)[1] == {"edge_title": "label"}


def test_undirected_is_the_default_of_the_format():
    result = read(gexf(PAIR + '<edges><edge source="a" target="b"/></edges>', graph=""))

    assert [row["directed"] for row in edges(result)] == [False]


def test_colors_with_alpha_thickness_and_hex_are_bound():
    body = (
        '<nodes><node id="a"><viz:color r="255" g="0" b="16" a="0.5"/></node><node id="b">'
        '<viz:color hex="#00FF00"/><viz:shape value="disc"/></node></nodes><edges><edge source="a" target="b">'
        '<viz:color r="1" g="2" b="3"/><viz:thickness value="4"/></edge></edges>'
    )

    result = read(gexf(body))

    assert nodes(result) == [
        {"id": "a", "color": "#ff0010", "opacity": 0.5}, {"id": "b", "color": "#00FF00", "shape": "disc"},
    ]  # fmt: skip
    assert edges(result)[0]["color"] == "#010203"
    assert bindings(result) == (
        {"node_color": "color", "node_opacity": "opacity"},
        {"edge_color": "color", "edge_size": "thickness"},
    )


def test_positions_that_are_all_the_same_are_not_bound():
    body = (
        '<nodes><node id="a"><viz:position x="0.0" y="0.0" z="0.0"/></node>'
        '<node id="b"><viz:position x="0.0" y="0.0" z="0.0"/></node></nodes><edges><edge source="a" target="b"/></edges>'
    )

    result = read(gexf(body))

    assert nodes(result)[0] == {"id": "a", "x": 0.0, "y": 0.0}
    assert bindings(result)[0] == {}


def test_times_are_times_and_several_spells_are_kept():
    body = (
        '<nodes><node id="a" start="2009-03-01" end="2009-03-10"/><node id="b"><spells>'
        '<spell start="2009-01-01" end="2009-01-15"/><spell start="2009-02-01" end="2009-02-15"/></spells></node>'
        '</nodes><edges><edge source="a" target="b" start="2009-03-01"/></edges>'
    )

    result = read(gexf(body, graph='mode="dynamic" timeformat="date"'))

    a, b = nodes(result)
    assert (a["start"].isoformat(), a["end"].isoformat()) == (
        "2009-03-01T00:00:00",
        "2009-03-10T00:00:00",
    )
    assert (b["start"].isoformat(), b["end"].isoformat()) == (
        "2009-01-01T00:00:00",
        "2009-02-15T00:00:00",
    )
    assert b["spells"] == '[["2009-01-01", "2009-01-15"], ["2009-02-01", "2009-02-15"]]'
    assert edges(result)[0]["start"].isoformat() == "2009-03-01T00:00:00"


def test_values_that_change_over_time_keep_all_of_them_beside_the_last():
    attributes = '<attributes class="node" mode="dynamic"><attribute id="p" title="price" type="float"/></attributes>'
    body = (
        '<nodes><node id="a"><attvalues><attvalue for="p" value="1" start="1" end="2"/>'
        '<attvalue for="p" value="3.5" start="2" end="4"/></attvalues></node></nodes>'
        '<edges><edge source="a" target="a"/></edges>'
    )

    result = read(gexf(body, attributes, graph='mode="dynamic"'))

    assert nodes(result) == [
        {"id": "a", "price": 3.5, "price over time": '[["1", "2", "1"], ["2", "4", "3.5"]]'}
    ]
    assert repairs(result) == [("values-over-time", 1, (1,))]


def test_edges_without_ends_and_nodes_without_ids_are_counted_with_their_lines():
    body = '<nodes>\n<node id="a"/>\n<node label="x"/></nodes><edges>\n<edge source="a"/>\n<edge target="a"/>\n<edge source="a" target="a"/></edges>'

    result = read(gexf(body))

    assert pairs(result) == [("a", "a")]
    assert repairs(result) == [
        ("node-without-id", 1, (3,)), ("edge-without-target", 1, (4,)), ("edge-without-source", 1, (5,)),
    ]  # fmt: skip


def test_a_node_that_is_described_twice_is_one_node():
    body = '<nodes><node id="a" label="Ann"/>\n<node id="a" label="Anna"/></nodes><edges><edge source="a" target="a"/></edges>'

    result = read(gexf(body))

    assert nodes(result) == [{"id": "a", "label": "Ann"}]
    assert repairs(result) == [("duplicate-node", 1, (2,))]


def test_what_is_said_of_the_file_itself_is_told():
    content = gexf(PAIR + "<edges/>").replace(
        "<graph", "<meta><creator>Gephi 0.10</creator></meta><graph", 1
    )

    result = read(content)

    assert [(repair.code, repair.column, repair.before) for repair in result.repairs] == [
        ("graph-attribute", "creator", "Gephi 0.10")
    ]


def test_a_graph_without_edges_is_its_nodes():
    result = read(gexf(PAIR))

    (interpretation,) = result.interpretations
    assert (interpretation.kind, interpretation.node, interpretation.node_tables) == (
        "nodes",
        "id",
        (1,),
    )
    assert ids(result) == ["a", "b"]


@pytest.mark.parametrize(
    "content",
    [
        gexf(PAIR).encode("utf-16"),
        b"\xef\xbb\xbf" + gexf(PAIR).encode(),
        ("\n\n  <!-- by hand -->" + gexf(PAIR)[38:]).encode(),
        gexf(PAIR)
        .replace("<gexf xmlns=", "<g:gexf xmlns:g=")
        .replace("</gexf", "</g:gexf")
        .encode(),
    ],
    ids=["utf-16", "bom", "comment first", "prefix"],
)
def test_it_is_recognized_in_every_dress(content):
    assert recognized(content) == "gexf"
    assert ids(read(content)) == ["a", "b"]


@pytest.mark.parametrize(
    "encoding", ["Shift_JIS", "EUC-KR", "GB18030", "windows-1251", "ISO-8859-2"]
)
def test_names_are_readable_in_the_encoding_that_is_declared(encoding):
    label = {"Shift_JIS": "日本", "EUC-KR": "서울", "GB18030": "北京", "windows-1251": "Аня"}.get(
        encoding, "Łódź"
    )
    content = gexf(f'<nodes><node id="a" label="{label}"/></nodes>').replace("UTF-8", encoding)

    assert nodes(read(content.encode(encoding))) == [{"id": "a", "label": label}]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("x-unknown", "encoding 'x-unknown', which this server does not know"), ("Shift_JIS", "not in shift_jis, as it declares")],
)  # fmt: skip
def test_an_encoding_that_is_not_known_or_not_true_is_refused(encoding, words):
    content = gexf('<nodes><node id="ä€ÿ"/></nodes>').replace("UTF-8", encoding).encode("cp1252")

    with pytest.raises(UnreadableFileError, match=words):
        read_tables(io.BytesIO(content), GEXF, ReadOptions())


def test_an_empty_graph_and_a_broken_file_are_refused_with_the_line():
    with pytest.raises(UnreadableFileError, match="no nodes and no edges"):
        read(gexf(""))
    with pytest.raises(UnreadableFileError, match="broken in line 3"):
        read("\n" + gexf("\n<nodes><node id='a'></nodes>"))


def test_attributes_that_gexf_does_not_know_are_kept():
    body = '<nodes><node id="a" mood="calm"/></nodes><edges><edge source="a" target="a" kind="self" via="x"/></edges>'

    result = read(gexf(body))

    assert nodes(result) == [{"id": "a", "mood": "calm"}]
    assert edges(result) == [
        {"source": "a", "target": "a", "directed": True, "kind": "self", "via": "x"}
    ]
