"""Sends the requests of a checked query, page by page, and makes their rows a table."""

import json
import time
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
from graphkeep.sources.databases.http.answer import check_answer, rows_at
from graphkeep.sources.databases.http.pack import Pack
from graphkeep.sources.databases.http.paging import first_query, next_page, value_at
from graphkeep.sources.databases.http.settings import base_url, credential, endpoint, fixed_headers
from graphkeep.sources.databases.http_client import HttpClient, HttpStatusError
from graphkeep.sources.databases.http_client.client import parse_json
from graphkeep.sources.databases.jq_sandbox import JqSandbox
from graphkeep.sources.databases.probe import not_answered, reach
from graphkeep.sources.databases.query import CheckedQuery
from graphkeep.sources.databases.record_stream import RecordStream
from graphkeep.sources.databases.record_tables import record_batches, records_table
from graphkeep.sources.databases.stages import ConnectorError
from graphkeep.sources.databases.tls import client_tls

MIN_TEST_ERROR = 500


class HttpSession:
    def __init__(self, pack: Pack, context: ConnectionContext) -> None:
        self.pack = pack
        self.context = context
        settings = context.settings
        self.tls = client_tls(settings["ca_certificates"] or "") if settings["tls"] else None
        headers, self.secret_query = credential(settings, context.secrets)
        self.client = HttpClient(
            context.outbound,
            base_url(settings),
            headers={"Accept": "application/json", **fixed_headers(settings), **headers},
            tls=self.tls,
            timeout_s=context.limits.max_seconds,
            max_bytes=min(settings["max_page_mib"] << 20, context.limits.max_bytes),
        )
        self.jq = JqSandbox(context.scratch_folder, keeps_warm=True)
        self.row_count: int | None = None
        self.is_canceled = False

    def test(self) -> None:
        """Raises ConnectorError: the stage that fails. Without a path for the check any answer but 401, 403, 429 and 5xx is
        good.
        """
        host, port = endpoint(self.context.settings)
        reach(self.context.outbound, host, port, tls=self.tls)
        path = self.context.settings["test_path"]
        base_path = (self.context.settings["base_path"] or "").rstrip("/")
        try:
            self.get(base_path + (path or "/"))
        except HttpStatusError as error:
            if path or error.stage != "query" or error.status >= MIN_TEST_ERROR:
                raise

    def get(self, path: str) -> bytes:
        path, _, query = path.partition("?")
        pairs = [tuple(pair.split("=", 1)) for pair in query.split("&") if "=" in pair]
        return self.client.send("GET", path, query=[*pairs, *self.secret_query]).body  # type: ignore[list-item]

    def audit(self) -> tuple[AuditFinding, ...]:
        """What the service tells of the account, where the pack knows how to ask; nothing else can be known."""
        if not self.pack.audit_path:
            message = "The service does not tell what this token may do."
            return (AuditFinding(check="unknown-rights", is_excess=False, message=message),)
        account = parse_json(self.get(self.pack.audit_path))
        findings = tuple(
            AuditFinding(
                check=right.check, is_excess=True, message=right.message, advice=right.advice
            )
            for right in self.pack.excess
            if value_at(account, right.at) in {True, "1", "true"}
        )
        fine = AuditFinding(
            check="rights", is_excess=False, message="The account has no right that is not needed."
        )
        return findings or (fine,)

    def schema(self) -> SourceSchema:
        """The requests of the pack, with their parameters."""
        return SourceSchema(
            tables=tuple(
                SourceTable(
                    name=request.name,
                    container=self.pack.title,
                    kind="request",
                    columns=tuple(
                        SourceColumn(name=name, type="parameter")
                        for name in request.template.parameters
                    ),
                )
                for request in self.pack.requests.values()
            )
        )

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        """The rows of each page once it has come. Raises ConnectorError: a request fails."""
        plan = json.loads(query.text)
        deadline = time.monotonic() + self.context.limits.max_seconds
        self.row_count = None
        stream = RecordStream(self.context.limits)
        for request in plan["requests"]:
            for rows, add in self._pages(plan, request, deadline):
                yield from stream.batches([with_columns(row, add) for row in rows])
                if stream.is_over:
                    return
        self.row_count = stream.row_count
        if stream.row_count == 0:
            yield from record_batches(records_table([]))

    def _pages(
        self, plan: Mapping[str, Any], request: Mapping[str, Any], deadline: float
    ) -> Iterator[tuple[list[Any], Mapping[str, Any]]]:
        path = request["path"]
        query = first_query(plan, [(name, value) for name, value in request["query"]])
        for page in range(self.context.settings["max_pages"]):
            self.client.timeout_s = deadline - time.monotonic()
            if self.is_canceled:
                raise ConnectorError("query", "The query was canceled.")
            if self.client.timeout_s <= 0:
                raise not_answered(*endpoint(self.context.settings))
            answer = self.client.send(
                plan["method"], path, query=[*query, *self.secret_query], content=request["body"],
                # What is asked about by a value in the path is unknown there.
                accepted=(404,) if plan["is_lookup"] and page == 0 else (),
            )  # fmt: skip
            if answer.status == 404:
                return
            content = answer.json()
            check_answer(content, answer.headers, plan, self.client.host)
            rows = self._rows(plan, content, answer.body)
            yield rows, request["add"]
            following = next_page(
                plan, content, path, query, base_url=base_url(self.context.settings), page=page,
                row_count=len(rows),
            )  # fmt: skip
            if following is None:
                return
            path, query = following
            secret_names = {name for name, _ in self.secret_query}
            query = [pair for pair in query if pair[0] not in secret_names]

    def _rows(self, plan: Mapping[str, Any], content: Any, body: bytes) -> list[Any]:
        if not plan["jq"]:
            return rows_at(content, plan["records"])
        max_rows = self.context.limits.max_rows
        return self.jq.run(plan["jq"], body.decode("utf-8", errors="replace"), max_rows=max_rows)

    def total_rows(self) -> int | None:
        return self.row_count

    def cancel(self) -> None:
        """Ends the request that runs; the service is not told otherwise."""
        self.is_canceled = True
        self.client.cancel()

    def close(self) -> None:
        self.client.close()
        self.jq.close()


def with_columns(row: Any, add: Mapping[str, Any]) -> Any:
    if not add:
        return row
    return {**add, **(row if isinstance(row, dict) else {"value": row})}
