"""The Neo4j connector against a real server that speaks Bolt."""

import threading
import time
from contextlib import contextmanager

import pyarrow as pa
import pytest

from graphkeep.graph.interpretations.suggest import suggest_interpretations
from graphkeep.sources.databases.neo4j import KIND
from graphkeep.sources.databases.neo4j.audit import privilege_findings, role_findings
from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError
from tests.sources.databases.kinds import ask, check, context_of
from tests.sources.databases.neo4j.cypher_queries import (
    HONEST,
    HOSTILE,
    HOSTILE_BY_LABEL,
    LABELS,
)
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def server(arcadedb_server):
    arcadedb_server.execute(
        "MATCH (n) DETACH DELETE n",
        "CREATE (a:Host {name: 'a', seen: 1}), (b:Host {name: 'b'}), (c:Host {name: 'c'}),"
        " (s:Secret {name: 'canary-secret-node'}),"
        " (a)-[:KNOWS {weight: 2.5}]->(b), (b)-[:KNOWS]->(c), (b)-[:OWNS]->(s)",
    )
    return arcadedb_server


@pytest.fixture
def context(server):
    return connector(server)


def connector(server, *, limits=None, **changes):
    settings = {
        "host": server.host, "port": server.port, "database": server.database,
        "user": server.user, "tls": False, **changes,
    }  # fmt: skip
    return context_of(KIND, settings, {"password": server.password}, limits=limits)


@contextmanager
def opened(context):
    session = KIND.open(context)
    try:
        yield session
    finally:
        session.close()


def test_nodes_and_relationships_become_columns_of_a_graph(context):
    table = ask(
        KIND,
        "cypher",
        "MATCH (a {name: 'a'})-[r]->(b) RETURN a, r, b, date('2026-01-02') AS d",
        context,
    )

    (row,) = table.to_pylist()
    assert row.pop("r")
    assert (row["a"], row["b"]) == (row["r.source"], row["r.destination"])
    assert row["a"] != row["b"]
    assert str(row["d"]) == "2026-01-02"
    assert {name: row[name] for name in row if name not in {"a", "b", "r.source", "r.destination", "d"}} == {
        "a.labels": "Host", "a.name": "a", "a.seen": 1, "r.type": "KNOWS", "r.weight": 2.5,
        "b.labels": "Host", "b.name": "b",
    }  # fmt: skip


def test_a_path_gives_a_row_for_each_relationship(context):
    table = ask(
        KIND, "cypher", "MATCH p = (a {name: 'a'})-[*2]->(c:Host) RETURN p", context
    ).to_pylist()

    assert [(row["p.step"], row["p.source.name"], row["p.destination.name"]) for row in table] == [
        (1, "a", "b"), (2, "b", "c"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "source", "destination"),
    [
        ("MATCH (a)-[r]->(b) RETURN r", "r.source", "r.destination"),
        ("MATCH p = (a)-[*1..2]->(b) RETURN p", "p.source", "p.destination"),
        ("MATCH (a)-[e*2]->(b) RETURN a, e, b", "a", "b"),
    ],
)
def test_a_result_is_read_as_a_graph(text, source, destination, context):
    table = ask(KIND, "cypher", text, context)
    first = suggest_interpretations([pa.concat_tables([table] * 5)])[0]

    assert (first.kind, first.source, first.destination) == ("edges", source, destination)


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_query_gives_the_rows_of_the_bare_driver(text, context, server):
    bare = server.execute(text)
    sent = check(KIND, "cypher", text, context, allowed={"labels": LABELS})

    assert server.execute(sent.text, **dict(sent.parameters)) == bare
    assert ask(KIND, "cypher", text, context, allowed={"labels": LABELS}).num_rows == len(bare)


def test_nothing_beyond_the_allowed_labels_comes_back(context):
    for text in (
        "MATCH (n) RETURN n.name AS name",
        "MATCH (a)-->(b) RETURN b.name AS name",
        "MATCH p = (a)-[*1..3]->(b) RETURN p",
        "MATCH (a)-[r]->() RETURN r",
        "MATCH (a:Host) WITH a MATCH (a)-[*]->(b) RETURN b.name AS name",
        "MATCH (a:Host) OPTIONAL MATCH (a)-->(b) RETURN b.name AS name",
    ):
        free = ask(KIND, "cypher", text, context).to_pylist()
        held = ask(KIND, "cypher", text, context, allowed={"labels": LABELS}).to_pylist()

        assert "canary" in str(free) or "OWNS" in str(free), text
        assert "canary" not in str(held), text
        assert "OWNS" not in str(held), text
        assert held, text


