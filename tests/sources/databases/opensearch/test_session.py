"""The OpenSearch connector against a real server, beside the unmodified client of OpenSearch."""

import json
import socket
import threading
import time

import pytest
from opensearchpy import OpenSearch

from graphkeep.sources.databases.opensearch import KIND
from graphkeep.sources.databases.opensearch.audit import (
    elasticsearch_findings,
    opensearch_findings,
)
from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError
from tests.ports import free_port
from tests.sources.databases.kinds import ask, check, context_of
from tests.sources.databases.opensearch.dsl_queries import (
    HONEST,
    HONEST_AGGREGATIONS,
    HOSTILE_BODIES,
    HOSTILE_INDEXES,
    INDEXES,
    PARAMETERS,
    text_of,
)
from tests.waiting import machine_load

ALLOWED = {"indexes": INDEXES}
EVENTS = {
    "1": {"@timestamp": "2026-01-01T10:00:00Z", "host": "a", "bytes": 100, "message": "login denied", "user": "alice"},
    "2": {"@timestamp": "2026-01-02T10:00:00Z", "host": "b", "bytes": 200, "message": "login accepted"},
    "3": {"@timestamp": "2026-01-03T10:00:00Z", "host": "a", "bytes": 300, "message": "denied", "tags": ["x", "y"]},
}  # fmt: skip


@pytest.fixture(scope="module")
def server(opensearch_server):
    opensearch_server.fill("net", EVENTS)
    opensearch_server.fill("auth-1", {"4": {"host": "c", "bytes": 1}})
    opensearch_server.fill("hr", {"5": {"name": "canary-secret-document"}})
    opensearch_server.fill("many", {str(n): {"n": n, "group": n % 7} for n in range(12_000)})
    return opensearch_server


@pytest.fixture
def context(server):
    return connector(server.port)


@pytest.fixture(scope="module")
def client(server):
    with OpenSearch(f"http://{server.host}:{server.port}") as client:
        yield client


def connector(port, *, limits=None, secrets=None, **settings):
    return context_of(
        KIND, {"host": "127.0.0.1", "port": port, "tls": False, **settings}, secrets, limits=limits
    )


def bound(body):
    """A body with its parameters in their places, as the bare client needs it."""
    text = json.dumps(body)
    for name, value in PARAMETERS.items():
        text = text.replace(json.dumps({"$param": name}), json.dumps(value))
    return json.loads(text)


@pytest.mark.parametrize("body", HONEST, ids=str)
def test_an_honest_query_gives_the_documents_of_the_bare_client(body, context, client):
    bare = client.search(index="net", body=bound(body))["hits"]
    table = ask(KIND, "dsl", text_of(body), context, allowed=ALLOWED, parameters=PARAMETERS)

    given = [row["_id"] for row in table.to_pylist()]
    expected = [hit["_id"] for hit in bare["hits"]]
    assert (given if "sort" in body else sorted(given)) == (
        expected if "sort" in body else sorted(expected)
    )
    fields = {name for hit in bare["hits"] for name in hit["_source"]}
    assert set(table.column_names) == fields | {"_id", "_index"}


@pytest.mark.parametrize("body", HONEST_AGGREGATIONS, ids=str)
def test_an_aggregation_gives_a_row_for_each_bucket(body, context, client):
    bare = client.search(index="net", body={"size": 0, **body})["aggregations"]
    rows = ask(KIND, "dsl", text_of(body), context, allowed=ALLOWED).to_pylist()

    buckets = [bucket for result in bare.values() for bucket in result.get("buckets", ())]
    assert len(rows) == (len(buckets) or 1)
    if buckets:
        assert [row["count"] for row in rows] == [bucket["doc_count"] for bucket in buckets]


