"""What the settings of an HTTP connector mean: its endpoint, its headers, its credential."""

import base64
import re
from collections.abc import Mapping

from graphkeep.sources.databases.connector_kind import Settings
from graphkeep.sources.databases.setting_values import SettingValueError
from graphkeep.sources.databases.tls import check_authorities

AUTHENTICATIONS = ("none", "bearer", "header", "query", "basic")
TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
BASE_PATH = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,;=:@-]+)*")
# Those that the client sets, and those that carry credentials, which are no plain settings.
RESERVED = {
    "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect",
    "authorization", "cookie", "proxy-authorization", "proxy-connection", "x-forwarded-for", "forwarded",
}  # fmt: skip


def endpoint(settings: Settings) -> tuple[str, int]:
    return str(settings["host"]), int(settings["port"] or (443 if settings["tls"] else 80))


def base_url(settings: Settings) -> str:
    """Scheme, host and port."""
    host, port = endpoint(settings)
    host = f"[{host}]" if ":" in host else host
    return f"{'https' if settings['tls'] else 'http'}://{host}:{port}"


def check_settings(settings: Settings) -> None:
    """Raises SettingValueError: a path, a header or the authentication is not usable."""
    for name in ("base_path", "test_path"):
        value = (settings[name] or "").partition("?")[0]
        if not BASE_PATH.fullmatch(value.rstrip("/")) or {".", ".."} & set(value.split("/")):
            raise SettingValueError(
                name, "must be a path such as /api/v1, without '..', '#', '%' and blanks."
            )
    fixed_headers(settings)
    authentication = settings["authentication"]
    if authentication in {"header", "query"} and not TOKEN.fullmatch(settings["auth_name"] or ""):
        raise SettingValueError(
            "auth_name", f"must name the {authentication} that carries the token."
        )
    if authentication == "header" and settings["auth_name"].lower() in RESERVED - {
        "authorization",
        "cookie",
    }:
        raise SettingValueError("auth_name", "must not be a header that the client sets itself.")
    if authentication == "basic" and (not settings["user"] or ":" in settings["user"]):
        raise SettingValueError("user", "must be a user name without ':' for Basic authentication.")
    check_authorities(settings["ca_certificates"])


def fixed_headers(settings: Settings) -> dict[str, str]:
    """The headers of the setting `headers`. Raises SettingValueError."""
    headers = {}
    for entry in settings["headers"] or ():
        name, colon, value = entry.partition(":")
        if not colon or not TOKEN.fullmatch(name) or not value.strip().isascii():
            raise SettingValueError("headers", "must be entries such as Accept-Language: en.")
        if name.lower() in RESERVED:
            raise SettingValueError(
                "headers", f"must not have {name}: the client or the credential sets it."
            )
        headers[name] = value.strip()
    return headers


def credential(
    settings: Settings, secrets: Mapping[str, str]
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The headers and the query parameters that carry the token."""
    token = secrets.get("token", "")
    if not token or settings["authentication"] == "none":
        return {}, []
    if settings["authentication"] == "query":
        return {}, [(settings["auth_name"], token)]
    if settings["authentication"] == "basic":
        pair = base64.b64encode(f"{settings['user']}:{token}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}, []
    if settings["authentication"] == "bearer":
        return {"Authorization": f"Bearer {token}"}, []
    prefix = settings["auth_prefix"]
    return {settings["auth_name"]: f"{prefix} {token}" if prefix else token}, []
