"""Telemetry of every request and WebSocket: request id, metrics, span, and bytes sent per user."""

import re
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from graphkeep.accounts import usage
from graphkeep.api.credentials import header
from graphkeep.api.upload_middleware import (
    REQUEST_CONTEXT,
    Application,
    Message,
    Receive,
    Scope,
    Send,
)
from graphkeep.site.networks import is_in_networks
from graphkeep.telemetry import metrics
from graphkeep.telemetry.context import checked_request_id, work_context
from graphkeep.telemetry.tracing import span

# Route label by path, for metrics and spans; the first match counts.
ROUTES = tuple(
    (re.compile(begin), name)
    for begin, name in (
        (r"/(?:healthz|ht|healthcheck|caddy/health|streamgl-[\w/-]+health|pivot/health)/?$", "health"),
        (r"/static/", "static"),
        (r"/api/v2/upload/", "upload"),
        (r"/api/view/[^/]+/stream", "socket"),
        (r"/api/view/", "view"),
        (r"/api[/-]", "api"),
        (r"/admin-portal", "portal"),
        (r"/(?:accounts|users)/", "account"),
        (r"/(?:graph/|datasets|share|embed|organizations|$)", "page"),
    )
)  # fmt: skip

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


@dataclass
class RequestContext:
    """Facts about a request that inner layers share with the middleware."""

    request_id: str
    user_pk: int | None = None


class TelemetryMiddleware:
    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.application(scope, receive, send)
            return
        trusted = is_trusted(scope)
        context = RequestContext(
            checked_request_id(header(scope, b"x-request-id") if trusted else "")
        )
        route = route_of(scope["path"])
        parent = header(scope, b"traceparent") if trusted else ""
        started_at = time.monotonic()
        sent = 0
        status = 0

        async def counted(message: Message) -> None:
            nonlocal sent, status
            size = len(message.get("body") or message.get("bytes") or b"")
            size += len((message.get("text") or "").encode())
            if message["type"] == "http.response.start":
                status = message["status"]
                id_header = (b"x-request-id", context.request_id.encode())
                message = {**message, "headers": [*message.get("headers", []), id_header]}
            sent += size
            if context.user_pk is not None and size:
                usage.count_sent(context.user_pk, size)
            await send(message)

        is_socket = scope["type"] == "websocket"
        attributes = {"http.route": route, "http.request.method": known_method(scope)}
        with (
            work_context(context.request_id),
            span(f"request {route}", parent, **attributes) as request_span,
        ):
            try:
                if is_socket:
                    metrics.inc("sockets_open")
                await self.application({**scope, REQUEST_CONTEXT: context}, receive, counted)
            finally:
                if is_socket:
                    metrics.inc("sockets_open", -1)
                    status = 101
                request_span.set_attributes(
                    http__response__status_code=status, request_id=context.request_id
                )
                metrics.inc("requests_total", route=route, status=f"{status // 100}xx")
                metrics.inc("sent_bytes_total", sent, route=route)
                if not is_socket:
                    metrics.observe("request_seconds", time.monotonic() - started_at, route=route)


def is_trusted(scope: Scope) -> bool:
    """Whether the client is a trusted proxy: only such a client may set the request id and the trace parent."""
    address, _ = scope.get("client") or ("", 0)
    return bool(settings.TRUSTED_PROXIES) and is_in_networks(address, settings.TRUSTED_PROXIES)


def known_method(scope: Scope) -> str:
    method = str(scope.get("method", "GET"))
    return method if method in METHODS else "other"


def route_of(path: str) -> str:
    return next((name for pattern, name in ROUTES if pattern.match(path)), "other")


def record_transfer(scope: Any, user_pk: int | None) -> None:
    context = scope.get(REQUEST_CONTEXT)
    if isinstance(context, RequestContext):
        context.user_pk = user_pk