def test_columns_have_types_and_nested_values_stay(context):
    rows = ask(KIND, "dsl", text_of({"sort": ["bytes"]}), context, allowed=ALLOWED).to_pylist()

    assert rows[2]["tags"] == '["x", "y"]'
    assert (rows[0]["@timestamp"].isoformat(), rows[0]["bytes"], rows[1]["user"]) == (
        "2026-01-01T10:00:00+00:00", 100, None,
    )  # fmt: skip


def test_nothing_of_another_index_comes_back(context):
    rows = ask(KIND, "dsl", "{}", context, allowed=ALLOWED).to_pylist()
    everything = ask(KIND, "dsl", text_of({}, "hr"), context).to_pylist()

    assert sorted(row["_id"] for row in rows) == ["1", "2", "3", "4"]
    assert "canary" in str(everything)


def test_a_refused_query_sends_nothing(server):
    context = connector(server.port)
    sent = []
    context.outbound.gateway.connect = lambda *_, **__: sent.append(1)
    refused = 0
    for text in [*map(text_of, HOSTILE_BODIES), *(text_of({}, index) for index in HOSTILE_INDEXES)]:
        with pytest.raises(QueryRefusedError):
            ask(KIND, "dsl", text, context, allowed=ALLOWED, parameters=PARAMETERS)
        refused += 1

    assert (refused, sent) == (len(HOSTILE_BODIES) + len(HOSTILE_INDEXES), [])


def test_pages_lose_no_document_and_double_none(context):
    text = text_of({"sort": [{"group": "asc"}], "_source": ["n", "group"]}, "many")
    session = KIND.open(context)
    batches = list(session.run(check(KIND, "dsl", text, context)))
    rows = [row for batch in batches for row in batch.to_pylist()]
    session.close()

    assert session.total_rows() == 12_000
    assert sorted(row["n"] for row in rows) == list(range(12_000))
    assert [row["group"] for row in rows] == sorted(row["group"] for row in rows)
    assert max(batch.num_rows for batch in batches) <= 10_000


def test_the_cap_ends_the_result_with_one_row_more(server):
    context = connector(server.port, limits=QueryLimits(max_rows=6_000))
    session = KIND.open(context)
    asked = []
    search = session.client.search
    session.client.search = lambda body, *more: asked.append(body["size"]) or search(body, *more)
    rows = sum(
        batch.num_rows for batch in session.run(check(KIND, "dsl", text_of({}, "many"), context))
    )
    session.close()

    assert (rows, session.total_rows(), asked) == (6_001, 12_000, [1_000, 5_000, 1])


def test_test_audit_and_schema(context):
    session = KIND.open(context)
    session.test()
    (finding,) = session.audit()
    schema = session.schema()
    session.close()

    assert (finding.check, finding.is_excess) == ("anonymous", True)
    assert [table.name for table in schema.tables] == ["auth-1", "hr", "many", "net"]
    assert [(column.name, column.type) for column in schema.tables[2].columns] == [
        ("group", "long"), ("n", "long"),
    ]  # fmt: skip


def test_the_source_s_reason_is_told(context):
    with pytest.raises(ConnectorError) as failed:
        ask(KIND, "dsl", text_of({}, "nowhere"), context)

    assert failed.value.stage == "query"
    assert "no such index [nowhere]" in failed.value.message


class Listener:
    """Answers the version, and `status` to all else, or nothing at all; notes requests and when a client leaves."""

    def __init__(self, status=None):
        self.port = free_port()
        self.status = status
        self.requests = []
        self.left_at = 0.0
        self.has_searched = threading.Event()
        self.has_left = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with connection:
            while request := connection.recv(65536).decode():
                self.requests.append(request)
                body = b'{"version": {"number": "3.8.0", "distribution": "opensearch"}}'
                if self.status is None and not request.startswith("GET / "):
                    self.has_searched.set()
                    connection.recv(1)
                    self.left_at = time.monotonic()
                    self.has_left.set()
                    return
                line = "200 OK" if self.status is None else self.status
                head = f"HTTP/1.1 {line}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                connection.sendall(head.encode() + body)


