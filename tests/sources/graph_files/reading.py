"""Reads graph files that are written in a test, as the server does: by their content."""

import io
from pathlib import Path

from graphkeep.sources.file_format import ReadOptions, ReadResult
from graphkeep.sources.graph_files.formats import GRAPH_FORMATS
from graphkeep.sources.registry import read_tables

CASES = Path(__file__).parents[1] / "cases"
HEAD_BYTES = 1 << 16


def recognized(content: bytes, name: str = "") -> str | None:
    """The format of a graph file by its content; None where no format is sure."""
    best = max(GRAPH_FORMATS, key=lambda each: each.recognize(content[:HEAD_BYTES], name))
    return best.name if best.recognize(content[:HEAD_BYTES], name) >= 0.5 else None


def read(content: str | bytes, name: str = "", **options) -> ReadResult:
    data = content if isinstance(content, bytes) else content.encode()
    format_name = recognized(data, name)
    assert format_name is not None, f"no graph file: {data[:80]!r}"
    file_format = next(each for each in GRAPH_FORMATS if each.name == format_name)
    return read_tables(
        io.BytesIO(data), file_format, ReadOptions(parser_options=options, name=name)
    )


def edges(result: ReadResult) -> list[dict]:
    return rows(result, result.interpretations[0].edge_table)


def nodes(result: ReadResult) -> list[dict]:
    return rows(result, result.interpretations[0].node_tables[0])


def rows(result: ReadResult, number: int) -> list[dict]:
    """Rows without their nulls, which keeps expected values short."""
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in result.tables[number].table.to_pylist()
    ]


def pairs(result: ReadResult) -> list[tuple[str, str]]:
    return [(row["source"], row["target"]) for row in edges(result)]


def ids(result: ReadResult) -> list[str]:
    return [row["id"] for row in nodes(result)]


def repairs(result: ReadResult) -> list[tuple[str, int, tuple[int, ...]]]:
    return [(repair.code, repair.count, repair.lines) for repair in result.repairs]


def bindings(result: ReadResult) -> tuple[dict, dict]:
    interpretation = result.interpretations[0]
    return dict(interpretation.node_bindings), dict(interpretation.edge_bindings)
