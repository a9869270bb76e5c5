"""Connections to MySQL and MariaDB over sockets of the egress gateway, each in a read-only transaction."""

from typing import Any, cast

import pymysql
from pymysql.connections import Connection
from pymysql.constants import CR, ER
from pymysql.converters import encoders

from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.sources.databases.connector_kind import ConnectionContext
from graphkeep.sources.databases.probe import failure_of
from graphkeep.sources.databases.sql.server_settings import tls_of
from graphkeep.sources.databases.stages import ConnectorError

CONNECT_S = 10.0
GRACE_S = 5.0
CLEAR_TEXT_PLUGINS = ("mysql_clear_password", "mysql_old_password", "dialog")
SIGN_IN = {ER.ACCESS_DENIED_ERROR, 1698}
FULL = {ER.CON_COUNT_ERROR, ER.TOO_MANY_USER_CONNECTIONS, ER.USER_LIMIT_REACHED}


class RefusedPlugin:
    """A way to sign in that would send the password in the clear."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def authenticate(self, packet: object) -> None:
        raise pymysql.OperationalError(
            CR.CR_AUTH_PLUGIN_ERR, "The server asks for the password in the clear."
        )


def connect(context: ConnectionContext) -> Connection:
    """A connection that has signed in, with the session's settings.

    Raises:
        ConnectorError: with the stage that failed.
    """
    settings = context.settings
    host, port = settings["host"], settings["port"]
    tls = tls_of(settings)
    connection = Connection(
        host=host,
        port=port,
        user=settings["user"],
        password=context.secrets.get("password", "").encode(),
        database=settings["database"],
        charset="utf8mb4",
        ssl=tls,
        ssl_disabled=tls is None,
        auth_plugin_map={} if tls else dict.fromkeys(CLEAR_TEXT_PLUGINS, RefusedPlugin),
        local_infile=False,
        read_timeout=context.limits.max_seconds + GRACE_S,
        write_timeout=CONNECT_S,
        conv=cast("Any", encoders),  # values stay texts, which Arrow reads faster than Python does
        autocommit=None,
        program_name="graphkeep",
        defer_connect=True,
    )
    try:
        connection.connect(context.outbound.connect(host, port, timeout_s=CONNECT_S))
        prepare(connection, context)
    except (OSError, EgressForbiddenError) as error:
        raise failure_of(error, host, port) from error
    except pymysql.MySQLError as error:
        raise connect_failure(error, context) from error
    return connection


def prepare(connection: Any, context: ConnectionContext) -> None:
    """The session's settings: no modes that change how a text is read, times in UTC, a limit of time, no writes."""
    connection.query("SET SESSION sql_mode = '', SESSION time_zone = '+00:00'")
    seconds = context.limits.max_seconds
    if "mariadb" in str(connection.server_version).lower():
        connection.query(f"SET SESSION max_statement_time = {seconds:.3f}")
    else:
        connection.query(f"SET SESSION max_execution_time = {int(seconds * 1000)}")
    connection.query("SET SESSION TRANSACTION READ ONLY")
    connection.query("START TRANSACTION READ ONLY")


def connect_failure(error: pymysql.MySQLError, context: ConnectionContext) -> ConnectorError:
    settings = context.settings
    host, port, user = settings["host"], settings["port"], settings["user"]
    original = getattr(error, "original_exception", None)
    if original is not None:
        return failure_of(original, host, port)
    code = error.args[0] if error.args else 0
    if code == CR.CR_SSL_CONNECTION_ERROR:
        return ConnectorError(
            "tls",
            f"{host}:{port}: the server does not offer TLS.",
            advice="Give the server a certificate (ssl_cert, ssl_key), or set TLS to off for a server on this machine.",
        )
    if code == ER.BAD_DB_ERROR:
        return ConnectorError(
            "sign-in",
            f"There is no database `{settings['database']}`.",
            advice="Check the setting `database`.",
        )
    if code == ER.DBACCESS_DENIED_ERROR:
        return ConnectorError(
            "permission",
            f"The account may not use the database `{settings['database']}`.",
            advice="GRANT SELECT on its tables to the account.",
        )
    if code in FULL:
        return ConnectorError(
            "sign-in",
            "The server has no connection left for this account.",
            advice="Raise MAX_USER_CONNECTIONS of the account, or max_connections of the server.",
        )
    if code == CR.CR_AUTH_PLUGIN_ERR:
        return ConnectorError(
            "sign-in", "The server asks for the password in the clear.", advice="Use TLS."
        )
    if code == ER.HOST_NOT_PRIVILEGED:
        return ConnectorError(
            "sign-in",
            "The server lets nobody sign in from here.",
            advice="Create the account for this machine's address ('user'@'address').",
        )
    if code in {CR.CR_SERVER_LOST, CR.CR_SERVER_GONE_ERROR}:
        return ConnectorError("refused", f"{host}:{port} closed the connection.")
    advice = "Check the settings `user` and `password`, and the host part of the account."
    if settings["tls"] == "off":
        advice += " An account with REQUIRE SSL needs TLS."
    return ConnectorError(
        "sign-in",
        f"The server does not accept the user `{user}` with this password.",
        advice=advice,
    )
