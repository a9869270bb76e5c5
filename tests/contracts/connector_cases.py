"""How each kind of connector is tried by the contract: a source with data, and queries that it takes and refuses.

A new kind is tested by adding its case here; its server is a fixture of `tests/database_servers/fixtures.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ConnectorCase:
    """`server` is the name of a session fixture, "" for none; `settings` and `secrets` are made from it.

    `rows` gives at least one row, `many` more than `many_rows`, `nothing` none; `refused` must never be sent. `stream` needs
    more than one page with `stream_settings`, where `many` is too small for it. `table` is what the schema lists.
    `names_columns`: whether the source names the columns of a result without rows. `wrong_secrets` do not sign in;
    `elsewhere` are settings that lead to another port.
    """

    kind: str
    language: str
    rows: str
    many: str
    many_rows: int = 2_000
    names_columns: bool = True
    stream: str = ""
    stream_settings: Mapping[str, Any] = field(default_factory=dict)
    nothing: str = ""
    refused: str
    table: str
    server: str = ""
    settings: Callable[[Any], Mapping[str, Any]] = lambda server: {}
    secrets: Callable[[Any], Mapping[str, str]] = lambda server: {}
    wrong_secrets: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Callable[[int], Mapping[str, Any]] = lambda port: {"port": port}
    has_network: bool = True
    has_files: bool = False


def postgresql_settings(server):
    return {
        "host": server.host, "port": server.port, "database": "net", "user": "contract",
        "ca_certificates": server.authority,
    }  # fmt: skip


def postgresql_secrets(server):
    if not server.ask("SELECT 1 FROM pg_roles WHERE rolname = 'contract'"):
        server.run("CREATE ROLE contract LOGIN PASSWORD 'contract-canary'")
        server.run("GRANT SELECT ON hosts, flows TO contract")
    return {"password": "contract-canary"}


def mysql_settings(server):
    return {
        "host": server.host, "port": server.port, "database": "net", "user": "contract",
        "ca_certificates": server.authority,
    }  # fmt: skip


def mysql_secrets(server):
    server.run(
        "CREATE USER IF NOT EXISTS contract@'%' IDENTIFIED BY 'contract-canary'",
        "GRANT SELECT ON net.* TO contract@'%'",
    )
    return {"password": "contract-canary"}


def neo4j_settings(server):
    server.execute("MERGE (:Host {name: 'contract'})")
    return {
        "host": server.host, "port": server.port, "database": server.database,
        "user": server.user, "tls": False,
    }  # fmt: skip


def opensearch_settings(server):
    server.fill("contract", {str(n): {"n": n} for n in range(3_000)})
    return {"host": server.host, "port": server.port, "tls": False, "user": server.user}


CROSS = "SELECT a.id FROM flows a CROSS JOIN flows b CROSS JOIN flows c"  # 64,000 rows
CASES = (
    ConnectorCase(
        kind="postgresql", server="postgresql_server", language="sql", table="hosts",
        rows="SELECT id, name, seen FROM hosts ORDER BY id", many=CROSS,
        nothing="SELECT id, name FROM hosts WHERE id < 0", refused="SELECT pg_read_file('/etc/passwd')",
        settings=postgresql_settings, secrets=postgresql_secrets, wrong_secrets={"password": "wrong-canary"},
    ),
    ConnectorCase(
        kind="mysql", server="mariadb_server", language="sql", table="hosts",
        rows="SELECT id, name, seen FROM hosts ORDER BY id", many=CROSS,
        nothing="SELECT id, name FROM hosts WHERE id < 0", refused="SELECT 1 /*! , user() */",
        settings=mysql_settings, secrets=mysql_secrets, wrong_secrets={"password": "wrong-canary"},
    ),
    ConnectorCase(
        kind="sqlite", server="database_files", language="sql", table="hosts", has_network=False, has_files=True,
        rows="SELECT id, name FROM hosts ORDER BY id LIMIT 5", many="SELECT * FROM hosts",
        nothing="SELECT id FROM hosts WHERE id < 0", refused="SELECT load_extension('/tmp/x')",
        settings=lambda _: {"file": "net.sqlite"},
    ),
    ConnectorCase(
        kind="duckdb", server="database_files", language="sql", table="hosts", has_network=False, has_files=True,
        rows="SELECT id, name FROM hosts ORDER BY id LIMIT 5", many="SELECT * FROM hosts",
        nothing="SELECT id FROM hosts WHERE id < 0", refused="SELECT * FROM read_csv('/etc/passwd')",
        settings=lambda _: {"file": "net.duckdb"},
    ),
    ConnectorCase(
        kind="neo4j", server="arcadedb_server", language="cypher", table="Host",
        rows="UNWIND range(1, 5) AS n RETURN n, toString(n) AS name", many="UNWIND range(1, 12000) AS n RETURN n",
        nothing="MATCH (n:Host {name: 'nobody'}) RETURN n.name AS name", names_columns=False,  # ArcadeDB; Neo4j does
        refused="MATCH (n) DETACH DELETE n", settings=neo4j_settings,
        secrets=lambda server: {"password": server.password}, wrong_secrets={"password": "wrong-canary"},
    ),
    ConnectorCase(
        kind="opensearch", server="opensearch_with_sign_in", language="dsl", table="contract",
        nothing='{"index": "contract", "query": {"match_none": {}}}', names_columns=False,
        secrets=lambda server: {"password": server.password}, wrong_secrets={"password": "wrong-canary"},
        rows='{"index": "contract", "sort": ["n"], "size": 5}', many='{"index": "contract"}',
        refused='{"index": "contract", "query": {"script": {"script": "true"}}}', settings=opensearch_settings,
    ),
    ConnectorCase(
        kind="splunk", server="splunk_double", language="spl", table="net",
        rows="index=net | head 5", many="index=net", nothing="index=net n=none", names_columns=False, refused="index=net | map search=x",
        settings=lambda server: {"host": "127.0.0.1", "port": server.port, "tls": False, "user": server.user},
        secrets=lambda server: {"password": server.password}, wrong_secrets={"password": "wrong-canary"},
    ),
    ConnectorCase(
        kind="virustotal", server="virustotal_double", language="request", table="ip_report",
        many='{"path": "/api/v3/ip_addresses/192.0.2.1/resolutions", "query": {"limit": 40}, "records": "data", '
        '"paging": {"next": "links.next"}}', many_rows=90, names_columns=False,
        nothing='{"path": "/api/v3/ip_addresses/192.0.2.1/resolutions", "query": {"limit": 40, "cursor": "95"}, "records": "data"}',
        rows='{"path": "/api/v3/ip_addresses/192.0.2.1/resolutions", "query": {"limit": 40}, "records": "data"}',
        refused='{"method": "POST", "path": "/api/v3/files"}', settings=lambda server: server.settings,
        secrets=lambda _: {"token": "vt-canary-5b21"}, wrong_secrets={"token": "wrong-canary"},
    ),
    ConnectorCase(
        kind="taxii", server="taxii_server", language="taxii", table="Intelligence",
        rows='{"collection": "Intelligence"}', many='{"collection": "Intelligence", "table": "objects", "type": ["indicator"]}', many_rows=29,
        nothing='{"collection": "Empty"}', stream='{"collection": "Intelligence", "table": "objects"}',
        stream_settings={"page_size": 1}, refused='{"collection": "Intelligence", "type": "a b"}',
        settings=lambda server: server.settings, secrets=lambda _: {"token": "canary-taxii-6e02"},
        wrong_secrets={"token": "wrong-canary"},
    ),
    ConnectorCase(
        kind="clickhouse", server="clickhouse_server", language="sql", table="hosts",
        rows="SELECT id, name, seen FROM hosts ORDER BY id", many=CROSS,
        nothing="SELECT id, name FROM hosts WHERE id < 0", refused="SELECT * FROM url('http://evil', CSV)",
        stream="SELECT number FROM numbers(64000)",
        settings=lambda server: {
            "host": server.host, "port": server.port, "database": "net", "user": "contract", "tls": "off",
        },
        secrets=lambda _: {"password": "contract-canary"}, wrong_secrets={"password": "wrong-canary"},
    ),
    ConnectorCase(
        kind="databricks", server="databricks_double", language="sql", table="hosts",
        rows="SELECT id, name, seen FROM hosts ORDER BY id", many=CROSS,
        nothing="SELECT id, name FROM hosts WHERE id < 0", refused="SELECT * FROM csv.`/etc/passwd`",
        settings=lambda double: double.settings(), secrets=lambda _: {"token": "databricks-canary-token"},
        wrong_secrets={"token": "wrong-canary"},
    ),
    ConnectorCase(
        kind="sample_data", language="table", table="intrusion.edges", has_network=False,
        rows="miserables.edges", many="intrusion.edges", many_rows=300, refused="no.such",
    ),
)  # fmt: skip
