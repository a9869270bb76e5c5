"""Settings of a connector to ClickHouse."""

from graphkeep.sources.databases.connector_kind import SettingField, Settings
from graphkeep.sources.databases.sql.server_settings import TLS_FIELDS, check_tls

FIELDS = (
    SettingField(name="host", label="Host", kind="host", is_required=True),
    SettingField(
        name="port",
        label="HTTP port",
        kind="integer",
        default=8443,
        minimum=1,
        maximum=65535,
        help="The port of the HTTP interface: 8443 with TLS, 8123 without.",
    ),
    SettingField(
        name="database",
        label="Database",
        default="default",
        help="The database of tables that a query names without one.",
    ),
    SettingField(
        name="user", label="User", is_required=True, help="An account that may only read."
    ),
    SettingField(name="password", label="Password", is_secret=True),
    *TLS_FIELDS,
)


def check_settings(settings: Settings) -> None:
    """Raises SettingValueError: the authorities are no PEM."""
    check_tls(settings)
