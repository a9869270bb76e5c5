"""Connect to PostgreSQL once at start, so that an unreachable database is reported by its cause."""

import time

from django.db import connection

from graphkeep.server.config.envfile import ConfigurationError

WAIT_S = 10.0
ASK_S = 5
RETRY_S = 0.5
# Errors worth a retry: of a database server that is still starting.
PASSING = ("refused", "starting up", "timeout", "resolve")


def reach_database() -> None:
    """Wait up to WAIT_S seconds for PostgreSQL; return at once for SQLite.

    Raises:
        ConfigurationError: the database does not answer or rejects the login; the message has its reason.
    """
    if connection.vendor != "postgresql":
        return
    import psycopg

    parameters = {**connection.get_connection_params(), "connect_timeout": ASK_S}
    for name in ("pool", "cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            psycopg.connect(**parameters).close()
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            is_passing = any(symptom in reason for symptom in PASSING)
            if is_passing and time.monotonic() < deadline:
                time.sleep(RETRY_S)
                continue
            raise ConfigurationError(
                f"The database that DATABASE_URL names is out of reach: {reason}"
            ) from error
        return
