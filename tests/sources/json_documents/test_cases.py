"""Files after public reports, each with the graph that is right for it."""

import datetime as dt
import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from .reading import Drawn, codes, read, tables

CASES = Path(__file__).parents[1] / "cases"


def case(name):
    content = (CASES / name).read_bytes()
    return gzip.decompress(content) if name.endswith(".gz") else content


def test_cloudtrail_joins_user_address_and_event():
    result = read(case("J01/cloudtrail.json.gz"))
    graph = Drawn(result)

    (named,) = result.tables
    assert named.table.num_rows == 4
    assert named.table.column_names == [
        "eventVersion", "eventTime", "eventName", "sourceIPAddress", "userIdentity.type", "userIdentity.arn",
        "userIdentity.userName", "requestParameters.bucketName",
    ]  # fmt: skip
    assert named.table.schema.field("eventTime").type == pa.timestamp("s", "UTC")
    assert graph.interpretation.columns == ("userIdentity.userName", "sourceIPAddress", "eventName")
    assert sorted(graph.titles) == [
        "198.51.100.5", "203.0.113.9", "DeleteBucket", "EventID::0", "EventID::1", "EventID::2", "EventID::3",
        "GetObject", "PutObject", "ann", "bob", "eve",
    ]  # fmt: skip
    assert len(graph.edges) == 12


def test_cyclonedx_is_its_components_and_dependencies():
    graph = Drawn(read(case("J02/bom.json")))

    assert graph.titles == ["shop", "glibc", "acl", "zlib"]
    assert graph.edges == [
        ("shop", "glibc", "dependsOn"), ("shop", "acl", "dependsOn"), ("acl", "glibc", "dependsOn"),
        ("acl", "zlib", "dependsOn"),
    ]  # fmt: skip


def test_stix_is_its_objects_and_relationships():
    graph = Drawn(read(case("J04/bundle.json")))

    assert graph.titles == ["Actor X", "Imbot", "Malicious URL", "Org", "R"]
    assert sorted(graph.edges) == [
        ("Actor X", "Imbot", "uses"), ("Malicious URL", "Imbot", "indicates"), ("Org", "Malicious URL", "sighting"),
        ("R", "Imbot", "object_refs"), ("R", "Malicious URL", "object_refs"),
    ]  # fmt: skip


def test_node_link_of_networkx_keeps_isolated_nodes_and_attributes():
    result = read(case("J06/node_link.json"))
    graph = Drawn(result)

    assert graph.titles == ["k", "l", "m", "n"]
    assert graph.pairs == [("k", "l"), ("l", "m"), ("m", "k")]
    assert tables(result)["nodes"][3] == {"id": "n", "club": "Off"}
    assert graph.interpretation.edge_bindings == {"edge_weight": "weight"}


def test_links_by_position_are_resolved():
    result = read(case("J07/d3v3.json"))
    graph = Drawn(result)

    assert graph.titles == ["Myriel", "Napoleon", "Valjean"]
    assert graph.pairs == [("Napoleon", "Myriel"), ("Valjean", "Myriel")]
    assert graph.interpretation.edge_bindings == {"edge_weight": "value"}


def test_sysmon_events_are_a_tree_of_processes():
    result = read(case("J10/sysmon.jsonl"))
    graph = Drawn(result)

    assert tables(result)["table"][0] == {
        "EventID": 1, "Computer": "PC1", "TimeCreated": dt.datetime(2021, 11, 3, 4, 38, tzinfo=dt.UTC),
        "ProcessGuid": "{g2}", "Image": "C:\\p2.exe", "ParentProcessGuid": "{g1}", "ParentImage": "C:\\p1.exe",
    }  # fmt: skip
    assert graph.interpretation.label == "ParentProcessGuid → ProcessGuid"
    assert graph.graph.node_ids.to_pylist() == ["{g2}", "{g3}", "{g4}", "{g1}"]
    assert graph.titles == ["C:\\p2.exe", "C:\\p3.exe", "C:\\p4.exe", "{g1}"]
    assert graph.pairs == [
        ("{g1}", "C:\\p2.exe"),
        ("{g1}", "C:\\p3.exe"),
        ("C:\\p2.exe", "C:\\p4.exe"),
    ]


def test_a_path_of_neo4j_is_its_nodes_and_relationships():
    graph = Drawn(read(case("J11/neo4j_query.json")))

    assert graph.titles == ["Ann", "M"]
    assert graph.edges == [("Ann", "M", "ACTED_IN")]


def test_lines_of_apoc_are_nodes_and_relationships():
    result = read(case("J12/apoc.json"))
    graph = Drawn(result)

    assert graph.titles == ["Ann", "Bob"]
    assert graph.edges == [("Ann", "Bob", "KNOWS")]
    assert tables(result)["edges"] == [
        {"source": "0", "target": "1", "type": "KNOWS", "since": 1993}
    ]
    assert codes(result) == []


