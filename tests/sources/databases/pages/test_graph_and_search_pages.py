"""What the pages on Neo4j, OpenSearch and Splunk show is asked as it stands there, and their roles have no excess right."""

import configparser
import json
import re

import pytest

from graphkeep.sources.databases.neo4j import KIND as NEO4J
from graphkeep.sources.databases.neo4j.audit import privilege_findings, role_findings
from graphkeep.sources.databases.opensearch import KIND as OPENSEARCH
from graphkeep.sources.databases.opensearch.audit import (
    elasticsearch_findings,
    opensearch_findings,
)
from graphkeep.sources.databases.splunk import KIND as SPLUNK
from tests.doubles.splunk import SplunkDouble
from tests.sources.databases.kinds import ask, context_of
from tests.sources.databases.pages.recipes import blocks


def test_the_query_on_the_page_of_neo4j(arcadedb_server):
    server = arcadedb_server
    server.execute("CREATE (:Host {name: 'page'})-[:KNOWS]->(:Host {name: 'other'})")
    context = context_of(
        NEO4J,
        {"host": server.host, "port": server.port, "database": server.database, "user": server.user, "tls": False},
        {"password": server.password},
    )  # fmt: skip
    rows = ask(
        NEO4J, "cypher", blocks("connect-neo4j.md", "cypher")[1], context,
        parameters={"name": "page"}, allowed={"labels": ("Host", "KNOWS")},
    ).to_pylist()  # fmt: skip

    assert [(row["a.name"], row["r.type"], row["b.name"]) for row in rows] == [
        ("page", "KNOWS", "other")
    ]


def test_the_role_on_the_page_of_neo4j_has_no_excess_right():
    recipe = blocks("connect-neo4j.md", "cypher")[0]
    granted = re.findall(
        r"^GRANT (\w+) .*ON (?:DATABASE|GRAPH) (\w+) TO (\w+);$", recipe, re.MULTILINE
    )
    (role,) = re.findall(r"^CREATE ROLE (\w+);$", recipe, re.MULTILINE)
    rows = [
        {"access": "GRANTED", "action": action.lower(), "graph": graph}
        for action, graph, _ in granted
    ]

    assert {to for *_, to in granted} == {role}
    assert [action for action, *_ in granted] == ["ACCESS", "MATCH"]
    findings = [*role_findings([role, "PUBLIC"]), *privilege_findings(rows)]
    assert not any(finding.is_excess for finding in findings)


def test_the_query_on_the_page_of_opensearch(opensearch_server):
    server = opensearch_server
    event = {"source": {"ip": "10.0.0.1"}, "destination": {"ip": "10.0.0.2"}, "bytes": 5}
    server.send(
        "PUT", "/net-2026", {"mappings": {"properties": {"source.ip": {"type": "keyword"}}}}
    )
    server.fill("net-2026", {"1": event | {"@timestamp": "2026-01-01T00:00:00Z"}})
    context = context_of(OPENSEARCH, {"host": server.host, "port": server.port, "tls": False})
    (text,) = blocks("connect-opensearch.md", "json")
    rows = ask(
        OPENSEARCH, "dsl", text, context, parameters={"ip": "10.0.0.1"}, allowed={"indexes": ("net-*",)}
    ).to_pylist()  # fmt: skip

    assert rows == [
        {"_id": "1", "_index": "net-2026", "source.ip": "10.0.0.1", "destination.ip": "10.0.0.2", "bytes": 5}
    ]  # fmt: skip


def test_the_roles_on_the_page_of_opensearch_have_no_excess_right():
    opensearch, elasticsearch = blocks("connect-opensearch.md", "http")
    role = json.loads(opensearch.partition("\n")[2])
    privileges = json.loads(elasticsearch.partition("\n")[2])["indices"]

    assert role["index_permissions"][0]["index_patterns"] == ["net-*", "auth-*"]
    assert [entry["privileges"] for entry in privileges] == [["read", "view_index_metadata"]]
    findings = [
        *opensearch_findings({"roles": ["graphkeep_reader"]}),
        *elasticsearch_findings({}, {}),
    ]
    assert not any(finding.is_excess for finding in findings)


@pytest.fixture
def search_head():
    """A double with the role of the page."""
    recipe = configparser.ConfigParser()
    recipe.optionxform = str
    recipe.read_string(blocks("connect-splunk.md", "ini")[0])
    role = recipe["role_graphkeep_reader"]
    double = SplunkDouble(
        {"net": [{"action": "blocked", "src_ip": "10.0.0.1"}], "hr": []},
        capabilities=tuple(name for name in role if role[name] == "enabled"),
        allowed_indexes=tuple(role["srchIndexesAllowed"].split(";")),
    )
    yield double
    double.close()


def test_the_role_and_the_query_on_the_page_of_splunk(search_head):
    context = context_of(
        SPLUNK, {"host": "127.0.0.1", "port": search_head.port, "tls": False, "user": search_head.user},
        {"password": search_head.password},
    )  # fmt: skip
    (text,) = blocks("connect-splunk.md", "spl")
    ask(
        SPLUNK,
        "spl",
        text,
        context,
        parameters={"ip": "10.0.0.1"},
        allowed={"indexes": ("net", "auth*")},
    )
    session = SPLUNK.open(context)
    findings = session.audit()
    session.close()

    assert not any(finding.is_excess for finding in findings)
    (job,) = search_head.jobs.values()
    assert job.search.startswith(
        'search (index="net" OR index="auth*") (index=net action=blocked src_ip="10.0.0.1") | stats '
    )
