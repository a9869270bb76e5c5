"""Security headers and CORS headers of every response."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from graphkeep.server.http.allowed_hosts import is_local_name

Respond = Callable[[HttpRequest], HttpResponseBase]

# 'self' includes WebSockets to the same host (Content Security Policy 3), so the policy needs no host name.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors {ancestors}{types}"
)
# Svelte creates its templates through the first policy; nothing else creates HTML. The second policy allows the
# script of one worker (workbench/src/state/filters/filterWorkerUrl.ts), which `worker-src 'self'` restricts too.
TRUSTED_TYPES = (
    "; require-trusted-types-for 'script'; trusted-types svelte-trusted-html filter-worker"
)
NEVER = "'none'"
FRAME_OPTIONS = {NEVER: "DENY", "'self'": "SAMEORIGIN"}  # for browsers without frame-ancestors
# For development with Vite on this machine: allows its scripts and WebSocket, and inline styles.
DEVELOPMENT_POLICY = (
    "default-src 'self' {vite}; script-src 'self' {vite}; style-src 'self' 'unsafe-inline' {vite}; "
    "img-src 'self' data: blob: {vite}; connect-src 'self' {vite} {socket}; worker-src 'self' blob: {vite}; "
    "base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors {ancestors}"
)
# The portal is Django's admin, whose scripts do not support Trusted Types.
WITHOUT_TRUSTED_TYPES = "/admin-portal/"


def add_security_headers(respond: Respond) -> Respond:
    """Add security headers; a view allows framing by setting `response.framed_by`, for example to "*"."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        ancestors = getattr(response, "framed_by", NEVER)
        types = "" if request.path.startswith(WITHOUT_TRUSTED_TYPES) else TRUSTED_TYPES
        headers = {
            "Content-Security-Policy": content_security_policy(request, ancestors, types),
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "X-Robots-Tag": "noindex",
        }
        if is_trustworthy(request) and not settings.VITE_URL:
            headers["Cross-Origin-Embedder-Policy"] = "require-corp"
            headers["Cross-Origin-Opener-Policy"] = (
                "same-origin" if ancestors in FRAME_OPTIONS else "unsafe-none"
            )
        if ancestors in FRAME_OPTIONS:
            headers["X-Frame-Options"] = FRAME_OPTIONS[ancestors]
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
        else:
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if not request.path.startswith("/static/"):
            headers["Cache-Control"] = "private, no-store"
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return answer


def content_security_policy(request: HttpRequest, ancestors: str, types: str) -> str:
    """The Content Security Policy of a response; relaxed only for development with Vite on this machine."""
    name = re.sub(r":\d+$", "", request.get_host())
    if settings.VITE_URL and is_local_name(name):
        socket = settings.VITE_URL.replace("http", "ws", 1)
        return DEVELOPMENT_POLICY.format(vite=settings.VITE_URL, socket=socket, ancestors=ancestors)
    return CONTENT_SECURITY_POLICY.format(ancestors=ancestors, types=types)


def is_trustworthy(request: HttpRequest) -> bool:
    """Whether browsers treat the origin as trustworthy; for others they ignore COOP and COEP with a warning."""
    name = re.sub(r":\d+$", "", request.get_host())
    return request.is_secure() or is_local_name(name)


def add_cors_headers(respond: Respond) -> Respond:
    """Add CORS headers: any origin may call the API with a token, but not with the browser's cookies."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api"):
            return respond(request)
        is_preflight = (
            request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META
        )
        response = HttpResponse(status=204) if is_preflight else respond(request)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Accept"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PATCH, DELETE, OPTIONS"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return answer
