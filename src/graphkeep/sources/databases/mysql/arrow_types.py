"""Types of MySQL and MariaDB as Arrow types. Values come as the server's texts, which Arrow converts column by column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pymysql.constants import FIELD_TYPE, FLAG

BINARY = 63  # the character set of what is no text
INTEGERS = {
    FIELD_TYPE.TINY: (pa.int8(), pa.uint8()),
    FIELD_TYPE.SHORT: (pa.int16(), pa.uint16()),
    FIELD_TYPE.INT24: (pa.int32(), pa.uint32()),
    FIELD_TYPE.LONG: (pa.int32(), pa.uint32()),
    FIELD_TYPE.LONGLONG: (pa.int64(), pa.uint64()),
    FIELD_TYPE.YEAR: (pa.int16(), pa.int16()),
}
OTHERS = {
    FIELD_TYPE.FLOAT: pa.float32(),
    FIELD_TYPE.DOUBLE: pa.float64(),
    FIELD_TYPE.DATE: pa.date32(),
    FIELD_TYPE.NEWDATE: pa.date32(),
    FIELD_TYPE.DATETIME: pa.timestamp("us"),
    FIELD_TYPE.TIMESTAMP: pa.timestamp("us", tz="UTC"),
    FIELD_TYPE.BIT: pa.uint64(),
    FIELD_TYPE.TIME: pa.string(),
    FIELD_TYPE.JSON: pa.string(),
}
DECIMALS = {FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL}
NO_DATE = re.compile(r"0000-|\d{4}-00-|\d{4}-\d\d-00")


@dataclass(frozen=True, kw_only=True)
class ResultField:
    """A column as the server describes it."""

    name: str
    kind: int
    length: int
    scale: int
    flags: int
    character_set: int


def result_fields(cursor: Any) -> list[ResultField]:
    """The columns of the query that a cursor of PyMySQL runs: flags and character sets are in none of its own fields."""
    return [
        ResultField(
            name=field.name,
            kind=field.type_code,
            length=field.length,
            scale=field.scale,
            flags=field.flags,
            character_set=field.charsetnr,
        )
        for field in cursor._result.fields  # noqa: SLF001
    ]


def arrow_type(field: ResultField) -> pa.DataType:
    kind, is_unsigned = field.kind, bool(field.flags & FLAG.UNSIGNED)
    if kind in INTEGERS:
        return INTEGERS[kind][is_unsigned]
    if kind in DECIMALS:
        precision = field.length - (1 if field.scale else 0) - (0 if is_unsigned else 1)
        precision = min(max(precision, field.scale, 1), 76)
        make = pa.decimal128 if precision <= 38 else pa.decimal256
        return make(precision, field.scale)
    if kind in OTHERS:
        return OTHERS[kind]
    return pa.binary() if field.character_set == BINARY and kind != FIELD_TYPE.NULL else pa.string()


def to_array(values: Sequence[Any], dtype: pa.DataType) -> pa.Array:
    if pa.types.is_string(dtype) or pa.types.is_binary(dtype):
        return pa.array(values, dtype)
    if dtype == pa.uint64() and any(isinstance(value, bytes) for value in values):  # BIT(n)
        return pa.array(
            [None if value is None else int.from_bytes(value) for value in values], dtype
        )
    texts = pa.array(values, pa.string())
    if not pa.types.is_temporal(dtype):
        return texts.cast(dtype)
    naive = pa.timestamp("us") if pa.types.is_timestamp(dtype) else dtype
    try:
        return texts.cast(naive).cast(dtype)
    except pa.ArrowInvalid:  # MySQL's '0000-00-00' is no date
        dates = [None if value is None or NO_DATE.match(value) else value for value in values]
        return pa.array(dates, pa.string()).cast(naive).cast(dtype)
