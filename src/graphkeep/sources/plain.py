"""Tables in plain Arrow types, which every other package can read: text, numbers, booleans and times."""

import json
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.free_names import free_name
from graphkeep.graph.lines import copy_lines
from graphkeep.graph.repairs import Repair
from graphkeep.graph.values.binary import binary_texts, uuid_texts
from graphkeep.graph.values.numbers import is_exact_in_float
from graphkeep.graph.values.written_values import field_metadata

EXTENSION_NAME = b"ARROW:extension:name"
EXTENSION_METADATA = b"ARROW:extension:metadata"
# Starts of pandas' periods, from the number of them since 1970: months each, or a unit of time and its factor.
PERIOD_MONTHS = {"M": 1, "Q": 3, "A": 12, "Y": 12}
PERIOD_UNITS = {
    "D": ("s", 86_400), "H": ("s", 3600), "T": ("s", 60), "MIN": ("s", 60),
    "S": ("s", 1), "L": ("ms", 1), "MS": ("ms", 1), "U": ("us", 1), "US": ("us", 1), "N": ("ns", 1),
    "NS": ("ns", 1),
}  # fmt: skip
DEFAULT_ANCHORS = {
    "",
    "DEC",
    "SUN",
}  # quarters and years that end in December, weeks that end on Sunday


def plain_table(table: pa.Table, repairs: list[Repair]) -> pa.Table:
    """Text, numbers, booleans and times.

    UUIDs are texts of 8-4-4-4-12 digits, other bytes what they mean, periods their first day, durations
    seconds, nested values JSON text; decimals are whole numbers or floats where these hold every digit.
    """
    table.validate(full=True)
    columns: dict[str, pa.ChunkedArray] = {}
    fields: list[pa.Field] = []
    for position, field in enumerate(table.schema):
        name = free_name(field.name or f"column{position + 1}", columns)
        if name != field.name:
            repairs.append(
                Repair(
                    code="column-renamed",
                    message=f"Column {position + 1} is called '{name}': its name was empty or taken.",
                    column=name,
                )
            )
        columns[name] = plain_column(name, table.column(position), repairs, field.metadata or {})
        fields.append(pa.field(name, columns[name].type, metadata=field_metadata(field)))
    if not columns:
        return table
    return copy_lines(table, pa.table(list(columns.values()), schema=pa.schema(fields)))


def plain_column(
    name: str,
    values: pa.ChunkedArray,
    repairs: list[Repair],
    metadata: Mapping[bytes, bytes] | None = None,
) -> pa.ChunkedArray:
    dtype = values.type
    types = pa.types
    if isinstance(dtype, pa.BaseExtensionType) or EXTENSION_NAME in (metadata or {}):
        return of_extension(name, values, repairs, metadata or {})
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
        return of_decimals(name, values, repairs)
    if types.is_duration(dtype):
        return in_seconds(name, values, repairs)
    if types.is_timestamp(dtype):
        return values
    if types.is_date(dtype):
        return values.cast(pa.date32())
    if types.is_time(dtype):
        return values.cast(pa.string())
    if types.is_binary(dtype) or types.is_large_binary(dtype) or types.is_fixed_size_binary(dtype):
        return binary_texts(name, values, repairs)
    if str(dtype) == "binary_view":
        return binary_texts(name, values.cast(pa.binary()), repairs)
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


def of_extension(
    name: str, values: pa.ChunkedArray, repairs: list[Repair], metadata: Mapping[bytes, bytes]
) -> pa.ChunkedArray:
    """The values of an extension type, known by its name or by the field's metadata."""
    dtype = values.type
    extension = metadata.get(EXTENSION_NAME, b"").decode()
    content = metadata.get(EXTENSION_METADATA, b"")
    if isinstance(dtype, pa.BaseExtensionType):
        extension = str(getattr(dtype, "extension_name", extension))
        serialize = getattr(dtype, "__arrow_ext_serialize__", None)
        content = serialize() if serialize is not None else content
        values = values.cast(dtype.storage_type)
    if extension == "arrow.uuid":
        return uuid_texts(values)
    if extension == "pandas.period":
        starts = period_starts(values, content)
        if starts is not None:
            return starts
    return plain_column(name, values, repairs)


def period_starts(ordinals: pa.ChunkedArray, content: bytes) -> pa.ChunkedArray | None:
    """The first day or instant of pandas' periods; None for a frequency that is not known."""
    try:
        frequency = str(json.loads(content)["freq"]).upper()
    except (ValueError, KeyError, TypeError):
        return None
    base, _, anchor = frequency.partition("-")
    base = base.removesuffix("E")
    if anchor not in DEFAULT_ANCHORS:
        return None
    numbers = np.asarray(pc.fill_null(ordinals, 0).cast(pa.int64()).to_numpy())
    is_valid = pc.is_valid(ordinals).combine_chunks()
    if base in PERIOD_MONTHS:
        months = (numbers * PERIOD_MONTHS[base]).astype("datetime64[M]")
        starts = pa.array(months.astype("datetime64[D]"))
    elif base == "W":
        starts = pa.array((numbers * 7 - 10).astype("datetime64[D]"))
    elif base in PERIOD_UNITS:
        unit, factor = PERIOD_UNITS[base]
        starts = pa.array(numbers * factor).cast(pa.timestamp(unit))
        starts = starts.cast(pa.date32()) if base == "D" else starts
    else:
        return None
    return pa.chunked_array([pc.if_else(is_valid, starts, pa.scalar(None, starts.type))])


def in_seconds(name: str, values: pa.ChunkedArray, repairs: list[Repair]) -> pa.ChunkedArray:
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[values.type.unit]
    seconds = pc.divide(values.cast(pa.int64()).cast(pa.float64(), safe=False), float(per_second))
    repairs.append(
        Repair(
            code="durations-as-seconds",
            message=f"'{name}' holds durations; they are numbers of seconds.",
            column=name,
            count=len(values) - values.null_count,
        )
    )
    return seconds


def of_decimals(name: str, values: pa.ChunkedArray, repairs: list[Repair]) -> pa.ChunkedArray:
    """Whole numbers where all are whole, as text beyond 64 bits; floats else, with a repair for lost digits."""
    for whole_type in (pa.int64(), pa.uint64()):
        try:
            return values.cast(whole_type)
        except pa.ArrowInvalid:
            continue
    texts = values.cast(pa.string())
    has_fraction = pc.any(pc.match_substring_regex(texts, r"\.[0-9]*[1-9]")).as_py()
    if not has_fraction:
        return pc.replace_substring_regex(texts, r"\.0*$", "")
    numbers = texts.cast(pa.float64())  # rounds to the nearest, as the cast of decimals does not
    short = pc.replace_substring_regex(texts, r"0+$", "")
    inexact = [not is_exact_in_float(chunk.drop_null()) for chunk in short.chunks]
    if any(inexact):
        repairs.append(
            Repair(
                code="decimals-rounded",
                message=f"'{name}' holds decimals of more digits than a number has; they are rounded to about 16 digits.",
                column=name,
                count=len(values) - values.null_count,
            )
        )
    return numbers
