"""A session with a server that speaks Bolt."""

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    SourceColumn,
    SourceSchema,
    SourceTable,
)
from graphkeep.sources.databases.neo4j.audit import not_told, privilege_findings, role_findings
from graphkeep.sources.databases.neo4j.bolt import BoltClient
from graphkeep.sources.databases.neo4j.cypher.tokens import printed_name
from graphkeep.sources.databases.neo4j.rows import Row, rows_of
from graphkeep.sources.databases.query import CheckedQuery
from graphkeep.sources.databases.record_stream import RecordStream
from graphkeep.sources.databases.stages import ConnectorError

FIRST_ROWS, PAGE_ROWS = 500, 2_000
MAX_NAMES = 200
SAMPLE_ROWS = 100


class Neo4jSession:
    """Reads only: the access mode says so, and `check` has refused all else before."""

    def __init__(self, context: ConnectionContext) -> None:
        self.context = context
        self.client = BoltClient(context)

    def test(self) -> None:
        self.client.reach()
        self._rows("RETURN 1 AS one")

    def audit(self) -> tuple[AuditFinding, ...]:
        findings: list[AuditFinding] = []
        try:
            users = self._rows("SHOW CURRENT USER")
        except ConnectorError as error:
            if error.stage not in {"query", "permission"}:
                raise
            return (not_told(),)
        findings += role_findings(users[0].get("roles") if users else [])
        try:
            privileges = self._rows("SHOW CURRENT USER PRIVILEGES")
        except ConnectorError as error:
            if error.stage not in {"query", "permission"}:
                raise
            privileges = []
        has_privileges = any("action" in row for row in privileges)
        findings += privilege_findings(privileges) if has_privileges else [not_told()]
        by_check = {
            found.check: found for found in sorted(findings, key=lambda found: found.is_excess)
        }
        return tuple(by_check.values())

    def schema(self) -> SourceSchema:
        labels = [row["label"] for row in self._rows("CALL db.labels() YIELD label RETURN label")]
        types = [
            row["relationshipType"]
            for row in self._rows(
                "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType"
            )
        ]
        database = self.client.database or ""
        tables = [
            SourceTable(
                name=name, container=database, kind="label",
                columns=self._columns(f"(e:{printed_name(name)})"),
            )
            for name in sorted(labels)[:MAX_NAMES]
        ]  # fmt: skip
        tables += [
            SourceTable(
                name=name, container=database, kind="relationship type",
                columns=self._columns(f"()-[e:{printed_name(name)}]->()"),
            )
            for name in sorted(types)[:MAX_NAMES]
        ]  # fmt: skip
        is_cut = max(len(labels), len(types)) > MAX_NAMES
        return SourceSchema(tables=tuple(tables), is_cut=is_cut)

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        """Rows as they come, until one is beyond a limit. Raises ConnectorError."""
        wanted = self.context.limits.max_rows + 1
        stream, page = RecordStream(self.context.limits), list[Row]()
        with self.client.records(query.text, dict(query.parameters), is_marked=True) as result:
            columns, page_rows = tuple(result.keys()), FIRST_ROWS
            try:
                for record in result:
                    page += rows_of(columns, tuple(record))
                    is_last = stream.row_count + len(page) >= wanted
                    if is_last or len(page) >= page_rows:
                        yield from stream.batches(page[: wanted - stream.row_count])
                        page, page_rows = [], PAGE_ROWS
                    if is_last or stream.is_over:
                        self.client.abandon()
                        return
                yield from stream.batches(page)
            except GeneratorExit:
                self.client.abandon()
                raise
            if stream.row_count == 0:
                schema = pa.schema({name: pa.string() for name in columns})
                yield pa.RecordBatch.from_pylist([], schema)

    def total_rows(self) -> int | None:
        """Cypher does not tell how many rows a query has."""
        return None

    def cancel(self) -> None:
        self.client.end("cancel")

    def close(self) -> None:
        self.client.close()

    def _rows(self, text: str) -> list[dict[str, Any]]:
        """The first rows of a query of ours. Raises ConnectorError."""
        with self.client.records(text, {}) as result:
            return [dict(record) for record in result.fetch(100 * MAX_NAMES)]

    def _columns(self, pattern: str) -> tuple[SourceColumn, ...]:
        """The properties of the first hundred nodes or relationships."""
        rows = self._rows(
            f"MATCH {pattern} WITH e LIMIT {SAMPLE_ROWS} RETURN properties(e) AS properties"
        )
        types: dict[str, str] = {}
        for row in rows:
            for name, value in (row["properties"] or {}).items():
                types.setdefault(name, type_name(value))
        return tuple(SourceColumn(name=name, type=kind) for name, kind in sorted(types.items()))


def type_name(value: Any) -> str:
    names: Mapping[type, str] = {bool: "boolean", int: "integer", float: "float", str: "string", list: "list"}  # fmt: skip
    return names.get(type(value), type(value).__name__.lower())
