"""Database backup and restore: a consistent copy while the server runs, for SQLite and PostgreSQL."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from graphkeep.graph.errors import UserInputError

# libpq connection parameters and the environment variables that set them.
LIBPQ_VARIABLES = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
}  # fmt: skip
SQLITE, POSTGRES = "database/db.sqlite3", "database/postgresql.dump"


def own_database() -> str:
    return SQLITE if connection.vendor == "sqlite" else POSTGRES


def copy_database(into: Path) -> Path:
    """Copy the database into a folder and return the path of the copy.

    Raises:
        UserInputError: pg_dump is missing or failed.
    """
    if connection.vendor == "sqlite":
        target = into / "db.sqlite3"
        address = f"file:{quote(str(settings.DATABASES['default']['NAME']))}?mode=ro"
        with (
            closing(sqlite3.connect(address, uri=True)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
        return target
    target = into / "postgresql.dump"
    run_postgresql(
        "pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
    )
    return target


def restore_dump(dump: Path) -> None:
    """Replace the contents of the PostgreSQL database in one transaction.

    Raises:
        UserInputError: pg_restore is missing or failed.
    """
    connection.close()
    run_postgresql("pg_restore", ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", f"--dbname={database_name()}", str(dump)])  # fmt: skip


def database_name() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def run_postgresql(program: str, arguments: list[str]) -> None:
    executable = shutil.which(program)
    if executable is None:
        raise UserInputError(f"{program} is not installed: apt-get install postgresql-client")
    parameters: dict[str, Any] = connection.get_connection_params()
    env = {
        **os.environ,
        **{
            LIBPQ_VARIABLES[key]: str(value)
            for key, value in parameters.items()
            if key in LIBPQ_VARIABLES
        },
    }
    completed = subprocess.run(
        [executable, *arguments], env=env, capture_output=True, text=True, check=False
    )
    if completed.returncode != 0:
        raise UserInputError(f"{program} failed: {completed.stderr.strip()[-500:]}")
