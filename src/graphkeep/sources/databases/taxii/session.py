"""A session with a TAXII server: collections as tables, STIX objects as nodes and edges."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    SourceColumn,
    SourceSchema,
    SourceTable,
)
from graphkeep.sources.databases.http_client import HttpClient
from graphkeep.sources.databases.probe import not_answered, reach
from graphkeep.sources.databases.query import CheckedQuery
from graphkeep.sources.databases.record_stream import RecordStream
from graphkeep.sources.databases.record_tables import records_table
from graphkeep.sources.databases.stages import ConnectorError
from graphkeep.sources.databases.taxii.check import TABLES
from graphkeep.sources.databases.taxii.client import TaxiiClient
from graphkeep.sources.databases.taxii.settings import credential, endpoint
from graphkeep.sources.databases.tls import client_tls
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.options import JsonOptions
from graphkeep.sources.json_documents.security.stix import STIX
from graphkeep.sources.plain import plain_table

MAX_PAGE_BYTES = 4 << 20  # Python's values of a page take more than ten times as much


class TaxiiSession:
    def __init__(self, context: ConnectionContext) -> None:
        self.context = context
        settings = context.settings
        host, port = endpoint(settings)
        self.tls = client_tls(settings["ca_certificates"] or "") if settings["tls"] else None
        address = f"[{host}]" if ":" in host else host
        self.http = HttpClient(
            context.outbound,
            f"{'https' if settings['tls'] else 'http'}://{address}:{port}",
            headers=credential(settings, context.secrets),
            tls=self.tls,
            timeout_s=context.limits.max_seconds,
            max_bytes=min(MAX_PAGE_BYTES, context.limits.max_bytes),
        )
        self.client = TaxiiClient(self.http, settings["discovery_path"])
        self.row_count: int | None = None
        self.is_canceled = False

    def test(self) -> None:
        """Raises ConnectorError: the stage that fails."""
        host, port = endpoint(self.context.settings)
        reach(self.context.outbound, host, port, tls=self.tls)
        if not any(collection.can_read for collection in self.client.collections()):
            raise ConnectorError("permission", "The account may read no collection of this server.")

    def audit(self) -> tuple[AuditFinding, ...]:
        """Whether the account may add objects."""
        writable = [each.title for each in self.client.collections() if each.can_write]
        if not writable:
            message = "The account may add objects to no collection."
            return (AuditFinding(check="writes", is_excess=False, message=message),)
        message = f"The account may add objects to: {', '.join(writable[:20])}."
        advice = "Use an account that may only read."
        return (AuditFinding(check="writes", is_excess=True, message=message, advice=advice),)

    def schema(self) -> SourceSchema:
        return SourceSchema(
            tables=tuple(
                SourceTable(
                    name=collection.title or collection.collection_id,
                    container=collection.collection_id,
                    kind="collection",
                    columns=tuple(SourceColumn(name=name, type="table") for name in TABLES),
                )
                for collection in self.client.collections()
                if collection.can_read
            )
        )

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        """The rows of each page once it has come. Raises ConnectorError: a request fails."""
        plan = json.loads(query.text)
        limits = self.context.limits
        deadline = time.monotonic() + limits.max_seconds
        self.row_count = None
        match = [(name, value) for name, value in plan["match"]]
        page_size = min(self.context.settings["page_size"], limits.max_rows + 1)
        self._set_deadline(deadline)
        reader, stream = StixReader(plan["table"]), RecordStream(limits)
        for page in self.client.pages(self.client.collection(plan["collection"]), match, page_size):
            yield from stream.table_batches(reader.table(page.objects))
            if page.is_last:
                self.row_count = stream.row_count
            elif stream.is_over:
                return
            self._set_deadline(deadline)

    def _set_deadline(self, deadline: float) -> None:
        self.http.timeout_s = deadline - time.monotonic()
        if self.is_canceled:
            raise ConnectorError("query", "The query was canceled.")
        if self.http.timeout_s <= 0:
            raise not_answered(*endpoint(self.context.settings))

    def total_rows(self) -> int | None:
        return self.row_count

    def cancel(self) -> None:
        """Ends the request that runs."""
        self.is_canceled = True
        self.http.cancel()

    def close(self) -> None:
        self.http.close()


# Of a page without relationships, or without objects.
NO_ROWS = {
    name: pa.table({column: pa.array([], pa.string()) for column in columns})
    for name, columns in (
        ("nodes", ("id", "type")),
        ("edges", ("source", "target", "relationship_type")),
    )
}


class StixReader:
    """Pages of STIX objects as one table, in the columns in which files of STIX are read."""

    def __init__(self, table: str) -> None:
        self.table_name = table
        self.seen: set[str] = set()

    def table(self, objects: list[Any]) -> pa.Table:
        """Nodes that came with an earlier page are not given again: servers send the newest version first or alone."""
        if self.table_name == "objects":
            return records_table(objects)
        context = ReadContext(options=JsonOptions(), repairs=[])
        result = STIX.read([{"type": "bundle", "objects": objects}], context)
        tables = {named.name: plain_table(named.table, context.repairs) for named in result.tables}
        table = tables.get(self.table_name, NO_ROWS[self.table_name])
        if self.table_name == "edges":
            return table
        ids = table["id"].to_pylist()
        new_rows = [row for row, identifier in enumerate(ids) if identifier not in self.seen]
        self.seen.update(ids)
        return table if len(new_rows) == len(ids) else table.take(new_rows)
