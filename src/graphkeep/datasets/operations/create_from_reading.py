"""Create a dataset from a file, by the reading that the user chose."""

from dataclasses import dataclass, replace
from pathlib import PurePath

from graphkeep.accounts.actor import Actor
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.dataset_commands import change_dataset, create_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields, FileTable
from graphkeep.datasets.queries.visibility import visible_dataset


@dataclass(frozen=True, kw_only=True)
class EdgeReading:
    """Each row of a table is an edge; `node` is the id column of a table of nodes, where there is one."""

    source: str
    destination: str
    node: str = ""
    edge_table: int = 0
    node_table: int = 0


@dataclass(frozen=True, kw_only=True)
class HypergraphReading:
    """Each value of the columns is a node, joined to its row, or to the other values if `is_direct`."""

    columns: tuple[str, ...]
    is_direct: bool = False
    edge_table: int = 0


def create_from_reading(
    file: File, reading: EdgeReading | HypergraphReading, *, actor: Actor, replaces: str = ""
) -> Dataset:
    """A private dataset of this reading; `replaces` names a dataset whose data it replaces instead.

    Raises:
        NotFoundError: the actor does not see the dataset to be replaced.
        NotAllowedError: the actor may not edit it.
    """
    fields = dataset_fields(file, reading)
    if replaces:
        return change_dataset(visible_dataset(actor, replaces), fields, actor=actor)
    name = PurePath(file.name).stem if file.name else "New graph"
    return create_dataset(replace(fields, name=name), actor=actor, privacy=Dataset.Privacy.PRIVATE)


def dataset_fields(file: File, reading: EdgeReading | HypergraphReading) -> DatasetFields:
    transform = (
        [{"entity_types": list(reading.columns), "direct": reading.is_direct}]
        if isinstance(reading, HypergraphReading)
        else None
    )
    bindings: dict[str, str] = {}
    node_bindings: dict[str, str] = {}
    node_files: tuple[FileTable, ...] = ()
    if isinstance(reading, EdgeReading):
        bindings = {"source": reading.source, "destination": reading.destination}
        if reading.node:
            node_bindings = {"node": reading.node}
            node_files = (FileTable(file_id=file.file_id, index=reading.node_table),)
    return DatasetFields(
        metadata={"agent": "graphkeep"},
        node_encodings={"bindings": node_bindings},
        edge_encodings={"bindings": bindings},
        edge_files=(FileTable(file_id=file.file_id, index=reading.edge_table),),
        node_files=node_files,
        extras={"edge_hypergraph_transform": transform},
    )
