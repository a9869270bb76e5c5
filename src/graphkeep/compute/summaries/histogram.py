"""Histogram of a column, with the bar of each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

MAX_CATEGORIES = 40
NULL_SMALL, NULL_LARGE = 255, 65535
MAX_EXACT = 2**53  # beyond it, a float has no bar for each whole number


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """`codes` is uint8 or uint16 (n,): each row's bar, the dtype's maximum for null.

    For numbers and times, `edges` are the k + 1 limits of k bars (times in seconds since 1970); for
    categories, `labels` are the bars, and the last one may be all other values.
    """

    kind: Literal["number", "time", "category"]
    labels: Sequence[str]
    edges: Sequence[float]
    counts: Sequence[int]
    codes: npt.NDArray[np.unsignedinteger]


def histogram(column: pa.ChunkedArray, *, bins: int = 64) -> Histogram:
    dtype = column.type
    if pa.types.is_timestamp(dtype) or pa.types.is_date(dtype):
        seconds = pc.cast(pc.cast(column, pa.timestamp("us"), safe=False), pa.int64())
        return of_numbers(floats(seconds) / 1e6, bins, "time")
    if pa.types.is_integer(dtype) or pa.types.is_floating(dtype) or pa.types.is_decimal(dtype):
        return of_numbers(floats(column), bins, "number")
    return of_categories(column)


def floats(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    return np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(), np.float64)


def of_numbers(
    values: npt.NDArray[np.float64], bins: int, kind: Literal["number", "time"]
) -> Histogram:
    is_finite = np.isfinite(values)
    codes = np.full(len(values), NULL_SMALL, np.uint8)
    if not is_finite.any():
        return Histogram(kind=kind, labels=(), edges=(), counts=(), codes=codes)
    low, high = float(values[is_finite].min()), float(values[is_finite].max())
    is_integral = (
        kind == "number"
        and max(abs(low), abs(high)) < MAX_EXACT
        and bool((values[is_finite] == np.floor(values[is_finite])).all())
    )
    if is_integral and high - low < bins:
        edges = np.arange(low, high + 2)
    else:
        edges = np.linspace(
            low, high if high > low else low + max(1, np.spacing(low)), min(bins, NULL_SMALL) + 1
        )
    bin_index = np.searchsorted(edges, values[is_finite], side="right") - 1
    codes[is_finite] = np.clip(bin_index, 0, len(edges) - 2).astype(np.uint8)
    counts = np.bincount(codes[is_finite], minlength=len(edges) - 1)
    return Histogram(
        kind=kind, labels=(), edges=edges.tolist(), counts=counts.tolist(), codes=codes
    )


def of_categories(column: pa.ChunkedArray) -> Histogram:
    texts = column
    if not pa.types.is_string(column.type):
        try:
            texts = column.cast(pa.string())
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            plain = [None if value is None else str(value) for value in column.to_pylist()]
            texts = pa.chunked_array([pa.array(plain, pa.string())])
    encoded = pc.dictionary_encode(texts).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = (
            encoded.chunk(0)
            if encoded.num_chunks
            else pa.array([], pa.string()).dictionary_encode()
        )
    index = np.asarray(pc.fill_null(encoded.indices.cast(pa.int64()), -1))
    names = encoded.dictionary.to_pylist()
    counts = np.bincount(index[index >= 0], minlength=len(names))
    order = np.argsort(-counts, kind="stable")
    largest = order[:MAX_CATEGORIES]
    has_rest = len(names) > len(largest)
    bar = np.full(len(names) + 1, len(largest), np.int64)
    bar[largest] = np.arange(len(largest))
    bar[len(names)] = NULL_SMALL
    codes = bar[np.where(index < 0, len(names), index)].astype(np.uint8)
    labels = [str(names[i])[:120] for i in largest]
    bar_counts = counts[largest].tolist()
    if has_rest:
        labels.append(f"{len(names) - len(largest)} others")
        bar_counts.append(int(counts.sum() - counts[largest].sum()))
    return Histogram(kind="category", labels=labels, edges=(), counts=bar_counts, codes=codes)
