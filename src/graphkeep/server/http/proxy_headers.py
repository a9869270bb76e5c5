"""Reverse proxy headers: the outermost ASGI layer derives client address, scheme and Host from them.

Forwarded headers are trusted only from the networks in TRUSTED_PROXIES; those of other clients are removed.
"""

from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings

from graphkeep.api.credentials import header, header_lines
from graphkeep.api.error_response import send_error
from graphkeep.api.upload_middleware import Application, Receive, Scope, Send
from graphkeep.server.http.allowed_hosts import is_address, is_allowed_host
from graphkeep.server.http.require_tls import is_cleartext, refuse_cleartext
from graphkeep.site.networks import is_in_networks
from graphkeep.site.runtime_settings import runtime_setting

ADD_A_NAME = "Its administrator sets it by  graphkeep config set SITE_DOMAIN NAME"
LOOPBACK = ["127.0.0.0/8", "::1/128"]
PORTAL = "/admin-portal"
FORWARDED = (b"x-forwarded-", b"forwarded", b"x-real-ip")
FORWARD_AUTH = "/auth/verify"
REFUSAL_HEADERS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)


class ProxyHeaders:
    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.application(scope, receive, send)
            return
        scope = {**scope, **forwarded_scope(scope)}
        refused_with = await database_sync_to_async(refusal)(scope)
        if refused_with is None and is_cleartext(scope):
            await refuse_cleartext(scope, receive, send)
        elif refused_with is None:
            await self.application(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403})
        else:
            await send_error(send, *refused_with, headers=REFUSAL_HEADERS)


def forwarded_scope(scope: Scope) -> dict[str, Any]:
    """Changes to the scope: client address, scheme and Host from the forwarded headers of trusted proxies.

    The client is the last address in X-Forwarded-For that is not a trusted proxy. An untrusted client keeps
    its own address, and its forwarded headers are removed.
    """
    address, port = scope.get("client") or ("", 0)
    trusted: list[str] = settings.TRUSTED_PROXIES
    if not trusted or not is_in_networks(address, trusted):
        headers = [
            pair
            for pair in scope["headers"]
            if not pair[0].replace(b"_", b"-").startswith(FORWARDED)
        ]
        return {"headers": headers, "graphkeep.relayed": len(headers) < len(scope["headers"])}
    forwarded_for = ",".join(header_lines(scope, b"x-forwarded-for"))
    for entry in reversed(forwarded_for.split(",")):
        candidate = entry.strip()
        if not is_address(candidate):
            break
        address = candidate
        if not is_in_networks(candidate, trusted):
            break
    scheme = nearest(scope, b"x-forwarded-proto").lower()
    is_socket = scope["type"] == "websocket"
    names = {"https": "wss" if is_socket else "https", "http": "ws" if is_socket else "http"}
    changes: dict[str, Any] = {
        "client": (address, port),
        "graphkeep.by_proxy": True,
        "scheme": names.get(scheme, scope.get("scheme", "http")),
        "graphkeep.relayed": not is_in_networks((scope.get("client") or ("", 0))[0], LOOPBACK),
    }
    host = nearest(scope, b"x-forwarded-host")
    if host and not is_forward_auth(scope):
        headers_without_host = [pair for pair in scope["headers"] if pair[0] != b"host"]
        changes["headers"] = [*headers_without_host, (b"host", host.encode("latin-1"))]
    return changes


def nearest(scope: Scope, name: bytes) -> str:
    """The last line of a header, which the nearest proxy added; empty if there is none."""
    return next(reversed(header_lines(scope, name)), "").strip()


def is_forward_auth(scope: Scope) -> bool:
    """Whether a proxy requests forward authentication: X-Forwarded-Host then names another application."""
    has_forwarded_host = bool(header(scope, b"x-forwarded-host"))
    return has_forwarded_host and bool(scope["path"].rstrip("/") == FORWARD_AUTH)


def refusal(scope: Scope) -> tuple[int, str] | None:
    address = (scope.get("client") or ("", 0))[0]
    host = header(scope, b"host").lower()
    if not is_forward_auth(scope) and not is_allowed_host(host, scope):
        return 400, "This server is not known by this name. " + ADD_A_NAME
    everyone, admins = runtime_setting("IP_ALLOWLIST"), runtime_setting("ADMIN_IP_ALLOWLIST")
    if everyone and not is_in_networks(address, everyone):
        return 403, "This server is not open to your address."
    is_portal = scope["path"].startswith(PORTAL)
    if is_portal and admins and not is_in_networks(address, admins):
        return 403, "The Admin portal is not open to your address."
    return None
