"""Types of Databricks SQL as Arrow types. Values come as JSON texts, which Arrow converts column by column."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

ARROW_TYPES: dict[str, pa.DataType] = {
    "BOOLEAN": pa.bool_(),
    "BYTE": pa.int8(),
    "SHORT": pa.int16(),
    "INT": pa.int32(),
    "LONG": pa.int64(),
    "FLOAT": pa.float32(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
    "TIMESTAMP_NTZ": pa.timestamp("us"),
    "BINARY": pa.binary(),
}


def arrow_type(column: Mapping[str, Any]) -> pa.DataType:
    """Nested values and intervals are texts."""
    name = str(column.get("type_name", ""))
    if name == "DECIMAL":
        return pa.decimal128(int(column["type_precision"]), int(column["type_scale"]))
    return ARROW_TYPES.get(name, pa.string())


def text_batch(rows: Sequence[Sequence[str | None]], schema: pa.Schema) -> pa.RecordBatch:
    """A batch of rows whose values are texts."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    arrays = [text_array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def text_array(values: Sequence[str | None], dtype: pa.DataType) -> pa.Array:
    if dtype == pa.binary():
        return pa.array(
            [None if value is None else base64.b64decode(value) for value in values], dtype
        )
    if pa.types.is_timestamp(dtype):
        values = [
            None if value is None else value.removesuffix("Z").replace("T", " ") for value in values
        ]
        return pa.array(values, pa.string()).cast(pa.timestamp("us")).cast(dtype)
    return pa.array(values, pa.string()).cast(dtype)
