"""A bucket of an S3-compatible object store, over connections that the gateway makes.

Requests are signed by botocore (Signature Version 4), bodies go in parts of bounded size, and what is sent in
parts is not there before the last one is.
"""

import contextlib
import hashlib
import http.client
import logging
import socket
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree as ET

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.graph.errors import UnavailableError, UserInputError

logger = logging.getLogger(__name__)
PART_BYTES = 16 << 20
BLOCK = 1 << 20
MOST_ANSWER_BYTES = 16 << 20
TRIES = 3
Connect = Callable[[str, int], socket.socket]


class ObjectStoreError(UnavailableError):
    """The object store does not do what it was asked; the message says what it said."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a bucket is, and who asks."""

    endpoint: str
    region: str
    bucket: str
    prefix: str
    access_key: str
    secret_key: str
    authorities: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.endpoint).hostname or ""

    @property
    def port(self) -> int:
        address = urlsplit(self.endpoint)
        return address.port or (443 if address.scheme == "https" else 80)

    def __repr__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix} at {self.endpoint}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    key: str
    size_bytes: int
    etag: str


def place_of(address: str, **said: str) -> Place:
    """Read `s3://bucket/prefix`.

    Raises:
        UserInputError: something is missing; the message says which setting.
    """
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc:
        raise UserInputError(f"'{address}' is not an address such as s3://bucket/prefix")
    found = Place(bucket=parts.netloc, prefix=parts.path.strip("/"), **said)
    if urlsplit(found.endpoint).scheme not in {"http", "https"} or not found.host:
        raise UserInputError(
            "The object store's endpoint is not said, such as https://s3.example.org"
        )
    if not found.access_key or not found.secret_key:
        raise UserInputError("The object store's access key and secret key are not said.")
    return found


