"""Requests to one host, over connections of the egress gateway, each with a deadline and a limit of bytes.

Redirects are answers, not followed; no request is repeated by itself. Errors name the stage and the host, never an
address with its query, a header or a body.
"""

import json
import re
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import LocationValueError

from graphkeep.egress.http import cause_of, host_and_port
from graphkeep.egress.outbound import Outbound
from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.graph.errors import UserInputError
from graphkeep.sources.databases.http_client.errors import status_failure
from graphkeep.sources.databases.http_client.sockets import OpenSockets
from graphkeep.sources.databases.probe import failure_of, not_answered
from graphkeep.sources.databases.stages import ConnectorError

MAX_BYTES = 64 << 20
MAX_ERROR_BYTES = 64 << 10
CHUNK_BYTES = 64 << 10
PATH = re.compile(r"/[!-\"$->@-~]*")  # visible ASCII but `#` and `?`
HEADER_VALUE = re.compile(r"[\t -~\x80-\xff]*")


@dataclass(frozen=True, kw_only=True)
class HttpAnswer:
    """`headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON. Raises ConnectorError: it is not."""
        return parse_json(self.body)


class HttpClient:
    """Requests to the host of `url` (scheme, host and port; its path is not used).

    `headers` go with each request, such as `Authorization`. `cancel` may be called by another thread; the other methods
    by one thread at a time.

    Args:
        timeout_s: the time for one request, from the connection to its last byte.
        connect_timeout_s: the time for the connection alone.

    Raises:
        ConnectorError: the host of `url` is no name.
    """

    def __init__(
        self,
        outbound: Outbound,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = 30.0,
        connect_timeout_s: float = 5.0,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.host, self.port = host_and_port(url)
        self.headers = dict(headers or {})
        self.timeout_s = timeout_s
        self.max_bytes = max_bytes
        self.sockets = OpenSockets()
        try:
            self.pool = outbound.http_pool(url, timeout_s=connect_timeout_s, tls=tls)
        except LocationValueError as error:  # such as "." for a host
            raise failure_of(UnicodeError(), self.host, self.port) from error
        self.pool.ConnectionCls = self.sockets.track(self.pool.ConnectionCls)

    def send_json(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        content: Any = None,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
    ) -> Any:
        """The JSON that the host answers; `content`, if not None, is sent as JSON.

        Raises:
            ConnectorError: as `stream`; also an answer that is not JSON.
        """
        answer = self.send(
            method, path, query=query, content=content, headers=headers, max_bytes=max_bytes
        )
        return answer.json()

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        content: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        accepted: Sequence[int] = (),
    ) -> HttpAnswer:
        """A whole answer. Raises ConnectorError, as `stream`."""
        with self.stream(
            method, path, query=query, content=content, body=body, headers=headers,
            max_bytes=max_bytes, accepted=accepted,
        ) as stream:  # fmt: skip
            return HttpAnswer(
                status=stream.status, headers=stream.headers, body=b"".join(stream.chunks)
            )

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        content: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        accepted: Sequence[int] = (),
    ) -> Iterator["AnswerStream"]:
        """An answer whose body is read chunk by chunk, in the `with` block.

        `path` and `query` are percent-encoded where they need to be: the path by the caller, the query here. Statuses of 300
        and above are errors but for those `accepted`.

        Raises:
            ConnectorError: no connection or a status of error; RateLimitError for 429; `timeout` at the deadline and
                after `cancel`; `query` where the body is longer than `max_bytes`.
            UserInputError: the path or a header has a character that it must not have.
        """
        if content is not None:
            body = json.dumps(content, separators=(",", ":")).encode()
            headers = {"Content-Type": "application/json", **(headers or {})}
        target = self.target(path, query)
        all_headers = {**self.headers, **(headers or {})}
        check_headers(all_headers)
        deadline = threading.Timer(self.timeout_s, self.sockets.end, args=("timeout",))
        deadline.daemon = True
        self.sockets.begin()
        deadline.start()
        try:
            with self._open(method, target, body, all_headers) as response:
                yield self._checked(response, max_bytes or self.max_bytes, accepted)
        except (urllib3.exceptions.HTTPError, OSError, EgressForbiddenError) as error:
            raise self._failure(error) from None
        finally:
            deadline.cancel()
            self.sockets.forget()

    def target(self, path: str, query: Sequence[tuple[str, str]] = ()) -> str:
        """Path and query as they are sent. Raises UserInputError: the path does not stay as it is."""
        if not PATH.fullmatch(path):
            raise UserInputError(
                "A path begins with / and has no blank, no control character, no '?' and no '#'."
            )
        if has_dot_segments(path):
            raise UserInputError("A path has no segment '.' or '..'.")
        return path + (f"?{urlencode(query)}" if query else "")

    def cancel(self) -> None:
        """End the request that runs, from another thread: its connection is shut down."""
        self.sockets.end("cancel")

    def close(self) -> None:
        with suppress(OSError):
            self.pool.close()

    def _open(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]
    ) -> urllib3.BaseHTTPResponse:
        return self.pool.urlopen(
            method,
            target,
            body,
            {"User-Agent": "graphkeep", "Accept-Encoding": "identity", **headers},
            retries=False,
            redirect=False,
            timeout=urllib3.Timeout(total=self.timeout_s),
            preload_content=False,
            decode_content=True,
        )

    def _checked(
        self, response: urllib3.BaseHTTPResponse, max_bytes: int, accepted: Sequence[int]
    ) -> "AnswerStream":
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status >= 300 and response.status not in accepted:
            body = b""
            with suppress(urllib3.exceptions.HTTPError, OSError):
                body = response.read(MAX_ERROR_BYTES)
            response.close()
            raise status_failure(response.status, headers, self.host, body)
        return AnswerStream(
            status=response.status, headers=headers, chunks=self._chunks(response, max_bytes)
        )

    def _chunks(self, response: urllib3.BaseHTTPResponse, max_bytes: int) -> Iterator[bytes]:
        size = 0
        while chunk := response.read1(CHUNK_BYTES):
            size += len(chunk)
            if size > max_bytes:
                response.close()
                raise ConnectorError(
                    "query",
                    f"{self.host} answers with more than {max_bytes:,} bytes.",
                    advice="Ask for less, or for smaller pages.",
                )
            yield chunk
        if self.sockets.ended_by:
            raise ConnectionAbortedError

    def _failure(self, error: Exception) -> ConnectorError:
        if self.sockets.ended_by == "cancel":
            return ConnectorError("query", "The query was canceled.")
        if self.sockets.ended_by == "timeout":
            return not_answered(self.host, self.port)
        if isinstance(error, urllib3.exceptions.DecodeError):
            return ConnectorError("query", f"The answer of {self.host} cannot be decompressed.")
        if isinstance(error, urllib3.exceptions.HTTPError):
            error = cause_of(error)
        return failure_of(error, self.host, self.port)


@dataclass(frozen=True, kw_only=True)
class AnswerStream:
    """An answer that is being read: `chunks` of its body, once."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


def has_dot_segments(path: str) -> bool:
    """Whether a server may read this path as another one: it has `.` or `..` between slashes, perhaps encoded."""
    decoded = path.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/")
    return bool({".", ".."} & set(decoded.replace("\\", "/").split("/")))


def parse_json(body: bytes) -> Any:
    """Raises ConnectorError: the source's answer is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ConnectorError(
            "query",
            "The source's answer is not JSON.",
            advice="Check the address: another service may answer there.",
        ) from error


def check_headers(headers: Mapping[str, str]) -> None:
    """Raises UserInputError: a header's value would end it, and begin another."""
    for name, value in headers.items():
        if not HEADER_VALUE.fullmatch(value):
            raise UserInputError(
                f"The value of the header {name} has a line break or another character that no header has."
            )
