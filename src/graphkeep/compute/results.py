"""Serialization of results: a zip of two tables, one table, records, or shapes. Loaded only inside a sandbox."""

import io
import json
import math
import zipfile
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from graphkeep.compute.result_format import EXPORT_CSV, LOOKS
from graphkeep.graph.errors import LimitExceededError, UserInputError

MEDIA = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}


def tables_of(graph: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nodes and edges of a graph, without their index."""
    frames = []
    for table in (graph._nodes, graph._edges):  # noqa: SLF001 - the engine's graph has no other names
        rows = pd.DataFrame() if table is None else pd.DataFrame(table)
        frames.append(rows.reset_index(drop=True))
    return frames[0], frames[1]


def body_of(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    output_type: str,
    format_name: str,
    export: Mapping[str, Any],
    metadata: Mapping[str, Any],
    is_persisted: bool = False,
) -> tuple[bytes, str]:
    """The bytes of a result, and their media type.

    `is_persisted`: the server that stores the result adds the id of its dataset, and to a zip `metadata.json`.
    """
    if output_type == "shape":
        shape = pd.DataFrame(
            [
                {"kind": kind, "rows": len(table), "cols": len(table.columns)}
                for kind, table in (("nodes", nodes), ("edges", edges))
            ]
        )
        return one_table(shape, format_name, {}), MEDIA[format_name]
    if output_type in {"nodes", "edges", "table"}:
        table = edges if output_type == "edges" else nodes
        return one_table(table, format_name, export), MEDIA[format_name]
    if format_name == "json":
        document = {"nodes": records(nodes), "edges": records(edges)}
        if "gfql_metadata" in metadata:
            document["metadata"] = metadata["gfql_metadata"]
        return as_json(document), MEDIA["json"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, table in (("nodes", nodes), ("edges", edges)):
            archive.writestr(f"{name}.{format_name}", one_table(table, format_name, export))
        if is_persisted:
            looks = metadata.get("gfql_metadata")
            if looks is not None:
                archive.writestr(LOOKS, as_json(looks))
        elif metadata:
            archive.writestr("metadata.json", as_json(dict(metadata)))
    return buffer.getvalue(), MEDIA["zip"]


def one_table(table: pd.DataFrame, format_name: str, export: Mapping[str, Any]) -> bytes:
    if format_name == "json":
        return as_json(records(table))
    if len(table.columns) == 0:
        return b""
    if format_name == "csv":
        options = {name: export[name] for name in EXPORT_CSV if name in export}
        return table.to_csv(**{"index": False, **options}).encode()
    buffer = io.BytesIO()
    compression = export.get("compression", "snappy") or "none"
    pq.write_table(arrow(table), buffer, compression=compression)
    return buffer.getvalue()


def arrow(table: pd.DataFrame) -> pa.Table:
    """An Arrow table; a column of mixed values becomes text."""
    plain = table.copy(deep=False)
    plain.columns = [str(name) for name in plain.columns]
    try:
        return pa.Table.from_pandas(plain, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        for name in plain.columns:
            if plain[name].dtype == object:
                plain[name] = plain[name].map(lambda item: None if item is None else str(item))
        return pa.Table.from_pandas(plain, preserve_index=False)


def write_arrow(table: pd.DataFrame, handle: int) -> None:
    rows = arrow(table).replace_schema_metadata(None)
    with (
        open(handle, "wb", closefd=False) as sink,
        pa.ipc.new_file(sink, rows.schema) as writer,
    ):
        writer.write_table(rows)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = arrow(table).to_pylist() if len(table.columns) else []
    return rows


def as_json(value: object) -> bytes:
    """Standard JSON: NaN and infinite numbers become null.

    Raises:
        UserInputError: a value cannot be represented in JSON.
    """
    try:
        return json.dumps(plain(value), allow_nan=False, ensure_ascii=False).encode(
            "utf-8", "replace"
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise UserInputError(f"This result has no form in JSON: {error}") from error


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        return plain(value.item())
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def check_rows(nodes: pd.DataFrame, edges: pd.DataFrame, max_rows: int) -> None:
    count = len(nodes) + len(edges)
    if count > max_rows:
        raise LimitExceededError(
            f"The result has {count} rows; the limit is {max_rows}. Narrow the query, or ask the "
            "administrator to raise GRAPHKEEP_COMPUTE_ROWS."
        )
