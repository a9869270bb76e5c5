"""A temporary PostgreSQL server for tests."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graphkeep.server.cli.checkout import Words
from graphkeep.server.cli.checkout.tools import find_tool

# Test data need not survive a crash.
OPTIONS = (
    "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c max_connections=200"
)


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server that is stopped and deleted on exit."""
    initdb = Path(find_tool("initdb") or "initdb")
    folder = Path(tempfile.mkdtemp(prefix="graphkeep-postgresql-"))
    as_user: Words = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        runuser = shutil.which("runuser", path=f"/usr/sbin:{os.environ['PATH']}") or "runuser"
        as_user = [runuser, "-u", "postgres", "--"]
    data = folder / "data"
    pg_ctl: Words = [*as_user, initdb.with_name("pg_ctl"), "-D", data, "-w", "-s"]
    options = f"{OPTIONS} -c unix_socket_directories={folder}"
    run_quietly([*as_user, initdb, "-D", data, "-U", "postgres", "-A", "trust"])
    run_quietly([*pg_ctl, "-l", folder / "log", "-o", options, "start"])
    try:
        yield f"postgres://postgres@/postgres?host={folder}"
    finally:
        subprocess.run([*pg_ctl, "-m", "immediate", "stop"], check=False, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


def run_quietly(command: Words) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
