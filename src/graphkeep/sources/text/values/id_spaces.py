"""Ids of Neo4j's importer, which count anew in each id space: `personId:ID(Person)` and `:END_ID(Movie)`.

https://neo4j.com/docs/operations-manual/current/import/#import-tool-id-spaces
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.repairs import Repair

SPACED = re.compile(
    r"(?P<name>[^:]*):(?P<role>ID|START_ID|END_ID)\((?P<space>[^(){}]+)\)(?:\{.*\})?"
)
COLUMNS = {"ID": ":ID", "START_ID": ":START_ID", "END_ID": ":END_ID"}


def with_id_spaces(table: pa.Table, repairs: list[Repair]) -> pa.Table:
    """The table with `Person:1` for the id 1 of the space Person, in columns that all files of an import share."""
    for position, name in enumerate(table.column_names):
        match = SPACED.fullmatch(name.strip())
        if match is None or COLUMNS[match["role"]] in table.column_names:
            continue
        from graphkeep.graph.identity import keys_of  # loads polars, which few files need

        space, column = match["space"].strip(), COLUMNS[match["role"]]
        texts = keys_of(table[name]).to_arrow().cast(pa.string())
        ids = pc.binary_join_element_wise(pa.scalar(space), texts, ":")
        repairs.append(
            Repair(
                code="id-space",
                message=f"The ids of '{name}' count anew in the space {space}; they are written with it before them, "
                f"and the column is called '{column}'.",
                column=column,
                count=len(ids) - ids.null_count,
                before=next((text for text in texts[:100].to_pylist() if text is not None), ""),
                after=next((text for text in ids[:100].to_pylist() if text is not None), ""),
            )
        )
        table = table.set_column(position, column, ids)
    return table
