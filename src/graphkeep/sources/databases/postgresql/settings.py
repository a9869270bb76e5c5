"""Settings of a connector to PostgreSQL."""

from graphkeep.sources.databases.connector_kind import SettingField, Settings
from graphkeep.sources.databases.setting_values import SettingValueError
from graphkeep.sources.databases.sql.server_settings import TLS_FIELDS, check_tls

FIELDS = (
    SettingField(name="host", label="Host", kind="host", is_required=True),
    SettingField(name="port", label="Port", kind="integer", default=5432, minimum=1, maximum=65535),
    SettingField(name="database", label="Database", is_required=True),
    SettingField(
        name="schema",
        label="Schema",
        default="public",
        help="The schema of tables that a query names without one.",
    ),
    SettingField(name="user", label="Role", is_required=True, help="A role that may only read."),
    SettingField(name="password", label="Password", is_secret=True),
    *TLS_FIELDS,
)


def check_settings(settings: Settings) -> None:
    """Raises SettingValueError: a name is no name, or the authorities are no PEM."""
    for name in ("database", "schema", "user"):
        if len(settings[name].encode()) > 63:
            raise SettingValueError(name, f"'{name}' is longer than PostgreSQL's 63 bytes.")
    check_tls(settings)
