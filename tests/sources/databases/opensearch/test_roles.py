"""The roles of the page, and roles with one right more, at doubles of the security of OpenSearch and Elasticsearch."""

import json
from contextlib import contextmanager

import pytest

from graphkeep.sources.databases.opensearch import KIND
from graphkeep.sources.databases.opensearch.audit import opensearch_findings
from graphkeep.sources.databases.stages import ConnectorError
from tests.doubles.search_security import ElasticsearchSecurity, OpenSearchSecurity
from tests.sources.databases.http.json_service import json_service
from tests.sources.databases.kinds import ask, context_of
from tests.sources.databases.pages.recipes import blocks

OPENSEARCH, ELASTICSEARCH = (
    json.loads(text.partition("\n")[2]) for text in blocks("connect-opensearch.md", "http")
)
NET = ["net-*", "auth-*"]


@contextmanager
def held_to(double, **settings):
    with json_service(double.answer) as service:
        context = context_of(KIND, {**service.settings, **settings})
        session = KIND.open(context)
        yield context, session
        session.close()


def excess(session):
    return {finding.check for finding in session.audit() if finding.is_excess}


@pytest.fixture
def filled_server(opensearch_server):
    opensearch_server.fill("net-roles", {str(n): {"n": n} for n in range(3)})
    opensearch_server.fill("hr-roles", {"1": {"name": "canary"}})
    yield opensearch_server
    for index in ("net-roles", "hr-roles"):
        opensearch_server.send("DELETE", f"/{index}")


def test_the_role_of_the_page_is_enough_for_opensearch_and_no_more(filled_server):
    double = OpenSearchSecurity(filled_server, OPENSEARCH, "graphkeep_reader")
    with held_to(double, index="net-roles") as (context, session):
        session.test()
        assert [table.name for table in session.schema().tables] == ["net-roles"]
        assert excess(session) == set()
        assert ask(KIND, "dsl", '{"index": "net-roles"}', context).num_rows == 3
        assert double.refused == []
        with pytest.raises(ConnectorError) as refused:
            ask(KIND, "dsl", '{"index": "hr-roles"}', context)

    assert (refused.value.stage, "canary" in str(refused.value)) == ("permission", False)
    assert {
        "cluster:monitor/main",
        "indices:data/read/point_in_time/create",
        "indices:data/read/search",
    } <= set(double.allowed)
    assert not double.is_allowed("indices:data/write/index", ["net-roles"])


def test_without_an_index_the_schema_says_what_to_set(opensearch_server):
    with (
        held_to(OpenSearchSecurity(opensearch_server, OPENSEARCH, "graphkeep_reader")) as (
            _,
            session,
        ),
        pytest.raises(ConnectorError) as refused,
    ):
        session.schema()

    assert refused.value.stage == "permission"
    assert "net-*" in refused.value.advice


OPENSEARCH_ROLES = {
    "all_access": "superuser", "admin": "superuser", "security_manager": "security",
    "security_rest_api_access": "security", "manage_snapshots": "snapshots",
    "snapshot_management_full_access": "snapshots", "kibana_server": "writes", "logstash": "writes",
    "readall": "other-indexes", "readall_and_monitor": "other-indexes", "alerting_full_access": "administration",
    "index_management_full_access": "administration", "ml_full_access": "administration",
}  # fmt: skip


@pytest.mark.parametrize("role", OPENSEARCH_ROLES)
def test_sh65_the_audit_warns_about_each_of_opensearch_s_own_roles(role):
    findings = opensearch_findings({"roles": ["graphkeep_reader", "own_index", role]})

    assert [found.check for found in findings if found.is_excess] == [OPENSEARCH_ROLES[role]]


def test_the_role_of_the_page_is_clean_at_elasticsearch():
    with held_to(ElasticsearchSecurity(ELASTICSEARCH)) as (_, session):
        assert excess(session) == set()


EXCESS = {
    "superuser": {"cluster": ["all"]},
    "security": {"cluster": ["manage_security"]},
    "security by keys": {"cluster": ["manage_api_key"]},
    "security by own keys": {"cluster": ["manage_own_api_key"]},
    "administration": {"cluster": ["manage"]},
    "administration of pipelines": {"cluster": ["manage_ingest_pipelines"]},
    "administration of templates": {"cluster": ["manage_index_templates"]},
    "snapshots": {"cluster": ["create_snapshot"]},
    "writes": {"indices": [{"names": NET, "privileges": ["read", "write"]}]},
    "writes by delete": {"indices": [{"names": ["net-2026"], "privileges": ["read", "delete"]}]},
    "writes by create_index": {"indices": [{"names": ["*"], "privileges": ["create_index"]}]},
    "writes by manage": {"indices": [{"names": NET, "privileges": ["manage"]}]},
    "other-indexes": {"indices": [{"names": ["*"], "privileges": ["read"]}]},
}  # fmt: skip


@pytest.mark.parametrize("name", EXCESS)
def test_sh65_the_audit_warns_about_each_excess_right_at_elasticsearch(name):
    with held_to(ElasticsearchSecurity({**ELASTICSEARCH, **EXCESS[name]})) as (_, session):
        found = excess(session)

    check = name.partition(" ")[0]
    assert check in found if check == "superuser" else found == {check}
