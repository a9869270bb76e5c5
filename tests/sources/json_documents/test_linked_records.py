"""Traces, rights, relationships and lists inside of records: edges that lie deep in JSON."""

import json

import pytest

from .reading import Drawn, drawn, read, rows, tables


def open_telemetry_span(span, name, parent="", **fields):
    begin = 1544712660000000000
    return {
        "traceId": "5b8e", "spanId": span, "parentSpanId": parent, "name": name, "kind": 2,
        "startTimeUnixNano": str(begin), "endTimeUnixNano": str(begin + 2_500_000), **fields,
    }  # fmt: skip


def resource_spans(service, *spans):
    return {
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]},
        "scopeSpans": [{"scope": {"name": "library"}, "spans": list(spans)}],
    }


def test_spans_of_open_telemetry_are_joined_across_services():
    attributes = [{"key": "http.method", "value": {"stringValue": "GET"}}]
    result = read(
        {
            "resourceSpans": [
                resource_spans(
                    "frontend",
                    open_telemetry_span("a1", "GET /", attributes=attributes),
                    open_telemetry_span("a2", "call cart", "a1"),
                ),
                resource_spans("cart", open_telemetry_span("b1", "cart.get", "a2", links=[{"spanId": "a1"}])),
            ]
        }
    )  # fmt: skip
    graph = Drawn(result)

    assert graph.titles == ["GET /", "call cart", "cart.get"]
    assert graph.edges == [
        ("GET /", "call cart", "child"), ("call cart", "cart.get", "child"), ("GET /", "cart.get", "link"),
    ]  # fmt: skip
    first = tables(result)["nodes"][0]
    assert str(first.pop("time")) == "2018-12-13 14:51:00+00:00"
    assert {name: value for name, value in first.items() if value is not None} == {
        "id": "a1", "name": "GET /", "service": "frontend", "trace": "5b8e", "kind": "server",
        "duration_ms": 2.5, "http.method": "GET",
    }  # fmt: skip


def test_spans_of_jaeger_have_their_service_and_follow_their_references():
    def span(name, operation, process, *references):
        return {
            "traceID": "t1", "spanID": name, "operationName": operation, "processID": process,
            "references": [{"refType": kind, "traceID": "t1", "spanID": parent} for kind, parent in references],
            "startTime": 1485467191639875, "duration": 2500, "tags": [], "logs": [],
        }  # fmt: skip

    spans = [
        span("s1", "GET", "p1"),
        span("s2", "redis", "p2", ("CHILD_OF", "s1")),
        span("s3", "mail", "p2", ("FOLLOWS_FROM", "s2")),
    ]
    processes = {"p1": {"serviceName": "frontend"}, "p2": {"serviceName": "db"}}
    result = read({"data": [{"traceID": "t1", "spans": spans, "processes": processes}], "total": 0})
    graph = Drawn(result)

    assert graph.edges == [("GET", "redis", "child"), ("redis", "mail", "follows")]
    assert [(row["service"], row["duration_ms"]) for row in tables(result)["nodes"]] == [
        ("frontend", 2.5), ("db", 2.5), ("db", 2.5),
    ]  # fmt: skip


def entry(kind, **data):
    return {"kind": kind, "data": data}


def test_azurehound_joins_members_owners_applications_and_roles():
    entries = [
        entry("AZUser", id="u1", displayName="Ann", tenantId="t1"),
        entry("AZGroup", id="g1", displayName="Admins", tenantId="t1"),
        entry("AZGroupMember", groupId="g1", members=[{"groupId": "g1", "member": {"id": "u1"}}]),
        entry(
            "AZGroupOwner", groupId="g1",
            owners=[{"groupId": "g1", "owner": {"@odata.type": "#microsoft.graph.user", "id": "u2", "displayName": "Bob"}}],
        ),
        entry("AZApp", id="a1", appId="app1", displayName="App"),
        entry("AZServicePrincipal", id="sp1", appId="app1", displayName="App principal"),
        entry(
            "AZVMContributor", virtualMachineId="/vm/1",
            contributors=[{"contributor": {"properties": {"principalId": "u1"}}}],
        ),
        entry("AZRoleAssignment", roleDefinitionId="r1", roleAssignments=[{"principalId": "u1", "roleDefinitionId": "r1"}]),
    ]  # fmt: skip
    expected = [
        ("t1", "Ann", "Contains"), ("t1", "Admins", "Contains"), ("App", "App principal", "RunsAs"),
        ("Ann", "Admins", "MemberOf"), ("Bob", "Admins", "Owns"), ("Ann", "/vm/1", "Contributor"),
        ("Ann", "r1", "HasRole"),
    ]  # fmt: skip

    whole = drawn({"data": entries, "meta": {"type": "azure", "version": 5}})
    lines = drawn("\n".join(json.dumps(each) for each in entries))

    assert whole.edges == lines.edges == expected
    assert whole.titles == ["Ann", "Admins", "App", "App principal", "Bob", "t1", "/vm/1", "r1"]


def test_relationships_of_json_api_are_edges():
    graph = drawn(
        {
            "data": {
                "id": "44d8", "type": "file", "attributes": {"meaningful_name": "a.exe", "size": 68},
                "relationships": {
                    "contacted_domains": {"data": [{"id": "evil.example", "type": "domain"}]},
                    "contacted_ips": {"data": [{"id": "1.2.3.4", "type": "ip_address"}], "links": {"self": "x"}},
                    "parent": {"data": None},
                },
            },
            "included": [{"id": "evil.example", "type": "domain", "attributes": {"registrar": "X"}}],
        }
    )  # fmt: skip

    assert graph.titles == ["a.exe", "evil.example", "1.2.3.4"]
    assert graph.edges == [
        ("a.exe", "evil.example", "contacted_domains"), ("a.exe", "1.2.3.4", "contacted_ips"),
    ]  # fmt: skip


