"""Forty credentials of connectors, well and badly used with real sources, stand nowhere; keys rotate under queries."""

import os
import sqlite3
import threading
import time
import zipfile
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.bridge.processes import AgentProcess, BridgedServer
from tests.connectors import signing
from tests.drills.isolation.canary_search import environments, forms, opened_backup, random_word
from tests.drills.isolation.connector_site import (
    CASES_BY_KIND,
    HTTP,
    ConnectorSite,
    slow_answers,
)
from tests.servers import running_server
from tests.sources.databases.http.json_service import json_service
from tests.waiting import machine_load, wait_until

pytestmark = pytest.mark.flow
PROVE = bool(os.environ.get("GRAPHKEEP_PROVE"))
ROTATIONS = 10 if PROVE else 1
ALL = (
    "postgresql", "mysql", "neo4j", "opensearch", "splunk", "virustotal", "taxii", "clickhouse", "databricks",
)  # fmt: skip
KINDS = ALL if PROVE else ("postgresql", "splunk", "virustotal", "databricks")
EXCEPT = {"data/config/custom.env"}
SLOW_S = 3.0
LONG = "SELECT count(*) FROM flows a, flows b, flows c, flows d, flows e, flows f"
BUSY = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'contract' AND state = 'active'"


@pytest.fixture(scope="module")
def site(tmp_path_factory, request):
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("GRAPHISTRY_NEXUS_ENCRYPTION_KEYS", "GRAPHKEEP_TEST_DATABASE_URL"):
            patch.delenv(name, raising=False)
        home = tmp_path_factory.mktemp("home")
        (home / "data/config").mkdir(parents=True)
        configured = random_word("configured")
        (home / "data/config/custom.env").write_text(f"VIRUSTOTAL_KEY='{configured}'\n")
        (home / "data/config/custom.env").chmod(0o600)
        server = stack.enter_context(
            running_server(
                home,
                "alice",
                "bob",
                LOG_LEVEL="TRACE",
                GRAPHKEEP_ACCESS_LOG="true",
                CONNECTOR_NETWORKS="127.0.0.0/8,localhost",
            )
        )
        server.passwords["root"] = random_word("root")
        service = stack.enter_context(json_service(slow_answers(SLOW_S)))
        made = ConnectorSite(server, service)
        made.canaries["configured key"] = configured
        made.add_slow_http()
        for kind in KINDS:
            made.add_case(kind, request.getfixturevalue(CASES_BY_KIND[kind].server))
        yield made


def test_sh56_keys_rotate_while_queries_run_and_none_fails(site):
    """Each rotation replaces all processes three times, each time under a query that takes seconds."""
    over, outcomes, refused = threading.Event(), [], []

    def ask(kind):
        while not over.is_set():
            started = site.start_query(kind)
            if started.status_code != 202:
                refused.append((kind, started.status_code, started.text[:200]))
                continue
            run = site.ended(started.json()["query_id"])
            outcomes.append((kind, run["state"], run["message"], run["rows"]))

    former = site.configured("GRAPHISTRY_NEXUS_ENCRYPTION_KEYS")
    threads = [threading.Thread(target=ask, args=(kind,)) for kind in (HTTP, "postgresql")]
    for thread in threads:
        thread.start()
    try:
        for number in range(ROTATIONS):
            site.canaries[f"encryption key {number}"] = site.configured(
                "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"
            )
            site.server.run("secrets", "rotate", "encryption")
    finally:
        over.set()
        for thread in threads:
            thread.join()

    assert refused == []
    assert set(outcomes) == {(HTTP, "done", "", 1), ("postgresql", "done", "", 5)}
    assert len(outcomes) > 3 * ROTATIONS
    assert former not in site.configured("GRAPHISTRY_NEXUS_ENCRYPTION_KEYS")
    assert {kind: site.stage(kind) for kind in site.connectors} == dict.fromkeys(site.connectors)
    print(f"{ROTATIONS} rotations, {len(outcomes)} queries, all done")


def test_sh60_a_grant_that_is_taken_ends_the_query_at_the_source(site, postgresql_server):
    query = {"language": "sql", "text": LONG}
    run_id = site.start_query("postgresql", query).json()["query_id"]
    wait_until(lambda: postgresql_server.ask(BUSY) == [(1,)], lambda: site.state(run_id))

    site.grant("postgresql", "bob")
    started = time.monotonic()
    wait_until(lambda: postgresql_server.ask(BUSY) == [(0,)], poll_s=0.02)
    seconds = time.monotonic() - started

    run = site.ended(run_id)
    assert (run["state"], run["stage"]) == ("cancelled", "permission")
    assert site.start_query("postgresql", query).status_code == 403
    site.grant("postgresql", "alice")
    print(f"ended at the source after {seconds:.2f} s")
    assert not PROVE or seconds <= machine_load()


