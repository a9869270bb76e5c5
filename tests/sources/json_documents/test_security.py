"""STIX, BloodHound, OpenGraph and MISP: nodes with names, and every relation as an edge."""

import json

from .reading import Drawn, codes, drawn, read, tables


def stix(*objects, **bundle):
    return {"type": "bundle", "id": "bundle--1", "objects": list(objects), **bundle}


def thing(kind, number, **fields):
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{number}", **fields}


# --- STIX --------------------------------------------------------------------------------------------


def test_stix_observables_are_named_by_their_value_and_joined_by_their_references():
    graph = drawn(
        stix(
            thing("ipv4-addr", 1, value="198.51.100.3", resolves_to_refs=["mac-addr--2"]),
            thing("mac-addr", 2, value="d2:fb:49:24:37:18"),
            thing(
                "network-traffic",
                3,
                src_ref="ipv4-addr--1",
                dst_ref="ipv4-addr--4",
                protocols=["tcp"],
            ),
        )
    )

    assert graph.titles == [
        "198.51.100.3",
        "d2:fb:49:24:37:18",
        "network-traffic--3",
        "ipv4-addr--4",
    ]
    assert sorted(graph.edges) == [
        ("198.51.100.3", "d2:fb:49:24:37:18", "resolves_to"), ("network-traffic--3", "198.51.100.3", "src"),
        ("network-traffic--3", "ipv4-addr--4", "dst"),
    ]  # fmt: skip


def test_stix_creators_and_markings_are_edges():
    graph = drawn(
        stix(
            thing("identity", 1, name="ACME"),
            thing(
                "malware",
                2,
                name="Bot",
                created_by_ref="identity--1",
                object_marking_refs=["marking-definition--3"],
            ),
            thing("marking-definition", 3, name="TLP:GREEN"),
        )
    )

    assert graph.edges == [("Bot", "ACME", "created_by"), ("Bot", "TLP:GREEN", "object_marking")]


def test_stix_relationships_keep_their_fields():
    result = read(
        stix(
            thing("malware", 1, name="A"), thing("malware", 2, name="B"),
            thing("relationship", 3, source_ref="malware--1", target_ref="malware--2",
                  relationship_type="variant-of", confidence=80, start_time="2026-01-02T03:04:05Z"),
        )
    )  # fmt: skip

    (edge,) = tables(result)["edges"]
    assert edge["type"] == "variant-of"
    assert edge["confidence"] == 80
    assert edge["start_time"].isoformat() == "2026-01-02T03:04:05+00:00"


def test_stix_sightings_without_a_place_are_nodes():
    graph = drawn(
        stix(
            thing("indicator", 1, name="I"),
            thing("sighting", 2, sighting_of_ref="indicator--1", count=3),
        )
    )

    assert graph.edges == [("sighting--2", "I", "sighting_of")]


def test_of_two_versions_of_a_stix_object_the_latest_is_shown():
    graph = drawn(
        stix(
            thing("malware", 1, name="Old", modified="2025-01-01T00:00:00Z"),
            thing("malware", 1, name="New", modified="2026-01-01T00:00:00Z"),
        )
    )

    assert graph.titles == ["New"]
    assert graph.repairs == ["duplicate-node"]


def test_a_taxii_envelope_and_a_list_of_stix_objects_are_stix():
    objects = [
        thing("malware", 1, name="A"), thing("tool", 2, name="B"),
        thing("relationship", 3, source_ref="malware--1", target_ref="tool--2", relationship_type="uses"),
    ]  # fmt: skip
    lines = "\n".join(json.dumps(each) for each in objects)

    for content in ({"more": False, "objects": objects}, objects, lines):
        assert drawn(content).edges == [("A", "B", "uses")]


def test_stix_entries_that_are_none_are_left_out_with_a_word():
    result = read(
        stix(
            thing("malware", 1, name="A"),
            "x",
            7,
            None,
            {"type": "relationship", "id": "relationship--2"},
        )
    )

    assert tables(result)["nodes"] == [
        {"id": "malware--1", "name": "A", "type": "malware", "spec_version": "2.1"}
    ]
    assert [(repair.message, repair.count) for repair in result.repairs] == [
        ("3 entries that are no STIX objects are left out.", 3),
        ("1 edges without two ends are left out.", 1),
    ]


# --- BloodHound --------------------------------------------------------------------------------------


def collection(kind, *entries, version=5):
    return {
        "data": list(entries),
        "meta": {"type": kind, "count": len(entries), "version": version, "methods": 0},
    }


def test_bloodhound_groups_hold_their_members():
    graph = drawn(
        collection(
            "groups",
            {"ObjectIdentifier": "G", "Properties": {"name": "ADMINS@X"},
             "Members": [{"ObjectIdentifier": "U", "ObjectType": "User"}, {"ObjectIdentifier": "C", "ObjectType": "Computer"}]},
        )
    )  # fmt: skip

    assert graph.edges == [("U", "ADMINS@X", "MemberOf"), ("C", "ADMINS@X", "MemberOf")]


