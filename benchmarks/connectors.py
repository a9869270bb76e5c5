"""How fast connectors ask SQL databases, beside the same query by hand with the bare driver, in the same run.

    PYTHONPATH=. python benchmarks/connectors.py [--rows 1000000] [--rounds 3] [--sources postgresql,mysql,neo4j]

It starts a PostgreSQL, a MariaDB and an ArcadeDB (Bolt) of its own on loopback (needs `initdb` and `mariadbd`). Each measure is a process of its own;
the rounds alternate, and the fastest counts. By hand means: a cursor that streams, rows fetched by 10,000, columns made into Arrow
arrays. Memory is what the peak grows by while batches are read and dropped, at a tenth of the rows and at all of them. Then the
time of the policy check of each honest query of the tests.
"""

import argparse
import importlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COLUMNS = "id, source, destination, size, score, seen"
QUERY = f"SELECT {COLUMNS} FROM big"
CYPHER = (
    "UNWIND range(1, {rows}) AS id RETURN id, '10.0.' + toString(id % 250) AS source, "
    "'192.168.' + toString(id % 31) AS destination, id * 37 % 100000 AS size, id * 0.5 AS score"
)
MEGABYTE = 1 << 20


def fill_postgresql(server, rows: int) -> None:
    server.run(
        f"""CREATE TABLE big AS SELECT n AS id, '10.0.' || n % 250 || '.' || n % 199 AS source,
        '192.168.' || n % 31 || '.' || n % 255 AS destination, n::bigint * 37 % 100000 AS size, n * 0.5::float8 AS score,
        timestamp '2026-01-01' + n * interval '1 second' AS seen FROM generate_series(1, {rows}) AS n"""
    )
    server.run("CREATE ROLE bench LOGIN PASSWORD 'bench'; GRANT SELECT ON big TO bench")


def fill_mysql(server, rows: int) -> None:
    server.run(
        f"""CREATE TABLE net.big AS SELECT seq AS id, concat('10.0.', seq % 250, '.', seq % 199) AS source,
        concat('192.168.', seq % 31, '.', seq % 255) AS destination, seq * 37 % 100000 AS size, seq * 0.5e0 AS score,
        CAST('2026-01-01' AS DATETIME) + INTERVAL seq SECOND AS seen FROM net.seq_1_to_{rows}""",
        "CREATE USER bench@'%' IDENTIFIED BY 'bench'",
        "GRANT SELECT ON net.big TO bench@'%'",
    )


def bare_postgresql(target: dict) -> int:
    import psycopg
    import pyarrow as pa

    batches = []
    with (
        psycopg.connect(
            host=target["host"], port=target["port"], user="bench", password="bench", dbname="net", sslmode="verify-full",
            sslrootcert=target["ca_file"],
        ) as connection,
        connection.cursor(name="by_hand") as cursor,
    ):  # fmt: skip
        cursor.execute(QUERY.encode())
        names = COLUMNS.split(", ")
        while rows := cursor.fetchmany(10_000):
            columns = [pa.array(column) for column in zip(*rows, strict=True)]
            batches.append(pa.RecordBatch.from_arrays(columns, names))
    return pa.Table.from_batches(batches).num_rows


def bare_mysql(target: dict) -> int:
    import pyarrow as pa
    import pymysql

    batches = []
    with (
        pymysql.connect(
            host=target["host"], port=target["port"], user="bench", password="bench", database="net",
            ssl_ca=target["ca_file"], ssl_verify_identity=True, cursorclass=pymysql.cursors.SSCursor,
        ) as connection,
        connection.cursor() as cursor,
    ):  # fmt: skip
        cursor.execute(QUERY)
        names = COLUMNS.split(", ")
        while rows := cursor.fetchmany(10_000):
            columns = [pa.array(column) for column in zip(*rows, strict=True)]
            batches.append(pa.RecordBatch.from_arrays(columns, names))
    return pa.Table.from_batches(batches).num_rows


def bare_neo4j(target: dict) -> int:
    import neo4j
    import pyarrow as pa

    batches = []
    with (
        neo4j.GraphDatabase.driver(
            f"bolt://{target['host']}:{target['port']}", auth=(target["user"], target["password"])
        ) as driver,
        driver.session(database=target["database"], fetch_size=2_000) as session,
    ):
        result = session.run(CYPHER.format(rows=target["rows"]))
        names = result.keys()
        while rows := [record.values() for record in result.fetch(10_000)]:
            columns = [pa.array(column) for column in zip(*rows, strict=True)]
            batches.append(pa.RecordBatch.from_arrays(columns, names))
    return pa.Table.from_batches(batches).num_rows


