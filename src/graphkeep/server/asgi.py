"""The ASGI application: request bodies are received first; Django handles HTTP, Channels WebSockets."""

import os
import re
import warnings
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

# Static files are small: synchronous reads are intended.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "graphkeep.server.settings")
django_application = get_asgi_application()

from django.urls import re_path  # noqa: E402  # needs loaded apps

from graphkeep.api.bridge import BRIDGE_PATH, bridge_endpoint  # noqa: E402
from graphkeep.api.stream import DatasetStream  # noqa: E402
from graphkeep.api.upload_middleware import UploadMiddleware  # noqa: E402
from graphkeep.server.http.proxy_headers import ProxyHeaders  # noqa: E402
from graphkeep.server.http.telemetry_middleware import TelemetryMiddleware  # noqa: E402


async def refuse_socket(_scope: Any, _receive: Any, send: Any) -> None:
    """Refuse the handshake with 403: there is no WebSocket at this address."""
    await send({"type": "websocket.close", "code": 4404})


SOCKETS = [
    re_path(r"^api/view/(?P<dataset_id>[0-9a-f]{32})/stream/?$", DatasetStream.as_asgi()),
    re_path(BRIDGE_PATH, bridge_endpoint),  # type: ignore[arg-type]
    re_path(r"", refuse_socket),  # type: ignore[arg-type]
]

IS_BRIDGE = re.compile(BRIDGE_PATH)


async def respond(scope: Any, receive: Any, send: Any) -> None:
    """HTTP requests of data bridges, and Django's; a router's copy of each scope would cost more than the match."""
    is_bridge = IS_BRIDGE.match(scope["path"].lstrip("/")) is not None
    await (bridge_endpoint if is_bridge else django_application)(scope, receive, send)


ROUTED = ProtocolTypeRouter({"http": respond, "websocket": URLRouter(SOCKETS)})
application = TelemetryMiddleware(ProxyHeaders(UploadMiddleware(ROUTED)))
