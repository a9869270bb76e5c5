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
from graphkeep.sources.databases.file_sandbox.write_rows import write_batches
from graphkeep.sources.databases.sql.result_batches import unique_names

OUTPUT = 0
BATCH_ROWS = 10_000
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
    columns: list[list[pa.Array]] = [[] for _ in names]
    count = size = 0
    is_cut = False
    while not is_cut and (fetched := cursor.fetchmany(BATCH_ROWS)):
        for position, values in enumerate(zip(*fetched, strict=True)):
            columns[position].append(array_of(values))
            size += columns[position][-1].nbytes
        count += len(fetched)
        is_cut = count > request["max_rows"] or size > request["max_bytes"]
    table = pa.table([unified(arrays) for arrays in columns], names=names)
    answer = write_batches(
        handle,
        table.schema,
        table.to_batches(BATCH_ROWS),
        request["max_rows"],
        request["max_bytes"],
    )
    return {**answer, "is_cut": is_cut}


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


def unified(arrays: Sequence[pa.Array]) -> pa.ChunkedArray:
    """One type for the arrays of a column, which may have found different ones."""
    types = {array.type for array in arrays} - {pa.null()}
    if types == {pa.int64(), pa.float64()}:
        return pa.chunked_array([array.cast(pa.float64()) for array in arrays])
    if len(types) <= 1:
        kind = next(iter(types), pa.string())
        return pa.chunked_array([array.cast(kind) for array in arrays], kind)
    return pa.chunked_array(
        [pa.array(map(text_of, array.to_pylist()), pa.string()) for array in arrays]
    )
