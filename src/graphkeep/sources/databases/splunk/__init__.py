"""Splunk."""

from graphkeep.sources.databases.connector_kind import (
    ConnectionContext,
    ConnectorKind,
    SettingField,
    Settings,
    SourceSession,
)
from graphkeep.sources.databases.host_settings import TLS_SWITCH, one_endpoint
from graphkeep.sources.databases.splunk.check import check
from graphkeep.sources.databases.tls import check_authorities


def open_session(context: ConnectionContext) -> SourceSession:
    from graphkeep.sources.databases.splunk.session import SplunkSession

    return SplunkSession(context)


def check_settings(settings: Settings) -> None:
    """Raises UserInputError: the certificates of authorities are not PEM."""
    check_authorities(settings.get("ca_certificates"))


KIND = ConnectorKind(
    name="splunk",
    title="Splunk",
    description="Events of Splunk Enterprise or Splunk Cloud, asked in SPL over its management port.",
    fields=(
        SettingField(
            name="host", label="Host", kind="host", is_required=True,
            help="A search head.",
        ),
        SettingField(
            name="port", label="Management port", kind="integer", default=8089, minimum=1, maximum=65535
        ),
        TLS_SWITCH,
        SettingField(
            name="ca_certificates", label="Certificate authorities", kind="multiline",
            help="PEM, in place of this machine's own authorities. Splunk's own certificate needs it.",
        ),
        SettingField(name="user", label="User", help="Empty with a token."),
        SettingField(name="password", label="Password", is_secret=True),
        SettingField(
            name="token", label="Token", is_secret=True,
            help="An authentication token, in place of user and password.",
        ),
    ),
    languages=("spl",),
    restrictions=("indexes",),
    check=check,
    endpoints=one_endpoint,
    open=open_session,
    check_settings=check_settings,
    example_query="index=net action=blocked | stats count by src_ip, dest_ip",
    icon="terminal",
)  # fmt: skip
