"""Conversion between a dataset's tables and the engine's graph. Loaded only inside a sandbox."""

import mmap
from collections.abc import Mapping, Sequence
from typing import Any

import graphistry
import pandas as pd
import pyarrow as pa
import pyarrow.ipc
from graphistry.io.metadata import deserialize_plottable_metadata, serialize_plottable_metadata

from graphkeep.graph.errors import UserInputError
from graphkeep.graph.values.written_values import with_values

SIMPLE = {
    f"{wire}_{role}": f"{engine}_{role}"
    for wire, engine in (("node", "point"), ("edge", "edge"))
    for role in ("color", "size", "label", "title", "opacity", "weight", "icon")
} | {"node_x": "point_x", "node_y": "point_y"}


def plottable(description: Mapping[str, Any], handles: Sequence[int]) -> Any:
    """The engine's graph from open tables.

    `description` has `edges` and `nodes`, which are indices into `handles`, and the metadata of the dataset.

    Raises:
        UserInputError: there are no edges, or they lack a source or destination column.
    """
    edges = table_of([handles[index] for index in description["edges"]])
    nodes = table_of([handles[index] for index in description["nodes"]])
    if edges is None:
        raise UserInputError("This dataset has no edges yet: upload an edge table.")
    if description.get("hypergraph") is not None:
        return hypergraph_of(frame(edges), description["hypergraph"])
    node_roles = description["node_encodings"].get("bindings") or {}
    edge_roles = description["edge_encodings"].get("bindings") or {}
    source, destination = edge_roles.get("source"), edge_roles.get("destination")
    for column in (source, destination):
        if column not in edges.column_names:
            raise UserInputError(f"The edges have no column '{column}' for an end.")
    graph = graphistry.edges(frame(edges), source, destination)
    node = node_roles.get("node")
    if nodes is not None and nodes.num_columns and node in nodes.column_names:
        graph = graph.nodes(frame(nodes), node)
    elif node:
        graph = graph.bind(node=node)
    encodings: dict[str, Any] = {
        engine: {**node_roles, **edge_roles}[wire]
        for wire, engine in SIMPLE.items()
        if isinstance({**node_roles, **edge_roles}.get(wire), str)
    }
    encodings["complex_encodings"] = {
        f"{kind}_encodings": {
            "default": {},
            "current": {},
            **(description[f"{kind}_encodings"].get("complex") or {}),
        }
        for kind in ("node", "edge")
    }
    metadata = {
        "name": description.get("name", ""),
        "description": description.get("description", ""),
    }
    graph = deserialize_plottable_metadata({"encodings": encodings, "metadata": metadata}, graph)
    return with_computed_columns(graph, description.get("computed"), handles)


def with_computed_columns(
    graph: Any, computed: Mapping[str, Any] | None, handles: Sequence[int]
) -> Any:
    """The graph with columns that the server computed, joined by node id.

    `computed` has `table`, an index into `handles`, the name of its `node` column, and `columns`.
    """
    if not computed:
        return graph
    columns, id_column = computed["columns"], computed["node"]
    values = frame(mapped(handles[computed["table"]]).select([id_column, *columns]))
    nodes, node = graph._nodes, graph._node  # noqa: SLF001 (the library has no accessors)
    if nodes is None or node not in nodes.columns:
        return graph.nodes(values, id_column)
    keys, ids = nodes[node], values[id_column]
    if keys.dtype != ids.dtype:
        keys, ids = keys.map(id_text), ids.map(id_text)
    rows = pd.Index(ids).get_indexer(keys)
    joined_columns = {
        name: pd.Series(values[name].to_numpy()).reindex(rows).set_axis(nodes.index)
        for name in columns
    }
    return graph.nodes(nodes.assign(**joined_columns), node)


def id_text(value: object) -> str | None:
    """Id as text, as `graph.identity.keys_of` compares ids: 1, 1.0 and "1" are the same id."""
    if value is None or value != value:  # noqa: PLR0124 (NaN)
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def hypergraph_of(events: pd.DataFrame, description: Mapping[str, Any]) -> Any:
    columns = description.get("entity_types") or description.get("columns") or list(events.columns)
    result = graphistry.hypergraph(
        events,
        entity_types=columns,
        direct=bool(description.get("direct")),
        drop_na=description.get("drop_na") is not False,
        verbose=False,
    )
    return result["graph"]


def table_of(handles: Sequence[int]) -> pa.Table | None:
    tables = [mapped(handle) for handle in handles]
    if len(tables) < 2:
        return tables[0] if tables else None
    return pa.concat_tables(tables, promote_options="permissive")


def mapped(handle: int) -> pa.Table:
    mapping = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
    return with_values(pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapping))).read_all())


def frame(table: pa.Table) -> pd.DataFrame:
    return table.to_pandas()


def looks_of(graph: Any) -> dict[str, Any]:
    """Bindings, encodings, name and description of a graph, in the clients' format."""
    return dict(serialize_plottable_metadata(graph))
