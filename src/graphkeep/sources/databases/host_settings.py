"""Settings that graph and search servers share: one host, and whether TLS is on."""

from graphkeep.sources.databases.connector_kind import SettingField, Settings

TLS_SWITCH = SettingField(
    name="tls",
    label="TLS",
    kind="boolean",
    default=True,
    help="Off only on networks where nobody can listen.",
)
AUTHORITIES = SettingField(
    name="ca_certificates",
    label="Certificate authorities",
    kind="multiline",
    help="PEM, in place of this machine's own authorities.",
)


def one_endpoint(settings: Settings) -> tuple[tuple[str, int], ...]:
    """The host and the port of the settings."""
    return ((settings["host"], settings["port"]),)
