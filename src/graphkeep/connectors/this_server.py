"""This server as a source: the tables of every graph and file that the asking person may see.

Its session needs the person, so it is opened by `connectors.execution.sessions` and not through a connection context.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.models import User
from graphkeep.datasets.models import File
from graphkeep.datasets.queries.visibility import (
    datasets_listed_for,
    datasets_visible_to,
    files_of,
    own_file,
    visible_dataset,
)
from graphkeep.graph.errors import NotFoundError
from graphkeep.sources.databases.connector_kind import (
    AuditFinding,
    ConnectionContext,
    ConnectorKind,
    Settings,
    SourceColumn,
    SourceSchema,
    SourceSession,
    SourceTable,
)
from graphkeep.sources.databases.query import (
    CheckedQuery,
    QueryLimits,
    QueryPolicy,
    SourceQuery,
)
from graphkeep.sources.databases.stages import ConnectorError, QueryRefusedError

if TYPE_CHECKING:  # every command loads this module
    import pyarrow as pa

BATCH_ROWS = 10_000
MAX_LISTED = 500
TABLES = ("nodes", "edges")
EXAMPLE = '{"graph": "0123456789abcdef0123456789abcdef", "table": "edges"}'


def check(
    query: SourceQuery, policy: QueryPolicy, limits: QueryLimits, settings: Settings
) -> CheckedQuery:
    """`{"graph": ID, "table": "nodes" or "edges", "columns": [...]}` or `{"file": ID, "columns": [...]}`."""
    try:
        asked = json.loads(query.text)
    except ValueError as error:
        raise QueryRefusedError(
            f"The query is not JSON: {error}", advice=f"Ask {EXAMPLE}."
        ) from error
    if not isinstance(asked, dict):
        raise QueryRefusedError("The query is not a JSON object.", advice=f"Ask {EXAMPLE}.")
    kind = "graph" if "graph" in asked else "file"
    known = {"graph", "table", "columns"} if kind == "graph" else {"file", "columns"}
    unknown = sorted(set(asked) - known)
    if unknown:
        raise QueryRefusedError(f"'{unknown[0][:40]}' is not known here; there are: {', '.join(sorted(known))}.")  # fmt: skip
    if not isinstance(asked.get(kind), str):
        raise QueryRefusedError("Name a graph or a file by its id.", advice=f"Ask {EXAMPLE}.")
    if kind == "graph" and asked.setdefault("table", "edges") not in TABLES:
        raise QueryRefusedError("table is nodes or edges.")
    columns = asked.get("columns", [])
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        raise QueryRefusedError("columns is a list of names.")
    return CheckedQuery(
        language=query.language, text=json.dumps(asked), names=(f"{kind}: {asked[kind]}",)
    )


def open_without_actor(context: ConnectionContext) -> SourceSession:
    raise ConnectorError("permission", "This server is asked in the name of a person only.")


class ThisServerSession:
    """Reads as the actor does anywhere else: what they may not see does not exist."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._is_cancelled = threading.Event()
        self._total_rows: int | None = None

    def test(self) -> None:
        datasets_visible_to(self.actor).exists()

    def audit(self) -> tuple[AuditFinding, ...]:
        message = "Each person reads what they may see on this server, and nothing is written."
        return (AuditFinding(check="own-rights", is_excess=False, message=message),)

    def schema(self) -> SourceSchema:
        """The graphs of the person's gallery that are ready, and their files."""
        user = self.actor.user
        if not isinstance(user, User):
            return SourceSchema()
        tables = []
        datasets = list(datasets_listed_for(user).order_by("-updated_at")[: MAX_LISTED + 1])
        for dataset in datasets[:MAX_LISTED]:
            tables += [
                SourceTable(name=table, container=dataset.dataset_id, kind="graph")
                for table in TABLES
                if dataset.is_prepared
            ]
        files = list(files_of(user).filter(is_valid=True).order_by("-updated_at")[: MAX_LISTED + 1])
        tables += [
            SourceTable(
                name=file.file_id,
                container=file.name,
                kind="file",
                columns=columns_of(file),
            )
            for file in files[:MAX_LISTED]
        ]
        return SourceSchema(
            tables=tuple(tables), is_cut=max(len(datasets), len(files)) > MAX_LISTED
        )

    def run(self, query: CheckedQuery) -> "Iterator[pa.RecordBatch]":
        import pyarrow as pa

        asked = json.loads(query.text)
        table = self._table(asked)
        names = asked.get("columns") or table.column_names
        for name in names:
            if name not in table.column_names:
                known = ", ".join(table.column_names[:20])
                raise ConnectorError(
                    "query", f"There is no column '{name[:100]}'; there are: {known}."
                )
        chosen = table.select(names)
        self._total_rows = chosen.num_rows
        if chosen.num_rows == 0:
            yield pa.RecordBatch.from_pylist([], schema=chosen.schema)
        for batch in chosen.to_batches(max_chunksize=BATCH_ROWS):
            if self._is_cancelled.is_set():
                raise ConnectorError("timeout", "The query was cancelled.")
            yield batch

    def _table(self, asked: Mapping[str, Any]) -> "pa.Table":
        from graphkeep.datasets.dataset_files import DatasetFiles
        from graphkeep.datasets.operations.dataset_tables import table_of

        try:
            if "file" in asked:
                file = own_file(self.actor, asked["file"])
                table = table_of([file.file_id], None)
                if table is None:
                    raise NotFoundError
                return table
            files = DatasetFiles(visible_dataset(self.actor, asked["graph"]).dataset_id)
            return files.nodes() if asked["table"] == "nodes" else files.edges()
        except (NotFoundError, FileNotFoundError) as error:
            message = "There is no such graph or file, or it is not ready yet."
            raise ConnectorError("permission", message) from error

    def total_rows(self) -> int | None:
        return self._total_rows

    def cancel(self) -> None:
        self._is_cancelled.set()

    def close(self) -> None:
        """Nothing is open."""


def columns_of(file: File) -> tuple[SourceColumn, ...]:
    dtypes = file.tables[0]["dtypes"] if file.tables else {}
    return tuple(SourceColumn(name=name, type=kind) for name, kind in dtypes.items())


KIND = ConnectorKind(
    name="this_server",
    title="This server",
    description="Every graph and file that the person who asks may see on this server.",
    fields=(),
    languages=("json",),
    restrictions=(),
    check=check,
    endpoints=lambda _: (),
    open=open_without_actor,
    example_query=EXAMPLE,
    icon="server",
)