def use_well_and_badly(site, kind, folder):
    """Each way in which a credential of a connector comes to the server, right and wrong."""
    one = f"connectors/{site.connectors[kind]}/"

    def plant(name):
        return site.plant(f"{kind} {name}")

    right = {
        name.partition(" ")[2]: secret
        for name, secret in site.canaries.items()
        if name in {f"{kind} password", f"{kind} token"}
    }
    wrong = {"secrets": {field: plant(f"wrong {field}") for field in right}}
    assert site.api("PATCH", one, wrong).status_code == 200
    assert site.stage(kind) == ("sign-in" if kind != HTTP else None)
    site.ended(site.start_query(kind).json()["query_id"])
    for method, path in (("POST", "audit/"), ("GET", "schema/"), ("GET", ""), ("GET", "grants/")):
        site.api(method, one + path)
    assert site.api("PATCH", one, {"secrets": right}).status_code == 200
    assert site.stage(kind) is None
    for method, path in (("POST", "audit/"), ("GET", "schema/"), ("GET", "")):
        site.api(method, one + path)
    run_id = site.ended(site.start_query(kind).json()["query_id"])["query_id"]
    for form in ("json", "csv", "arrow"):
        assert site.rows(run_id, form).status_code == 200
    assert site.api("POST", f"queries/{run_id}/draw/", {}, person="alice").status_code == 201

    token = {"token": plant("token-of-alice")}
    assert site.api("PUT", f"{one}tokens/alice/", token, person="alice").status_code == 204
    site.ended(site.start_query(kind).json()["query_id"])
    many = f"username,PAT\nalice,{plant('csv-of-alice')}\nbob,{plant('csv-of-bob')}\n".encode()
    assert site.api("PUT", f"{one}tokens/", many, content_type="text/csv").status_code == 200
    site.ended(site.start_query(kind).json()["query_id"])
    site.api("GET", f"{one}tokens/")

    key = site.configured("GRAPHISTRY_NEXUS_ENCRYPTION_KEYS")
    half = {"pats": {"bob": plant("half-of-bob")}}
    sealed = {"keyjson": signing.keyjson(half, key)}
    assert site.api("PATCH", one, sealed).status_code == 200
    mistakes = (
        {"settings": {"nonsense": plant("unknown-setting")}},
        {"secrets": {"nonsense": plant("unknown-secret")}},
        {"settings": {"host": f"reader:{plant('in-host')}@db.example"}},
        {"name": "x", "password": plant("unknown-field")},
        b'{"secrets": {"password": "' + plant("broken-body").encode(),
    )
    for mistake in mistakes:
        site.api("PATCH", one, mistake)
    csv = b"user\n" + plant("broken-csv").encode()
    assert site.api("PUT", f"{one}tokens/", csv, content_type="text/csv").status_code == 422
    assert site.api("DELETE", f"{one}tokens/").status_code == 204
    for field, secret in right.items():
        (folder / f"{kind}-{field}").write_text(secret)
        reference = {"secrets": {field: f"secret://file{folder}/{kind}-{field}"}}
        assert site.api("PATCH", one, reference).status_code == 200
    assert site.stage(kind) is None
    assert site.api("PATCH", one, {"secrets": right}).status_code == 200


def use_portal(site):
    admin, url = site.admin(), site.server.url
    for path in ("", *(f"{one}/" for one in site.connectors.values())):
        page = f"/admin-portal/connectors/{path}"
        answer = admin.session.get(url + page, timeout=60)
        assert answer.url == url + page, answer.url
        site.note(page, answer)
        for action in ("check", "audit", "schema") if path else ():
            site.note(f"{page} {action}", admin.fill(page, action=action))
    secret = site.plant("typed beside-a-wrong-host")
    form = {"name": "typed", "settings.host": "reader@db.example", "settings.port": "5432",
            "settings.database": "net", "settings.user": "reader", "settings.tls": "verify-full"}  # fmt: skip
    page = "/admin-portal/connectors/add/postgresql/"
    site.note(page, admin.fill(page, **form, **{"secrets.password": secret}))
    form["settings.host"] = f"reader:{site.plant('typed in-the-host')}@db.example"
    answer = admin.fill(page, **form)
    site.note(f"{page} again", answer)
    assert "has a user name" in answer.text
    form["name"] = "kept"
    form["settings.host"] = "127.0.0.1"
    secret = site.plant("typed and-stored")
    answer = admin.fill(page, **form, **{"secrets.password": secret})
    assert answer.url != url + page, answer.text
    site.note(f"{page} stored", answer)
    answer = admin.fill(answer.url.removeprefix(url), action="forget", secret="password")
    site.note(f"{page} forgotten", answer)
    assert "is forgotten" in answer.text


