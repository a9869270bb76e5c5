"""Runs inside a sandbox process: one question to one SQLite file, read-only.

Three fences: the file is opened read-only, an authorizer allows nothing but reading and functions that only compute, and a progress
handler ends the query in time. The sandbox around them is the fourth.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from graphkeep.sources.databases.file_sandbox.values import from_wire
from graphkeep.sources.databases.file_sandbox.write_rows import FRAME_BYTES, write_batches
from graphkeep.sources.databases.sql.result_batches import unique_names

OUTPUT = 0
FIRST_ROWS, BATCH_ROWS = 500, 10_000
STEPS = 20_000  # of SQLite's machine, some milliseconds
# Codes of sqlite3.h that the module sqlite3 has no names for in each version.
READ, SELECT, FUNCTION, RECURSIVE = 20, 21, 31, 33
# The policy's list stands in `sql.dialects`, whose parser would be loaded for each query here.
NOT_COMPUTING = {
    "load_extension", "readfile", "writefile", "fsdir", "edit", "lsmode", "fts3_tokenizer", "rtreecheck",
    "last_insert_rowid", "changes", "total_changes", "zipfile", "randomblob",
}  # fmt: skip
LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LENGTH: 64 << 20,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1 << 20,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 500,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}


def run(request: Mapping[str, Any], handles: Sequence[int]) -> dict[str, Any]:
    """`{"tables"}` of the action `schema`; of `rows` how many were written to `handles[OUTPUT]`; or `error`."""
    try:
        connection = connect(request["path"])
        if request["action"] == "schema":
            return {"tables": list(tables(connection))}
        return rows(connection, request, handles[OUTPUT])
    except sqlite3.DatabaseError as error:
        return {"error": f"SQLite: {error}."}
    except MemoryError:
        return {"error": "The query needs more memory than it may use."}


def connect(path: str) -> sqlite3.Connection:
    """Raises sqlite3.DatabaseError: it is no database."""
    uri = f"file:{quote(path)}?mode=ro"
    try:
        return prepared(sqlite3.connect(uri, uri=True, isolation_level=None))
    except sqlite3.OperationalError:
        # In WAL mode and with no writer beside it, SQLite would make the file of the log, which nobody may here.
        return prepared(sqlite3.connect(f"{uri}&immutable=1", uri=True, isolation_level=None))


def prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    for name, value in LIMITS.items():
        connection.setlimit(name, value)
    for pragma in (
        "trusted_schema = OFF",
        "query_only = ON",
        "temp_store = MEMORY",
        "mmap_size = 0",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return connection


def tables(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    entries = connection.execute(
        "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name LIMIT 3000"
    ).fetchall()
    for name, kind in entries:
        try:
            columns = connection.execute("SELECT name, type FROM pragma_table_info(?)", (name,))
            yield {"name": name, "kind": kind, "columns": columns.fetchall()}
        except sqlite3.DatabaseError:
            continue  # a view of what is not there any more


def authorize(code: int, first: str | None, second: str | None, *_: object) -> int:
    """Reading, and functions that only compute; a recursive query reads its own name with an empty column."""
    if code in {SELECT, RECURSIVE}:
        return sqlite3.SQLITE_OK
    if code == READ and not str(first).lower().startswith(("sqlite_", "pragma_")):
        return sqlite3.SQLITE_OK
    name = str(second).lower()
    if code == FUNCTION and name not in NOT_COMPUTING and not name.startswith("sqlite_"):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def rows(connection: sqlite3.Connection, request: Mapping[str, Any], handle: int) -> dict[str, Any]:
    deadline = time.monotonic() + request["limits"]["seconds"]
    connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
    connection.set_authorizer(authorize)
    parameters = {
        name: value if isinstance(value, (int, float, str, bytes, type(None))) else str(value)
        for name, value in from_wire(request["parameters"]).items()
    }
    cursor = connection.execute(request["text"], parameters)
    names = unique_names([column[0] for column in cursor.description])
    return write_batches(
        handle, fetched_batches(cursor, names), request["max_rows"], request["max_bytes"]
    )


def fetched_batches(cursor: sqlite3.Cursor, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Batches of about 4 MiB; at least one."""
    wanted, count, size = FIRST_ROWS, 0, 0
    while fetched := cursor.fetchmany(wanted):
        batch = pa.RecordBatch.from_arrays(
            [array_of(values) for values in zip(*fetched, strict=True)], names
        )
        yield batch
        count, size = count + batch.num_rows, size + batch.nbytes
        wanted = max(1, min(BATCH_ROWS, FRAME_BYTES * count // max(size, 1)))
    if not count:
        yield pa.RecordBatch.from_arrays([pa.array([], pa.string()) for _ in names], names)


def array_of(values: Sequence[Any]) -> pa.Array:
    """SQLite's columns have no type: one that all the values have, else text."""
    kinds = set(map(type, values)) - {type(None)}
    if kinds == {int, float}:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if len(kinds) <= 1:
        return pa.array(values)
    return pa.array(map(text_of, values), pa.string())


def text_of(value: Any) -> str | None:
    if value is None:
        return None
    return value.hex() if isinstance(value, bytes) else str(value)
