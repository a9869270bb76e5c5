"""Random nests of WITH, subqueries and set operations: what the check lets pass never reads a forbidden table, by the database's own scopes."""

import contextlib
import random
import sqlite3

import duckdb
import psycopg
import pymysql
import pytest

from graphkeep.sources.databases.stages import QueryRefusedError
from tests.database_servers.sample_tables import SECRET
from tests.sources.databases.sql.conftest import checked

NAMES = ("hosts", "flows", "hidden", "a")
ERRORS = (psycopg.Error, pymysql.MySQLError, sqlite3.Error, duckdb.Error)
COUNT = 300


class Writer:
    """Queries of one column whose names of WITH are often those of tables, allowed or not."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def query(self, depth: int) -> str:
        body = self.body(depth)
        if depth and self.random.random() < 0.6:
            ctes = ", ".join(
                f"{name}(name) AS ({self.query(depth - 1)})"
                for name in self.random.sample(NAMES, self.random.randint(1, 2))
            )
            recursive = "RECURSIVE " if self.random.random() < 0.3 else ""
            return f"WITH {recursive}{ctes} {body}"
        return body

    def body(self, depth: int) -> str:
        select = f"SELECT name FROM {self.source(depth)} AS t"
        choice = self.random.random()
        if depth and choice < 0.2:
            return f"{select} UNION ALL {self.body(depth - 1)}"
        if depth and choice < 0.4:
            return f"{select} WHERE name IN ({self.query(depth - 1)}) OR true"
        if depth and choice < 0.5:
            return f"SELECT (SELECT max(name) FROM ({self.query(depth - 1)}) AS m) AS name FROM {self.source(depth)} AS t"
        return select

    def source(self, depth: int) -> str:
        if depth and self.random.random() < 0.25:
            return f"({self.query(depth - 1)})"
        return self.random.choice((*NAMES, "hosts", "hosts", "flows"))


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "sqlite", "duckdb"])
def test_what_passes_never_reads_a_forbidden_table(rows_of, dialect):
    rows = rows_of(dialect)
    for statement in (
        "CREATE TABLE hidden (name VARCHAR(40))",
        f"INSERT INTO hidden VALUES ('{SECRET}')",
    ):
        with contextlib.suppress(*ERRORS):  # psycopg has no rows to fetch
            rows(statement)
    assert rows("SELECT name FROM hidden")[0] == (SECRET,)
    outcomes = {"refused": 0, "failed": 0, "answered": 0}

    for seed in range(COUNT):
        text = Writer(seed).query(3)
        try:
            query = checked(dialect, text, max_rows=50)
        except QueryRefusedError:
            outcomes["refused"] += 1
            continue
        try:
            found = rows(query.text, query.parameters)
        except ERRORS:
            outcomes["failed"] += 1
            continue
        outcomes["answered"] += 1
        assert SECRET not in str(found), text

    with contextlib.suppress(*ERRORS):
        rows("DROP TABLE hidden")
    assert outcomes["answered"] >= COUNT // 20, outcomes
    assert outcomes["refused"] >= COUNT // 20, outcomes
