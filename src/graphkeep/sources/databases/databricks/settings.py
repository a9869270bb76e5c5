"""Settings of a connector to Databricks SQL."""

import re

from graphkeep.sources.databases.connector_kind import SettingField, Settings
from graphkeep.sources.databases.setting_values import SettingValueError, host_name
from graphkeep.sources.databases.tls import check_authorities

WAREHOUSE = re.compile(r"[0-9A-Za-z]{1,64}")
FIELDS = (
    SettingField(
        name="host", label="Workspace host", kind="host", is_required=True,
        help="For example adb-1234567890123456.7.azuredatabricks.net.",
    ),
    SettingField(name="port", label="Port", kind="integer", default=443, minimum=1, maximum=65535),
    SettingField(
        name="warehouse_id", label="Warehouse", is_required=True,
        help="The id of the SQL warehouse, the last part of its HTTP path.",
    ),
    SettingField(name="catalog", label="Catalog", default="main"),
    SettingField(
        name="schema", label="Schema", default="default",
        help="The schema of tables that a query names without one.",
    ),
    SettingField(name="token", label="Personal access token", is_secret=True),
    SettingField(
        name="storage_hosts", label="Storage hosts", kind="list",
        help="Hosts of the cloud storage from which results may be fetched as Arrow, such as "
        "account.blob.core.windows.net. Empty: results come from the workspace itself, 25 MiB at most.",
    ),
    SettingField(
        name="ca_certificates", label="Certificate authorities", kind="multiline",
        help="PEM text of the authorities that may sign the certificates; empty for the system's.",
    ),
)  # fmt: skip


def check_settings(settings: Settings) -> None:
    """Raises SettingValueError: the warehouse is no id, a storage host is no host name, or the authorities are no PEM."""
    if not WAREHOUSE.fullmatch(settings["warehouse_id"]):
        raise SettingValueError(
            "warehouse_id",
            "'warehouse_id' has letters and digits only: the last part of the HTTP path.",
        )
    for host in storage_hosts(settings):
        if host_name("storage_hosts", host) != host:
            raise SettingValueError(
                "storage_hosts", f"Write '{host}' in lower case, as a host name alone."
            )
    check_authorities(settings.get("ca_certificates"))


def storage_hosts(settings: Settings) -> tuple[str, ...]:
    return tuple(settings.get("storage_hosts") or ())


def endpoints(settings: Settings) -> tuple[tuple[str, int], ...]:
    port = settings["port"]
    return ((settings["host"], port), *((host, port) for host in storage_hosts(settings)))
