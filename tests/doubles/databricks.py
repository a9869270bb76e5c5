"""A double of Databricks' API of statement execution, by its public reference; DuckDB works out the rows.

Results come inline as JSON or, from the path of a storage, as Arrow; in chunks of 1,000 rows. A statement with `slow` in it
runs until it is cancelled.
"""

import datetime as dt
import io
import json
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import sqlglot

from tests.certificates import CertificateAuthority
from tests.database_servers.sample_tables import statements

TOKEN = "databricks-canary-token"
WAREHOUSE = "abc123def456"
CHUNK = 1000
TYPES = {
    "BOOLEAN": "BOOLEAN", "TINYINT": "BYTE", "SMALLINT": "SHORT", "INTEGER": "INT", "BIGINT": "LONG", "HUGEINT": "LONG", "FLOAT": "FLOAT",
    "DOUBLE": "DOUBLE", "DATE": "DATE", "TIMESTAMP": "TIMESTAMP_NTZ", "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
}  # fmt: skip


@dataclass
class Databricks:
    port: int
    authority: str
    person: dict[str, Any] = field(default_factory=dict)
    privileges: list[list[str]] = field(default_factory=list)
    group_privileges: dict[str, list[list[str]]] = field(default_factory=dict)
    statements: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, pa.Table] = field(default_factory=dict)
    storage_headers: list[dict[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    database: Any = None

    def settings(self, **more):
        return {
            "host": "127.0.0.1", "port": self.port, "warehouse_id": WAREHOUSE, "catalog": "lake", "schema": "net",
            "ca_certificates": self.authority, **more,
        }  # fmt: skip


def privilege_of(grant: str) -> list[str]:
    """Type, schema and table of a GRANT, as `information_schema` lists it."""
    match = re.fullmatch(r"GRANT ([A-Z ]+) ON (CATALOG|SCHEMA|TABLE) ([\w.]+) TO `[^`]+`", grant)
    assert match, grant
    _, schema, table = [*match[3].split("."), "*", "*"][:3]
    return [match[1], schema, table]


def make_tables() -> Any:
    connection = duckdb.connect(":memory:")
    connection.execute("ATTACH ':memory:' AS lake")
    for schema in ("net", "hr"):
        connection.execute(f"CREATE SCHEMA lake.{schema}")
    for statement in statements(net="lake.net", hr="lake.hr"):
        connection.execute(statement)
    return connection


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    double: Databricks

    def do_GET(self) -> None:
        self.handle_request({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.handle_request(json.loads(body) if body else {})

    def handle_request(self, content: dict[str, Any]) -> None:
        parts = self.path.partition("?")[0].strip("/").split("/")
        if parts[0] == "storage":
            self.double.storage_headers.append({k.lower(): v for k, v in self.headers.items()})
            self.send(200, self.arrow(parts[1], int(parts[2])))
            return
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.reply(
                401,
                {
                    "error_code": "401",
                    "message": "Credential was not sent or was of an unsupported type",
                },
            )
            return
        match parts[2:]:
            case ["sql", "warehouses", name] if name == WAREHOUSE:
                self.reply(200, {"id": WAREHOUSE, "state": "RUNNING"})
            case ["preview", "scim", "v2", "Me"]:
                self.reply(200, self.double.person)
            case ["sql", "statements"]:
                self.reply(200, self.execute(content))
            case ["sql", "statements", name] if name in self.double.statements:
                self.reply(200, self.double.statements[name])
            case ["sql", "statements", name, "cancel"]:
                self.double.statements[name]["status"] = {"state": "CANCELED"}
                self.reply(200, {})
            case ["sql", "statements", name, "result", "chunks", number]:
                self.reply(200, self.chunk(name, int(number)))
            case _:
                self.reply(404, {"error_code": "NOT_FOUND", "message": "not found"})

    def execute(self, content: dict[str, Any]) -> dict[str, Any]:
        name = f"01f0-{len(self.double.statements)}"
        answer: dict[str, Any] = {
            "statement_id": name,
            "status": {"state": "PENDING"},
            "request": content,
        }
        self.double.statements[name] = answer
        if "slow" in content["statement"]:
            return answer
        try:
            table = self.work_out(content)
        except duckdb.Error as error:
            answer["status"] = {
                "state": "FAILED",
                "error": {"error_code": "BAD_REQUEST", "message": str(error)},
            }
            return answer
        self.double.tables[name] = table
        answer["status"] = {"state": "SUCCEEDED"}
        answer["result"] = self.chunk(name, 0)
        answer["manifest"] = {
            "format": content["format"], "total_row_count": table.num_rows, "truncated": False,
            "schema": {"columns": [column_of(one) for one in self.description]},
        }  # fmt: skip
        return answer

    def work_out(self, content: dict[str, Any]) -> pa.Table:
        if "table_privileges" in content["statement"]:
            text, values = "SELECT '' AS kind, '' AS s, '' AS t WHERE false", {}
            held = [*self.double.privileges]
            for group, privileges in self.double.group_privileges.items():
                held += privileges if f"'{group}'" in content["statement"] else []
            if held:
                rows = ", ".join(str(tuple(row)) for row in held)
                text = f"SELECT * FROM (VALUES {rows}) AS p(kind, s, t)"
        elif "information_schema.columns" in content["statement"]:
            text, values = (
                "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns WHERE table_catalog = 'lake'",
                {},
            )
        else:
            text = sqlglot.transpile(content["statement"], read="databricks", write="duckdb")[0]
            values = {one["name"]: value_of(one) for one in content["parameters"]}
        with self.double.lock:
            relation = self.double.database.sql(text, params=values or None)
            self.description = list(zip(relation.columns, relation.types, strict=True))
            return relation.to_arrow_table().slice(0, content["row_limit"])

    def chunk(self, name: str, number: int) -> dict[str, Any]:
        table = self.double.tables[name]
        last = (number + 1) * CHUNK >= table.num_rows
        following = {} if last else {"next_chunk_index": number + 1}
        if self.double.statements[name]["request"]["disposition"] == "EXTERNAL_LINKS":
            link = f"https://localhost:{self.double.port}/storage/{name}/{number}?sig=a%2Bb"
            return {"external_links": [{"chunk_index": number, "external_link": link, **following}]}
        rows = table.slice(number * CHUNK, CHUNK).to_pydict().values()
        return {
            "chunk_index": number,
            "data_array": [list(map(text_of, row)) for row in zip(*rows, strict=True)],
            **following,
        }

    def arrow(self, name: str, number: int) -> bytes:
        sink = io.BytesIO()
        table = self.double.tables[name].slice(number * CHUNK, CHUNK)
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        return sink.getvalue()

    def reply(self, status: int, content: dict[str, Any]) -> None:
        self.send(status, json.dumps(content).encode())

    def send(self, status: int, body: bytes) -> None:
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def column_of(described: tuple) -> dict[str, Any]:
    name, kind = described[0], str(described[1])
    if kind.startswith("DECIMAL"):
        precision, scale = kind[8:-1].split(",")
        return {
            "name": name,
            "type_name": "DECIMAL",
            "type_precision": int(precision),
            "type_scale": int(scale),
        }
    return {"name": name, "type_name": TYPES.get(kind, "STRING")}


def value_of(parameter: dict[str, str]) -> Any:
    value = parameter.get("value")
    match parameter["type"]:
        case "BIGINT":
            return int(value or 0)
        case "TIMESTAMP":
            return dt.datetime.fromisoformat(value or "").astimezone(dt.UTC).replace(tzinfo=None)
    return value


def text_of(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, dt.date) else str(value)


@contextmanager
def running_databricks(folder: Path) -> Iterator[Databricks]:
    authority = CertificateAuthority()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = ("127.0.0.1", "localhost", "source.example", "elsewhere.example")
    context.load_cert_chain(authority.issue(folder, *names))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Double", (Handler,), {}))
    server.daemon_threads = True
    double = Databricks(
        port=server.server_address[1], authority=authority.pem, database=make_tables()
    )
    server.RequestHandlerClass.double = double
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        double.database.close()
