"""Database files with a table of 25,000 hosts."""

import sqlite3
from pathlib import Path

import duckdb


def make_files(folder: Path) -> Path:
    make_sqlite(folder / "net.sqlite")
    make_duckdb(folder / "net.duckdb")
    return folder


def make_sqlite(path):
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE hosts (id INTEGER, name TEXT, load, data BLOB)")
        database.executemany(
            "INSERT INTO hosts VALUES (?, ?, ?, ?)",
            [(n, f"h{n}", n if n % 2 else n / 2, None) for n in range(25_000)],
        )
        database.execute("CREATE TABLE odd (v)")
        database.executemany("INSERT INTO odd VALUES (?)", [(1,), ("x",), (b"\x01",), (None,)])
        database.execute("CREATE VIEW busy AS SELECT name FROM hosts WHERE id > 24990")
    database.close()


def make_duckdb(path):
    with duckdb.connect(str(path)) as database:
        database.execute(
            "CREATE TABLE hosts AS SELECT range AS id, 'h' || range AS name, "
            "TIMESTAMPTZ '2026-11-29 12:00:00+00' AS seen, range::DECIMAL(9,2) AS cost FROM range(25000)"
        )
