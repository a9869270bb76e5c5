"""Connections to PostgreSQL: to the checked address, with the settings' TLS, in a read-only transaction."""

import ssl
import struct
import tempfile
from contextlib import suppress
from pathlib import Path
from socket import socket

import psycopg
from psycopg import sql

from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.sources.databases.connector_kind import ConnectionContext
from graphkeep.sources.databases.probe import PROBE_S, failure_of, reach, shake_hands
from graphkeep.sources.databases.sql.server_settings import tls_of
from graphkeep.sources.databases.stages import ConnectorError

CONNECT_S = 10
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
LOCK_TIMEOUT_MS = 2000


class TlsFiles:
    """The authorities as a file, which is what libpq reads; deleted by `close`."""

    def __init__(self, authorities: str) -> None:
        self._file = tempfile.NamedTemporaryFile("w", suffix=".pem") if authorities else None  # noqa: SIM115
        if self._file is not None:
            self._file.write(authorities)
            self._file.flush()

    @property
    def path(self) -> str:
        if self._file is not None:
            return self._file.name
        paths = ssl.get_default_verify_paths()
        known = (paths.cafile, "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/cert.pem")
        return next((path for path in known if path and Path(path).exists()), "system")

    def close(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()


def connect(context: ConnectionContext, tls_files: TlsFiles) -> psycopg.Connection:
    """A connection whose every transaction only reads.

    Raises:
        ConnectorError: with the stage that failed.
    """
    settings = context.settings
    host, port = settings["host"], settings["port"]
    try:
        addresses = context.outbound.addresses(host, port)
    except (OSError, EgressForbiddenError) as error:
        raise failure_of(error, host, port) from error
    tls = settings["tls"]
    try:
        connection = psycopg.connect(
            host=",".join([host] * len(addresses)),
            hostaddr=",".join(addresses),
            port=port,
            dbname=settings["database"],
            user=settings["user"],
            password=context.secrets.get("password", ""),
            passfile="/dev/null",
            sslmode="disable" if tls == "off" else tls,
            sslrootcert="" if tls == "off" else tls_files.path,
            require_auth="scram-sha-256,md5,none" if tls == "off" else None,
            gssencmode="disable",
            connect_timeout=CONNECT_S,
            client_encoding="UTF8",
            application_name="graphkeep",
            autocommit=False,
        )
    except psycopg.OperationalError as error:
        probe(context)
        raise sign_in_failure(error, context) from error
    connection.read_only = True
    return connection


def begin_reading(connection: psycopg.Connection, context: ConnectionContext) -> None:
    """Begin a transaction that only reads, within the time that a query may take."""
    limit_ms = max(1, int(context.limits.max_seconds * 1000))
    path = sql.SQL("pg_catalog, {}").format(sql.Identifier(context.settings["schema"]))
    connection.rollback()
    connection.execute(
        sql.SQL(
            "SELECT set_config('statement_timeout', {}, true), set_config('lock_timeout', {}, true), "
            "set_config('standard_conforming_strings', 'on', true), set_config('search_path', {}, true)"
        ).format(str(limit_ms), str(LOCK_TIMEOUT_MS), path.as_string(connection))
    )


def probe(context: ConnectionContext) -> None:
    """The stages before sign-in. Raises ConnectorError: at one of them."""
    settings = context.settings
    host, port = settings["host"], settings["port"]
    reach(context.outbound, host, port)
    tls = tls_of(settings)
    if tls is None:
        return
    try:
        with context.outbound.connect(host, port, timeout_s=PROBE_S) as connection:
            if not offers_tls(connection):
                raise ConnectorError(
                    "tls",
                    f"{host}:{port}: the server does not offer TLS.",
                    advice="Turn on `ssl` at the server, or set TLS to off for a server on this machine.",
                )
            shake_hands(connection, host, tls)
    except (OSError, EgressForbiddenError) as error:
        raise failure_of(error, host, port) from error


def offers_tls(connection: socket) -> bool:
    """PostgreSQL speaks TLS only after a request for it, in the clear."""
    connection.sendall(SSL_REQUEST)
    return connection.recv(1) == b"S"


def sign_in_failure(error: psycopg.OperationalError, context: ConnectionContext) -> ConnectorError:
    user, database = context.settings["user"], context.settings["database"]
    text = str(error)
    if "timeout expired" in text:
        return ConnectorError("timeout", f"{context.settings['host']} did not answer in time.")
    reason = text.rpartition("FATAL:")[2].strip() if "FATAL:" in text else ""
    if "does not exist" in reason and "database" in reason:
        return ConnectorError(
            "sign-in", f"There is no database `{database}`.", advice="Check the setting `database`."
        )
    if "no pg_hba.conf entry" in reason:
        return ConnectorError(
            "sign-in",
            f"The server does not let the role `{user}` sign in from here.",
            advice="Add a line for this machine to pg_hba.conf (hostssl … scram-sha-256).",
        )
    if "too many" in reason or "remaining connection slots" in reason:
        return ConnectorError(
            "sign-in",
            "The server has no connection left for this role.",
            advice="Raise CONNECTION LIMIT of the role, or max_connections of the server.",
        )
    if "authentication method" in text:
        return ConnectorError(
            "sign-in",
            "The server asks for the password in the clear.",
            advice="Use scram-sha-256 in pg_hba.conf, or TLS.",
        )
    return ConnectorError(
        "sign-in",
        f"The server does not accept the role `{user}` with this password.",
        advice="Check the settings `user` and `password`.",
    )
