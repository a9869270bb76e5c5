"""The headers of every response."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

Respond = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self' {sockets}; frame-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors {ancestors}"
)


def protect(respond: Respond) -> Respond:
    """A view that may be framed says so by `response.framed_by = "*"`."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        ancestors = getattr(response, "framed_by", "'none'")
        host = request.META.get("HTTP_HOST", "").replace(";", "").replace(",", "")
        response.headers.setdefault(
            "Content-Security-Policy",
            CONTENT_SECURITY_POLICY.format(
                sockets=f"ws://{host} wss://{host}", ancestors=ancestors
            ),
        )
        if ancestors == "'none'":
            response.headers.setdefault("X-Frame-Options", "DENY")
        else:
            response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "private, no-store")
            response.headers.setdefault("X-Robots-Tag", "noindex")
        return response

    return answer


def allow_origins(respond: Respond) -> Respond:
    """Any origin may call the API, without credentials."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api"):
            return respond(request)
        asked = request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META
        response = HttpResponse(status=204) if asked else respond(request)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Accept"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PATCH, DELETE, OPTIONS"
        return response

    return answer
