"""Runs inside a sandbox process: one question to a DuckDB file, or to Parquet and CSV files as tables.

The engine itself may open nothing but what it was given: external access is off and its configuration locked before the
query of a person arrives. The sandbox around it has no network, no other file and an empty environment.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from graphkeep.sources.databases.file_sandbox.locate import plain_files
from graphkeep.sources.databases.file_sandbox.values import from_wire
from graphkeep.sources.databases.file_sandbox.write_rows import write_batches

OUTPUT = 0
BATCH_ROWS = 10_000
READERS = {".parquet": "read_parquet", ".csv": "read_csv", ".tsv": "read_csv"}
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "2",
    "memory_limit": "768MB",
    "temp_directory": "",
}
LOCK = "SET enable_external_access = false; SET lock_configuration = true"
MAX_FILES = 2_000

duckdb.connect(":memory:", config=CONFIG).sql("SELECT 1").to_arrow_table()  # loaded in advance


def run(request: Mapping[str, Any], handles: Sequence[int]) -> dict[str, Any]:
    """`{"tables"}` of the action `schema`; of `rows` how many were written to `handles[OUTPUT]`; or `error`."""
    os.environ.clear()
    try:
        connection = connect(Path(request["path"]))
        if request["action"] == "schema":
            return {"tables": list(tables(connection))}
        relation = connection.sql(request["text"], params=from_wire(request["parameters"]))
        reader = relation.to_arrow_reader(BATCH_ROWS)
        batches = at_least_one(reader)
        return write_batches(handles[OUTPUT], batches, request["max_rows"], request["max_bytes"])
    except duckdb.Error as error:
        return {"error": f"DuckDB: {str(error).splitlines()[0]}"}
    except (pa.ArrowException, MemoryError) as error:
        return {"error": f"The result does not fit: {error}"}
    except PermissionError:
        return {"error": "The server may not read this file.", "stage": "permission"}


def at_least_one(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    is_empty = True
    for batch in reader:
        is_empty = False
        yield batch
    if is_empty:
        yield pa.RecordBatch.from_pylist([], reader.schema)


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Raises duckdb.Error: it is no database, or a file in the folder does not read."""
    if path.is_file() and path.suffix.lower() not in READERS:
        connection = duckdb.connect(str(path), read_only=True, config=CONFIG)
    else:
        connection = duckdb.connect(":memory:", config=CONFIG)
        folder = path if path.is_dir() else path.parent
        connection.execute(f"SET allowed_directories = [{literal(f'{folder}/')}]")
        for name, reader, pattern in sources(path):
            select = f"SELECT * FROM {reader}({literal(pattern)})"  # noqa: S608 - names of files, as literals
            connection.execute(f'CREATE VIEW "{name}" AS {select}')
    connection.execute(LOCK)
    return connection


def sources(path: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Name, reader and files of each table: a file is a table, and so is a folder of files of one kind."""
    given: set[str] = set()
    entries = [path] if path.is_file() else sorted(path.iterdir())
    for entry in entries[:MAX_FILES]:
        if entry.is_symlink():
            continue
        files = plain_files(entry)[:MAX_FILES] if entry.is_dir() else [entry]
        for ending, reader in READERS.items():
            matching = [str(file) for file in files if file.suffix.lower() == ending]
            if matching:
                name = re.sub(r"[^\w-]", "_", entry.name if entry.is_dir() else entry.stem)
                name = name if name.lower() not in given else f"{name}_{ending[1:]}"
                given.add(name.lower())
                yield name, reader, matching


def literal(value: str | list[str]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return "'" + value.replace("'", "''") + "'"


def tables(connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    entries = connection.execute(
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'main' "
        "ORDER BY table_name LIMIT 3000"
    ).fetchall()
    for name, kind in entries:
        columns = connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'main' AND table_name = ? ORDER BY ordinal_position",
            [name],
        ).fetchall()
        yield {"name": name, "kind": "view" if kind == "VIEW" else "table", "columns": columns}
