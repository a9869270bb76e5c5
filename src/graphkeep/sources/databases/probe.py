"""The stages of a connection that come before a driver: name, route, port, TLS.

Drivers wrap these errors each in its own way, and some say only that it did not work, so each test of a connector
begins with this probe.
"""

import errno
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field

from graphkeep.egress.gateway import Report, defer_refusals
from graphkeep.egress.outbound import Outbound
from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.sources.databases.stages import ConnectorError

PROBE_S = 5.0
NO_ROUTE = {
    errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL,
    errno.EPERM, errno.EACCES,
}  # fmt: skip
REASONS = {
    "CERTIFICATE_VERIFY_FAILED": "its certificate is not accepted",
    "WRONG_VERSION_NUMBER": "it does not speak TLS at this port",
    "UNSUPPORTED_PROTOCOL": "it speaks no TLS version that is still allowed (1.2 or newer)",
    "TLSV1_ALERT_PROTOCOL_VERSION": "it speaks no TLS version that is still allowed (1.2 or newer)",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "it accepts none of the ciphers, or asks for a client certificate",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "it asks for a client certificate",
    "UNEXPECTED_EOF_WHILE_READING": "it closed the connection during the TLS handshake",
}


@dataclass
class Attempt:
    """What the probing thread has come to; `stage` is the one that is under way."""

    stage: str = "name"
    error: Exception | None = None
    refusals: list[Report] = field(default_factory=list)
    is_done: threading.Event = field(default_factory=threading.Event)


def reach(
    outbound: Outbound,
    host: str,
    port: int,
    *,
    tls: ssl.SSLContext | None = None,
    timeout_s: float = PROBE_S,
) -> None:
    """Resolve the name, connect, and with `tls` complete a handshake; then close. All within `timeout_s`.

    Below about 4 s a missing route cannot be told from a host that does not answer: the kernel asks for its hardware
    address three times, a second each.

    Raises:
        ConnectorError: of the stage `name`, `route`, `refused`, `tls`, `timeout` or `policy`.
    """
    attempt = Attempt()
    # A name lookup has no timeout of its own.
    threading.Thread(
        target=probe, args=(attempt, outbound, host, port, tls, timeout_s), daemon=True
    ).start()
    if not attempt.is_done.wait(timeout_s):
        if attempt.stage == "name":
            raise ConnectorError(
                "name",
                f"The name {host} is not resolved within {timeout_s:.0f} s: the name server does not answer.",
                advice="Check the name servers of this machine.",
            )
        raise not_answered(host, port)
    for report in attempt.refusals:
        report()
    if attempt.error is not None:
        raise failure_of(attempt.error, host, port) from attempt.error


def probe(
    attempt: Attempt,
    outbound: Outbound,
    host: str,
    port: int,
    tls: ssl.SSLContext | None,
    timeout_s: float,
) -> None:
    try:
        with defer_refusals(attempt.refusals):
            outbound.addresses(host, port)
            attempt.stage = "connect"
            with outbound.connect(host, port, timeout_s=timeout_s) as connection:
                if tls is not None:
                    attempt.stage = "tls"
                    shake_hands(connection, host, tls)
    except (OSError, ValueError, EgressForbiddenError) as error:
        attempt.error = error
    finally:
        attempt.is_done.set()


def shake_hands(connection: socket.socket, host: str, tls: ssl.SSLContext) -> None:
    """Raises ssl.SSLError, also where the host resets the connection in the middle of the handshake."""
    try:
        with tls.wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False) as it:
            it.do_handshake()
            with suppress(OSError):
                it.shutdown(socket.SHUT_RDWR)
    except (ConnectionResetError, BrokenPipeError) as error:
        raise ssl.SSLEOFError(
            ssl.SSL_ERROR_EOF, "[SSL: UNEXPECTED_EOF_WHILE_READING] reset"
        ) from error


def failure_of(error: Exception, host: str, port: int) -> ConnectorError:
    """The stage at which a connection failed, by the error of the socket or of TLS.

    The message is ours: it names host and port, and nothing else of what was sent.
    """
    if isinstance(error, ConnectorError):
        return error
    if isinstance(error, EgressForbiddenError):
        return ConnectorError("policy", str(error), advice=error.advice)
    if isinstance(error, ssl.SSLError):
        return tls_failure(error, host, port)
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return ConnectorError(
            "name",
            f"The name {host} cannot be resolved.",
            advice="Check its spelling, and the name servers of this machine.",
        )
    if isinstance(error, TimeoutError) or getattr(error, "errno", None) == errno.ETIMEDOUT:
        return not_answered(host, port)
    if isinstance(error, ConnectionRefusedError):
        return ConnectorError(
            "refused",
            f"{host} refuses connections to port {port}.",
            advice="Check the port, that the source runs, and that it listens on this address.",
        )
    if isinstance(error, OSError) and error.errno in NO_ROUTE:
        return ConnectorError(
            "route",
            f"No route leads to {host}: {(error.strerror or 'it is not reachable').lower()}.",
            advice="Check the network and the firewall between this machine and the host.",
        )
    return ConnectorError(
        "refused",
        f"{host} closed the connection to port {port}.",
        advice="Check that the source, and not a proxy or another service, answers at this port.",
    )


def not_answered(host: str, port: int) -> ConnectorError:
    return ConnectorError(
        "timeout",
        f"{host} did not answer at port {port} in time.",
        advice="Check the firewalls between this machine and the host: they may drop packets without an answer.",
    )


def tls_failure(error: ssl.SSLError, host: str, port: int) -> ConnectorError:
    reason = getattr(error, "reason", None) or next(
        (known for known in REASONS if known in str(error)), ""
    )
    text = REASONS.get(reason, "the TLS handshake failed")
    advice = (
        "Check that the connector's TLS setting is the source's, and that this is its TLS port."
    )
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"its certificate is not accepted: {error.verify_message.lower().rstrip('.')}"
        advice = certificate_advice(error.verify_code, host)
    return ConnectorError("tls", f"{host}:{port}: {text}.", advice=advice)


def certificate_advice(code: int, host: str) -> str:
    """By the numbers of OpenSSL's X509_V_ERR_*."""
    if code == 10:
        return "Renew the certificate at the source, and check the clock of this machine."
    if code in {62, 64}:
        return f"Use a name that is in the certificate in place of {host}, or add it to the certificate."
    if code in {18, 19, 20, 21}:
        return (
            "Paste the certificate of its authority into the connector's setting for authorities."
        )
    return "Check the certificate at the source."
