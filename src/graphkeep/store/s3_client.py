"""botocore's S3 client, with its HTTP session replaced by one that connects through the egress gateway.

botocore otherwise reads configuration files, environment variables and proxies, and asks a cloud's metadata service;
here its whole configuration comes from the caller.
"""

import os
import ssl
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.config import Config
from botocore.exceptions import HTTPClientError, ResponseStreamingError
from botocore.httpsession import URLLib3Session
from botocore.session import Session
from urllib3.exceptions import HTTPError

from graphkeep.egress.http import Connect, connection_class
from graphkeep.egress.policy import EgressForbiddenError

TIMEOUT_S = 30
MAX_ATTEMPTS = 3
MAX_ANSWER_BYTES = 16 << 20
# No configuration file and no profile of the user who runs the server.
NO_FILES = {
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
    "profile": (None, None, None, None),
    "ca_bundle": (None, None, None, None),
}


class GatewaySession(URLLib3Session):
    """Sends botocore's requests over sockets from `connect`; it never uses a proxy."""

    def __init__(self, connect: Connect, ca_file: str) -> None:
        self._context = ssl.create_default_context(cafile=ca_file or None)
        super().__init__(proxies={}, timeout=TIMEOUT_S)
        http_class = connection_class(AWSHTTPConnection, connect)
        https_class = connection_class(AWSHTTPSConnection, connect)
        self._manager.pool_classes_by_scheme = {
            "http": type("Pool", (AWSHTTPConnectionPool,), {"ConnectionCls": http_class}),
            "https": type("Pool", (AWSHTTPSConnectionPool,), {"ConnectionCls": https_class}),
        }

    def _get_ssl_context(self) -> ssl.SSLContext:
        return self._context

    def _setup_ssl_cert(self, conn: Any, url: str, verify: object) -> None:
        """The context has the certificate authorities already, and requires a certificate."""

    def send(self, request: Any) -> Any:
        """The answer; the body of one that is not a stream is read here, up to a limit."""
        is_stream, request.stream_output = request.stream_output, True
        try:
            response = super().send(request)
            if not is_stream:
                response._content = read_body(response.raw)  # noqa: SLF001 - `content` would read without limit
        except HTTPClientError as error:
            # Not an error of the network: botocore would try again what the policy refuses.
            refusal = error.kwargs.get("error")
            raise refusal if isinstance(refusal, EgressForbiddenError) else error from error
        finally:
            request.stream_output = is_stream
        return response


def read_body(raw: Any) -> bytes:
    """The whole body. Raises ResponseStreamingError if it breaks off, or exceeds the limit."""
    try:
        body: bytes = raw.read(MAX_ANSWER_BYTES + 1)
    except HTTPError as error:
        raise ResponseStreamingError(error=error) from error
    if len(body) > MAX_ANSWER_BYTES:
        raw.close()  # not back to the pool: the rest of the body is still to come
        raise ResponseStreamingError(error=f"it is longer than {MAX_ANSWER_BYTES} bytes")
    raw.release_conn()
    return body


def s3_client(
    *, endpoint: str, region: str, access_key: str, secret_key: str, ca_file: str, connect: Connect
) -> Any:
    """A client of the S3 API, for any compatible store."""
    session = Session(session_vars=NO_FILES)
    client = session.create_client(
        "s3",
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
            # The checksums of newer versions are unknown to many stores; the callers send an MD5.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    client._endpoint.http_session = GatewaySession(connect, ca_file)  # noqa: SLF001 - there is no public way
    return client
