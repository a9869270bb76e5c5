"""TAXII 2.1 against medallion, the server of OASIS, held against OASIS's own client."""

import json
from datetime import UTC, datetime

import pytest
from taxii2client.v21 import Server, as_pages

from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.setting_values import SettingValueError
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError
from graphkeep.sources.databases.taxii import KIND
from tests.database_servers.taxii import CLOSED, INTEL, PASSWORD, USER, running_taxii, stix_id
from tests.sources.databases.http.json_service import Reply, json_service
from tests.sources.databases.kinds import ask, check, context_of


@pytest.fixture(scope="module")
def taxii():
    with running_taxii() as server:
        yield server


def context(server, *, token=PASSWORD, limits=None, **settings):
    return context_of(KIND, {**server.settings, **settings}, {"token": token}, limits=limits)


def query(collection="Intelligence", **keys):
    return json.dumps({"collection": collection, **keys})


def read_by_client_of_oasis(server):
    api_root = Server(server.url, user=USER, password=PASSWORD).default
    collection = next(each for each in api_root.collections if each.id == INTEL)
    return [
        each
        for page in as_pages(collection.get_objects, per_request=20)
        for each in page.get("objects", [])
    ]


def test_all_pages_give_the_objects_that_the_client_of_oasis_reads(taxii):
    objects = read_by_client_of_oasis(taxii)

    table = ask(KIND, "taxii", query(table="objects"), context(taxii))

    assert table.num_rows == len(objects) == 63
    assert table["id"].to_pylist() == [each["id"] for each in objects]


def test_relationships_are_edges_and_other_objects_nodes(taxii):
    edges = ask(KIND, "taxii", query(), context(taxii))
    nodes = ask(KIND, "taxii", query(INTEL, table="nodes"), context(taxii))

    assert edges.num_rows == 30
    assert edges.select(["source", "target", "type"]).to_pylist()[4] == {
        "source": stix_id("indicator", 4),
        "target": stix_id("malware", 1),
        "type": "indicates",
    }
    assert nodes.num_rows == 33
    assert nodes["name"].to_pylist()[:2] == ["family 0", "family 1"]
    assert set(edges["target"].to_pylist()) < set(nodes["id"].to_pylist())


def test_objects_are_chosen_by_type_id_and_time(taxii):
    by_type = ask(KIND, "taxii", query(table="nodes", type=["malware"]), context(taxii))
    by_id = ask(
        KIND, "taxii", query(table="nodes", id={"$param": "id"}), context(taxii),
        parameters={"id": stix_id("indicator", 7)},
    )  # fmt: skip
    late = ask(
        KIND, "taxii", query(table="objects"), context(taxii),
        since=datetime(2026, 11, 2, 0, 1, tzinfo=UTC), until=datetime(2026, 12, 1, tzinfo=UTC),
    )  # fmt: skip

    assert by_type["name"].to_pylist() == ["family 0", "family 1", "family 2"]
    assert by_id["name"].to_pylist() == ["address 7"]
    assert late.num_rows == 2  # of the 63, added a second apart


def test_no_page_is_fetched_beyond_the_rows_that_are_wanted(taxii):
    limited = context(taxii, limits=QueryLimits(max_rows=15), page_size=10)

    assert ask(KIND, "taxii", query(table="objects"), limited).num_rows == 20


def test_the_schema_and_the_audit_are_those_of_the_account(taxii):
    session = KIND.open(context(taxii))

    session.test()
    assert [(table.name, table.container) for table in session.schema().tables] == [
        ("Intelligence", INTEL),
        ("Empty", "33333333-1111-4111-8111-111111111111"),
    ]
    assert [finding.is_excess for finding in session.audit()] == [False]
    with running_taxii(can_write=True) as writable:
        (finding,) = KIND.open(context(writable)).audit()
    assert (finding.check, finding.is_excess) == ("writes", True)
    assert finding.message == "The account may add objects to: Intelligence."


