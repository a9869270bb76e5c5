"""Titles of nodes: the title column, else the label, else the id, decided row by row."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.graph.bindings import Bindings


def titles_of(
    nodes: pa.Table,
    bindings: Bindings,
    rows: npt.NDArray[np.integer],
    *,
    max_length: int | None = None,
) -> list[str]:
    """A title for each of `rows` int (k,), cut to `max_length`; a null or empty value falls back."""
    indices = pa.array(rows.astype(np.int64))
    names = (bindings.node_title, bindings.node_label, bindings.node or "id")
    columns = [
        nodes[name].take(indices).to_pylist()
        for name in names
        if name is not None and name in nodes.column_names
    ]
    return [
        str(next((value for value in values if value is not None and value != ""), ""))[:max_length]
        for values in zip(*columns, strict=True)
    ]
