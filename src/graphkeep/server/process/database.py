"""PostgreSQL, asked once before anything else, so that a missing link is told by its name."""

import time

from django.db import connection

from graphkeep.server.config.envfile import ConfigurationError

WAIT_S = 10.0
ASK_S = 5
RETRY_S = 0.5
# Worth another try: the server of a machine that has just started.
PASSING = ("refused", "starting up", "timeout", "resolve")


def reach_database() -> None:
    """Wait a little for PostgreSQL; SQLite is here anyway.

    Raises:
        ConfigurationError: it does not answer, or does not let the server in; the message says which.
    """
    if connection.vendor != "postgresql":
        return
    import psycopg

    words = {**connection.get_connection_params(), "connect_timeout": ASK_S}
    for ours in ("pool", "cursor_factory", "context", "prepare_threshold"):
        words.pop(ours, None)
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            psycopg.connect(**words).close()
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            is_passing = any(one in reason for one in PASSING)
            if is_passing and time.monotonic() < deadline:
                time.sleep(RETRY_S)
                continue
            raise ConfigurationError(
                f"The database that DATABASE_URL names is out of reach: {reason}"
            ) from error
        return
