"""TLS to a source: certificates are always checked, against the system's authorities or the connector's own."""

import ssl

from graphkeep.graph.errors import UserInputError
from graphkeep.sources.databases.setting_values import SettingValueError


def client_tls(ca_certificates: str = "") -> ssl.SSLContext:
    """TLS 1.2 or newer, with the certificate and its name checked.

    `ca_certificates`: authorities as PEM, in place of the system's.

    Raises:
        UserInputError: they are not PEM.
    """
    try:
        context = ssl.create_default_context(cadata=ca_certificates.strip() or None)
    except (ssl.SSLError, ValueError) as error:
        raise UserInputError(
            "These certificates are not PEM, that is text between BEGIN CERTIFICATE and END CERTIFICATE."
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def check_authorities(ca_certificates: str | None) -> None:
    """Raises SettingValueError: the setting `ca_certificates` is no PEM."""
    try:
        client_tls(ca_certificates or "")
    except UserInputError as error:
        raise SettingValueError("ca_certificates", error.message) from error