class Bucket:
    def __init__(self, place: Place, connect: Connect) -> None:
        self.place = place
        self.connect = connect
        self._mine = threading.local()

    def put(self, key: str, stream: IO[bytes]) -> str:
        """Take a stream to its end; the new object's ETag. Where reading fails, nothing is there."""
        first = read_fully(stream, PART_BYTES)
        if len(first) < PART_BYTES:
            return self._ask("PUT", key, body=first)[1].get("ETag", "").strip('"')
        upload_id = text_of(self._ask("POST", key, {"uploads": ""})[0], "UploadId")
        try:
            parts: list[str] = []
            part = first
            while part:
                said = {"partNumber": str(len(parts) + 1), "uploadId": upload_id}
                parts.append(self._ask("PUT", key, said, body=part)[1]["ETag"])
                # A store takes 10,000 parts, so that they grow where an object is very large.
                part = read_fully(stream, PART_BYTES << (len(parts) // 2000))
            listed = "".join(
                f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
                for number, etag in enumerate(parts, 1)
            )
            body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
            answer, _ = self._ask("POST", key, {"uploadId": upload_id}, body=body)
            if b"<Error>" in answer:
                raise ObjectStoreError(f"{self.place!r} refused an upload: {reason(answer)}")
            return text_of(answer, "ETag").strip('"')
        except BaseException:
            with contextlib.suppress(ObjectStoreError):
                self._ask("DELETE", key, {"uploadId": upload_id})
            raise

    def head(self, key: str) -> Entry | None:
        try:
            _, headers = self._ask("HEAD", key)
        except MissingError:
            return None
        size = int(headers.get("Content-Length", "0"))
        return Entry(key=key, size_bytes=size, etag=headers.get("ETag", "").strip('"'))

    @contextlib.contextmanager
    def reading(self, key: str) -> Iterator[http.client.HTTPResponse]:
        """A stream of an object; whoever reads it to its end has all of it, or an error.

        Raises:
            MissingError: there is none.
        """
        answer = self._begin("GET", key, {}, b"")
        try:
            yield answer
        finally:
            self._close()

    def entries(self, below: str = "") -> Iterator[Entry]:
        said = {"list-type": "2", "prefix": self._key(below)}
        while True:
            tree = parsed(self._ask("GET", None, said)[0])
            for one in tree.iterfind("{*}Contents"):
                key = (one.findtext("{*}Key") or "").removeprefix(self._key(""))
                size = int(one.findtext("{*}Size") or 0)
                etag = (one.findtext("{*}ETag") or "").strip('"')
                yield Entry(key=key, size_bytes=size, etag=etag)
            token = tree.findtext("{*}NextContinuationToken")
            if not token:
                return
            said["continuation-token"] = token

    def folders(self, below: str) -> Iterator[str]:
        """The names directly below, of what ends in a slash."""
        said = {"list-type": "2", "prefix": self._key(below), "delimiter": "/"}
        while True:
            tree = parsed(self._ask("GET", None, said)[0])
            for one in tree.iterfind("{*}CommonPrefixes"):
                yield (one.findtext("{*}Prefix") or "").rstrip("/").rpartition("/")[2]
            token = tree.findtext("{*}NextContinuationToken")
            if not token:
                return
            said["continuation-token"] = token

    def delete(self, key: str) -> None:
        with contextlib.suppress(MissingError):
            self._ask("DELETE", key)

    def is_versioned(self) -> bool:
        """Whether what is overwritten or deleted there can be brought back."""
        return b"<Status>Enabled</Status>" in self._ask("GET", None, {"versioning": ""})[0]

    def _key(self, key: str) -> str:
        return f"{self.place.prefix}/{key}" if self.place.prefix else key

    def _ask(
        self,
        method: str,
        key: str | None,
        said: Mapping[str, str] | None = None,
        *,
        body: bytes = b"",
    ) -> tuple[bytes, dict[str, str]]:
        answer = self._begin(method, key, said or {}, body)
        try:
            content = answer.read(MOST_ANSWER_BYTES)
            return content, dict(answer.headers.items())
        except (OSError, http.client.HTTPException) as error:
            self._close()
            raise ObjectStoreError(f"{self.place!r} broke off: {error}") from error
        finally:
            if answer.will_close:
                self._close()

    def _begin(
        self, method: str, key: str | None, said: Mapping[str, str], body: bytes
    ) -> http.client.HTTPResponse:
        failure = ""
        for number in range(TRIES):
            if number:
                time.sleep(0.2 * 4**number / 4)
            try:
                answer = self._send(method, key, said, body)
            except EgressForbiddenError as error:
                raise ObjectStoreError(str(error)) from error
            except (OSError, http.client.HTTPException) as error:
                self._close()
                failure = f"does not answer: {error}"
                continue
            if answer.status < 300:
                return answer
            content = answer.read(MOST_ANSWER_BYTES)
            self._close()
            failure = f"answers {answer.status}: {reason(content) or answer.reason}"
            if answer.status == 404:
                raise MissingError(f"{self.place!r} has no {key}")
            if answer.status not in {500, 502, 503, 504, 429}:
                break
        raise ObjectStoreError(f"{self.place!r} {failure}")

    def _send(
        self, method: str, key: str | None, said: Mapping[str, str], body: bytes
    ) -> http.client.HTTPResponse:
        path = f"/{self.place.bucket}" + ("" if key is None else f"/{quote(self._key(key))}")
        target = path + (f"?{urlencode(said, quote_via=quote)}" if said else "")
        headers = {"Content-Length": str(len(body))} if method in {"PUT", "POST"} else {}
        if body:
            headers["Content-MD5"] = b64encode(
                hashlib.md5(body, usedforsecurity=False).digest()
            ).decode()
        request = AWSRequest(
            method=method,
            url=f"{self.place.endpoint.rstrip('/')}{target}",
            data=body,
            headers=headers,
        )
        credentials = Credentials(self.place.access_key, self.place.secret_key)
        S3SigV4Auth(credentials, "s3", self.place.region).add_auth(request)
        link = self._link()
        link.request(method, target, body=body or None, headers=dict(request.headers.items()))
        return link.getresponse()

    def _link(self) -> http.client.HTTPConnection:
        """This thread's own, kept open between requests."""
        link: http.client.HTTPConnection | None = getattr(self._mine, "link", None)
        if link is None or link.sock is None:
            link = http.client.HTTPConnection(self.place.host, self.place.port)
            plain = self.connect(self.place.host, self.place.port)
            if urlsplit(self.place.endpoint).scheme == "https":
                context = ssl.create_default_context(cafile=self.place.authorities or None)
                plain = context.wrap_socket(plain, server_hostname=self.place.host)
            link.sock = plain
            self._mine.link = link
        return link

    def _close(self) -> None:
        link: http.client.HTTPConnection | None = getattr(self._mine, "link", None)
        if link is not None:
            link.close()
        self._mine.link = None


class MissingError(ObjectStoreError):
    """There is no such object."""


def read_fully(stream: IO[bytes], size: int) -> bytes:
    """So many bytes, or all that are left: pipes and sockets give less at a time."""
    blocks = []
    while size > 0 and (block := stream.read(min(size, BLOCK))):
        blocks.append(block)
        size -= len(block)
    return b"".join(blocks)


def parsed(content: bytes) -> ET.Element:
    try:
        return ET.fromstring(content)  # noqa: S314  # from the store that the administrator named
    except ET.ParseError as error:
        raise ObjectStoreError(f"The object store's answer is no XML: {error}") from error


def text_of(content: bytes, name: str) -> str:
    found = parsed(content).findtext(f"{{*}}{name}")
    if not found:
        raise ObjectStoreError(f"The object store's answer has no {name}.")
    return found


def reason(content: bytes) -> str:
    """What an error's body says, without what it repeats of the request."""
    try:
        tree = parsed(content)
    except ObjectStoreError:
        return ""
    words = (tree.findtext("{*}Code"), tree.findtext("{*}Message"))
    return ": ".join(one for one in words if one)[:300]
