"""Statements of the REST API: sent, awaited, read chunk by chunk, cancelled."""

import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from graphkeep.sources.databases.connector_kind import ConnectionContext
from graphkeep.sources.databases.databricks.settings import storage_hosts
from graphkeep.sources.databases.http_client.client import HttpClient
from graphkeep.sources.databases.query import CheckedQuery, QueryLimits
from graphkeep.sources.databases.stages import ConnectorError, Stage
from graphkeep.sources.databases.tls import client_tls

STATEMENTS = "/api/2.0/sql/statements"
MAX_CHUNK_BYTES = 64 << 20
SLOWEST_POLL_S = 1.0
STAGES: dict[str, Stage] = {
    "PERMISSION_DENIED": "permission",
    "INSUFFICIENT_PERMISSIONS": "permission",
    "UNAUTHENTICATED": "sign-in",
    "DEADLINE_EXCEEDED": "timeout",
}
MAX_MESSAGE = 300


def workspace_client(context: ConnectionContext, *, timeout_s: float = 0.0) -> HttpClient:
    settings = context.settings
    host = f"[{settings['host']}]" if ":" in settings["host"] else settings["host"]
    return HttpClient(
        context.outbound,
        f"https://{host}:{settings['port']}",
        headers={"Authorization": f"Bearer {context.secrets.get('token', '')}"},
        tls=client_tls(settings.get("ca_certificates") or ""),
        timeout_s=timeout_s or context.limits.max_seconds + 5,
        max_bytes=MAX_CHUNK_BYTES,
    )


def statement_request(
    query: CheckedQuery, context: ConnectionContext, limits: QueryLimits
) -> dict[str, Any]:
    settings = context.settings
    is_external = bool(storage_hosts(settings))
    parameters = query.parameters if isinstance(query.parameters, Mapping) else {}
    return {
        "statement": query.text,
        "warehouse_id": settings["warehouse_id"],
        "catalog": settings["catalog"],
        "schema": settings["schema"],
        "parameters": [bound(name, value) for name, value in parameters.items()],
        "wait_timeout": "5s",
        "on_wait_timeout": "CONTINUE",
        "disposition": "EXTERNAL_LINKS" if is_external else "INLINE",
        "format": "ARROW_STREAM" if is_external else "JSON_ARRAY",
        "row_limit": limits.max_rows + 1,
        "byte_limit": limits.max_bytes,
    }


def bound(name: str, value: Any) -> dict[str, str]:
    """A parameter as the API takes it. Raises ConnectorError: values of this kind cannot be sent."""
    match value:
        case None:
            return {"name": name, "type": "STRING"}
        case bool():
            return {"name": name, "value": str(value).lower(), "type": "BOOLEAN"}
        case int():
            return {"name": name, "value": str(value), "type": "BIGINT"}
        case float():
            return {"name": name, "value": repr(value), "type": "DOUBLE"}
        case Decimal():
            return {"name": name, "value": str(value), "type": "DECIMAL(38,9)"}
        case dt.datetime():
            return {"name": name, "value": value.isoformat(sep=" "), "type": "TIMESTAMP"}
        case dt.date():
            return {"name": name, "value": value.isoformat(), "type": "DATE"}
        case str():
            return {"name": name, "value": value, "type": "STRING"}
    raise ConnectorError("policy", "Databricks takes texts, numbers and times as parameters only.")


def finished(
    client: HttpClient, answer: Mapping[str, Any], stop: threading.Event
) -> Mapping[str, Any]:
    """The answer once the statement has ended well.

    Raises:
        ConnectorError: the statement failed, or was cancelled here or there.
    """
    wait_s = 0.1
    while (state := answer["status"]["state"]) in {"PENDING", "RUNNING"}:
        if stop.wait(wait_s):
            raise ConnectorError("query", "The query was cancelled.")
        wait_s = min(wait_s * 2, SLOWEST_POLL_S)
        answer = client.send_json("GET", f"{STATEMENTS}/{answer['statement_id']}")
    if state == "SUCCEEDED":
        return answer
    if state in {"CANCELED", "CLOSED"}:
        raise ConnectorError("query", "The query was cancelled.")
    error = answer["status"].get("error") or {}
    message = str(error.get("message", "The statement failed."))[:MAX_MESSAGE]
    raise ConnectorError(STAGES.get(str(error.get("error_code")), "query"), message)


def chunks(client: HttpClient, answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The parts of a result in their order; the next is asked for when the one before was taken."""
    result = answer.get("result") or {}
    while True:
        yield result
        links = result.get("external_links") or [result]
        following = links[-1].get("next_chunk_index")
        if following is None:
            return
        path = f"{STATEMENTS}/{answer['statement_id']}/result/chunks/{int(following)}"
        result = client.send_json("GET", path)


def arrow_of_link(link: str, context: ConnectionContext) -> bytes:
    """The Arrow stream behind a signed link of the cloud storage, without the workspace's token.

    Raises:
        ConnectorError: the host is none of the setting `storage_hosts`.
    """
    address = urlsplit(link)
    if address.scheme != "https" or address.hostname not in storage_hosts(context.settings):
        raise ConnectorError(
            "policy",
            f"The result is on the host {address.hostname}, which is not among the storage hosts of the connector.",
            advice="Add it to the setting `storage_hosts`, or empty that setting.",
        )
    client = HttpClient(
        context.outbound,
        link,
        tls=client_tls(context.settings.get("ca_certificates") or ""),
        timeout_s=context.limits.max_seconds,
        max_bytes=MAX_CHUNK_BYTES,
    )
    try:
        return client.send("GET", address.path, query=parse_qsl(address.query, True)).body
    finally:
        client.close()
