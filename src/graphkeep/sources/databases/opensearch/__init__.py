"""OpenSearch and Elasticsearch."""

from graphkeep.sources.databases.connector_kind import (
    ConnectionContext,
    ConnectorKind,
    SettingField,
    Settings,
    SourceSession,
)
from graphkeep.sources.databases.host_settings import AUTHORITIES, TLS_SWITCH, one_endpoint
from graphkeep.sources.databases.opensearch.check import DEFAULT_TIME_FIELD, check
from graphkeep.sources.databases.opensearch.dsl.search_body import checked_indexes
from graphkeep.sources.databases.setting_values import SettingValueError
from graphkeep.sources.databases.stages import QueryRefusedError
from graphkeep.sources.databases.tls import check_authorities


def open_session(context: ConnectionContext) -> SourceSession:
    from graphkeep.sources.databases.opensearch.session import OpenSearchSession

    return OpenSearchSession(context)


def check_settings(settings: Settings) -> None:
    """Raises UserInputError: the certificates are not PEM, or the index is no plain name."""
    check_authorities(settings.get("ca_certificates"))
    if settings.get("index"):
        try:
            checked_indexes([settings["index"]], None)
        except QueryRefusedError as error:
            raise SettingValueError("index", str(error)) from None


KIND = ConnectorKind(
    name="opensearch",
    title="OpenSearch or Elasticsearch",
    description="Indexes of OpenSearch 2 and newer, or Elasticsearch 7.12 and newer, asked in JSON (query DSL).",
    fields=(
        SettingField(name="host", label="Host", kind="host", is_required=True),
        SettingField(
            name="port", label="Port", kind="integer", default=9200, minimum=1, maximum=65535
        ),
        TLS_SWITCH,
        AUTHORITIES,
        SettingField(name="user", label="User", help="Empty with an API key."),
        SettingField(name="password", label="Password", is_secret=True),
        SettingField(
            name="api_key", label="API key", is_secret=True,
            help="In place of user and password, as Elasticsearch encodes it.",
        ),
        SettingField(
            name="index", label="Index", help="The index of queries that name none, such as logs-*."
        ),
        SettingField(
            name="time_field", label="Time field", default=DEFAULT_TIME_FIELD,
            help="The field that the time range of a query filters.",
        ),
    ),
    languages=("dsl",),
    restrictions=("indexes",),
    check=check,
    endpoints=one_endpoint,
    open=open_session,
    check_settings=check_settings,
    example_query='{"index": "logs", "query": {"match": {"message": "denied"}}, "size": 100}',
    icon="search",
)  # fmt: skip
