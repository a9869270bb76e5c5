"""The ASGI application: bodies are received first, then HTTP is Django's and sockets are Channels'."""

import os
import warnings
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

# Static files are small and read whole; that they are read synchronously is meant.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "graphkeep.server.settings")
django_application = get_asgi_application()

from django.urls import re_path  # noqa: E402  # the apps must stand first

from graphkeep.api.stream import DatasetStream  # noqa: E402
from graphkeep.api.upload_middleware import UploadMiddleware  # noqa: E402
from graphkeep.server.http.proxy_headers import ProxyHeaders  # noqa: E402
from graphkeep.server.http.telemetry_middleware import TelemetryMiddleware  # noqa: E402


async def refuse_socket(_scope: Any, _receive: Any, send: Any) -> None:
    """No socket is at this address: the handshake is refused with 403."""
    await send({"type": "websocket.close", "code": 4404})


SOCKETS = [
    re_path(r"^api/view/(?P<dataset_id>[0-9a-f]{32})/stream/?$", DatasetStream.as_asgi()),
    re_path(r"", refuse_socket),  # type: ignore[arg-type]
]
ROUTED = ProtocolTypeRouter({"http": django_application, "websocket": URLRouter(SOCKETS)})
application = TelemetryMiddleware(ProxyHeaders(UploadMiddleware(ROUTED)))
