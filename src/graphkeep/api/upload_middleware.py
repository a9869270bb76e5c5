"""The outermost middleware: checks credential and size before reading a body.

Uploads stream to a file, with a running hash, and reach their view as that file; Django's own body
limits know nothing of bodies that are read as streams. All other bodies are small.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.conf import settings

from graphkeep.accounts.credentials.errors import InvalidCredentialError
from graphkeep.api.credentials import authenticate_scope, header
from graphkeep.api.error_response import send_error
from graphkeep.datasets.operations.upload import UploadedBody
from graphkeep.graph.errors import DiskFullError, GraphkeepError, NotAllowedError, TooLargeError
from graphkeep.store.disk_space import check_free_space, translate_disk_errors
from graphkeep.telemetry import metrics

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

UPLOADS = re.compile(r"/api/v2/upload/(?:files/[^/]+|datasets/[^/]+/(?:edges|nodes)/[a-z]+)/?")
CHUNK = 1 << 20
STALL_S = 30.0  # between two parts of a body
REQUEST_CONTEXT = "graphkeep.request-context"  # of a request, shared by all middleware
CHECK_EACH = 8 << 20  # bytes between two checks of the free disk space


class UploadMiddleware:
    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
        elif scope["method"] == "POST" and UPLOADS.fullmatch(scope["path"]):
            await self.upload(scope, receive, send)
        else:
            await self.small(scope, receive, send)

    async def small(self, scope: Scope, receive: Receive, send: Send) -> None:
        if declared_size(scope) > settings.BODY_MAX_SIZE:
            await refuse(send, 413, too_large(settings.BODY_MAX_SIZE))
            return
        taken = 0
        is_whole = False

        async def counted() -> Message:
            nonlocal taken, is_whole
            message = await receive() if is_whole else await in_time(receive)
            is_whole = not message.get("more_body")
            taken += len(message.get("body", b""))
            if taken > settings.BODY_MAX_SIZE:
                # The connection ends here: an honest sender has declared its size.
                return {"type": "http.disconnect"}
            return message

        await self.application(scope, counted, send)

    async def upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            actor = await database_sync_to_async(authenticate_scope)(scope)
        except InvalidCredentialError as error:
            await refuse(send, 401, error.message)
            return
        except NotAllowedError as error:
            await refuse(send, 403, error.message)
            return
        if not actor.is_authenticated:
            await refuse(send, 401, "Authentication credentials were not provided.")
            return
        if declared_size(scope) > settings.UPLOAD_MAX_SIZE:
            await refuse(send, 413, too_large(settings.UPLOAD_MAX_SIZE))
            return
        if (header(scope, b"content-type") or "").lower().startswith("multipart/"):
            metrics.inc("uploads_total", outcome="multipart")
            await refuse(send, 415, no_form(scope))
            return
        try:
            with translate_disk_errors():
                check_free_space(settings.TMP_DIR, declared_size(scope))
                settings.TMP_DIR.mkdir(parents=True, exist_ok=True)
                path = settings.TMP_DIR / f"upload-{secrets.token_hex(16)}"
                handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o660)
        except DiskFullError as error:
            await refuse(send, 507, error.message)
            return
        try:
            size, digest = await stream_to(handle, receive, limit=settings.UPLOAD_MAX_SIZE)
            metrics.inc("uploads_total", outcome="received")
            metrics.inc("upload_bytes_total", size)
            body = UploadedBody(path=path, size_bytes=size, sha256=digest)
            headers = [(key, value) for key, value in scope["headers"] if key not in LENGTHS]
            await self.application(
                {**scope, "headers": headers, "graphkeep.received": body},
                nothing_more(receive),
                send,
            )
        except TooLargeError as error:
            metrics.inc("uploads_total", outcome="too large")
            await refuse(send, 413, error.message)
        except DiskFullError as error:
            await refuse(send, 507, error.message)
        except SenderGoneError:
            metrics.inc("uploads_total", outcome="broken off")
            return
        finally:
            path.unlink(missing_ok=True)


LENGTHS = {b"content-length", b"content-type", b"transfer-encoding"}


class SenderGoneError(GraphkeepError):
    pass


async def stream_to(handle: int, receive: Receive, *, limit: int) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    with translate_disk_errors(), os.fdopen(handle, "wb") as file:
        while True:
            message = await in_time(receive)
            if message["type"] == "http.disconnect":
                raise SenderGoneError
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > limit:
                raise TooLargeError(too_large(limit))
            if size // CHECK_EACH != (size - len(chunk)) // CHECK_EACH:
                check_free_space(settings.TMP_DIR)
            if len(chunk) > CHUNK:
                await sync_to_async(file.write, thread_sensitive=False)(chunk)
            else:
                file.write(chunk)
            digest.update(chunk)
            if not message.get("more_body"):
                return size, digest.hexdigest()


async def in_time(receive: Receive) -> Message:
    """The next part of a body; a sender who sends nothing for a while counts as gone."""
    try:
        return await asyncio.wait_for(receive(), STALL_S)
    except TimeoutError:
        return {"type": "http.disconnect"}


def nothing_more(receive: Receive) -> Receive:
    is_told = False

    async def empty() -> Message:
        nonlocal is_told
        if not is_told:
            is_told = True
            return {"type": "http.request", "body": b"", "more_body": False}
        return await receive()

    return empty


def declared_size(scope: Scope) -> int:
    with contextlib.suppress(ValueError):
        return int(header(scope, b"content-length") or 0)
    return 0


def too_large(limit: int) -> str:
    return (
        f"This body is larger than the {limit / (1 << 20):.0f} MiB that the server takes. "
        "Ask the administrator to raise UPLOAD_MAX_SIZE, or upload less."
    )


def no_form(scope: Scope) -> str:
    host = header(scope, b"host") or "HOST"
    address = f"{scope.get('scheme', 'https')}://{host}{scope['path']}"
    return (
        "This is a form (multipart/form-data); send the bytes of the file as the body instead: "
        f"curl -X POST {address} -H 'Authorization: Bearer TOKEN' --data-binary @FILE"
    )


async def refuse(send: Send, status: int, message: str) -> None:
    """Answer without reading the body, which ends the connection."""
    headers = [(b"access-control-allow-origin", b"*"), (b"connection", b"close")]
    await send_error(send, status, message, headers=headers)
