"""Remote queries and Python on a dataset: permissions, the input of the sandbox, and its result."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
from django.conf import settings
from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.models import User
from graphkeep.compute.gfql.limits import QueryLimits
from graphkeep.compute.gfql.values import Query
from graphkeep.compute.result_format import LOOKS, PythonCode, ResultFormat
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.dataset_commands import attach_table, create_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields
from graphkeep.datasets.operations.prepare import file_path
from graphkeep.datasets.queries.columns import node_columns
from graphkeep.datasets.queries.metrics import metric_columns
from graphkeep.datasets.queries.visibility import visible_dataset
from graphkeep.datasets.rules import may_create
from graphkeep.datasets.sharing.share import ShareSettings, share_dataset
from graphkeep.datasets.storage import compute_pool
from graphkeep.graph.errors import LimitExceededError, NotAllowedError, UserInputError
from graphkeep.sandbox.isolation import require_confinement, require_full_isolation
from graphkeep.sandbox.process import SandboxResult

MEDIA = frozenset(
    {
        "application/json",
        "application/zip",
        "text/csv; charset=utf-8",
        "application/vnd.apache.parquet",
    }
)


@dataclass(frozen=True, kw_only=True)
class Computed:
    """A result as it goes to the sender."""

    body: bytes
    media: str


def query_limits() -> QueryLimits:
    return QueryLimits(
        most_hops=settings.GRAPHKEEP_QUERY_HOPS, most_rows=settings.GRAPHKEEP_COMPUTE_ROWS
    )


def query_dataset(
    dataset: Dataset, query: Query, result: ResultFormat, *, actor: Actor, strictness: str = "warn"
) -> Computed:
    """Run a query on a dataset that the actor sees.

    Raises:
        NotAllowedError: queries are switched off, here or for this account.
        NotFoundError: it reads another dataset that the actor does not see.
        UserInputError: it does not run.
    """
    with queried(dataset, query, result, actor=actor, strictness=strictness) as sandbox_result:
        return read_result(sandbox_result)


def persist_query(
    dataset: Dataset,
    query: Query,
    result: ResultFormat,
    *,
    actor: Actor,
    strictness: str = "warn",
    privacy: ShareSettings | None = None,
) -> Computed:
    """Run a query and store its result as a new dataset, private unless `privacy` says otherwise.

    Raises:
        NotAllowedError: as for `query_dataset`, or the actor may not create datasets.
        NotFoundError: as for `query_dataset`.
        UserInputError: it does not run, or its result is a table and no graph.
    """
    authorize(may_create, actor, None)
    run = queried(dataset, query, result, actor=actor, strictness=strictness, is_persisted=True)
    with run as sandbox_result:
        computed = read_result(sandbox_result)
        made = persist(dataset, sandbox_result, privacy, actor=actor)
        return with_dataset_id(computed, made.dataset_id)


@contextmanager
def queried(
    dataset: Dataset,
    query: Query,
    result: ResultFormat,
    *,
    actor: Actor,
    strictness: str,
    is_persisted: bool = False,
) -> Iterator[SandboxResult]:
    check_query_gates(actor)
    tables: list[Path] = []
    request = {
        "kind": "query",
        "dataset": described(dataset, tables),
        "others": others_of(query, actor, tables),
        "query": None if query.body is None else query.body.to_wire(),
        "functions": sorted(query.functions),
        "output": query.output,
        "strictness": strictness,
        "wanted": result.to_wire(),
        "persist": is_persisted,
        "most_rows": query_limits().most_rows,
    }
    with compute_pool().run(request, tables, require=require_confinement) as sandbox_result:
        yield sandbox_result


def run_code(dataset: Dataset, code: PythonCode, *, actor: Actor, label: str = "") -> Computed:
    """Run somebody's Python on a dataset that they see; every run is recorded in the audit log.

    Raises:
        NotAllowedError: Python is switched off here, or this account was not given the permission.
        UnavailableError: the machine does not isolate the sandbox in full.
        UserInputError: the code fails.
    """
    check_code_gates(actor)
    tables: list[Path] = []
    request = {
        "kind": "code",
        "dataset": described(dataset, tables),
        "most_rows": settings.GRAPHKEEP_COMPUTE_ROWS,
        **code.to_wire(),
    }
    # Before it runs, and not only after: what runs may never come back.
    audit.record(
        "python.run",
        actor=actor,
        target=dataset,
        label=label,
        sha256=hashlib.sha256(code.execute.encode()).hexdigest(),
    )
    with compute_pool().run(request, tables, require=require_full_isolation) as sandbox_result:
        return read_result(sandbox_result)


def check_query_gates(actor: Actor) -> None:
    if not settings.ENABLE_GFQL_ENDPOINT:
        raise NotAllowedError(
            "Queries are switched off on this server: the administrator says ENABLE_GFQL_ENDPOINT=true "
            "to have them."
        )
    if not isinstance(actor.user, User) or not actor.user.may_query:
        raise NotAllowedError("Your account may not run queries: ask an Admin of this server.")


def check_code_gates(actor: Actor) -> None:
    if not settings.ENABLE_PYTHON_ENDPOINT:
        raise NotAllowedError(
            "Python is switched off on this server: the administrator says ENABLE_PYTHON_ENDPOINT=true "
            "to have it."
        )
    if not isinstance(actor.user, User) or not actor.user.may_run_python:
        raise NotAllowedError("Your account may not run Python: ask an Admin of this server.")


def others_of(query: Query, actor: Actor, tables: list[Path]) -> dict[str, Any]:
    return {name: described(visible_dataset(actor, name), tables) for name in query.remote_graphs}


def described(dataset: Dataset, tables: list[Path]) -> dict[str, Any]:
    """What the sandbox gets of a dataset; the paths of its tables are added to `tables`.

    Raises:
        UserInputError: it has no edges yet, or a file of it is gone.
    """
    if not dataset.has_edges:
        raise UserInputError("This dataset has no edges yet: upload an edge table.")
    transform = dataset.extras.get("edge_hypergraph_transform")
    return {
        "edges": added(dataset.edge_files, dataset.edge_data, tables),
        "nodes": added(dataset.node_files, dataset.node_data, tables),
        "computed": computed_columns(dataset, tables),
        "node_encodings": dataset.node_encodings,
        "edge_encodings": dataset.edge_encodings,
        "hypergraph": transform[0]
        if isinstance(transform, list) and transform
        else transform or None,
        "name": dataset.name,
        "description": dataset.description,
    }


def computed_columns(dataset: Dataset, tables: list[Path]) -> dict[str, Any] | None:
    """The metric columns that were added to the dataset; the path of their table is added to `tables`."""
    if not dataset.is_prepared:
        return None
    known = node_columns(dataset)
    names = [added.column for added in metric_columns(dataset)]
    columns = [name for name in names if known.get(name, {}).get("computed")]
    if not columns:
        return None
    files = DatasetFiles(dataset.dataset_id)
    tables.append(files.nodes_path())
    return {"table": len(tables) - 1, "node": files.bindings().node or "id", "columns": columns}


def added(entries: list[Any], direct: File | None, tables: list[Path]) -> list[int]:
    paths = [named_path(entry) for entry in entries]
    if direct is not None:
        paths.append(file_path(direct, 0))
    first = len(tables)
    tables += paths
    return list(range(first, len(tables)))


def named_path(entry: object) -> Path:
    file_id, index = entry if isinstance(entry, list) else (entry, 0)
    file = File.objects.filter(file_id=file_id).first()
    if file is None:
        raise UserInputError(f"The file '{file_id}' that this graph was made of is deleted.")
    return file_path(file, index)


def read_result(result: SandboxResult) -> Computed:
    """The result of a request; its answer comes from a process that an attacker may control.

    Raises:
        UserInputError: the request failed, and the answer says why.
        LimitExceededError: memory was not enough, or the result is too large.
    """
    error, exhausted = result.answer.get("error"), result.answer.get("exhausted")
    if isinstance(error, str):
        raise UserInputError(error)
    if exhausted == "memory":
        raise compute_pool().limits.too_much_memory()
    media = result.answer.get("media")
    if exhausted is not None or media not in MEDIA:
        raise LimitExceededError(
            f"The result is larger than {settings.GRAPHKEEP_COMPUTE_RESULT_MAX >> 20} MiB. Ask for less, "
            "or ask the administrator to raise GRAPHKEEP_COMPUTE_RESULT_MAX."
        )
    return Computed(body=result.files[0].read(), media=str(media))


def persist(
    dataset: Dataset, result: SandboxResult, privacy: ShareSettings | None, *, actor: Actor
) -> Dataset:
    """A new dataset that holds the result alone; private unless another audience is asked for."""
    if not result.answer.get("is_graph"):
        raise UserInputError(
            "This result is a table and no graph, so it cannot be kept as a dataset."
        )
    nodes, edges = (read_table(result.files[at]) for at in (1, 2))
    bindings = result.answer.get("bindings")
    fields = DatasetFields(
        name=f"{dataset.name} (query)"[:500] if dataset.name else "Query",
        description=dataset.description,
        metadata={"agent": "graphkeep", "queried": dataset.dataset_id},
        node_encodings=encodings_of(dataset.node_encodings, ("node",), bindings),
        edge_encodings=encodings_of(dataset.edge_encodings, ("source", "destination"), bindings),
    )
    with transaction.atomic():
        made = create_dataset(fields, actor=actor, privacy=Dataset.Privacy.PRIVATE)
        attach_table(made, "edges", edges, actor=actor)
        if nodes.num_columns:
            attach_table(made, "nodes", nodes, actor=actor)
        made.refresh_from_db()
        if privacy is not None:
            share_dataset(made, privacy, actor=actor)
    return made


def encodings_of(
    encodings: Mapping[str, Any], roles: Sequence[str], bindings: object
) -> dict[str, Any]:
    """The encodings of the source, with the columns that these roles have in the result."""
    columns = bindings if isinstance(bindings, Mapping) else {}
    bound = {role: columns[role] for role in roles if isinstance(columns.get(role), str)}
    return {**encodings, "bindings": {**(encodings.get("bindings") or {}), **bound}}


def read_table(file: Any) -> pa.Table:
    try:
        return pa.ipc.open_file(file).read_all()
    except pa.ArrowInvalid as error:
        raise UserInputError("This result cannot be kept as a dataset.") from error


def with_dataset_id(computed: Computed, dataset_id: str) -> Computed:
    """The answer with the id of the new dataset as its first key; its rows are never read or changed.

    A table of shapes has no place for it.
    """
    if computed.media == "application/json" and computed.body.startswith(b"{"):
        first = b'{"dataset_id": "' + dataset_id.encode() + b'", '
        return replace(computed, body=first + computed.body[1:])
    if computed.media != "application/zip":
        return computed
    packed = io.BytesIO(computed.body)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_STORED) as archive:
        metadata: dict[str, Any] = {"dataset_id": dataset_id}
        if LOOKS in archive.namelist():
            metadata["gfql_metadata"] = json.loads(archive.read(LOOKS))
        archive.writestr("metadata.json", json.dumps(metadata))
    return replace(computed, body=packed.getvalue())
