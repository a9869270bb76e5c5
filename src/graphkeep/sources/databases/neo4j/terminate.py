"""Ends transactions at the source by name: a server may go on computing for a connection that is closed.

An account may end its own transactions without a privilege (Neo4j Operations Manual, *Transaction management*).
"""

import secrets
from contextlib import suppress

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from graphkeep.egress.audit_hook import allow_connections
from graphkeep.egress.policy import EgressForbiddenError

SHOW = "SHOW TRANSACTIONS YIELD transactionId, currentQuery"
TERMINATE = "TERMINATE TRANSACTIONS $transaction_ids"


def new_marker() -> str:
    """A comment that names one query in the server's list of transactions; it stands before the text, which is cut there.

    The ids of connections would do as well at Neo4j; other servers list other ids than they tell their clients.
    """
    return f"/* graphkeep {secrets.token_hex(8)} */"


def terminate_transactions(driver: neo4j.Driver, marker: str, *, database: str | None) -> None:
    """End what runs with this marker, and close the driver. Servers that know no such command are left alone."""
    with (
        suppress(Neo4jError, DriverError, OSError, EgressForbiddenError),
        allow_connections(),
        driver,
        driver.session(database=database, default_access_mode=neo4j.READ_ACCESS) as session,
    ):
        running = [
            record["transactionId"]
            for record in session.run(SHOW)
            if str(record["currentQuery"]).startswith(marker)
        ]
        if running:
            session.run(TERMINATE, transaction_ids=running).consume()
