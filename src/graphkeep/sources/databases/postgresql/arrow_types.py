"""Types of PostgreSQL as Arrow types, without a loss of digits or instants."""

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Any

import psycopg
import pyarrow as pa
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader

UNBOUNDED_NUMERIC = pa.decimal256(76, 30)
SCALE = Decimal(1).scaleb(-30)
DIGITS = Context(prec=76)
MODIFIER_HEADER = 4
ARROW_TYPES: dict[str, pa.DataType] = {
    "bool": pa.bool_(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "oid": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "bytea": pa.binary(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}
# As the server writes them: a JSON text keeps its digits, an interval its months.
AS_TEXT = (
    "json", "jsonb", "interval", "uuid", "inet", "cidr", "timetz", "int4range", "int8range", "numrange", "tsrange",
    "tstzrange", "daterange",
)  # fmt: skip


class TextAsItIs(Loader):
    def load(self, data: Buffer) -> str:
        return bytes(data).decode()


def register_loaders(context: AdaptContext) -> None:
    """Load what has no Arrow type of its own as the server's text."""
    for name in AS_TEXT:
        context.adapters.register_loader(name, TextAsItIs)


def arrow_type(column: psycopg.Column) -> pa.DataType:
    """Arrays are lists; what is not known here is a text."""
    info = psycopg.adapters.types.get(column.type_code)
    if info is None:
        return pa.string()
    if column.type_code == info.array_oid:
        return pa.list_(value_type(info.name, column))
    return value_type(info.name, column)


def value_type(name: str, column: psycopg.Column) -> pa.DataType:
    if name != "numeric":
        return ARROW_TYPES.get(name, pa.string())
    if column.precision is None or column.scale is None or not 0 <= column.scale <= 76:
        return UNBOUNDED_NUMERIC
    kind = pa.decimal128 if column.precision <= 38 else pa.decimal256
    return kind(column.precision, column.scale) if column.precision <= 76 else UNBOUNDED_NUMERIC


def to_array(values: Sequence[Any], dtype: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, dtype)
    except pa.ArrowInvalid:
        if not pa.types.is_decimal(dtype):
            raise
        return pa.array([bounded(value) for value in values], dtype)


def bounded(value: Decimal | None) -> Decimal | None:
    """A number of at most 30 decimals; NaN and infinity, which Arrow's decimals lack, are null."""
    if value is None or not value.is_finite():
        return None
    return value.quantize(SCALE, context=DIGITS) if value.adjusted() < 46 else None
