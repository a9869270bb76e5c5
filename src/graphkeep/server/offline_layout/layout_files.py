"""Layout output files: an array, a table or a picture, written atomically."""

import io
import secrets
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet

from graphkeep.compute.edges import edge_index
from graphkeep.compute.metrics.communities import communities
from graphkeep.graph.encodings import Encodings
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.view.columns import columns_for_viewer
from graphkeep.view.drawing import (
    MAX_EDGES_PNG,
    MAX_EDGES_SVG,
    Drawing,
    compose_drawing,
    draw_png,
    draw_svg,
)

Positions = npt.NDArray[np.float32]
KINDS = (".npy", ".csv", ".parquet", ".png", ".svg")


def check_kind(path: Path) -> None:
    if path.suffix.lower() not in KINDS:
        raise UserInputError(f"{path} must end in one of {', '.join(KINDS)}.")


def content_of(
    path: Path, graph: Graph, positions: Positions, *, size: tuple[int, int], is_dark: bool
) -> tuple[bytes, str]:
    """The file's bytes in the format of its extension, and a warning about hidden edges or an empty string."""
    kind = path.suffix.lower()
    if kind in {".png", ".svg"}:
        drawing = drawing_of(graph, positions, kind, size, is_dark=is_dark)
        content = draw_png(drawing) if kind == ".png" else draw_svg(drawing).encode()
        hidden = drawing.hidden_edges
        warning = f"{hidden:,} edges are left out of the picture; it shows a fair sample."
        return content, warning if hidden else ""
    sink = io.BytesIO()
    if kind == ".npy":
        np.save(sink, positions)
        return sink.getvalue(), ""
    table = pa.table(
        {"id": graph.node_ids, "x": pa.array(positions[:, 0]), "y": pa.array(positions[:, 1])}
    )
    if kind == ".csv":
        pl.DataFrame(pl.from_arrow(table)).write_csv(sink)
    else:
        pa.parquet.write_table(table, sink)
    return sink.getvalue(), ""


def drawing_of(
    graph: Graph, positions: Positions, kind: str, size: tuple[int, int], *, is_dark: bool
) -> Drawing:
    """The graph colored by community, its nodes sized by degree."""
    labels = pa.array(communities(graph.node_count, edge_index(graph)))
    colored = Graph(
        nodes=graph.nodes.append_column("community", labels),
        edges=graph.edges,
        bindings=graph.bindings,
        source_index=graph.source_index,
        destination_index=graph.destination_index,
    )
    return compose_drawing(
        positions,
        columns_for_viewer(colored, Encodings(), positions=None).arrays,
        size=size,
        is_dark=is_dark,
        most_edges=MAX_EDGES_PNG if kind == ".png" else MAX_EDGES_SVG,
    )


def write_atomically(path: Path, content: bytes) -> None:
    """Write the file atomically.

    Raises:
        UserInputError: it cannot be written; an existing file is left unchanged.
    """
    temporary_file = path.parent / f".{path.name}.{secrets.token_hex(4)}"
    try:
        temporary_file.write_bytes(content)
        temporary_file.replace(path)
    except OSError as error:
        temporary_file.unlink(missing_ok=True)
        raise UserInputError(f"{path} cannot be written: {error.strerror}.") from error