def connector_rows(target: dict, limit: int, *, is_kept: bool) -> int:
    """The rows of the query through a connector, checked as the server checks it."""
    import pyarrow as pa

    from graphkeep.egress.gateway import Gateway
    from graphkeep.egress.outbound import Outbound
    from graphkeep.egress.policy import Endpoint
    from graphkeep.sources.databases.check import check_query
    from graphkeep.sources.databases.connector_kind import ConnectionContext
    from graphkeep.sources.databases.query import QueryLimits, QueryPolicy, SourceQuery
    from graphkeep.sources.databases.registry import connector_kind
    from graphkeep.sources.databases.setting_values import checked_settings

    kind = connector_kind(target["kind"])
    account = {"database": target.get("database", "net"), "user": target.get("user", "bench")}
    tls = (
        {"ca_certificates": Path(target["ca_file"]).read_text()}
        if "ca_file" in target
        else {"tls": False}
    )
    settings = checked_settings(
        kind.fields, {"host": target["host"], "port": target["port"], **account, **tls}
    )
    gateway = Gateway(lambda: False)
    gateway.allow(
        Endpoint(component="bench", host=target["host"], port=target["port"], may_be_inside=True)
    )
    limits = QueryLimits(max_rows=limit, max_bytes=1 << 40, max_seconds=600)
    context = ConnectionContext(
        settings=settings,
        secrets={"password": target.get("password", "bench")},
        outbound=Outbound(gateway, "bench"),
        limits=limits,
    )
    is_graph = target["kind"] == "neo4j"
    policy = QueryPolicy() if is_graph else QueryPolicy(allowed={"tables": ("big",)})
    text = CYPHER.format(rows=min(limit, target["rows"])) if is_graph else QUERY
    session = kind.open(context)
    query = check_query(
        kind, SourceQuery(language=kind.languages[0], text=text), policy, limits, settings
    )
    batches, count = [], 0
    for batch in session.run(query):
        count += batch.num_rows
        if is_kept:
            batches.append(batch)
    session.close()
    return pa.Table.from_batches(batches).num_rows if is_kept else count


def measure(name: str, target: dict) -> None:
    """Print one measure as JSON; imports and the first connection are no part of it."""
    kind = target["kind"]
    if name == "bare":
        call = {"postgresql": bare_postgresql, "mysql": bare_mysql, "neo4j": bare_neo4j}[
            target["kind"]
        ]
        for module in ("pyarrow", {"postgresql": "psycopg", "mysql": "pymysql"}.get(kind, kind)):
            importlib.import_module(module)
    else:
        connector_rows(target, 100, is_kept=True)
    before_bytes = peak_bytes()
    start, cpu = time.perf_counter(), time.process_time()
    if name == "bare":
        rows = call(target)
    else:
        rows = connector_rows(target, target["rows"], is_kept=name == "connector")
    print(
        json.dumps(
            {
                "rows": rows,
                "seconds": time.perf_counter() - start,
                "cpu": time.process_time() - cpu,
                "grown": peak_bytes() - before_bytes,
            }
        )
    )


def peak_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def in_process(name: str, target: dict, **changed: int) -> dict:
    words = [
        sys.executable,
        __file__,
        "--measure",
        name,
        "--target",
        json.dumps({**target, **changed}),
    ]
    done = subprocess.run(words, env=os.environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def compare(target: dict, rounds: int) -> None:
    runs: dict[str, list[dict]] = {"bare": [], "connector": []}
    for _ in range(rounds):
        for name, results in runs.items():
            results.append(in_process(name, target))
    bare, ours = (min(run["seconds"] for run in runs[name]) for name in runs)
    bare_cpu, our_cpu = (min(run["cpu"] for run in runs[name]) for name in runs)
    few = in_process("stream", target, rows=target["rows"] // 10)
    many = in_process("stream", target)
    print(
        f"| {target['kind']} | {many['rows']:,} | {bare:.2f} | {ours:.2f} | {ours / bare:.2f} | {bare_cpu:.2f} | {our_cpu:.2f} "
        f"| {few['grown'] / MEGABYTE:.0f} | {many['grown'] / MEGABYTE:.0f} |",
        flush=True,
    )


def check_ms(checked, dialect: str, text: str) -> float:
    start = time.thread_time()
    checked(dialect, text)
    return (time.thread_time() - start) * 1000


def checks() -> None:
    from tests.sources.databases.sql.conftest import checked
    from tests.sources.databases.sql.honest_queries import HONEST

    print("\n| dialect | queries | median CPU ms | slowest CPU ms |\n| --- | --- | --- | --- |")
    for dialect, texts in HONEST.items():
        checked(dialect, texts[0])
        times = [min(check_ms(checked, dialect, text) for _ in range(3)) for text in texts]
        print(f"| {dialect} | {len(texts)} | {statistics.median(times):.2f} | {max(times):.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sources", default="postgresql,mysql,neo4j")
    parser.add_argument("--measure")
    parser.add_argument("--target", type=json.loads)
    words = parser.parse_args()
    if words.measure:
        measure(words.measure, words.target)
        return
    from tests.database_servers.arcadedb import running_arcadedb
    from tests.database_servers.mariadb import running_mariadb
    from tests.database_servers.postgresql import running_postgresql

    servers = {
        "postgresql": (running_postgresql, fill_postgresql), "mysql": (running_mariadb, fill_mysql),
    }  # fmt: skip
    print(
        "| source | rows | by hand s | connector s | ratio | by hand CPU s | connector CPU s | MiB at a tenth | MiB at all |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for kind in words.sources.split(","):
        if kind == "neo4j":
            with tempfile.TemporaryDirectory() as folder, running_arcadedb(Path(folder)) as server:
                names = ("host", "port", "database", "user", "password")
                target = {name: getattr(server, name) for name in names}
                compare({"kind": kind, "rows": words.rows, **target}, words.rounds)
            continue
        running, fill = servers[kind]
        with running() as server:
            fill(server, words.rows)
            ca_file = server.folder / "authority.pem"
            ca_file.write_text(server.authority)
            target = {
                "kind": kind, "host": server.host, "port": server.port, "ca_file": str(ca_file), "rows": words.rows,
            }  # fmt: skip
            compare(target, words.rounds)
    checks()


if __name__ == "__main__":
    main()
