"""REQUIRE_TLS: refuse plain HTTP from other machines before authentication, and record exposed credentials."""

import ipaddress
import re
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings

from graphkeep.accounts.operations.cleartext import record_cleartext
from graphkeep.api.credentials import credentials_of_scope, header
from graphkeep.api.error_response import send_error
from graphkeep.api.request_parsing import parse_json
from graphkeep.api.upload_middleware import Message, Receive, Scope, Send
from graphkeep.graph.errors import UserInputError
from graphkeep.server.http.health import HEALTH
from graphkeep.site.runtime_settings import runtime_setting

API = re.compile(r"/(?:api|api-token-[a-z]+|etl|auth)(?:/.*)?")
CARRIES_A_TOKEN = re.compile(r"/(?:api-token|api/v2/auth/token/)[-a-z]*/?")
MAX_BODY = 1 << 14
REFUSAL_HEADERS = (
    (b"access-control-allow-origin", b"*"),
    (b"cache-control", b"no-store"),
    (b"connection", b"close"),
)
WORDS = (
    "This server takes nothing over plain HTTP: use https. What you sent may have been read on the way; "
    "change the password, or revoke the key or token."
)


def is_cleartext(scope: Scope) -> bool:
    """Whether the request crossed a network without TLS, under REQUIRE_TLS; health checks are exempt."""
    if not settings.REQUIRE_TLS or scope.get("scheme", "http") not in {"http", "ws"}:
        return False
    if HEALTH.fullmatch(scope["path"]):
        return False
    address = (scope.get("client") or ("", 0))[0]
    return scope.get("graphkeep.relayed", False) or not is_this_machine(address)


def is_this_machine(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


async def refuse_cleartext(scope: Scope, receive: Receive, send: Send) -> None:
    """Redirect page requests to https; refuse API requests, so that clients notice the misconfiguration.

    Credentials in the request are recorded as exposed.
    """
    tokens = [await token_in_body(receive)] if CARRIES_A_TOKEN.fullmatch(scope["path"]) else []
    await database_sync_to_async(revoke_seen_tokens)(scope, tokens)
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403})
    elif scope["method"] in {"GET", "HEAD"} and not API.fullmatch(scope["path"]):
        await redirect_to_https(scope, send)
    else:
        await send_error(send, 403, WORDS, headers=REFUSAL_HEADERS)


def revoke_seen_tokens(scope: Scope, tokens: list[str]) -> None:
    record_cleartext(credentials_of_scope(scope), *filter(None, tokens))


async def token_in_body(receive: Receive) -> str:
    body = b""
    while len(body) <= MAX_BODY:
        message: Message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    with suppress(UserInputError):
        payload: Any = parse_json(bytes(body))
        if isinstance(payload, dict) and isinstance(payload.get("token"), str):
            return str(payload["token"])
    return ""


async def redirect_to_https(scope: Scope, send: Send) -> None:
    name = re.sub(r":\d+$", "", header(scope, b"host").lower())
    domain: str = runtime_setting("SITE_DOMAIN")
    if domain.partition(":")[0] == name:
        name = domain
    # The raw path with its percent-encoding: the decoded path could be a different one.
    path = scope.get("raw_path") or scope["path"].encode()
    query = b"?" + scope["query_string"] if scope.get("query_string") else b""
    headers = [
        (b"location", b"https://" + name.encode() + path.partition(b"?")[0] + query),
        (b"content-length", b"0"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 308, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