def test_bloodhound_computers_have_sessions_and_local_groups():
    graph = drawn(
        collection(
            "computers",
            {
                "ObjectIdentifier": "C", "Properties": {"name": "PC.X"}, "PrimaryGroupSID": "G",
                "Sessions": {"Results": [{"UserSID": "U1", "ComputerSID": "C"}], "Collected": True},
                "PrivilegedSessions": {"Results": [{"UserSID": "U2", "ComputerSID": "C"}]},
                "RegistrySessions": {"Results": []},
                "LocalGroups": [
                    {"ObjectIdentifier": "C-544", "Name": "ADMINISTRATORS@PC.X",
                     "Results": [{"ObjectIdentifier": "U3", "ObjectType": "User"}]},
                    {"ObjectIdentifier": "C-555", "Name": "RDP", "Results": [{"ObjectIdentifier": "U4"}]},
                ],
                "AllowedToDelegate": ["C2"], "AllowedToAct": [{"ObjectIdentifier": "C3"}],
                "ContainedBy": {"ObjectIdentifier": "OU", "ObjectType": "OU"},
                "UserRights": [{"Privilege": "SeRemoteInteractiveLogonRight", "Results": [{"ObjectIdentifier": "U5"}]}],
            },
        )
    )  # fmt: skip

    assert graph.edges == [
        ("PC.X", "G", "MemberOf"), ("PC.X", "C2", "AllowedToDelegate"), ("C3", "PC.X", "AllowedToAct"),
        ("OU", "PC.X", "Contains"), ("PC.X", "U1", "HasSession"), ("PC.X", "U2", "HasSession"),
        ("U3", "PC.X", "AdminTo"), ("U4", "PC.X", "CanRDP"), ("U5", "PC.X", "SeRemoteInteractiveLogonRight"),
    ]  # fmt: skip


def test_bloodhound_version_4_computers_have_named_local_groups():
    graph = drawn(
        collection(
            "computers",
            {"ObjectIdentifier": "C", "Properties": {"name": "PC"}, "LocalAdmins": {"Results": [{"ObjectIdentifier": "A"}]},
             "RemoteDesktopUsers": {"Results": [{"ObjectIdentifier": "B"}]}, "DcomUsers": {"Results": []},
             "PSRemoteUsers": {"Collected": False, "Results": []}},
            version=4,
        )
    )  # fmt: skip

    assert graph.edges == [("A", "PC", "AdminTo"), ("B", "PC", "CanRDP")]


def test_bloodhound_domains_have_trusts_links_and_children():
    graph = drawn(
        collection(
            "domains",
            {"ObjectIdentifier": "D", "Properties": {"name": "X"},
             "Trusts": [
                 {"TargetDomainSid": "D1", "TrustDirection": "Bidirectional", "TrustType": "Forest", "IsTransitive": True},
                 {"TargetDomainSid": "D2", "TrustDirection": 1}, {"TargetDomainSid": "D3", "TrustDirection": "Outbound"},
             ],
             "Links": [{"GUID": "GPO", "IsEnforced": False}], "ChildObjects": [{"ObjectIdentifier": "OU", "ObjectType": "OU"}]},
        )
    )  # fmt: skip

    assert graph.edges == [
        ("X", "OU", "Contains"), ("GPO", "X", "GPLink"), ("D1", "X", "TrustedBy"), ("X", "D1", "TrustedBy"),
        ("D2", "X", "TrustedBy"), ("X", "D3", "TrustedBy"),
    ]  # fmt: skip


def test_bloodhound_policies_reach_the_computers_that_they_affect():
    graph = drawn(
        collection(
            "ous",
            {"ObjectIdentifier": "OU", "Properties": {"name": "SALES"},
             "GPOChanges": {"LocalAdmins": [{"ObjectIdentifier": "U"}], "AffectedComputers": [{"ObjectIdentifier": "C1"}, {"ObjectIdentifier": "C2"}]}},
        )
    )  # fmt: skip

    assert graph.edges == [("U", "C1", "AdminTo"), ("U", "C2", "AdminTo")]


def test_bloodhound_files_of_version_3_are_read():
    content = {
        "groups": [{"ObjectIdentifier": "G", "Properties": {"name": "A@X"}, "Members": [{"MemberId": "U", "MemberType": "User"}]}],
        "meta": {"count": 1, "type": "groups", "version": 3},
    }  # fmt: skip

    assert drawn(content).edges == [("U", "A@X", "MemberOf")]