def test_long_integers_keep_every_digit():
    (named,) = read(case("J16/ids64.json")).tables

    assert named.table.to_pydict() == {
        "source": [708663653625634816, 708663653625634817],
        "target": [708663653625634817, 727189530466459649],
    }


def test_users_of_bloodhound_are_joined_by_memberships_and_rights():
    graph = Drawn(read(case("J17/bh.json")))

    assert graph.titles[:2] == ["ALICE@CORP.EXAMPLE", "BOB@CORP.EXAMPLE"]
    assert sorted(graph.edges) == [
        ("ALICE@CORP.EXAMPLE", "S-1-5-21-1-513", "MemberOf"), ("BOB@CORP.EXAMPLE", "S-1-5-21-1-513", "MemberOf"),
        ("S-1-5-21-1-512", "ALICE@CORP.EXAMPLE", "GenericAll"),
    ]  # fmt: skip


def test_graphology_binds_labels_colors_and_positions():
    result = read(case("J18/graphology.json"))
    graph = Drawn(result)

    assert graph.titles == ["Ann", "Bob"]
    assert graph.pairs == [("Ann", "Bob")]
    assert graph.interpretation.node_bindings == {
        "node_color": "color", "node_x": "x", "node_y": "y", "node_title": "label",
    }  # fmt: skip
    assert graph.interpretation.edge_bindings == {"edge_weight": "w"}


def test_json_graph_format_is_its_nodes_and_edges():
    graph = Drawn(read(case("J19/jgf.json")))

    assert graph.titles == ["Alice", "Bob"]
    assert graph.edges == [("Alice", "Bob", "knows")]


def test_opengraph_matches_ends_by_id():
    graph = Drawn(read(case("J20/opengraph.json")))

    assert graph.titles == ["BOB", "ANN"]
    assert graph.edges == [("BOB", "ANN", "Knows")]


def test_ends_that_are_objects_are_nodes_with_their_names():
    result = read(case("J22/pretty.json"))
    graph = Drawn(result)

    assert tables(result)["table"][0] == {
        "from.address": "0xab", "from.name": "Ann", "to.address": "0xcd", "to.name": "Bob", "value": 1,
    }  # fmt: skip
    assert graph.interpretation.label == "from.address → to.address"
    assert graph.titles == ["Ann", "Bob", "Cem"]
    assert graph.pairs == [("Ann", "Bob"), ("Bob", "Cem")]


def test_okta_events_join_actor_address_and_target():
    result = read(case("J23/okta.ndjson"))
    graph = Drawn(result)

    assert tables(result)["table"][0] == {
        "actor.alternateId": "ann@x.example", "client.ipAddress": "198.51.100.1", "target.alternateId": "app1",
        "eventType": "user.session.start", "published": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    }  # fmt: skip
    assert graph.interpretation.columns == (
        "actor.alternateId", "client.ipAddress", "target.alternateId",
    )  # fmt: skip
    assert len(graph.titles) == 3 + 2 + 2 + 2


@pytest.mark.parametrize("name", ["J24/conn.json", "T23/conn.log"])
def test_zeek_lines_join_both_hosts(name):
    result = read(case(name))
    graph = Drawn(result)

    assert graph.interpretation.label == "id.orig_h → id.resp_h"
    assert sorted(graph.titles) == ["192.168.4.1", "192.168.4.76", "192.168.4.77", "31.3.245.133"]
    assert graph.edges == [
        ("192.168.4.76", "192.168.4.1", "dns"), ("192.168.4.76", "31.3.245.133", "dns"),
        ("192.168.4.77", "192.168.4.1", "dns"),
    ]  # fmt: skip
    assert tables(result)["table"][0]["ts"] == dt.datetime(
        2020, 6, 5, 14, 39, 59, 305988, tzinfo=dt.UTC
    )
    assert codes(result) == ["times-recognized"]


def test_a_bloodhound_collection_is_one_graph_of_all_its_files():
    archive = zipfile.ZipFile(io.BytesIO(case("Z01/20260917_BloodHound.zip")))
    members = b"\n".join(archive.read(name) for name in archive.namelist())

    graph = Drawn(read(members))

    assert ("ALICE@CORP.EXAMPLE", "DOMAIN ADMINS@CORP.EXAMPLE", "MemberOf") in graph.edges
    assert ("DOMAIN ADMINS@CORP.EXAMPLE", "ALICE@CORP.EXAMPLE", "GenericAll") in graph.edges


def test_a_byte_order_mark_is_no_part_of_the_json():
    result = read(case("J14/bom_prefix.json"))

    assert tables(result)["table"] == [
        {"source": "a", "target": "b", "displayname": "Zoë"}, {"source": "b", "target": "c", "displayname": "x"},
    ]  # fmt: skip
    assert codes(result) == []
