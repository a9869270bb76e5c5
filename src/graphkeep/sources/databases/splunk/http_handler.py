"""Requests of the Splunk SDK over the connections of the egress gateway."""

import io
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from splunklib.binding import ResponseReader

from graphkeep.sources.databases.http_client import HttpClient, HttpStatusError

Handler = Callable[..., dict[str, Any]]


def handler_of(client: HttpClient) -> Handler:
    """A handler as the SDK's `handler=` takes it. Statuses of error are answers: the SDK makes its own errors of them.

    The host of the SDK's addresses is not used: each request goes to the client's.
    """

    def send(url: str, message: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        address = urlsplit(str(url))
        body = message.get("body")
        headers = {name: str(value) for name, value in message["headers"]}
        if isinstance(body, str):
            body = body.encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        try:
            answer = client.send(
                message.get("method", "GET"), address.path,
                query=parse_qsl(address.query, keep_blank_values=True),
                body=body or None,
                headers=headers,
            )  # fmt: skip
        except HttpStatusError as error:
            if error.status < 400:
                raise
            return response(error.status, {}, error.body)
        return response(answer.status, answer.headers, answer.body)

    return send


def response(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    return {
        "status": status,
        "reason": HTTPStatus(status).phrase,
        "headers": list(headers.items()),
        "body": ResponseReader(io.BytesIO(body)),
    }
