"""Create a dataset from files, by the reading that the user chose."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

import pyarrow as pa
from django.db import transaction

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.dataset_commands import (
    TableRole,
    change_dataset,
    create_dataset,
    replace_table,
)
from graphkeep.datasets.operations.dataset_fields import DatasetFields, FileTable
from graphkeep.datasets.operations.file_fields import FileFields
from graphkeep.datasets.operations.readings.reading_files import FileTables, check_tables
from graphkeep.datasets.operations.upload import create_file, drop_file, store_table
from graphkeep.datasets.queries.visibility import visible_dataset
from graphkeep.datasets.rules import may_edit
from graphkeep.graph.errors import UnknownColumnError
from graphkeep.graph.interpretations.derivation.derive import derive, needs_derived_tables
from graphkeep.graph.interpretations.derivation.derived_tables import DerivedTables
from graphkeep.graph.interpretations.interpretation import TableInterpretation


def create_from_reading(
    files: Sequence[File], reading: TableInterpretation, *, actor: Actor, replaces: str = ""
) -> Dataset:
    """A private dataset of this reading; `replaces` names a dataset whose data it replaces instead.

    Edges and nodes that are no tables of the files are derived, and stored with the dataset.

    Raises:
        UserInputError: the reading names a table or column that the files do not have, or cannot be derived.
        NotFoundError: the actor does not see the dataset to be replaced.
        NotAllowedError: the actor may not edit it.
    """
    tables = FileTables(files=tuple(files))
    check_tables(reading, tables.references)
    check_reading_columns(reading, tables)
    former = visible_dataset(actor, replaces) if replaces else None
    if former is not None:
        authorize(may_edit, actor, former)
    derived = derive(reading, tables.tables) if needs_derived_tables(reading) else None
    fields = dataset_fields(tables, reading, derived)
    stored = store_derived(derived, reading, tables, actor=actor)
    with transaction.atomic():
        if former is not None:
            dataset = change_dataset(former, fields, actor=actor)
            drop_direct_data(dataset, kept_files=stored)
        else:
            name = PurePath(files[0].name).stem if files[0].name else "New graph"
            dataset = create_dataset(
                replace(fields, name=name), actor=actor, privacy=Dataset.Privacy.PRIVATE
            )
        for table, file in stored.items():
            replace_table(dataset, table, file, actor=actor)
    dataset.refresh_from_db()
    return dataset


def check_reading_columns(reading: TableInterpretation, tables: FileTables) -> None:
    """Raises UnknownColumnError: the reading names a column that one of its tables does not have."""
    edge_columns = (
        [] if reading.kind == "nodes" else [reading.source, reading.destination, *reading.columns]
    )
    node_columns = [reading.node, *reading.columns] if reading.kind == "nodes" else [reading.node]
    for indices, columns in (
        (reading.edge_tables, edge_columns),
        (reading.node_tables, node_columns),
    ):
        for index in indices:
            names = list(tables.schemas[index]["dtypes"])
            for column in columns:
                if column and column not in names:
                    raise UnknownColumnError(column, names)


def dataset_fields(
    tables: FileTables, reading: TableInterpretation, derived: DerivedTables | None
) -> DatasetFields:
    transform = None
    if reading.kind == "hypergraph":
        transform = [{"entity_types": list(reading.columns), "direct": reading.is_direct}]
    edge_bindings = dict(reading.edge_bindings)
    node_bindings = dict(reading.node_bindings)
    source, destination, node = reading.source, reading.destination, reading.node
    edge_files = references(tables, reading.edge_tables)
    node_files = references(tables, reading.node_tables)
    if derived is not None:
        source, destination, node = derived.source, derived.destination, derived.node
        edge_bindings, node_bindings = derived.edge_bindings, derived.node_bindings
        edge_files = ()
        node_files = node_files if uses_own_nodes(reading) else ()
    if reading.kind != "hypergraph":
        edge_bindings |= {"source": source or "", "destination": destination or ""}
    if node and (node_files or derived is not None):
        node_bindings |= {"node": node}
    return DatasetFields(
        metadata={"agent": "graphkeep"},
        node_encodings={"bindings": node_bindings},
        edge_encodings={"bindings": edge_bindings},
        edge_files=edge_files,
        node_files=node_files,
        extras={
            "edge_hypergraph_transform": transform,
            "source_files": [file.file_id for file in tables.files],
            "reading": reading.as_dict(),
        },
    )


def references(tables: FileTables, indices: Sequence[int]) -> tuple[FileTable, ...]:
    return tuple(tables.references[index] for index in indices)


def uses_own_nodes(reading: TableInterpretation) -> bool:
    """Whether the rows of a table are the nodes as they are, so that only edges are derived."""
    return reading.kind == "nodes" and bool(reading.node) and not reading.columns


def store_derived(
    derived: DerivedTables | None, reading: TableInterpretation, tables: FileTables, *, actor: Actor
) -> dict[TableRole, File]:
    """Derived tables as files that belong to the dataset; the repairs of what they were derived from go with them."""
    if derived is None:
        return {}
    parts: dict[TableRole, pa.Table] = {"edges": derived.edges}
    if derived.nodes is not None and not uses_own_nodes(reading):
        parts["nodes"] = derived.nodes
    repairs = [*tables.repairs(), *(repair.as_dict() for repair in derived.repairs)]
    name = tables.files[0].name or "table"
    stored: dict[TableRole, File] = {}
    for table, rows in parts.items():
        file = create_file(
            FileFields(file_type="arrow", name=f"{name} {table}"[:500]), actor=actor, is_direct=True
        )
        store_table(file, rows)
        if table == "edges" and not uses_own_nodes(reading):
            file.repairs = repairs
            file.save(update_fields=["repairs"])
        stored[table] = file
    return stored


def drop_direct_data(dataset: Dataset, *, kept_files: dict[TableRole, File]) -> None:
    """Detach tables that a former reading derived, and that this one does not replace."""
    for table, field in (("edges", "edge_data"), ("nodes", "node_data")):
        file = getattr(dataset, field)
        if file is not None and table not in kept_files:
            setattr(dataset, field, None)
            dataset.save(update_fields=[field])
            drop_file(file)
