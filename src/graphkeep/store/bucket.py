"""A bucket of an S3-compatible object store: botocore's client, over connections that the egress gateway opens.

botocore signs requests (Signature Version 4), retries and reads answers. Bodies are sent in parts of bounded
size, and an object that is sent in parts exists only once the last part has arrived.
"""

import contextlib
import hashlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from graphkeep.egress.http import Connect, host_and_port
from graphkeep.egress.policy import EgressForbiddenError
from graphkeep.graph.errors import UnavailableError, UserInputError
from graphkeep.store.s3_client import s3_client

PART_BYTES = 16 << 20
BLOCK_BYTES = 1 << 20


class ObjectStoreError(UnavailableError):
    """The object store failed or refused a request; the message has its reason."""


class MissingError(ObjectStoreError):
    """There is no such object."""


@dataclass(frozen=True, kw_only=True)
class BucketConfig:
    """Where a bucket is, and with which key it is used."""

    endpoint: str
    region: str
    bucket: str
    prefix: str
    access_key: str
    secret_key: str
    authorities: str = ""

    @property
    def host(self) -> str:
        return host_and_port(self.endpoint)[0]

    @property
    def port(self) -> int:
        return host_and_port(self.endpoint)[1]

    def __repr__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix} at {self.endpoint}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An object in the bucket; `key` has no prefix."""

    key: str
    size_bytes: int
    etag: str


def parse_bucket_address(address: str, **fields: str) -> BucketConfig:
    """Read `s3://bucket/prefix`; the other fields of BucketConfig come by name.

    Raises:
        UserInputError: a field is missing; the message names it.
    """
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc:
        raise UserInputError(f"'{address}' is not an address such as s3://bucket/prefix")
    config = BucketConfig(bucket=parts.netloc, prefix=parts.path.strip("/"), **fields)
    if not config.host:
        raise UserInputError(
            "The object store's endpoint is missing, such as https://s3.example.org"
        )
    if not config.access_key or not config.secret_key:
        raise UserInputError("The object store's access key or secret key is missing.")
    return config


class Bucket:
    """`connect` opens a socket to the store's host and port. Threads may share a bucket."""

    def __init__(self, config: BucketConfig, connect: Connect) -> None:
        self.config = config
        self.connect = connect

    @cached_property
    def client(self) -> Any:
        """Botocore's client, which takes a moment to make."""
        config = self.config
        return s3_client(
            endpoint=config.endpoint,
            region=config.region,
            access_key=config.access_key,
            secret_key=config.secret_key,
            ca_file=config.authorities,
            connect=self.connect,
        )

    def close(self) -> None:
        """Close the connections that are kept open between requests."""
        if "client" in self.__dict__:
            self.client.close()

    def put(self, key: str, stream: IO[bytes]) -> str:
        """Store a stream to its end; returns the object's ETag. Where reading fails, nothing is stored."""
        first_part = read_fully(stream, PART_BYTES)
        with self._translate_errors(key):
            if len(first_part) < PART_BYTES:
                answer = self.client.put_object(**self._object(key), **body_of(first_part))
            else:
                answer = self._put_parts(self._object(key), first_part, stream)
            return str(answer["ETag"]).strip('"')

    def head(self, key: str) -> Entry | None:
        """The object's size and ETag; None if there is none."""
        try:
            with self._translate_errors(key):
                answer = self.client.head_object(**self._object(key))
        except MissingError:
            return None
        etag = str(answer.get("ETag", "")).strip('"')
        return Entry(key=key, size_bytes=answer["ContentLength"], etag=etag)

    @contextlib.contextmanager
    def reading(self, key: str) -> Iterator[IO[bytes]]:
        """A stream of an object; reading it to its end yields all of it, or raises.

        Raises:
            MissingError: there is none.
        """
        with self._translate_errors(key):
            body = self.client.get_object(**self._object(key))["Body"]
            with contextlib.closing(body):
                yield body

    def entries(self, below: str = "") -> Iterator[Entry]:
        """Every object whose key starts with `below`."""
        with self._translate_errors(below):
            for page in self._pages(below):
                for item in page.get("Contents", ()):
                    yield Entry(
                        key=item["Key"].removeprefix(self._key("")),
                        size_bytes=item["Size"],
                        etag=item["ETag"].strip('"'),
                    )

    def folders(self, below: str) -> Iterator[str]:
        """The names directly below that end in a slash."""
        with self._translate_errors(below):
            for page in self._pages(below, Delimiter="/"):
                for item in page.get("CommonPrefixes", ()):
                    yield item["Prefix"].rstrip("/").rpartition("/")[2]

    def delete(self, key: str) -> None:
        """Delete an object, if there is one."""
        with contextlib.suppress(MissingError), self._translate_errors(key):
            self.client.delete_object(**self._object(key))

    def is_versioned(self) -> bool:
        """Whether the store keeps what is overwritten or deleted."""
        with self._translate_errors(""):
            answer = self.client.get_bucket_versioning(Bucket=self.config.bucket)
        return bool(answer.get("Status") == "Enabled")

    def _key(self, key: str) -> str:
        return f"{self.config.prefix}/{key}" if self.config.prefix else key

    def _object(self, key: str) -> dict[str, str]:
        return {"Bucket": self.config.bucket, "Key": self._key(key)}

    def _pages(self, below: str, **options: str) -> Iterator[dict[str, Any]]:
        pages = self.client.get_paginator("list_objects_v2")
        yield from pages.paginate(Bucket=self.config.bucket, Prefix=self._key(below), **options)

    def _put_parts(self, target: dict[str, str], part: bytes, stream: IO[bytes]) -> dict[str, Any]:
        upload_id = self.client.create_multipart_upload(**target)["UploadId"]
        parts: list[dict[str, Any]] = []
        try:
            while part:
                number = len(parts) + 1
                answer = self.client.upload_part(
                    **target, UploadId=upload_id, PartNumber=number, **body_of(part)
                )
                parts.append({"PartNumber": number, "ETag": answer["ETag"]})
                # A store accepts 10,000 parts, so parts grow where an object is very large.
                part = read_fully(stream, PART_BYTES << (len(parts) // 2000))
            completed: dict[str, Any] = self.client.complete_multipart_upload(
                **target, UploadId=upload_id, MultipartUpload={"Parts": parts}
            )
        except BaseException:
            with contextlib.suppress(ClientError, BotoCoreError):
                self.client.abort_multipart_upload(**target, UploadId=upload_id)
            raise
        return completed

    @contextlib.contextmanager
    def _translate_errors(self, key: str) -> Iterator[None]:
        """Errors of botocore and of the gateway become errors of ours, which name the bucket and no secret."""
        try:
            yield
        except EgressForbiddenError as error:
            raise ObjectStoreError(str(error)) from error
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 404:
                raise MissingError(f"{self.config!r} has no {key}") from error
            raise ObjectStoreError(f"{self.config!r} answers {status}: {reason(error)}") from error
        except BotoCoreError as error:
            raise ObjectStoreError(f"{self.config!r} does not answer: {error}") from error


def body_of(content: bytes) -> dict[str, Any]:
    """A body with its MD5, with which every S3-compatible store detects damage in transit."""
    digest = hashlib.md5(content, usedforsecurity=False).digest()
    return {"Body": content, "ContentMD5": b64encode(digest).decode()}


def read_fully(stream: IO[bytes], size: int) -> bytes:
    """This many bytes, or all that are left: pipes and sockets return less at a time."""
    blocks = []
    while size > 0 and (block := stream.read(min(size, BLOCK_BYTES))):
        blocks.append(block)
        size -= len(block)
    return b"".join(blocks)


def reason(error: ClientError) -> str:
    """Code and message of the store's answer, without what it repeats of the request."""
    answer = error.response.get("Error", {})
    parts = (answer.get("Code"), answer.get("Message"))
    return ": ".join(str(part) for part in parts if part)[:300]
