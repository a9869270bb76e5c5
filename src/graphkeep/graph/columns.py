"""Column types that a person can filter by."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

ColumnKind = Literal["number", "category", "time", "text"]

SAMPLE_ROWS = 100_000
MAX_CATEGORIES = 200


@dataclass(frozen=True, kw_only=True)
class Column:
    name: str
    kind: ColumnKind
    distinct_count: int | None
    null_count: int
    dtype: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def describe(table: pa.Table) -> tuple[Column, ...]:
    return tuple(describe_column(name, table[name]) for name in table.column_names)


def describe_column(name: str, values: pa.ChunkedArray) -> Column:
    dtype = values.type
    distinct_count = None
    if is_time(dtype):
        kind: ColumnKind = "time"
    elif is_number(dtype):
        kind = "number"
    else:
        head = values.slice(0, SAMPLE_ROWS)
        distinct_count = pc.count_distinct(head).as_py()
        is_category = distinct_count <= MAX_CATEGORIES and (
            distinct_count * 2 <= len(head) or distinct_count <= 12
        )
        kind = "category" if is_category or pa.types.is_boolean(dtype) else "text"
    return Column(
        name=name,
        kind=kind,
        distinct_count=distinct_count,
        null_count=values.null_count,
        dtype=str(dtype),
    )


def is_time(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(dtype) or pa.types.is_date(dtype))


def is_number(dtype: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(dtype)
        or pa.types.is_floating(dtype)
        or pa.types.is_duration(dtype)
        or pa.types.is_time(dtype)
    )
