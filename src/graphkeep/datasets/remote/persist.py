"""The result of a query stored as a new dataset."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.ipc
from django.db import transaction

from graphkeep.accounts.actor import Actor
from graphkeep.compute.result_format import LOOKS
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.dataset_commands import attach_table, create_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields
from graphkeep.datasets.remote.result import Computed
from graphkeep.datasets.sharing.share import ShareSettings, share_dataset
from graphkeep.graph.errors import UserInputError
from graphkeep.sandbox.process import SandboxResult


def persist(
    dataset: Dataset, result: SandboxResult, privacy: ShareSettings | None, *, actor: Actor
) -> Dataset:
    """A new dataset that holds the result alone; private unless another audience is requested."""
    if not result.answer.get("is_graph"):
        raise UserInputError(
            "This result is a table, not a graph, so it cannot be stored as a dataset."
        )
    nodes, edges = (read_table(result.files[index]) for index in (1, 2))
    bindings = result.answer.get("bindings")
    fields = DatasetFields(
        name=f"{dataset.name} (query)"[:500] if dataset.name else "Query",
        description=dataset.description,
        metadata={"agent": "graphkeep", "queried": dataset.dataset_id},
        node_encodings=encodings_of(dataset.node_encodings, ("node",), bindings),
        edge_encodings=encodings_of(dataset.edge_encodings, ("source", "destination"), bindings),
    )
    with transaction.atomic():
        new_dataset = create_dataset(fields, actor=actor, privacy=Dataset.Privacy.PRIVATE)
        attach_table(new_dataset, "edges", edges, actor=actor)
        if nodes.num_columns:
            attach_table(new_dataset, "nodes", nodes, actor=actor)
        new_dataset.refresh_from_db()
        if privacy is not None:
            share_dataset(new_dataset, privacy, actor=actor)
    return new_dataset


def encodings_of(
    encodings: Mapping[str, Any], roles: Sequence[str], bindings: object
) -> dict[str, Any]:
    """The encodings of the source, with the columns that these roles have in the result."""
    columns = bindings if isinstance(bindings, Mapping) else {}
    new_bindings = {role: columns[role] for role in roles if isinstance(columns.get(role), str)}
    return {**encodings, "bindings": {**(encodings.get("bindings") or {}), **new_bindings}}


def read_table(file: Any) -> pa.Table:
    try:
        return pa.ipc.open_file(file).read_all()
    except pa.ArrowInvalid as error:
        raise UserInputError("This result cannot be stored as a dataset.") from error


def with_dataset_id(computed: Computed, dataset_id: str) -> Computed:
    """The answer with the id of the new dataset as its first key; its rows are never read or changed.

    A table of shapes has no place for it.
    """
    if computed.media == "application/json" and computed.body.startswith(b"{"):
        prefix = b'{"dataset_id": "' + dataset_id.encode() + b'", '
        return replace(computed, body=prefix + computed.body[1:])
    if computed.media != "application/zip":
        return computed
    buffer = io.BytesIO(computed.body)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_STORED) as archive:
        metadata: dict[str, Any] = {"dataset_id": dataset_id}
        if LOOKS in archive.namelist():
            metadata["gfql_metadata"] = json.loads(archive.read(LOOKS))
        archive.writestr("metadata.json", json.dumps(metadata))
    return replace(computed, body=buffer.getvalue())
