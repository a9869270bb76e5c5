"""Settings that connectors to SQL servers share: TLS, and the authorities of certificates."""

import ssl

from graphkeep.sources.databases.connector_kind import SettingField, Settings
from graphkeep.sources.databases.setting_values import SettingValueError
from graphkeep.sources.databases.tls import check_authorities, client_tls

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


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """The TLS of these settings, None where it is off."""
    if settings["tls"] == "off":
        return None
    tls = client_tls(settings.get("ca_certificates") or "")
    tls.check_hostname = settings["tls"] == "verify-full"
    return tls


def check_tls(settings: Settings) -> None:
    """Raises SettingValueError: the authorities are no PEM, or there is no TLS to check them for."""
    authorities = (settings.get("ca_certificates") or "").strip()
    if not authorities:
        return
    if settings["tls"] == "off":
        raise SettingValueError(
            "ca_certificates", "'ca_certificates' has no effect while 'tls' is off."
        )
    check_authorities(authorities)