def test_bloodhound_properties_are_columns_of_the_nodes():
    result = read(
        collection(
            "users",
            {
                "ObjectIdentifier": "U",
                "Properties": {"name": "A@X", "enabled": True, "lastlogon": 1700000000},
                "IsDeleted": False,
            },
        )
    )

    (node,) = tables(result)["nodes"]
    assert {key: node[key] for key in ("id", "name", "type", "enabled", "IsDeleted")} == {
        "id": "U", "name": "A@X", "type": "User", "enabled": True, "IsDeleted": False,
    }  # fmt: skip


# --- OpenGraph ---------------------------------------------------------------------------------------


def test_opengraph_matches_ends_by_name_and_by_property():
    graph = drawn(
        {
            "metadata": {"source_kind": "Base"},
            "graph": {
                "nodes": [
                    {"id": "1", "kinds": ["Person", "Base"], "properties": {"name": "BOB", "mail": "bob@x"}},
                    {"id": "2", "kinds": ["Host"], "properties": {"displayname": "h2"}},
                ],
                "edges": [
                    {"kind": "Uses", "start": {"value": "bob", "match_by": "name"}, "end": {"value": "2"}, "properties": {"since": 3}},
                    {"kind": "Owns", "start": {"match_by": "property", "property_matchers": [{"key": "mail", "operator": "equals", "value": "BOB@x"}]},
                     "end": {"value": "9", "match_by": "id", "kind": "Host"}},
                ],
            },
        }
    )  # fmt: skip

    assert graph.edges == [("BOB", "2", "Uses"), ("BOB", "9", "Owns")]


# --- MISP --------------------------------------------------------------------------------------------


def misp_event(uuid, info, attributes=(), objects=(), **more):
    return {
        "Event": {
            "uuid": uuid,
            "info": info,
            "date": "2026-01-02",
            "Attribute": list(attributes),
            "Object": list(objects),
            **more,
        }
    }


def test_misp_events_share_the_indicators_of_one_value():
    ip = {
        "uuid": "a1",
        "type": "ip-dst",
        "category": "Network activity",
        "value": "198.51.100.3",
        "to_ids": True,
    }
    graph = drawn(
        {
            "response": [
                misp_event("e1", "One", [ip]),
                misp_event("e2", "Two", [{**ip, "uuid": "a2"}]),
            ]
        }
    )

    assert graph.titles == ["One", "198.51.100.3", "Two"]
    assert graph.edges == [
        ("One", "198.51.100.3", "attribute"),
        ("Two", "198.51.100.3", "attribute"),
    ]


def test_misp_objects_hold_attributes_and_refer_to_others():
    graph = drawn(
        misp_event(
            "e", "Case",
            attributes=[{"uuid": "a", "type": "domain", "value": "evil.example"}],
            objects=[
                {"uuid": "o", "name": "file", "meta-category": "file",
                 "Attribute": [{"uuid": "b", "type": "md5", "object_relation": "md5", "value": "d41d8"}],
                 "ObjectReference": [{"referenced_uuid": "a", "relationship_type": "connects-to"}]},
            ],
        )
    )  # fmt: skip

    assert graph.edges == [
        ("Case", "evil.example", "attribute"), ("Case", "file", "object"), ("file", "d41d8", "md5"),
        ("file", "evil.example", "connects-to"),
    ]  # fmt: skip


def test_misp_tags_and_galaxies_are_nodes_with_their_color():
    result = read(
        misp_event(
            "e", "Case", Tag=[{"name": "tlp:red", "colour": "#ff0000"}],
            Galaxy=[{"name": "Threat Actor", "GalaxyCluster": [{"value": "APT 1", "description": "x"}]}],
            RelatedEvent=[{"Event": {"uuid": "f", "info": "Other"}}],
        )
    )  # fmt: skip
    graph = Drawn(result)

    assert graph.edges == [
        ("Case", "tlp:red", "tag"),
        ("Case", "APT 1", "galaxy"),
        ("Case", "Other", "related-event"),
    ]
    assert graph.interpretation.node_bindings["node_color"] == "color"
    assert codes(result) == []


def test_bloodhound_sessions_are_edges():
    graph = drawn(
        collection("sessions", {"ComputerSID": "C", "UserSID": "U", "LogonType": 2}, version=6)
    )

    assert graph.edges == [("C", "U", "HasSession")]


def test_a_misp_event_may_stand_without_its_wrapper():
    attribute = {"type": "url", "value": "http://x", "uuid": "a"}
    bare = {"info": "Case", "uuid": "e", "threat_level_id": "1", "Attribute": [attribute]}

    for content in (bare, [bare], {"response": [bare]}):
        assert drawn(content).edges == [("Case", "http://x", "attribute")]


def test_misp_objects_without_an_event_keep_their_attributes():
    graph = drawn(
        {
            "Object": [
                {
                    "uuid": "o",
                    "name": "file",
                    "meta-category": "file",
                    "Attribute": [{"type": "md5", "value": "d4"}],
                }
            ]
        }
    )

    assert graph.edges == [("file", "d4", "attribute")]