def use_bridge(site, folder, postgresql_server):
    """A source behind a data bridge, whose credential stays there; the server holds another, which it sends."""
    bridged = BridgedServer(site.server)
    keys = bridged.pair("factory")
    for line in keys.splitlines()[2:]:
        name, _, value = line.partition("=")
        site.canaries[f"bridge {name}"] = value
    own = random_word("own")
    postgresql_server.run(f"CREATE ROLE factory LOGIN PASSWORD '{own}'")
    postgresql_server.run("GRANT SELECT ON hosts, flows TO factory")
    site.canaries["bridge's own password"] = own
    authority = folder / "authority.pem"
    authority.write_text(postgresql_server.authority)
    agent = AgentProcess(
        folder / "agent",
        f"GRAPHISTRY_HOST={site.server.url}\nGRAPHISTRY_LOG_LEVEL=DEBUG\n{keys}FACTORY_KIND=postgresql\n"
        f"FACTORY_HOST=127.0.0.1\nFACTORY_PORT={postgresql_server.port}\nFACTORY_DATABASE=net\n"
        f"FACTORY_USER=factory\nFACTORY_PASSWORD={own}\nFACTORY_CA_CERTIFICATES_FILE={authority}\n",
    ).start()
    try:
        wait_until(
            lambda: bridged.is_connected("factory") or agent.process.poll() is not None,
            lambda: agent.log,
        )
        assert agent.process.poll() is None, agent.log
        body = {
            "name": "behind the bridge", "kind": "postgresql", "slot": "factory",
            "settings": {"host": "nowhere.invalid", "database": "x", "user": "nobody"},
            "secrets": {"password": site.plant("server's password-for-the-bridge")},
        }  # fmt: skip
        made = site.api("POST", "connectors/", body)
        assert made.status_code == 201, made.text
        site.connectors["bridged"] = made.json()["connector_id"]
        assert site.stage("bridged") is None
        query = {"language": "sql", "text": CASES_BY_KIND["postgresql"].rows}
        run_id = site.start_query("bridged", query, person="root").json()["query_id"]
        assert site.ended(run_id, person="root")["rows"] == 5
        whole = environments_of(agent.process.pid)
    finally:
        agent.stop()
    files = (path for path in (folder / "agent").rglob("*") if path.is_file())
    return whole + b"".join(path.read_bytes() for path in files if path.name != "connector.env")


def environments_of(pid):
    process = Path(f"/proc/{pid}")
    return process.joinpath("environ").read_bytes() + process.joinpath("cmdline").read_bytes()


def test_sh86_ad23_forty_canaries_of_connectors_are_nowhere(site, tmp_path, postgresql_server):
    for kind in list(site.connectors):
        use_well_and_badly(site, kind, tmp_path)
    use_portal(site)
    server = site.server
    places = dict(site.seen)
    places["bridge"] = use_bridge(site, tmp_path, postgresql_server)
    assert len(site.canaries) >= 40
    assert {"password", "token"} & {name.rpartition(" ")[2] for name in site.canaries}
    assert any(site.canaries["http token"] in str(one.query) for one in site.waits.requests)
    for words in (
        ("audit",), ("config", "list"), ("connector", "list", "--json"), ("egress", "list"),
        ("bridge", "list"), ("secrets", "check"), ("doctor",),
    ):  # fmt: skip
        done = server.attempt(*words)
        places[" ".join(words)] = (done.stdout + done.stderr).encode()
    places["environments"] = environments(server)
    places["backup"] = opened_backup(server)
    server.run("support", "bundle", "--to", str(server.home / "help.zip"))
    bundle = zipfile.ZipFile(server.home / "help.zip")
    places["bundle"] = b"".join(bundle.read(name) for name in bundle.namelist())
    for path in server.home.rglob("*"):
        name = str(path.relative_to(server.home))
        if path.is_file() and name not in EXCEPT and not name.startswith(".cache/"):
            places[name] = path.read_bytes()
    assert places["server.log"].count(b"DEBUG") > 5
    assert any(name.startswith("data/db.sqlite3") for name in places)

    found = {
        (name, where)
        for name, secret in site.canaries.items()
        for form in forms(secret)
        for where, data in places.items()
        if form.search(data)
    }

    print(f"{len(site.canaries)} canaries, {len(places)} places, hits: {sorted(found)}")
    assert found == set()


def test_a_server_that_stops_cancels_its_queries_at_the_source(site, postgresql_server):
    """Last in this file: the server is gone afterwards."""
    query = {"language": "sql", "text": LONG}
    run_id = site.start_query("postgresql", query).json()["query_id"]
    wait_until(lambda: postgresql_server.ask(BUSY) == [(1,)], lambda: site.state(run_id))

    site.server.run("stop")
    wait_until(lambda: postgresql_server.ask(BUSY) == [(0,)], poll_s=0.02)

    with closing(sqlite3.connect(site.server.home / "data/db.sqlite3")) as database:
        found = database.execute(
            "SELECT state, message FROM connectors_queryrun WHERE run_id = ?", (run_id,)
        ).fetchone()
    assert found == ("interrupted", "The server was restarted while the query ran.")
