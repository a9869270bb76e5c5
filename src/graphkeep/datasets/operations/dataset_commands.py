"""Datasets: said what they are, given their data, changed."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.queries import organization_for
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.prepare import restart_prepare
from graphkeep.datasets.operations.upload import (
    UploadedBody,
    create_file,
    drop_file,
    receive_file,
    store_table,
)
from graphkeep.datasets.queries.visibility import files_of
from graphkeep.datasets.rules import may_create, may_edit, may_upload_data
from graphkeep.graph.bindings import Bindings
from graphkeep.graph.errors import UserInputError
from graphkeep.site.runtime_settings import runtime_setting

OBJECTS = ("metadata", "node_encodings", "edge_encodings")
EXTRAS = ("node_transform", "edge_transform", "edge_hypergraph_transform", "compute", "layout")


def create_dataset(
    said: Mapping[str, Any], *, actor: Actor, privacy: str = "", sample: str = ""
) -> Dataset:
    """A dataset as the clients describe it; data follows, or lies in files already.

    Raises:
        UserInputError: a part is missing or of the wrong kind.
        NotAllowedError: the actor is no member of the organization.
    """
    authorize(may_create, actor, None)
    organization = organization_for(actor, said.get("org_name"))
    if "metadata" not in said:
        raise UserInputError("metadata is missing: send an object, which may be empty.")
    dataset = Dataset(
        owner=actor.user,
        organization=organization,
        privacy=privacy or runtime_setting("GRAPHKEEP_DEFAULT_PRIVACY"),
        sample=sample,
    )
    apply(dataset, {"node_encodings": {}, "edge_encodings": {}, **said}, actor=actor)
    with transaction.atomic():
        dataset.save()
        audit.record("dataset.created", actor=actor, target=dataset, id=dataset.dataset_id)
        restart_prepare(dataset)
    return dataset


def change_dataset(dataset: Dataset, said: Mapping[str, Any], *, actor: Actor) -> Dataset:
    """Change a dataset's words, encodings or files; its picture is made anew where it must."""
    authorize(may_edit, actor, dataset)
    apply(dataset, said, actor=actor)
    if set(said) & {"node_encodings", "edge_encodings", "node_files", "edge_files"}:
        dataset.version += 1
    with transaction.atomic():
        dataset.save()
        if not dataset.is_prepared:
            restart_prepare(dataset)
        audit.record("dataset.changed", actor=actor, target=dataset, keys=sorted(said))
    return dataset


def apply(dataset: Dataset, said: Mapping[str, Any], *, actor: Actor) -> None:
    for key in OBJECTS:
        if key in said:
            value = said[key] or {}
            if not isinstance(value, Mapping):
                raise UserInputError(f"{key} must be an object.")
            setattr(dataset, key, dict(value))
    if not dataset.extras.get("edge_hypergraph_transform") and not said.get(
        "edge_hypergraph_transform"
    ):
        Bindings.from_wire(dataset.node_encodings, dataset.edge_encodings)
    if "name" in said:
        dataset.name = str(said["name"] or "")[:500]
    if "description" in said:
        dataset.description = str(said["description"] or "")
    for key in ("node_files", "edge_files"):
        if key in said:
            setattr(dataset, key, checked_files(said[key] or [], key, actor=actor))
    dataset.extras |= {key: said[key] for key in EXTRAS if key in said}


def checked_files(entries: object, key: str, *, actor: Actor) -> list[Any]:
    """Entries are `file_id` or `[file_id, table index]`, of the actor's own files."""
    if not isinstance(entries, list):
        raise UserInputError(f"{key} must be a list of file ids.")
    for entry in entries:
        file_id, index = entry if isinstance(entry, list) and len(entry) == 2 else (entry, 0)
        if not isinstance(file_id, str) or not isinstance(index, int) or index < 0:
            raise UserInputError(f"{key} holds {entry!r}; use 'FILE_ID' or ['FILE_ID', TABLE].")
        if actor.user is None or not files_of(actor.user).filter(file_id=file_id).exists():
            raise UserInputError(f"{key} names the file '{file_id}', which you do not have.")
    return entries


def attach_data(
    dataset: Dataset,
    table: str,
    file_type: str,
    body: UploadedBody,
    *,
    actor: Actor,
    content_encoding: str = "",
    parser_options: Mapping[str, Any] | None = None,
) -> File:
    """Rows sent straight to a dataset's `edges` or `nodes`; they replace the former ones.

    Raises:
        UserInputError: the bytes do not parse; the former rows stay.
    """
    authorize(may_upload_data, actor, dataset)
    file = create_file(
        {"file_type": file_type, "name": f"{dataset.name} {table}"},
        actor=actor,
        is_direct=True,
    )
    receive_file(
        file,
        body,
        actor=actor,
        erase=True,
        content_encoding=content_encoding,
        parser_options=parser_options,
    )
    if not file.is_valid:
        message = file.errors[0]["message"]
        drop_file(file)
        raise UserInputError(message)
    replace_table(dataset, table, file, actor=actor)
    return file


def attach_table(dataset: Dataset, table: str, rows: pa.Table, *, actor: Actor) -> File:
    """Rows of our own making, which need no parsing."""
    file = create_file(
        {"file_type": "arrow", "name": f"{dataset.name} {table}"}, actor=actor, is_direct=True
    )
    store_table(file, rows)
    replace_table(dataset, table, file, actor=actor)
    return file


def replace_table(dataset: Dataset, table: str, file: File, *, actor: Actor) -> None:
    with transaction.atomic():
        locked = Dataset.objects.select_for_update().get(pk=dataset.pk)
        if table == "edges":
            former, locked.edge_data = locked.edge_data, file
        else:
            former, locked.node_data = locked.node_data, file
        locked.version += 1
        locked.save()
        audit.record("dataset.data", actor=actor, target=locked, table=table)
        restart_prepare(locked)
        if former is not None:
            drop_file(former)