@pytest.mark.parametrize(
    ("settings", "text", "stage"),
    [
        ({"token": "wrong-canary"}, query(), "sign-in"),
        ({}, query(CLOSED), "permission"),
        ({}, query("Nothing"), "query"),
        ({"discovery_path": "/nothing/"}, query(), "query"),
    ],
)
def test_failures_are_named_by_their_stage(taxii, settings, text, stage):
    with pytest.raises(ConnectorError) as raised:
        ask(KIND, "taxii", text, context(taxii, **settings))

    assert raised.value.stage == stage
    assert "canary" not in str(raised.value) + raised.value.advice


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "A query is written as JSON"),
        ("[]", "A query is an object"),
        ("{}", "Name the collection"),
        (query(tabel="x"), "A query has no key 'tabel'"),
        (query(table="x"), "There is no table 'x'"),
        (query(type="a b"), "'a b' is no type"),
        (query(type="malware&limit=1"), "is no type"),
        (query(id="malware"), "is no id"),
        (query(version="newest"), "is no version"),
        (query(added_after="yesterday"), "is no added_after"),
        (query(id={"$param": "x"}), "The parameter 'x' is not in the query, or has no value"),
    ],
)
def test_what_is_no_query_is_refused(text, message):
    with pytest.raises(QueryRefusedError, match=message):
        check(KIND, "taxii", text)


def test_the_policy_names_the_collections():
    assert check(KIND, "taxii", query(), allowed={"collections": ("Intel*",)}).names == (
        "collections: Intelligence",
    )
    with pytest.raises(QueryRefusedError) as raised:
        check(KIND, "taxii", query(), allowed={"collections": ("Public", "Partners*")})
    assert str(raised.value) == (
        "Collection `Intelligence` is not allowed here; allowed: Public, Partners*."
    )


@pytest.mark.parametrize(
    "link",
    ["http://evil.example/root/", "http://169.254.169.254/root/", "//evil.example/root/",
     "http://user@127.0.0.1/root/", "file:///etc/passwd", "/a/../root/", "gopher://127.0.0.1:1/root",
     "http://[::1", "//", "http:///root", 17, None],
)  # fmt: skip
def test_an_api_root_elsewhere_is_not_asked(link):
    def answer(request):
        if request.path == "/taxii2/":
            return Reply(content={"title": "t", "api_roots": [link]})
        return Reply(content={"collections": []})

    with json_service(answer) as service:
        settings = {**service.settings, "authentication": "none"}
        with pytest.raises(ConnectorError, match="names no API root"):
            KIND.open(context_of(KIND, settings)).test()
        assert service.paths == ["/taxii2/"]


def test_a_server_that_sends_the_same_page_for_ever_is_left():
    def answer(request):
        if request.path == "/taxii2/":
            return Reply(content={"title": "t", "default": "/root/"})
        if request.path == "/root/collections/":
            return Reply(content={"collections": [{"id": "c", "title": "C", "can_read": True}]})
        return Reply(
            content={"more": True, "next": "same", "objects": [{"id": "x--1", "type": "x"}]}
        )

    with json_service(answer) as service:
        settings = {**service.settings, "authentication": "none"}
        with pytest.raises(ConnectorError, match="sends nothing new"):
            ask(KIND, "taxii", query("C", table="objects"), context_of(KIND, settings))
        assert len(service.requests) < 6


@pytest.mark.parametrize(
    ("settings", "name"),
    [({"discovery_path": "taxii"}, "discovery_path"), ({"discovery_path": "/a/../b"}, "discovery_path"),
     ({"user": "a:b"}, "user"), ({"ca_certificates": "x"}, "ca_certificates"), ({"url": "x"}, "url"),
     ({"host": "http://x"}, "host")],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused_and_named(settings, name):
    with pytest.raises(SettingValueError) as raised:
        context_of(KIND, {"host": "taxii.example", **settings})
    assert raised.value.name == name
