"""The tables of several files, numbered through all of them, and the interpretations that come with the files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pyarrow as pa

from graphkeep.datasets.models import File
from graphkeep.datasets.operations.dataset_fields import FileTable
from graphkeep.datasets.operations.dataset_tables import file_table
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.interpretations.interpretation import TableInterpretation

MAX_FILES = 200


@dataclass(frozen=True, kw_only=True)
class FileTables:
    """Table n of all files: those of the first file come first.

    Raises:
        UserInputError: a file has no readable content, or there are more than MAX_FILES.
    """

    files: tuple[File, ...]

    def __post_init__(self) -> None:
        if len(self.files) > MAX_FILES:
            raise UserInputError(f"At most {MAX_FILES} files are read together.")
        for file in self.files:
            if not file.is_valid:
                name = f"The file '{file.name}'" if file.name else "This file"
                raise UserInputError(f"{name} has no readable content.")

    @cached_property
    def references(self) -> tuple[FileTable, ...]:
        return tuple(
            FileTable(file_id=file.file_id, index=index)
            for file in self.files
            for index in range(len(file.tables))
        )

    @cached_property
    def schemas(self) -> tuple[dict[str, Any], ...]:
        """What each file's record says of each table: name, num_rows, num_cols, dtypes."""
        return tuple(schema for file in self.files for schema in file.tables)

    @cached_property
    def tables(self) -> tuple[pa.Table, ...]:
        """All tables, mapped and not loaded."""
        return tuple(
            file_table(file, index) for file in self.files for index in range(len(file.tables))
        )

    def repairs(self) -> list[dict[str, Any]]:
        return [repair for file in self.files for repair in file.repairs]

    def known(self) -> tuple[TableInterpretation, ...]:
        """What the readers of the files know of them; equal ones of several files are one for all their tables."""
        readings: list[TableInterpretation] = []
        start = 0
        for file in self.files:
            for stored in file.interpretations:
                reading = shifted(TableInterpretation.from_dict(stored), start)
                same = next((known for known in readings if is_same_reading(known, reading)), None)
                if same is None or not reading.source:
                    readings.append(reading)
                else:
                    readings[readings.index(same)] = merged(same, reading)
            start += len(file.tables)
        return tuple(readings)


def shifted(reading: TableInterpretation, start: int) -> TableInterpretation:
    return replace(
        reading,
        edge_tables=tuple(index + start for index in reading.edge_tables),
        node_tables=tuple(index + start for index in reading.node_tables),
    )


def is_same_reading(first: TableInterpretation, second: TableInterpretation) -> bool:
    """Whether two files hold parts of one graph: the same kind, ends and ids."""
    return (first.kind, first.source, first.destination, first.node, first.columns) == (
        second.kind, second.source, second.destination, second.node, second.columns,
    )  # fmt: skip


def merged(first: TableInterpretation, second: TableInterpretation) -> TableInterpretation:
    return replace(
        first,
        edge_tables=(*first.edge_tables, *second.edge_tables),
        node_tables=(*first.node_tables, *second.node_tables),
    )


def check_tables(reading: TableInterpretation, tables: Sequence[Any]) -> None:
    """Raises UserInputError: the reading names a table that is not there."""
    for index in (*reading.edge_tables, *reading.node_tables):
        if not 0 <= index < len(tables):
            raise UserInputError(f"There are {len(tables)} tables, not {index + 1}.")
