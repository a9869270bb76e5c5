"""The tables of the samples as Arrow batches."""

from collections.abc import Iterator
from functools import cache

import pyarrow as pa

from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    SourceColumn,
    SourceSchema,
    SourceTable,
)
from graphkeep.sources.databases.query import CheckedQuery
from graphkeep.sources.databases.record_tables import record_batches
from graphkeep.sources.databases.sample_data.check import TABLES
from graphkeep.sources.samples.intrusion import intrusion
from graphkeep.sources.samples.miserables import miserables


@cache
def sample_table(name: str) -> pa.Table:
    """One of TABLES."""
    sample_name, _, part = name.partition(".")
    sample = {"intrusion": intrusion, "miserables": miserables}[sample_name]()
    return sample.edges if part == "edges" else sample.nodes


class SampleSession:
    """A session without a source: `test` passes always."""

    def __init__(self, context: ConnectionContext) -> None:
        self.context = context
        self.row_count: int | None = None

    def test(self) -> None:
        """There is nothing to reach."""

    def audit(self) -> tuple[AuditFinding, ...]:
        return (AuditFinding(check="no-account", is_excess=False, message="No account is used."),)

    def schema(self) -> SourceSchema:
        return SourceSchema(tables=tuple(map(describe, TABLES)))

    def run(self, query: CheckedQuery) -> Iterator[pa.RecordBatch]:
        table = sample_table(query.text)
        self.row_count = table.num_rows
        yield from record_batches(table, self.context.limits.max_rows + 1)

    def total_rows(self) -> int | None:
        return self.row_count

    def cancel(self) -> None:
        """It is over at once."""

    def close(self) -> None:
        """There is nothing to close."""


def describe(name: str) -> SourceTable:
    sample_name, _, part = name.partition(".")
    return SourceTable(
        name=part,
        container=sample_name,
        columns=tuple(
            SourceColumn(name=field.name, type=str(field.type))
            for field in sample_table(name).schema
        ),
    )
