"""The few calls of OpenSearch and Elasticsearch that a connector sends."""

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any
from urllib.parse import quote

from graphkeep.sources.databases.connector_kind import ConnectionContext
from graphkeep.sources.databases.http_client import HttpClient, HttpStatusError
from graphkeep.sources.databases.stages import ConnectorError
from graphkeep.sources.databases.tls import client_tls

KEEP_ALIVE = "2m"
MAX_REASON = 500
OPEN_ONLY = [("expand_wildcards", "open"), ("ignore_unavailable", "false")]


class SearchClient:
    def __init__(self, context: ConnectionContext) -> None:
        settings, secrets = context.settings, context.secrets
        scheme = "https" if settings["tls"] else "http"
        host = f"[{settings['host']}]" if ":" in settings["host"] else settings["host"]
        self.tls = client_tls(settings.get("ca_certificates") or "") if settings["tls"] else None
        self.http = HttpClient(
            context.outbound, f"{scheme}://{host}:{settings['port']}",
            headers=authorization(settings.get("user") or "", secrets),
            tls=self.tls,
            timeout_s=context.limits.max_seconds,
        )  # fmt: skip

    def get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Any:
        return self.send("GET", path, query=query)

    def send(
        self, method: str, path: str, content: Any = None, query: Sequence[tuple[str, str]] = ()
    ) -> Any:
        """Raises ConnectorError: with the source's reason, where it gives one."""
        try:
            return self.http.send_json(method, path, content=content, query=query)
        except HttpStatusError as error:
            reason = reason_of(error.body)
            if error.stage == "query" and reason:
                raise ConnectorError(
                    "query", f"{self.http.host} answers {error.status}: {reason}"
                ) from None
            raise

    @cached_property
    def version(self) -> tuple[bool, tuple[int, ...]]:
        """Whether it is OpenSearch, and its version: (0,) where the account may not ask for it, () for another service."""
        answer = self.http.send("GET", "/", accepted=(403,))
        if answer.status == 403:
            return "x-elastic-product" not in answer.headers, (0,)
        info = answer.json()
        info = info.get("version", {}) if isinstance(info, dict) else {}
        numbers = str(info.get("number", "")).split("-")[0].split(".")
        version = tuple(int(part) for part in numbers if part.isdigit())
        return info.get("distribution") == "opensearch", version

    @property
    def tie_breakers(self) -> list[Any]:
        """The order within equal values, so that no row is lost between two pages. Elasticsearch adds its own."""
        is_opensearch, version = self.version
        if not is_opensearch:
            return [{"_shard_doc": "asc"}]
        return [{"_shard_doc": "asc"}] if version >= (3, 3) else [{"_index": "asc"}, {"_id": "asc"}]

    @contextmanager
    def point_in_time(self, indexes: Sequence[str]) -> Iterator[dict[str, str]]:
        """A view of the indexes that does not change between pages. Raises ConnectorError."""
        is_opensearch, _ = self.version
        path = f"/{index_path(indexes)}/" + ("_search/point_in_time" if is_opensearch else "_pit")
        answer = self.send("POST", path, query=[("keep_alive", KEEP_ALIVE), *OPEN_ONLY])
        view = {"id": answer["pit_id" if is_opensearch else "id"], "keep_alive": KEEP_ALIVE}
        try:
            yield view
        finally:
            with suppress(ConnectorError):
                if is_opensearch:
                    self.send("DELETE", "/_search/point_in_time", {"pit_id": [view["id"]]})
                else:
                    self.send("DELETE", "/_pit", {"id": view["id"]})

    def search(self, body: dict[str, Any], indexes: Sequence[str] = ()) -> dict[str, Any]:
        """One page. Without `indexes` the body has a point in time. Raises ConnectorError: also for a part that failed."""
        path = f"/{index_path(indexes)}/_search" if indexes else "/_search"
        answer = self.send("POST", path, body, query=OPEN_ONLY if indexes else ())
        if answer.get("timed_out"):
            raise ConnectorError(
                "timeout", f"The search did not end within {self.http.timeout_s:g} s.",
                advice="Ask for less, or raise the connector's limit of seconds.",
            )  # fmt: skip
        if answer.get("_shards", {}).get("failed"):
            raise ConnectorError("query", f"{self.http.host} could not search all of the index.")
        return dict(answer)


def index_path(indexes: Sequence[str]) -> str:
    """The checked names, separated by commas, as a segment of a path."""
    return ",".join(quote(name, safe="*") for name in indexes)


def authorization(user: str, secrets: Any) -> dict[str, str]:
    """Basic sign-in, or an API key (Elasticsearch). Nothing where neither is set."""
    if secrets.get("api_key"):
        return {"Authorization": f"ApiKey {secrets['api_key']}"}
    if user:
        pair = f"{user}:{secrets.get('password', '')}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}


def reason_of(body: bytes) -> str:
    """The source's first reason, such as `no such index [x]`."""
    try:
        error = json.loads(body).get("error", "")
    except (ValueError, AttributeError):
        return ""
    if isinstance(error, dict):
        causes = error.get("root_cause") or [error]
        error = causes[0].get("reason") or error.get("reason") or ""
    return str(error)[:MAX_REASON]