def test_a_condition_is_not_worked_out_on_nodes_beyond_the_allowed_labels(context, server):
    server.execute("MATCH (s:Secret) SET s.salary = 100")
    text = "MATCH (n) WHERE 1 / (n.salary - 100) > 0 RETURN n.name AS name"

    with pytest.raises(ConnectorError, match="zero"):
        ask(KIND, "cypher", text, context)
    assert ask(KIND, "cypher", text, context, allowed={"labels": LABELS}).num_rows == 0
    held = ask(
        KIND, "cypher", "MATCH (n) WHERE n.name = 'a' OR n.name STARTS WITH 'canary' RETURN n.name AS name",
        context, allowed={"labels": LABELS},
    )  # fmt: skip
    assert held.to_pylist() == [{"name": "a"}]


def test_a_refused_query_makes_no_connection(server):
    context = connector(server)
    connections = []
    context.outbound.gateway.connect = lambda *_, **__: connections.append(1)
    context.outbound.gateway.addresses = lambda *_, **__: connections.append(1)
    refused = 0
    for text in HOSTILE:
        with pytest.raises(QueryRefusedError):
            ask(KIND, "cypher", text, context)
        refused += 1
    for text in HOSTILE_BY_LABEL:
        with pytest.raises(QueryRefusedError):
            ask(KIND, "cypher", text, context, allowed={"labels": LABELS})
        refused += 1

    assert (refused, connections) == (len(HOSTILE) + len(HOSTILE_BY_LABEL), [])


def test_test_audit_and_schema(context):
    with opened(context) as session:
        session.test()
        findings = {finding.check: finding for finding in session.audit()}
        schema = session.schema()

    assert findings["superuser"].is_excess  # ArcadeDB's root
    assert "cannot be told" in findings["writes"].message
    assert [(table.kind, table.name) for table in schema.tables] == [
        ("label", "Host"), ("label", "Secret"), ("relationship type", "KNOWS"),
        ("relationship type", "OWNS"),
    ]  # fmt: skip
    assert [column.name for column in schema.tables[0].columns] == ["name", "seen"]


def test_a_wrong_password_is_named_and_not_shown(server):
    context = context_of(
        KIND,
        {"host": server.host, "port": server.port, "user": server.user, "tls": False},
        {"password": "canary-wrong-password"},
    )
    with opened(context) as session, pytest.raises(ConnectorError) as failed:
        session.test()

    assert failed.value.stage == "sign-in"
    assert "canary" not in f"{failed.value!r} {failed.value.advice} {context!r}"


def test_a_server_without_tls_is_named(server):
    with opened(connector(server, tls=True)) as session, pytest.raises(ConnectorError) as failed:
        session.test()

    assert failed.value.stage == "tls"


def test_a_host_that_no_administrator_named_is_not_reached(server):
    context = context_of(
        KIND, {"host": server.host, "port": server.port, "user": "x", "tls": False}, named=()
    )
    for call in ("test", "audit"):
        with opened(context) as session, pytest.raises(ConnectorError) as failed:
            getattr(session, call)()
        assert failed.value.stage == "policy"


def test_the_cap_ends_the_result_with_one_row_more(server):
    context = connector(server, limits=QueryLimits(max_rows=50))
    table = ask(KIND, "cypher", "UNWIND range(1, 100000) AS x RETURN x", context)
    joined = ask(
        KIND, "cypher",
        "UNWIND range(1, 100000) AS x RETURN x UNION ALL UNWIND range(1, 100000) AS x RETURN x", context,
    )  # fmt: skip

    assert (table.num_rows, joined.num_rows) == (51, 51)


def test_the_rest_of_a_result_beyond_the_cap_is_not_waited_for(server):
    context = connector(server, limits=QueryLimits(max_rows=2_500))
    started = time.monotonic()
    table = ask(KIND, "cypher", f"{SLOW} UNION ALL {SLOW}", context)
    wait_until(lambda: not is_busy(server), lambda: "the source goes on", deadline_s=5)

    assert table.num_rows == 2_501
    assert time.monotonic() - started < 5.0


def test_rows_of_a_path_are_cut_at_the_cap(server):
    context = connector(server, limits=QueryLimits(max_rows=2))
    table = ask(KIND, "cypher", "MATCH p = (a)-[*2]->(b) RETURN p", context)

    assert table.num_rows == 3


SLOW = "UNWIND range(1, 9000) AS a UNWIND range(1, 9000) AS b WITH a, b WHERE a % 100 = 9 RETURN a"


AGGREGATE = SLOW.replace("RETURN a", "RETURN count(*) AS n").replace("9000", "90000")


def running_at(server, text):
    """What the server itself lists as running."""
    rows = server.execute("SHOW TRANSACTIONS YIELD currentQuery RETURN currentQuery")
    return [query for (query,) in rows if text[:30] in query]


