"""A session with OpenSearch or Elasticsearch."""

import json
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import pyarrow as pa

from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    SourceColumn,
    SourceSchema,
    SourceTable,
)
from graphkeep.sources.databases.opensearch.audit import (
    CLUSTER,
    INDEX,
    anonymous,
    elasticsearch_findings,
    opensearch_findings,
)
from graphkeep.sources.databases.opensearch.client import SearchClient
from graphkeep.sources.databases.opensearch.dsl.aggregations import rows_of
from graphkeep.sources.databases.probe import reach
from graphkeep.sources.databases.query import CheckedQuery
from graphkeep.sources.databases.record_stream import RecordStream
from graphkeep.sources.databases.record_tables import record_batches, records_table
from graphkeep.sources.databases.stages import ConnectorError

MAX_INDEXES = 500
MAX_AUDITED = 50


class OpenSearchSession:
    def __init__(self, context: ConnectionContext) -> None:
        self.context = context
        self.client = SearchClient(context)
        self.total: int | None = None
        self._is_canceled = threading.Event()

    def test(self) -> None:
        settings = self.context.settings
        reach(self.context.outbound, settings["host"], settings["port"], tls=self.client.tls)
        if not self.client.version[1]:
            raise ConnectorError(
                "query", f"{settings['host']} is neither OpenSearch nor Elasticsearch.",
                advice="Check the host and the port.",
            )  # fmt: skip
        if settings.get("index"):
            self.client.search({"size": 0}, [settings["index"]])

    def audit(self) -> tuple[AuditFinding, ...]:
        is_opensearch, _ = self.client.version
        try:
            if is_opensearch:
                return tuple(opensearch_findings(self.client.get("/_plugins/_security/authinfo")))
            names = sorted({"*", *self._own_indexes()})
            asked = {
                "cluster": list(CLUSTER),
                "index": [{"names": names, "privileges": ["read", *INDEX]}],
            }
            answer = self.client.send("POST", "/_security/user/_has_privileges", asked)
            return tuple(elasticsearch_findings(answer.get("cluster", {}), answer.get("index", {})))
        except ConnectorError as error:
            if error.stage != "query":
                raise
            return (anonymous(),)

    def _own_indexes(self) -> list[str]:
        """The indexes that the account finds, the first of them, and the pattern of the connector."""
        index = self.context.settings.get("index") or ""
        try:
            found = sorted(self._mappings(index or "*"))[:MAX_AUDITED]
        except ConnectorError as error:
            if error.stage not in {"query", "permission"}:
                raise
            found = []
        return [*found, *([index] if index else [])]

    def _mappings(self, index: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.get(
            f"/{index}/_mapping", [("expand_wildcards", "open")]
        )
        return answer

    def schema(self) -> SourceSchema:
        """The indexes, and the fields of their mappings."""
        index = self.context.settings.get("index") or ""
        try:
            mappings = self._mappings(index or "*")
        except ConnectorError as error:
            if error.stage != "permission" or index:
                raise
            raise ConnectorError(
                "permission", "The account may not see all indexes.",
                advice="Set the connector's index, such as net-*: then only these are listed.",
            ) from error  # fmt: skip
        names = sorted(name for name in mappings if not name.startswith("."))
        tables = tuple(
            SourceTable(
                name=name, kind="index",
                columns=tuple(columns_of(mappings[name].get("mappings", {}).get("properties", {}))),
            )
            for name in names[:MAX_INDEXES]
        )  # fmt: skip
        return SourceSchema(tables=tables, is_cut=len(names) > MAX_INDEXES)

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        body = json.loads(query.text)
        indexes = dict(query.parameters)["indexes"]
        self.total = None
        stream = RecordStream(self.context.limits)
        is_aggregated = "aggs" in body
        pages = (
            self._aggregated(body, indexes) if is_aggregated else self._hits(body, indexes, stream)
        )
        with closing(pages):
            for rows in pages:
                yield from stream.batches(rows)
                if self._is_canceled.is_set():  # between two requests
                    raise ConnectorError("query", "The query was canceled.")
                if stream.is_over:
                    return
            if stream.row_count == 0:
                yield from record_batches(records_table([]))

    def total_rows(self) -> int | None:
        return self.total

    def cancel(self) -> None:
        """The server ends a search whose connection is closed."""
        self._is_canceled.set()
        self.client.http.cancel()

    def close(self) -> None:
        self.client.http.close()

    def _aggregated(
        self, body: dict[str, Any], indexes: Sequence[str]
    ) -> Generator[list[dict[str, Any]]]:
        answer = self.client.search({**body, **self._seconds()}, indexes)
        rows = list(rows_of(answer.get("aggregations", {})))[: self.context.limits.max_rows + 1]
        self.total = len(rows)
        yield rows

    def _hits(
        self, body: dict[str, Any], indexes: Sequence[str], stream: RecordStream
    ) -> Generator[list[dict[str, Any]]]:
        wanted = body["size"]
        with self.client.point_in_time(indexes) as view:
            order = [*body.get("sort", ()), *self.client.tie_breakers]
            page = {**body, "pit": view, "sort": order, "track_total_hits": True, **self._seconds()}
            count = 0
            while True:
                page["size"] = stream.next_page_rows(wanted - count)
                answer = self.client.search(page)
                hits = answer["hits"]["hits"]
                total = answer["hits"].get("total", {})
                self.total = total.get("value", self.total) if isinstance(total, dict) else total
                yield [row_of(hit) for hit in hits]
                count += len(hits)
                if len(hits) < page["size"] or count >= wanted:
                    return
                view["id"] = answer.get("pit_id", view["id"])
                page |= {"search_after": hits[-1]["sort"], "track_total_hits": False}

    def _seconds(self) -> dict[str, str]:
        return {"timeout": f"{int(self.context.limits.max_seconds * 1000)}ms"}


def row_of(hit: Mapping[str, Any]) -> dict[str, Any]:
    """The document's fields, and its id and index as `_id` and `_index`."""
    values = {
        name: each[0] if len(each) == 1 else each for name, each in hit.get("fields", {}).items()
    }
    return {"_id": hit["_id"], "_index": hit["_index"], **values, **(hit.get("_source") or {})}


def columns_of(properties: Mapping[str, Any], prefix: str = "") -> Iterator[SourceColumn]:
    for name, field in sorted(properties.items()):
        inner = field.get("properties")
        if inner:
            yield from columns_of(inner, f"{prefix}{name}.")
        else:
            yield SourceColumn(name=f"{prefix}{name}", type=str(field.get("type", "object")))
