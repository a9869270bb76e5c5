"""Settings of a connector to MySQL or MariaDB."""

from graphkeep.sources.databases.connector_kind import SettingField, Settings
from graphkeep.sources.databases.setting_values import SettingValueError
from graphkeep.sources.databases.sql.server_settings import TLS_FIELDS, check_tls

FIELDS = (
    SettingField(name="host", label="Host", kind="host", is_required=True),
    SettingField(name="port", label="Port", kind="integer", default=3306, minimum=1, maximum=65535),
    SettingField(
        name="database",
        label="Database",
        is_required=True,
        help="The database of tables that a query names without one.",
    ),
    SettingField(
        name="user", label="User", is_required=True, help="An account that may only read."
    ),
    SettingField(name="password", label="Password", is_secret=True),
    *TLS_FIELDS,
)


def check_settings(settings: Settings) -> None:
    """Raises SettingValueError: a name is no name, or the authorities are no PEM."""
    for name, longest in (("database", 64), ("user", 80)):
        if len(settings[name]) > longest:
            raise SettingValueError(name, f"'{name}' is longer than {longest} characters.")
    check_tls(settings)
