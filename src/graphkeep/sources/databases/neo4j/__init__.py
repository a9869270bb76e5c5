"""Neo4j, and other graph databases that speak Bolt and Cypher."""

from graphkeep.sources.databases.connector_kind import (
    ConnectionContext,
    ConnectorKind,
    SettingField,
    Settings,
    SourceSession,
)
from graphkeep.sources.databases.host_settings import AUTHORITIES, TLS_SWITCH, one_endpoint
from graphkeep.sources.databases.neo4j.check import check
from graphkeep.sources.databases.tls import check_authorities


def open_session(context: ConnectionContext) -> SourceSession:
    from graphkeep.sources.databases.neo4j.session import Neo4jSession

    return Neo4jSession(context)


def check_settings(settings: Settings) -> None:
    """Raises UserInputError: the certificates of authorities are not PEM."""
    check_authorities(settings.get("ca_certificates"))


KIND = ConnectorKind(
    name="neo4j",
    title="Neo4j",
    description="Graph databases that speak Bolt and Cypher: Neo4j, and compatible ones.",
    fields=(
        SettingField(
            name="host", label="Host", kind="host", is_required=True,
            help="One server, asked directly. Routing to other servers of a cluster is not used.",
        ),
        SettingField(
            name="port", label="Port", kind="integer", default=7687, minimum=1, maximum=65535
        ),
        SettingField(
            name="database", label="Database", help="Empty: the account's home database."
        ),
        TLS_SWITCH,
        AUTHORITIES,
        SettingField(name="user", label="User", is_required=True),
        SettingField(name="password", label="Password", is_secret=True),
    ),
    languages=("cypher",),
    restrictions=("databases", "labels"),
    check=check,
    endpoints=one_endpoint,
    open=open_session,
    check_settings=check_settings,
    example_query="MATCH (a)-[r]->(b) RETURN a, r, b LIMIT 100",
    icon="share-alt",
)  # fmt: skip