@pytest.fixture
def listener(request):
    listener = Listener(getattr(request, "param", None))
    yield listener
    listener.listener.close()


def test_cancel_ends_the_query_at_the_source_within_a_second(listener):
    context = connector(listener.port)
    session = KIND.open(context)
    failures = []

    def run():
        try:
            list(session.run(check(KIND, "dsl", text_of({}), context)))
        except ConnectorError as error:
            failures.append(error.message)

    thread = threading.Thread(target=run)
    thread.start()
    assert listener.has_searched.wait(10)
    started = time.monotonic()
    session.cancel()
    assert listener.has_left.wait(5)
    thread.join(10)
    session.close()

    assert listener.left_at - started < machine_load()
    assert failures == ["The query was canceled."]


def test_the_time_cap_ends_the_query(listener):
    context = connector(listener.port, limits=QueryLimits(max_seconds=0.5))
    started = time.monotonic()
    with pytest.raises(ConnectorError) as failed:
        ask(KIND, "dsl", text_of({}), context)

    assert failed.value.stage == "timeout"
    assert time.monotonic() - started < 3.0


@pytest.mark.parametrize(
    ("listener", "stage"),
    [("401 Unauthorized", "sign-in"), ("403 Forbidden", "permission"), ("302 Found", "policy")],
    indirect=["listener"],
)
def test_a_refusal_of_the_source_is_named_without_a_secret(listener, stage):
    context = connector(
        listener.port, user="alice", secrets={"password": "canary-password"}, index="net"
    )
    with pytest.raises(ConnectorError) as failed:
        KIND.open(context).test()

    assert failed.value.stage == stage
    assert "Basic YWxpY2U6Y2FuYXJ5LXBhc3N3b3Jk" in "".join(listener.requests)
    assert "canary" not in f"{failed.value!r} {failed.value.advice} {context!r}"


def test_cancel_between_two_pages_ends_the_query(server):
    context = connector(server.port)
    session = KIND.open(context)
    search = session.client.search

    def search_and_cancel(*arguments):
        answer = search(*arguments)
        session.cancel()
        return answer

    session.client.search = search_and_cancel
    with pytest.raises(ConnectorError, match="canceled"):
        list(session.run(check(KIND, "dsl", text_of({}, "many"), context)))
    session.close()


@pytest.mark.parametrize("listener", ["403 Forbidden"], indirect=True)
def test_an_account_that_may_not_ask_for_the_version_signs_in(listener):
    KIND.open(connector(listener.port)).test()

    assert [request.split("\r\n")[0] for request in listener.requests] == ["GET / HTTP/1.1"]


def test_an_api_key_is_sent_in_place_of_a_password(listener):
    context = connector(listener.port, secrets={"api_key": "a2V5OnNlY3JldA=="})
    KIND.open(context).test()

    assert "Authorization: ApiKey a2V5OnNlY3JldA==" in listener.requests[-1]


def test_the_recipe_s_role_is_no_excess_and_each_excess_right_is_a_warning():
    def elasticsearch(cluster=(), everywhere=()):
        findings = elasticsearch_findings(
            dict.fromkeys(cluster, True), {"*": dict.fromkeys(everywhere, True)}
        )
        return [finding.check for finding in findings if finding.is_excess]

    assert elasticsearch() == []
    assert elasticsearch(["all"]) == ["superuser"]
    assert elasticsearch(["manage_security"]) == ["security"]
    assert elasticsearch(["create_snapshot"]) == ["snapshots"]
    assert elasticsearch(["manage"]) == ["administration"]
    assert elasticsearch([], ["read"]) == ["other-indexes"]
    assert elasticsearch([], ["delete"]) == ["writes"]
    assert [f.is_excess for f in opensearch_findings({"roles": ["graphkeep_reader", "own_index"]})] == [False]  # fmt: skip
    assert [f.check for f in opensearch_findings({"roles": ["all_access"]})] == ["superuser"]
