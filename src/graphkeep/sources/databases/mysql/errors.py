"""Errors of PyMySQL as stages."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pymysql
from pymysql.constants import CR, ER

from graphkeep.sources.databases.connector_kind import ConnectionContext
from graphkeep.sources.databases.probe import failure_of
from graphkeep.sources.databases.stages import ConnectorError, too_slow

TIMES_OUT = {1969, 3024}  # MariaDB's and MySQL's statement timeouts
INTERRUPTED = ER.QUERY_INTERRUPTED
PERMISSION = {
    ER.TABLEACCESS_DENIED_ERROR, ER.COLUMNACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR,
    ER.SPECIFIC_ACCESS_DENIED_ERROR, ER.PROCACCESS_DENIED_ERROR,
}  # fmt: skip
MAX_MESSAGE = 300


@contextmanager
def translated(
    context: ConnectionContext, is_late: threading.Event | None = None
) -> Iterator[None]:
    """Raises ConnectorError for each error of PyMySQL."""
    try:
        yield
    except pymysql.MySQLError as error:
        if is_late is not None and is_late.is_set():
            raise too_slow(context.limits.max_seconds) from error
        raise failure(error, context) from error
    except OSError as error:
        if is_late is not None and is_late.is_set():
            raise too_slow(context.limits.max_seconds) from error
        raise failure_of(error, context.settings["host"], context.settings["port"]) from error


def failure(error: pymysql.MySQLError, context: ConnectionContext) -> ConnectorError:
    code = error.args[0] if error.args else 0
    message = str(error.args[1] if len(error.args) > 1 else error)[:MAX_MESSAGE]
    if code in TIMES_OUT:
        return too_slow(context.limits.max_seconds)
    if code == INTERRUPTED:
        return ConnectorError("query", "The query was cancelled.")
    if code in PERMISSION:
        return ConnectorError("permission", message)
    if code in {CR.CR_SERVER_LOST, CR.CR_SERVER_GONE_ERROR}:
        return ConnectorError("query", "The server closed the connection.")
    return ConnectorError("query", message)
