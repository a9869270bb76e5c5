"""Errors of clickhouse-connect as stages."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import urllib3
from clickhouse_connect.driver.exceptions import ClickHouseError

from graphkeep.egress.http import cause_of
from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.sources.databases.connector_kind import ConnectionContext
from graphkeep.sources.databases.probe import failure_of
from graphkeep.sources.databases.stages import ConnectorError, too_slow

SIGN_IN = {192, 193, 194, 516}
PERMISSION = {164, 497}
TIMES_OUT = {159, 160}
CANCELLED = 394
UNKNOWN_DATABASE = 81
MAX_MESSAGE = 300


@contextmanager
def translated(
    context: ConnectionContext,
    *,
    is_late: threading.Event | None = None,
    is_cancelled: threading.Event | None = None,
) -> Iterator[None]:
    """Raises ConnectorError for each error of the library, of its connections and of Arrow."""
    try:
        yield
    except (
        ClickHouseError, urllib3.exceptions.HTTPError, pa.ArrowInvalid, OSError, ValueError, EgressForbiddenError,
    ) as error:  # fmt: skip
        if is_late is not None and is_late.is_set():
            raise too_slow(context.limits.max_seconds) from error
        if is_cancelled is not None and is_cancelled.is_set():
            raise ConnectorError("query", "The query was cancelled.") from error
        raise failure(error, context) from error


def failure(error: Exception, context: ConnectionContext) -> ConnectorError:
    host, port = context.settings["host"], context.settings["port"]
    cause = connection_error(error)
    if cause is not None:
        return failure_of(cause, host, port)
    if isinstance(error, (pa.ArrowInvalid, ValueError, OSError)):
        return ConnectorError("query", "The server ended the query before its last row.")
    code = getattr(error, "code", None)
    if code in SIGN_IN:
        return ConnectorError(
            "sign-in",
            f"The server does not accept the user `{context.settings['user']}` with this password.",
            advice="Check the settings `user` and `password`.",
        )
    if code == UNKNOWN_DATABASE:
        return ConnectorError(
            "permission", f"There is no database `{context.settings['database']}` for this account.",
            advice="Check the setting `database`, and GRANT SELECT on its tables.",
        )  # fmt: skip
    if code in TIMES_OUT:
        return too_slow(context.limits.max_seconds)
    if code == CANCELLED:
        return ConnectorError("query", "The query was cancelled.")
    message = (
        str(error)
        .rpartition("DB::Exception: ")[2]
        .partition(" (for url")[0]
        .partition(" (version ")[0]
    )
    return ConnectorError("permission" if code in PERMISSION else "query", message[:MAX_MESSAGE])


def connection_error(error: BaseException | None) -> Exception | None:
    """The error of the connection below an error of the library, if there is one."""
    while error is not None:
        if isinstance(error, EgressForbiddenError):
            return error
        if isinstance(error, urllib3.exceptions.HTTPError):
            return cause_of(error)
        error = error.__cause__
    return None
