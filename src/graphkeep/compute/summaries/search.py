"""Text search over the nodes, the best hits first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.compute.summaries.folding import fold_text, folded


@dataclass(frozen=True, kw_only=True)
class Hit:
    row: int
    column: str
    text: str
    score: float


def search(
    nodes: pa.Table, text: str, *, limit: int = 20, columns: Sequence[str] | None = None
) -> list[Hit]:
    """Hits of a text in any text or integer column, whatever their case and accents.

    An exact match ranks above a prefix, a prefix above a substring; ties are ordered by
    descending degree.
    """
    query = fold_text(text.strip())
    if not query:
        return []
    degree = (
        np.asarray(nodes["degree"].to_numpy(), np.float64)
        if "degree" in nodes.column_names
        else np.zeros(nodes.num_rows)
    )
    best: dict[int, Hit] = {}
    for name in columns or nodes.column_names:
        column = searchable(nodes[name], query)
        if column is None:
            continue
        searched = folded(column)
        matches = pc.match_substring(searched, query, ignore_case=True)
        rows = np.flatnonzero(np.asarray(pc.fill_null(matches, fill_value=False)))
        if len(rows) > 50 * limit:
            rows = rows[np.argsort(-degree[rows], kind="stable")[: 50 * limit]]
        hits = pa.array(rows)
        values = column.take(hits).to_pylist()
        candidates = searched.take(hits).to_pylist()
        for row, value, candidate in zip(rows.tolist(), values, candidates, strict=True):
            score = closeness(candidate, query)
            if row not in best or best[row].score < score:
                best[row] = Hit(row=row, column=name, text=value[:200], score=score)
    ranked = sorted(best.values(), key=lambda hit: (-hit.score, -degree[hit.row], hit.row))
    return ranked[:limit]


def searchable(column: pa.ChunkedArray, text: str) -> pa.ChunkedArray | None:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column
    if pa.types.is_integer(kind) and text.lstrip("-").isdigit():
        return column.cast(pa.string())
    return None


def closeness(folded_value: str, query: str) -> float:
    candidate = folded_value.lower()
    if candidate == query:
        return 3.0
    return 2.0 if candidate.startswith(query) else 1.0
