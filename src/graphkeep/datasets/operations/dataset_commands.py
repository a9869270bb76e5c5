"""Commands on datasets: create, change, attach tables."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa
from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.queries import organization_for
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.check_columns import check_bound_columns
from graphkeep.datasets.operations.dataset_fields import DatasetFields, FileTable
from graphkeep.datasets.operations.file_fields import FileFields
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
from graphkeep.graph.errors import UnknownColumnError, UserInputError
from graphkeep.site.runtime_settings import runtime_setting

TableRole = Literal["edges", "nodes"]
BOUND_FIELDS = {"node_encodings", "edge_encodings", "node_files", "edge_files"}


def create_dataset(
    fields: DatasetFields,
    *,
    actor: Actor,
    org_name: str = "",
    privacy: str = "",
    sample: str = "",
) -> Dataset:
    """A dataset as its fields describe it, prepared once its edges are there.

    Raises:
        UserInputError: a binding is missing or names a column that its table lacks, or a file is not the actor's.
        NotAllowedError: the actor is no member of the organization.
    """
    authorize(may_create, actor, None)
    dataset = Dataset(
        owner=actor.user,
        organization=organization_for(actor, org_name),
        privacy=privacy or runtime_setting("GRAPHKEEP_DEFAULT_PRIVACY"),
        sample=sample,
    )
    set_fields(dataset, fields, actor=actor)
    with transaction.atomic():
        dataset.save()
        audit.record("dataset.created", actor=actor, target=dataset, id=dataset.dataset_id)
        restart_prepare(dataset)
    return dataset


def change_dataset(dataset: Dataset, fields: DatasetFields, *, actor: Actor) -> Dataset:
    """Change a dataset's texts, encodings or files; it is prepared again if its picture changes.

    Raises:
        UserInputError: a binding is missing or names a column that its table lacks, or a file is not the actor's.
        NotAllowedError: the actor may see the dataset, and not edit it.
    """
    authorize(may_edit, actor, dataset)
    set_fields(dataset, fields, actor=actor)
    names = fields.names()
    if names & BOUND_FIELDS:
        dataset.version += 1
    with transaction.atomic():
        dataset.save()
        if not dataset.is_prepared:
            restart_prepare(dataset)
        audit.record("dataset.changed", actor=actor, target=dataset, keys=sorted(names))
    return dataset


def set_fields(dataset: Dataset, fields: DatasetFields, *, actor: Actor) -> None:
    for name in ("name", "description"):
        if getattr(fields, name) is not None:
            setattr(dataset, name, getattr(fields, name))
    for name in ("metadata", "node_encodings", "edge_encodings"):
        if getattr(fields, name) is not None:
            setattr(dataset, name, dict(getattr(fields, name)))
    transforms = (dataset.extras, fields.extras)
    if not any(extras.get("edge_hypergraph_transform") for extras in transforms):
        Bindings.from_wire(dataset.node_encodings, dataset.edge_encodings)
    for name in ("node_files", "edge_files"):
        tables = getattr(fields, name)
        if tables is not None:
            check_files(tables, name, actor=actor)
            setattr(dataset, name, [table.to_wire() for table in tables])
    dataset.extras |= fields.extras
    if fields.names() & BOUND_FIELDS:
        check_bound_columns(dataset)


def check_files(tables: Sequence[FileTable], name: str, *, actor: Actor) -> None:
    """Raises UserInputError: a file is not one of the actor's own."""
    for table in tables:
        if actor.user is None or not files_of(actor.user).filter(file_id=table.file_id).exists():
            raise UserInputError(f"{name} names the file '{table.file_id}', which you do not have.")


def attach_data(
    dataset: Dataset,
    *,
    table: TableRole,
    file_type: str,
    body: UploadedBody,
    actor: Actor,
    content_encoding: str = "",
    parser_options: Mapping[str, Any] | None = None,
) -> File:
    """Attach rows sent directly to a dataset's `edges` or `nodes`; they replace the former ones.

    Raises:
        UserInputError: the bytes do not parse, or a bound column is missing; the former rows stay.
    """
    authorize(may_upload_data, actor, dataset)
    file = create_file(
        FileFields(file_type=file_type, name=table_name(dataset, table)),
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
    setattr(dataset, "edge_data" if table == "edges" else "node_data", file)
    try:
        check_bound_columns(dataset)
    except UnknownColumnError:
        drop_file(file)
        raise
    replace_table(dataset, table, file, actor=actor)
    return file


def attach_table(dataset: Dataset, table: TableRole, rows: pa.Table, *, actor: Actor) -> File:
    """Attach a table that this server computed; it needs no parsing."""
    file = create_file(
        FileFields(file_type="arrow", name=table_name(dataset, table)), actor=actor, is_direct=True
    )
    store_table(file, rows)
    replace_table(dataset, table, file, actor=actor)
    return file


def table_name(dataset: Dataset, table: TableRole) -> str:
    return f"{dataset.name} {table}"[:500]


def replace_table(dataset: Dataset, table: TableRole, file: File, *, actor: Actor) -> None:
    with transaction.atomic():
        locked = Dataset.objects.select_for_update().get(pk=dataset.pk)
        if table == "edges":
            former_file, locked.edge_data = locked.edge_data, file
        else:
            former_file, locked.node_data = locked.node_data, file
        locked.version += 1
        locked.save()
        audit.record("dataset.data", actor=actor, target=locked, table=table)
        restart_prepare(locked)
        if former_file is not None:
            drop_file(former_file)
