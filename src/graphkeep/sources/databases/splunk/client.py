"""The Splunk SDK, held to the connections of the egress gateway, and its errors as stages."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from splunklib import client as splunk
from splunklib.binding import AuthenticationError, HTTPError

from graphkeep.sources.databases.connector_kind import ConnectionContext
from graphkeep.sources.databases.http_client import HttpClient
from graphkeep.sources.databases.splunk.http_handler import handler_of
from graphkeep.sources.databases.stages import ConnectorError
from graphkeep.sources.databases.tls import client_tls

MAX_MESSAGE = 500


class SplunkClient:
    """A signed-in service, made at the first call."""

    def __init__(self, context: ConnectionContext, *, timeout_s: float | None = None) -> None:
        settings = context.settings
        self.context = context
        self.host = settings["host"]
        self.scheme = "https" if settings["tls"] else "http"
        self.tls = client_tls(settings.get("ca_certificates") or "") if settings["tls"] else None
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.http = HttpClient(
            context.outbound, f"{self.scheme}://{host}:{settings['port']}", tls=self.tls,
            timeout_s=timeout_s or context.limits.max_seconds,
        )  # fmt: skip
        self._service: Any = None

    @property
    def service(self) -> Any:
        """Raises ConnectorError: the source does not accept the credentials."""
        if self._service is None:
            with self.errors():
                service = self._unsigned()
                token = self.context.secrets.get("token", "")
                if token:
                    service.bearerToken = token
                else:
                    service.username = self.context.settings.get("user") or ""
                    service.password = self.context.secrets.get("password", "")
                    service.login()
            self._service = service
        return self._service

    def share_session(self, other: "SplunkClient") -> None:
        """Use the other's session, for requests of another thread."""
        self._service = self._unsigned()
        self._service.token = other.service.token
        self._service.bearerToken = other.service.bearerToken

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET. Raises ConnectorError."""
        service = self.service
        with self.errors():
            return json.loads(service.get(path, output_mode="json", **query).body.read())

    @contextmanager
    def errors(self) -> Iterator[None]:
        """The SDK's errors as ConnectorError, without what was sent."""
        try:
            yield
        except AuthenticationError:
            raise ConnectorError(
                "sign-in", f"{self.host} does not accept these credentials.",
                advice="Enter the connector's credentials anew; they may have ended or been revoked.",
            ) from None  # fmt: skip
        except HTTPError as error:
            raise status_error(self.host, int(error.status), message_of(str(error))) from None
        except (ValueError, KeyError, SyntaxError):
            raise ConnectorError(
                "query", f"The answer of {self.host} is not Splunk's.", advice="Check the host and the port."
            ) from None  # fmt: skip

    def _unsigned(self) -> Any:
        settings = self.context.settings
        return splunk.Service(
            handler=handler_of(self.http), scheme=self.scheme, host=self.host, port=settings["port"],
            autologin=False, retries=0,
        )  # fmt: skip


def status_error(host: str, status: int, message: str) -> ConnectorError:
    if status == 401:
        return ConnectorError("sign-in", f"{host} does not accept these credentials.")
    if status == 403:
        return ConnectorError(
            "permission", f"The account may not do this: {message}",
            advice="Grant the role what its recipe has, and no more.",
        )  # fmt: skip
    return ConnectorError("query", f"{host} answers {status}: {message}")


def message_of(text: str) -> str:
    """What Splunk says, of the SDK's `HTTP 400 Bad Request -- message`."""
    message = re.sub(r"^HTTP \d+ [^-]*--\s*", "", text.replace("\n", " ")).strip()
    return message[:MAX_MESSAGE] or "no reason is given"
