"""Tables in plain Arrow types, which every other package can read: text, numbers, booleans and times."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.repairs import Repair


def plain_table(table: pa.Table, repairs: list[Repair]) -> pa.Table:
    """Text, numbers, booleans and times; nested values become JSON text, decimals floats."""
    table.validate(full=True)
    names: dict[str, pa.ChunkedArray] = {}
    for position, field in enumerate(table.schema):
        name = field.name or f"column{position + 1}"
        copy = 2
        while name in names:
            name = f"{field.name}_{copy}"
            copy += 1
        if name != field.name:
            repairs.append(
                Repair(
                    code="column-renamed",
                    message=f"Column {position + 1} is called '{name}': its name was empty or taken.",
                    column=name,
                )
            )
        names[name] = plain_column(name, table.column(position), repairs)
    return pa.table(names) if names else table


def plain_column(name: str, values: pa.ChunkedArray, repairs: list[Repair]) -> pa.ChunkedArray:
    dtype = values.type
    types = pa.types
    if isinstance(dtype, pa.BaseExtensionType):
        return plain_column(name, values.cast(dtype.storage_type), repairs)
    if types.is_dictionary(dtype):
        return plain_column(name, pc.cast(values, dtype.value_type), repairs)
    if types.is_null(dtype):
        return pa.chunked_array([pa.nulls(len(values), pa.string())])
    if types.is_string(dtype) or types.is_boolean(dtype) or types.is_date32(dtype):
        return values
    if types.is_large_string(dtype) or str(dtype) == "string_view":
        return values.cast(pa.string())
    if types.is_integer(dtype) or types.is_float32(dtype) or types.is_float64(dtype):
        return values
    if types.is_float16(dtype):
        return values.cast(pa.float32())
    if types.is_decimal(dtype):
        return values.cast(pa.float64())
    if types.is_timestamp(dtype) or types.is_duration(dtype):
        return values
    if types.is_date(dtype):
        return values.cast(pa.date32())
    if types.is_time(dtype):
        return values.cast(pa.string())
    if types.is_binary(dtype) or types.is_large_binary(dtype) or types.is_fixed_size_binary(dtype):
        return as_text(name, values, repairs)
    return pa.chunked_array(
        [
            pa.array(
                [
                    value if value is None else json.dumps(value, default=str)
                    for value in chunk.to_pylist()
                ],
                pa.string(),
            )
            for chunk in values.chunks
        ]
        or [pa.array([], pa.string())]
    )


def as_text(name: str, values: pa.ChunkedArray, repairs: list[Repair]) -> pa.ChunkedArray:
    texts: list[str | None] = []
    invalid_count = 0
    for value in values:
        content: Any = value.as_py()
        if content is None:
            texts.append(None)
            continue
        text = content.decode("utf-8", errors="replace")
        invalid_count += "\ufffd" in text
        texts.append(text)
    if invalid_count:
        repairs.append(
            Repair(
                code="not-utf8",
                message=f"{invalid_count} values of '{name}' are not UTF-8 text; the bytes that are not are "
                "shown as \ufffd.",
                column=name,
                count=invalid_count,
            )
        )
    return pa.chunked_array([pa.array(texts, pa.string())])
