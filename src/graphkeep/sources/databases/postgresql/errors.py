"""Errors of psycopg as stages."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from graphkeep.sources.databases.connector_kind import ConnectionContext
from graphkeep.sources.databases.stages import ConnectorError, Stage, too_slow

PERMISSION = "42501"
CANCELLED = "57014"
MAX_MESSAGE = 300


@contextmanager
def translated(
    context: ConnectionContext, is_late: threading.Event | None = None
) -> Iterator[None]:
    """Raises ConnectorError for each error of psycopg."""
    try:
        yield
    except psycopg.DataError as error:
        if error.sqlstate is None:  # from psycopg itself: Python's dates end at the year 9999
            raise ConnectorError(
                "query",
                "A date or time is outside of the years 1 to 9999.",
                advice="Cast the column to text.",
            ) from error
        raise failure(error, "query") from error
    except psycopg.Error as error:
        if is_late is not None and is_late.is_set():
            raise too_slow(context.limits.max_seconds) from error
        if error.sqlstate == CANCELLED:
            if "statement timeout" in str(error):
                raise too_slow(context.limits.max_seconds) from error
            raise ConnectorError("query", "The query was cancelled.") from error
        if error.sqlstate == PERMISSION:
            raise failure(error, "permission") from error
        raise failure(error, "query") from error


def failure(error: psycopg.Error, stage: Stage) -> ConnectorError:
    """The server's own first line, which says what is wrong; its hint is the advice."""
    message = error.diag.message_primary or "The server closed the connection."
    return ConnectorError(
        stage, message[:MAX_MESSAGE], advice=(error.diag.message_hint or "")[:MAX_MESSAGE]
    )
