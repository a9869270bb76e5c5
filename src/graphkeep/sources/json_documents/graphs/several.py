"""Several graphs in one file, whose ids mean nothing to one another."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import NamedTable, ReadResult
from graphkeep.sources.json_documents.context import ReadContext

MAX_SEPARATE = 20
Unit = TypeVar("Unit")


def read_separately(
    graphs: Sequence[Unit], context: ReadContext, read: Callable[[Sequence[Unit]], ReadResult]
) -> ReadResult:
    """Each graph as tables and an interpretation of its own, the largest first; over twenty are one graph."""
    if len(graphs) == 1:
        return read(graphs)
    if len(graphs) > MAX_SEPARATE:
        context.repairs.append(
            Repair(
                code="graphs-joined",
                message=f"The file holds {len(graphs)} graphs; they are read as one, in which the same id is the "
                "same node.",
                count=len(graphs),
            )
        )
        return read(graphs)
    tables: list[NamedTable] = []
    interpretations: list[TableInterpretation] = []
    results = [read([each]) for each in graphs]
    results.sort(key=lambda result: -result.tables[0].table.num_rows)
    for number, result in enumerate(results, start=1):
        start = len(tables)
        tables += [replace(each, name=f"{each.name} {number}") for each in result.tables]
        interpretations += [
            replace(
                each,
                label=f"{each.label} ({number} of {len(graphs)})",
                edge_tables=tuple(start + table for table in each.edge_tables),
                node_tables=tuple(start + table for table in each.node_tables),
                score=each.score - number / 1000,
            )
            for each in result.interpretations
        ]
    return ReadResult(
        tables=tuple(tables),
        repairs=tuple(context.repairs),
        interpretations=tuple(interpretations),
    )
