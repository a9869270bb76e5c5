"""SQLite and DuckDB files, Parquet and CSV folders: read in a sandbox, below the administrator's folder alone."""

import os
import sqlite3
import threading
import time
from datetime import UTC, datetime
from decimal import Decimal

import duckdb
import pytest

from graphkeep.sources.databases.duckdb import KIND as DUCKDB
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits
from graphkeep.sources.databases.setting_values import SettingValueError
from graphkeep.sources.databases.sqlite import KIND as SQLITE
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError
from tests.database_servers.files import make_duckdb, make_sqlite
from tests.sources.databases.kinds import ask, check, context_of

SECRET = "canary-file-1f9b"
# All are tried by `./graphkeep prove connectors`: each takes a process of its own.
STEP = 1 if os.environ.get("GRAPHKEEP_PROVE") else 4
LONG_SQLITE = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r"
LONG_DUCKDB = (
    "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range = 7"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.csv").write_text(f"a\n{SECRET}\n")
    folder = tmp_path_factory.mktemp("files")
    for path in (folder, *folder.parents):
        path.chmod(
            path.stat().st_mode | 0o055
        ) if path.owner() == "root" and path != path.parent else None
    make_sqlite(folder / "net.sqlite")
    make_sqlite(outside / "secret.sqlite")
    make_duckdb(folder / "net.duckdb")
    logs = folder / "logs"
    (logs / "days").mkdir(parents=True)
    for day in range(3):
        copy(f"SELECT {day} AS day, range AS n FROM range(10)", logs / "days" / f"{day}.parquet")
    copy("SELECT 'h' || range AS host FROM range(5)", logs / "hosts.parquet")
    (logs / "hosts.csv").write_text("host,port\na,1\nb,2\n")
    (logs / "a b.c.csv").write_text("x\n1\n")
    (logs / "evil.csv").symlink_to(outside / "secret.csv")
    (folder / "link.sqlite").symlink_to(outside / "secret.sqlite")
    (folder / "linked").symlink_to(outside)
    os.mkfifo(folder / "pipe")
    return folder


def copy(query, path):
    duckdb.connect().execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


def context(kind, folder, file, **limits):
    return context_of(kind, {"file": file}, limits=QueryLimits(**limits), files_folder=folder)


KINDS = pytest.mark.parametrize(
    ("kind", "file"), [(SQLITE, "net.sqlite"), (DUCKDB, "net.duckdb")], ids=["sqlite", "duckdb"]
)


@KINDS
def test_rows_of_a_file_arrive_with_bound_values(folder, kind, file):
    table = ask(
        kind, "sql", "SELECT id, name FROM hosts WHERE name = :name OR id > :low ORDER BY id",
        context(kind, folder, file), parameters={"name": "h7' OR 1=1 --", "low": 24_997},
    )  # fmt: skip

    assert table.to_pylist() == [{"id": 24_998, "name": "h24998"}, {"id": 24_999, "name": "h24999"}]


@KINDS
def test_all_rows_arrive_in_batches_of_one_schema(folder, kind, file):
    context_here = context(kind, folder, file)
    session = kind.open(context_here)
    batches = list(session.run(check(kind, "sql", "SELECT * FROM hosts", context_here)))

    assert sum(batch.num_rows for batch in batches) == session.total_rows() == 25_000
    assert max(batch.num_rows for batch in batches) <= 10_000
    assert len({batch.schema for batch in batches}) == 1


@KINDS
def test_no_more_than_a_batch_beyond_the_limit_is_read(folder, kind, file):
    table = ask(kind, "sql", "SELECT * FROM hosts", context(kind, folder, file, max_rows=100))

    assert table.num_rows == 101


@KINDS
def test_the_schema_is_that_of_the_file(folder, kind, file):
    session = kind.open(context(kind, folder, file))
    session.test()
    tables = {table.name: table for table in session.schema().tables}

    assert tables.keys() == ({"busy", "hosts", "odd"} if kind is SQLITE else {"hosts"})
    assert [column.name for column in tables["hosts"].columns][:2] == ["id", "name"]
    assert [finding.is_excess for finding in session.audit()] == [False]


def test_columns_of_sqlite_take_the_type_of_all_their_values(folder):
    table = ask(SQLITE, "sql", "SELECT v FROM odd", context(SQLITE, folder, "net.sqlite"))
    loads = ask(SQLITE, "sql", "SELECT load FROM hosts", context(SQLITE, folder, "net.sqlite"))

    assert table["v"].to_pylist() == ["1", "x", "01", None]
    assert str(loads.schema.field("load").type) == "double"


def test_a_sqlite_file_that_is_being_written_is_read(folder, tmp_path):
    path = tmp_path / "wal.sqlite"
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("CREATE TABLE t (n)")
    writer.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
    writer.commit()
    open_context = context(SQLITE, tmp_path, "wal.sqlite")

    assert ask(SQLITE, "sql", "SELECT n FROM t", open_context)["n"].to_pylist() == [1, 2]
    writer.close()
    assert ask(SQLITE, "sql", "SELECT n FROM t", open_context)["n"].to_pylist() == [1, 2]


def test_duckdb_keeps_times_and_decimals(folder):
    table = ask(
        DUCKDB, "sql", "SELECT seen, cost FROM hosts WHERE seen = :at AND cost = :cost",
        context(DUCKDB, folder, "net.duckdb"),
        parameters={"at": datetime(2026, 11, 29, 12, tzinfo=UTC), "cost": Decimal("7.00")},
    )  # fmt: skip

    (row,) = table.to_pylist()
    assert (row["seen"].timestamp(), row["cost"]) == (1795953600, Decimal("7.00"))


def test_parquet_and_csv_files_of_a_folder_are_tables(folder):
    logs = context(DUCKDB, folder, "logs")

    assert [table.name for table in DUCKDB.open(logs).schema().tables] == [
        "a_b_c", "days", "hosts", "hosts_parquet",
    ]  # fmt: skip
    days = ask(DUCKDB, "sql", "SELECT day, sum(n) AS n FROM days GROUP BY day ORDER BY day", logs)
    assert days.to_pylist() == [{"day": day, "n": 45} for day in range(3)]
    assert ask(DUCKDB, "sql", "SELECT port FROM hosts", logs)["port"].to_pylist() == [1, 2]
    alone = context(DUCKDB, folder, "logs/hosts.parquet")
    assert ask(DUCKDB, "sql", "SELECT host FROM hosts", alone).num_rows == 5


@pytest.mark.parametrize(
    ("file", "stage", "message"),
    [
        ("link.sqlite", "policy", "A part of 'link.sqlite' is a symbolic link."),
        ("linked/secret.sqlite", "policy", "is a symbolic link"),
        ("pipe", "policy", "is no file or folder"),
        ("none.sqlite", "name", "There is no file or folder 'none.sqlite'"),
        ("net.sqlite/x", "name", "There is no file or folder"),
        ("logs/hosts.csv", "query", "file is not a database"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_stage(folder, file, stage, message):
    with pytest.raises(ConnectorError, match=message) as raised:
        SQLITE.open(context(SQLITE, folder, file)).test()
    assert raised.value.stage == stage


def test_links_inside_a_folder_lead_nowhere(folder):
    logs = context(DUCKDB, folder, "logs")

    assert "evil" not in [table.name for table in DUCKDB.open(logs).schema().tables]


@pytest.mark.parametrize(
    "file", ["../outside/secret.sqlite", "/etc/passwd", "logs/../../x", "~/x", ""]
)
def test_a_path_out_of_the_folder_is_no_setting(folder, file):
    with pytest.raises(SettingValueError) as raised:
        context(SQLITE, folder, file)
    assert raised.value.name == "file"


def test_without_a_folder_no_file_is_read():
    with pytest.raises(ConnectorError, match="No folder is named") as raised:
        SQLITE.open(context(SQLITE, None, "net.sqlite")).test()
    assert raised.value.stage == "policy"
    assert "CONNECTOR_FILES_DIR" in raised.value.advice


@pytest.mark.parametrize(
    ("kind", "file", "text"),
    [(SQLITE, "net.sqlite", LONG_SQLITE), (DUCKDB, "net.duckdb", LONG_DUCKDB)],
    ids=["sqlite", "duckdb"],
)
def test_a_long_query_ends_in_time_and_is_canceled_within_a_second(folder, kind, file, text):
    with pytest.raises(ConnectorError):
        ask(kind, "sql", text, context(kind, folder, file, max_seconds=2))

    context_here = context(kind, folder, file)
    session = kind.open(context_here)
    checked = check(kind, "sql", text, context_here)
    moments = []

    def cancel():
        moments.append(time.monotonic())
        session.cancel()

    threading.Timer(1.5, cancel).start()
    with pytest.raises(ConnectorError, match="canceled"):
        list(session.run(checked))
    assert time.monotonic() - moments[0] < 1


@pytest.mark.parametrize(
    "text",
    ["DELETE FROM hosts", "ATTACH 'x' AS y", "PRAGMA table_list",
     "SELECT load_extension('x')", "SELECT * FROM sqlite_master", "SELECT 1; SELECT 2"],
)  # fmt: skip
def test_sqlite_what_the_policy_does_not_allow_is_refused(text):
    with pytest.raises(QueryRefusedError):
        check(SQLITE, "sql", text)


@pytest.mark.parametrize(
    "text",
    ["SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "COPY hosts TO 'x'",
     "SELECT * FROM glob('*')", "SELECT getenv('HOME')", "INSTALL httpfs", "ATTACH 'x'",
     "SELECT * FROM duckdb_secrets()", "SET threads = 1", "FROM read_text('/etc/passwd')"],
)  # fmt: skip
def test_duckdb_what_the_policy_does_not_allow_is_refused(text):
    with pytest.raises(QueryRefusedError):
        check(DUCKDB, "sql", text)


@pytest.mark.parametrize(
    "text",
    ["DELETE FROM hosts", "INSERT INTO hosts VALUES (1)", "CREATE TABLE x (a)", "DROP TABLE hosts",
     "ATTACH '/etc/passwd' AS x", "PRAGMA query_only = OFF", "SELECT load_extension('/tmp/x')",
     "SELECT * FROM sqlite_schema", "SELECT * FROM pragma_table_list", "VACUUM INTO '/tmp/x'",
     "SELECT writefile('/tmp/x', 'y')", "SELECT fts3_tokenizer('x')", "SELECT randomblob(1000000000)"][::STEP],
)  # fmt: skip
def test_sqlite_holds_behind_the_policy(folder, text):
    """What a hole in the policy would let through is refused by the file's own process."""
    session = SQLITE.open(context(SQLITE, folder, "net.sqlite"))

    with pytest.raises(ConnectorError, match="SQLite:"):
        list(session.run(CheckedQuery(language="sql", text=text, parameters={})))


@pytest.mark.parametrize(
    "text",
    ["SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT getenv('HOME')",
     "COPY hosts TO '/tmp/x.csv'", "INSTALL httpfs", "LOAD httpfs", "ATTACH '/tmp/a.db'",
     "SET enable_external_access = true", "SELECT * FROM read_text('{outside}')",
     "SELECT * FROM glob('/etc/*')", "EXPORT DATABASE '/tmp/x'", "CREATE TABLE x AS SELECT 1",
     "SELECT * FROM read_csv('https://example.com/x')", "SELECT * FROM duckdb_secrets()"][::STEP],
)  # fmt: skip
def test_duckdb_holds_behind_the_policy(folder, text):
    session = DUCKDB.open(context(DUCKDB, folder, "net.duckdb"))
    outside = next(folder.parent.glob("outside*")) / "secret.csv"

    with pytest.raises(ConnectorError, match="DuckDB:") as raised:
        list(
            session.run(
                CheckedQuery(language="sql", text=text.format(outside=outside), parameters={})
            )
        )
    assert SECRET not in str(raised.value)
