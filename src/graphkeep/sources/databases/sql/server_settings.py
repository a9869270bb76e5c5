"""Settings that connectors to SQL servers share: TLS, and the authorities of certificates."""

from graphkeep.sources.databases.connector_kind import SettingField, Settings
from graphkeep.sources.databases.setting_values import SettingValueError

TLS_FIELDS = (
    SettingField(
        name="tls",
        label="TLS",
        kind="choice",
        choices=("verify-full", "verify-ca", "off"),
        default="verify-full",
        help="verify-full checks the certificate and the host name in it; verify-ca the certificate alone; off sends "
        "passwords and rows in the clear, for a server on this machine.",
    ),
    SettingField(
        name="ca_certificates",
        label="Certificate authorities",
        kind="multiline",
        help="PEM text of the authorities that may sign the server's certificate; empty for the system's.",
    ),
)


def check_tls(settings: Settings) -> None:
    """Raises SettingValueError: the authorities are no PEM, or there is no TLS to check them for."""
    authorities = (settings.get("ca_certificates") or "").strip()
    if not authorities:
        return
    if settings["tls"] == "off":
        raise SettingValueError(
            "ca_certificates", "'ca_certificates' has no effect while 'tls' is off."
        )
    from graphkeep.graph.errors import UserInputError
    from graphkeep.sources.databases.tls import client_tls

    try:
        client_tls(authorities)
    except UserInputError as error:
        raise SettingValueError("ca_certificates", str(error)) from error
