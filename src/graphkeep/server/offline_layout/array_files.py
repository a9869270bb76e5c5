"""Graphs as arrays in an .npz file."""

import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.errors import UnreadableFileError, UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.graph.normalize import with_degrees

MAX_NODES = 2**31 - 1


def arrays_of(path: Path) -> dict[str, np.ndarray]:
    if not zipfile.is_zipfile(path):
        raise UnreadableFileError(f"{path} does not read as .npz: it is no archive of arrays.")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise UnreadableFileError(f"{path} does not read as .npz: {error}") from error


def graph_of_arrays(arrays: dict[str, np.ndarray]) -> Graph:
    """`edges` (m, 2), or `source` and `destination` (m,); `weights` (m,) and `n` are optional."""
    if "edges" in arrays:
        ends = arrays["edges"]
    elif "source" in arrays and "destination" in arrays:
        if arrays["source"].shape != arrays["destination"].shape:
            raise UserInputError("source and destination must be of one length.")
        ends = np.stack((arrays["source"], arrays["destination"]), axis=-1)
    else:
        raise UserInputError(
            f"The file must contain edges, or source and destination. It contains: {', '.join(arrays) or 'nothing'}."
        )
    if ends.ndim != 2 or ends.shape[1] != 2 or not np.issubdtype(ends.dtype, np.integer):
        raise UserInputError(
            f"edges must be whole numbers of the shape (m, 2), not {ends.dtype} {ends.shape}."
        )
    low, high = (int(ends.min()), int(ends.max())) if len(ends) else (0, -1)
    n = count_of(arrays["n"]) if "n" in arrays else high + 1
    if low < 0 or high >= n or n > MAX_NODES:
        raise UserInputError(
            f"The edges name nodes from {low} to {high}; with n = {n} that cannot be."
        )
    columns = {"source": ends[:, 0].astype(np.int64), "destination": ends[:, 1].astype(np.int64)}
    if "weights" in arrays:
        if arrays["weights"].shape != (len(ends),):
            raise UserInputError(f"weights must be of the shape ({len(ends)},).")
        columns["weights"] = arrays["weights"].astype(np.float64)
    index = ends.astype(np.uint32)
    nodes = pa.table({"id": pa.array(np.arange(n))})
    source, destination = index[:, 0].copy(), index[:, 1].copy()
    return Graph(
        nodes=with_degrees(nodes, source, destination),
        edges=pa.table(columns),
        bindings=Bindings(
            source="source",
            destination="destination",
            node="id",
            edge_weight="weights" if "weights" in arrays else None,
        ),
        source_index=source,
        destination_index=destination,
    )


def count_of(array: np.ndarray) -> int:
    if array.size != 1 or not np.issubdtype(array.dtype, np.integer) or int(array.reshape(())) < 0:
        raise UserInputError("n must be one whole number: how many nodes there are.")
    return int(array.reshape(()))