def test_resources_of_several_types_with_one_id_are_several_nodes():
    data = {
        "id": "1",
        "type": "user",
        "relationships": {"team": {"data": {"id": "1", "type": "team"}}},
    }

    result = read({"data": data})

    assert [row["id"] for row in tables(result)["nodes"]] == ["user:1", "team:1"]
    assert [(row["source"], row["target"]) for row in tables(result)["edges"]] == [
        ("user:1", "team:1")
    ]


def test_papers_are_joined_to_the_papers_that_they_cite():
    items = [
        {
            "DOI": "10.1/a", "title": ["First"], "author": [{"family": "Lee"}, {"family": "Ray"}],
            "reference": [{"key": "r1", "DOI": "10.1/b"}, {"key": "r2", "DOI": "10.1/c"}, {"key": "r3"}],
        },
        {"DOI": "10.1/b", "title": ["Second"], "author": [{"family": "Lee"}], "reference": [{"key": "r1", "DOI": "10.1/c"}]},
    ]  # fmt: skip

    graph = drawn({"status": "ok", "message": {"total-results": 2, "items": items}})

    assert graph.interpretation.label == "DOI → each of reference"
    assert graph.titles == ["First", "Second", "10.1/c"]
    assert graph.pairs == [("First", "Second"), ("First", "10.1/c"), ("Second", "10.1/c")]


def test_users_are_joined_to_those_whom_they_mention():
    def tweet(number, user, name, *mentions):
        return {
            "id": number, "text": "hi", "user": {"id": user, "screen_name": name},
            "entities": {"user_mentions": [{"id": each, "screen_name": by} for each, by in mentions]},
        }  # fmt: skip

    result = read(
        [
            tweet(1, 10, "ann", (11, "bob"), (12, "cem")),
            tweet(2, 11, "bob", (10, "ann")),
            tweet(3, 11, "bob"),
        ]
    )
    graph = Drawn(result)

    assert graph.interpretation.label == "user.id → each of entities.user_mentions"
    assert graph.titles == ["ann", "bob", "cem"]
    assert graph.pairs == [("ann", "bob"), ("ann", "cem"), ("bob", "ann")]
    assert result.tables[0].table.num_rows == 3
    assert result.tables[1].table.to_pylist()[0] == {
        "source": 10, "target": 11, "id": 1, "text": "hi",
    }  # fmt: skip


def test_lists_that_name_no_record_are_no_edges():
    result = read([{"id": 1, "tags": [{"id": 70}]}, {"id": 2, "tags": [{"id": 71}, {"id": 72}]}])

    assert result.interpretations == ()


def test_values_of_dynamodb_are_read_without_their_types():
    items = [
        {
            "id": {"S": "a"}, "friend": {"S": "b"}, "n": {"N": "708663653625634816"}, "share": {"N": "0.5"},
            "ok": {"BOOL": True}, "none": {"NULL": True}, "where": {"M": {"city": {"S": "Rome"}}},
            "list": {"L": [{"S": "p"}, {"N": "2"}]}, "set": {"SS": ["x", "y"]},
        },
        {"id": {"S": "b"}, "friend": {"S": "c"}, "n": {"N": "3"}},
    ]  # fmt: skip
    expected = [
        {
            "id": "a", "friend": "b", "n": 708663653625634816, "share": 0.5, "ok": True, "none": None,
            "where.city": "Rome", "list": '["p", 2]', "set": '["x", "y"]',
        },
        {
            "id": "b", "friend": "c", "n": 3, "share": None, "ok": None, "none": None, "where.city": None,
            "list": None, "set": None,
        },
    ]  # fmt: skip

    assert rows({"Items": items, "Count": 2}) == expected
    assert rows("\n".join(json.dumps({"Item": item}) for item in items)) == expected


@pytest.mark.parametrize("other", [{"S": 5}, {"X": "a"}, {"S": "a", "N": "1"}, "a"])
def test_objects_stay_as_they_are_where_one_of_them_is_not_typed(other):
    record = rows([{"id": {"S": "a"}, "b": other}, {"id": {"S": "b"}, "b": other}])[0]

    assert record["id.S"] == "a"


def test_findings_of_guardduty_are_events_of_address_instance_and_type():
    def finding(number, kind, action, remote):
        return {
            "Id": f"f{number}", "Type": kind,
            "Service": {"Action": {"ActionType": "X", action: remote}},
            "Resource": {"ResourceType": "Instance", "InstanceDetails": {"InstanceId": "i-9"}},
        }  # fmt: skip

    probing, other = ({"RemoteIpDetails": {"IpAddressV4": f"198.51.100.{n}"}} for n in (1, 2))
    graph = drawn(
        [
            finding(1, "Probe", "PortProbeAction", {"PortProbeDetails": [probing]}),
            finding(2, "Brute", "NetworkConnectionAction", other),
        ]
    )

    assert sorted(graph.titles) == [
        "198.51.100.1", "198.51.100.2", "Brute", "EventID::0", "EventID::1", "Probe", "i-9",
    ]  # fmt: skip
    assert sorted(edge[0] for edge in graph.edges if edge[1] == "EventID::0") == [
        "198.51.100.1",
        "Probe",
        "i-9",
    ]
