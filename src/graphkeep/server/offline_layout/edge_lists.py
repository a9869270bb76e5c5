"""Read a graph from one file of the user: arrays, or a table of edges."""

import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.errors import UnknownColumnError, UnreadableFileError, UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.graph.interpretations.pair_names import name_score
from graphkeep.graph.normalize import bind, with_degrees
from graphkeep.graph.repairs import Repair
from graphkeep.sources.parser import FileParser
from graphkeep.sources.registry import FORMATS, format_of

COMPRESSIONS = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zip": "zip"}
MAX_NODES = 2**31 - 1
READING_S = 3600.0


def read_graph(
    path: Path, *, source: str = "", destination: str = "", weight: str = ""
) -> tuple[Graph, tuple[Repair, ...]]:
    """The graph of an `.npz` file or of a table, and the repairs made. Rows keep the file's order.

    Raises:
        UserInputError: the file has an unknown format, cannot be read, or lacks required columns or arrays.
    """
    if path.suffix.lower() == ".npz":
        if source or destination or weight:
            raise UserInputError(
                "An .npz file has no columns to choose: name its arrays edges, or source and "
                "destination, and weights."
            )
        return graph_of_arrays(arrays_of(path)), ()
    table, repairs = table_of(path)
    ends = chosen_ends(table, source, destination)
    if weight and weight not in table.column_names:
        raise UnknownColumnError(weight, table.column_names)
    bindings = Bindings(source=ends[0], destination=ends[1], edge_weight=weight or None)
    binding = bind(table, None, bindings)
    return binding.graph, (*repairs, *binding.repairs)


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


def table_of(path: Path) -> tuple[pa.Table, tuple[Repair, ...]]:
    """The first table of a file, parsed in a separate process, sandboxed where the system supports it."""
    compression = COMPRESSIONS.get(path.suffix.lower(), "")
    name = path.stem if compression else path.name
    try:
        file_format = format_of(name).name
    except UserInputError:
        known = ", ".join(
            [".npz", *(suffix for file_format in FORMATS for suffix in file_format.suffixes)]
        )
        raise UserInputError(f"{path} has an unsupported format; supported: {known}.") from None
    with tempfile.TemporaryDirectory(prefix="graphkeep-") as folder:
        parser = FileParser(
            memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            timeout_s=READING_S,
            scratch=Path(folder),
            allows_unconfined=True,  # the user's own file on the user's own machine
            keeps_warm=False,
        )
        parsed = parser.parse(
            path.resolve(), file_format=file_format, compression=compression, into=Path(folder)
        )
        if not parsed.tables:
            raise UserInputError(f"{path} contains no table.")
        with pa.memory_map(str(parsed.tables[0].path)) as source:
            table = pa.ipc.open_file(source).read_all()
        # Mapped pages outlive the deleted file and are freed with the table.
        return table, parsed.repairs


def chosen_ends(table: pa.Table, source: str, destination: str) -> tuple[str, str]:
    """The named columns, else those with the likeliest names, else the first two."""
    names = table.column_names
    for name in (source, destination):
        if name and name not in names:
            raise UnknownColumnError(name, names)
    sources = [source] if source else names
    destinations = [destination] if destination else names
    pairs = [(first, second) for first in sources for second in destinations if first != second]
    if not pairs:
        raise UserInputError(
            f"An edge list has two columns, for each edge's ends. The table has: {', '.join(names) or 'none'}."
        )
    return max(pairs, key=lambda pair: name_score(*pair))