@pytest.mark.parametrize("text", [SLOW, AGGREGATE], ids=["rows", "aggregate"])
@pytest.mark.parametrize("is_late", [False, True], ids=["cancel", "deadline"])
def test_a_query_that_is_ended_does_not_run_at_the_source_any_more(server, text, is_late):
    context = connector(server)
    session = KIND.open(context)
    failures = []

    def run():
        try:
            list(session.run(check(KIND, "cypher", text, context)))
        except ConnectorError as error:
            failures.append(error.stage)

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: running_at(server, text), lambda: "the source never began")
    before = server.cpu_ticks()
    session.client.end("timeout") if is_late else session.cancel()
    wait_until(lambda: not running_at(server, text), lambda: running_at(server, text), poll_s=0.01)
    used = server.cpu_ticks() - before
    thread.join()
    session.close()

    # Of its own time, less than a second: a bound that holds on a busy machine too.
    assert used < 100
    assert failures == ["timeout" if is_late else "query"]


def test_cancel_ends_only_the_transactions_of_its_own_connection(server):
    context = connector(server)
    first, second = KIND.open(context), KIND.open(context)
    failures = []

    def run(session):
        try:
            list(session.run(check(KIND, "cypher", AGGREGATE, context)))
        except ConnectorError as error:
            failures.append((session, error.message))

    threads = [threading.Thread(target=run, args=(session,)) for session in (first, second)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(running_at(server, AGGREGATE)) == 2)
    first.cancel()
    wait_until(lambda: len(running_at(server, AGGREGATE)) == 1)
    threads[0].join()
    assert failures == [(first, "The query was canceled.")]

    second.cancel()
    wait_until(lambda: not running_at(server, AGGREGATE))
    threads[1].join()
    first.close()
    second.close()


def test_cancel_while_the_driver_connects_ends_the_query(server):
    context = connector(server)
    session = KIND.open(context)
    resolve = context.outbound.gateway.addresses

    def resolve_and_cancel(*arguments):
        session.cancel()
        return resolve(*arguments)

    context.outbound.gateway.addresses = resolve_and_cancel
    with pytest.raises(ConnectorError, match="canceled"):
        list(session.run(check(KIND, "cypher", SLOW, context)))
    session.close()


def test_the_time_cap_ends_the_query(server):
    context = connector(server, limits=QueryLimits(max_seconds=0.5))
    started = time.monotonic()
    with pytest.raises(ConnectorError) as failed:
        ask(KIND, "cypher", SLOW, context)

    assert failed.value.stage == "timeout"
    assert time.monotonic() - started < 2.0


def is_busy(server) -> bool:
    """Whether the server computes for more than a tenth of the next moment."""
    before = server.cpu_ticks()
    time.sleep(0.2)
    return server.cpu_ticks() - before > 2


def privilege(action, graph="graphs", access="GRANTED"):
    return {"access": access, "action": action, "resource": "all", "graph": graph}


def test_the_recipe_s_privileges_are_no_excess():
    rows = [privilege("access"), privilege("match"), privilege("execute", "*")]

    assert [finding.check for finding in privilege_findings(rows) if finding.is_excess] == []


@pytest.mark.parametrize(
    ("action", "graph", "expected"),
    [
        ("write", "graphs", "writes"),
        ("create_element", "graphs", "writes"),
        ("set_property", "graphs", "writes"),
        ("load_all_data", "graphs", "server-files"),
        ("execute_boosted", "graphs", "boosted-procedures"),
        ("execute_admin", "graphs", "admin-procedures"),
        ("show_transaction", "graphs", "other-transactions"),
        ("create_index", "graphs", "administration"),
        ("all_database_privileges", "graphs", "administration"),
        ("impersonate", "graphs", "impersonation"),
        ("match", "*", "other-databases"),
        ("user_management", "*", "administration"),
        ("alias_management", "*", "administration"),
        ("load_cidr", "*", "server-files"),
    ],
)
def test_each_excess_right_is_a_warning(action, graph, expected):
    findings = privilege_findings([privilege(action, graph)])
    denied = privilege_findings([privilege(action, graph, "DENIED")])

    assert [finding.check for finding in findings if finding.is_excess] == [expected]
    assert not any(finding.is_excess for finding in denied)


def test_roles_are_told():
    assert [f.check for f in role_findings(["admin", "PUBLIC"]) if f.is_excess] == ["superuser"]
    assert [f.check for f in role_findings(["publisher"]) if f.is_excess] == ["writes"]
    assert [f.check for f in role_findings(["graphkeep"]) if f.is_excess] == []
    assert [f.check for f in role_findings(None) if f.is_excess] == ["roles"]
