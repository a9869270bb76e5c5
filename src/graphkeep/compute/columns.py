"""A node column as numbers, or as groups of equal values."""

import math
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.columns import is_time

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def numbers(column: pa.ChunkedArray) -> Numbers:
    """Values float64 (n,), NaN for missing values; times in seconds since 1970."""
    if is_time(column.type):
        micros = pc.cast(pc.cast(column, pa.timestamp("us"), safe=False), pa.int64())
        return np.asarray(pc.cast(micros, pa.float64(), safe=False).to_numpy(), np.float64) / 1e6
    if pa.types.is_duration(column.type) or pa.types.is_time(column.type):
        wide = pa.int32() if column.type.bit_width == 32 else pa.int64()
        column = pc.cast(column, wide)
    values = np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(), np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def groups(column: pa.ChunkedArray) -> tuple[Codes, list[str]]:
    """Codes int64 (n,) into the sorted list of distinct values, -1 for missing values."""
    texts = column
    if pa.types.is_nested(column.type):
        texts = pa.chunked_array(
            [pa.array([str(code) for code in column.to_pylist()], pa.string())]
        )
    encoded = texts if pa.types.is_dictionary(texts.type) else pc.dictionary_encode(texts)
    dictionary_array = encoded.unify_dictionaries().combine_chunks()
    if isinstance(dictionary_array, pa.ChunkedArray):
        if dictionary_array.num_chunks == 0:
            return np.empty(0, np.int64), []
        dictionary_array = dictionary_array.chunk(0)
    values = dictionary_array.dictionary.to_pylist()
    order = sorted(range(len(values)), key=lambda code: rank_of(values[code]))
    rank = np.empty(len(values) + 1, np.int64)
    rank[order] = np.arange(len(values))
    rank[-1] = -1
    codes = rank[np.asarray(pc.fill_null(dictionary_array.indices.cast(pa.int64()), len(values)))]
    return codes, [text_of(values[code]) for code in order]


def rank_of(value: object) -> tuple[int, float, str]:
    """Sort key: numbers and times by value, then everything else by text."""
    if isinstance(value, int | float) and math.isfinite(value):
        return (0, float(value), "")
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return (0, aware.timestamp(), "")
    return (1, 0.0, str(value))


def text_of(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
