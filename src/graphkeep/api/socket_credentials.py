"""Credentials of a WebSocket: its origin, its view token, and when its credential expires."""

from typing import Any

import jwt

from graphkeep.accounts.credentials.tokens import LEEWAY_S
from graphkeep.api.credentials import header


def is_same_origin(origin: str, host: str) -> bool:
    """Whether a page of this origin came from this Host, over HTTP; never for `null` or another scheme."""
    return origin.lower() in {f"http://{host.lower()}", f"https://{host.lower()}"}


def view_token_of(scope: Any) -> tuple[str, str] | None:
    """The view token among the subprotocols, and the origin of its page: a browser sends no header here."""
    token, encoded_origin = subprotocol_value(scope, "pass."), subprotocol_value(scope, "origin.")
    if not token:
        return None
    try:
        origin = bytes.fromhex(encoded_origin).decode()
    except ValueError:
        origin = ""
    return token, origin


def subprotocol_value(scope: Any, prefix: str) -> str:
    names = scope.get("subprotocols", [])
    return next((name.removeprefix(prefix) for name in names if name.startswith(prefix)), "")


def expires_at(scope: Any) -> float | None:
    """When the token that opened a socket expires, in seconds since 1970; its signature is checked elsewhere."""
    view_token = view_token_of(scope)
    text = view_token[0] if view_token else header(scope, b"authorization").rpartition(" ")[2]
    try:
        return float(jwt.decode(text, options={"verify_signature": False})["exp"]) + LEEWAY_S
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return None
