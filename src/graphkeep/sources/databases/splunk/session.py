"""A session with Splunk: a search is a job, whose results are read in pages."""

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import pyarrow as pa

from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    SourceSchema,
    SourceTable,
)
from graphkeep.sources.databases.probe import reach
from graphkeep.sources.databases.query import CheckedQuery
from graphkeep.sources.databases.record_stream import RecordStream
from graphkeep.sources.databases.record_tables import record_batches, records_table
from graphkeep.sources.databases.splunk.audit import role_findings
from graphkeep.sources.databases.splunk.client import SplunkClient
from graphkeep.sources.databases.stages import ConnectorError

CANCEL_S = 5.0
FIRST_POLL_S, LAST_POLL_S = 0.05, 0.5
MAX_INDEXES = 1_000


class SplunkSession:
    def __init__(self, context: ConnectionContext) -> None:
        self.context = context
        self.client = SplunkClient(context)
        self.total: int | None = None
        self._job: Any = None
        self._canceled = threading.Event()

    def test(self) -> None:
        settings = self.context.settings
        reach(self.context.outbound, settings["host"], settings["port"], tls=self.client.tls)
        self.client.get("authentication/current-context")

    def audit(self) -> tuple[AuditFinding, ...]:
        context = self.client.get("authentication/current-context")["entry"][0]["content"]
        indexes: list[str] | None = []
        for role in context.get("roles", ()):
            try:
                answer = self.client.get(f"authorization/roles/{role}")
            except ConnectorError as error:
                if error.stage not in {"permission", "query"}:
                    raise
                indexes = None
                break
            content = answer["entry"][0]["content"]
            indexes += content.get("srchIndexesAllowed", [])
            indexes += content.get("imported_srchIndexesAllowed", [])
        findings = role_findings(context.get("roles", ()), context.get("capabilities", ()), indexes)
        return tuple(findings)

    def schema(self) -> SourceSchema:
        """The indexes; their fields are known only to searches."""
        entries = self.client.get("data/indexes", count=MAX_INDEXES)["entry"]
        names = sorted(entry["name"] for entry in entries)
        tables = tuple(SourceTable(name=name, kind="index") for name in names)
        return SourceSchema(tables=tables, is_cut=len(names) == MAX_INDEXES)

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        """The job's results page by page, once it is done: before, they are not final."""
        limits = self.context.limits
        self.total = None
        deadline = time.monotonic() + limits.max_seconds
        stream = RecordStream(limits)
        try:
            with self.client.errors():
                self._job = self.client.service.jobs.create(
                    query.text, exec_mode="normal", max_count=limits.max_rows + 1,
                    timeout=int(limits.max_seconds) + 60,
                    auto_cancel=60, **dict(query.parameters),
                )  # fmt: skip
                self._wait(deadline)
                for rows in self._pages(limits.max_rows + 1, stream):
                    yield from stream.batches(rows)
                    if stream.is_over:
                        return
                    self._check_deadline(deadline)
            if stream.row_count == 0:
                yield from record_batches(records_table([]))
        except ConnectorError:
            self._check_canceled()
            raise
        finally:
            self._end_job()

    def total_rows(self) -> int | None:
        return self.total

    def cancel(self) -> None:
        """Cancel the job by a request of its own, then end the one that waits."""
        self._canceled.set()
        self._end_job()
        self.client.http.cancel()

    def close(self) -> None:
        self.client.http.close()

    def _wait(self, deadline: float) -> None:
        """Raises ConnectorError: the job failed, or did not end in time."""
        wait_s = FIRST_POLL_S
        while not (self._job.is_ready() and self._job.is_done()):
            self._check_deadline(deadline)
            self._canceled.wait(wait_s)
            self._check_canceled()
            wait_s = min(2 * wait_s, LAST_POLL_S)
        state = self._job.content
        if state.get("isFailed") == "1" or state.get("dispatchState") == "FAILED":
            raise ConnectorError("query", f"The search failed at {self.client.host}.")
        self.total = int(state.get("resultCount", 0))

    def _pages(self, wanted: int, stream: RecordStream) -> Iterator[list[dict[str, Any]]]:
        offset = 0
        while offset < min(wanted, self.total or 0):
            count = stream.next_page_rows(wanted - offset)
            answer = self._job.results(output_mode="json", count=count, offset=offset)
            body = answer.read()
            rows = json.loads(body)["results"] if body else []
            if not rows:
                return
            yield typed(rows)
            offset += len(rows)
            self._check_canceled()

    def _check_deadline(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise ConnectorError(
                "timeout", f"The search did not end within {self.context.limits.max_seconds:g} s.",
                advice="Ask for less, or raise the connector's limit of seconds.",
            )  # fmt: skip

    def _check_canceled(self) -> None:
        if self._canceled.is_set():
            raise ConnectorError("query", "The query was canceled.")

    def _end_job(self) -> None:
        """Cancel the job at the source, so that it holds no place there."""
        job, self._job = self._job, None
        if job is None:
            return
        client = SplunkClient(self.context, timeout_s=CANCEL_S)
        with suppress(ConnectorError), client.errors():
            client.share_session(self.client)
            client.service.post(f"search/jobs/{job.sid}/control", action="cancel")
        client.http.close()


def typed(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Splunk answers texts only: a column whose texts are all plain numbers becomes numbers."""
    names = {name for row in rows for name in row}
    converted = {
        name: number_type([row[name] for row in rows if row.get(name) is not None])
        for name in names
    }
    return [
        {name: converted[name](value) if value is not None else None for name, value in row.items()}
        for row in rows
    ]


def number_type(values: Sequence[Any]) -> Any:
    """The conversion that loses nothing of any value."""
    if not values or not all(isinstance(value, str) for value in values):
        return as_is
    if all(re.fullmatch(r"0|-?[1-9]\d{0,17}", value) for value in values):
        return int
    if all(re.fullmatch(r"0|-?(0|[1-9]\d{0,14})(\.\d{1,6})?", value) for value in values):
        return float
    return as_is


def as_is(value: Any) -> Any:
    return value
