"""Encodings applied to columns: an output for every row, decided once for every distinct value."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.encodings import Encoding
from graphkeep.view.palettes import (
    CATEGORIES,
    NEUTRAL,
    Colors,
    color_table,
    gradient_colors,
    parse_color,
    unpack_rgba,
)
from graphkeep.view.palettes import PAIRED as PAIRED_PALETTE

T = TypeVar("T")
Codes = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


def numeric_values(column: pa.ChunkedArray) -> Values:
    """float64 (n,), NaN where there is no number."""
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if pa.types.is_temporal(column.type):
        whole = pa.int64() if column.type.bit_width == 64 else pa.int32()
        column = column.cast(whole, safe=False)
    try:
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return np.full(len(column), np.nan)


def distinct_codes(column: pa.ChunkedArray) -> tuple[Codes, list[Any]]:
    """int64 (n,) codes, -1 where null, and the distinct values in order of appearance."""
    if pa.types.is_nested(column.type):
        column = pa.chunked_array([pa.array([str(v) for v in column.to_pylist()])])
    encoded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
    whole = encoded.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        if whole.num_chunks == 0:
            return np.empty(0, np.int64), []
        whole = whole.chunk(0)
    codes = np.asarray(pc.fill_null(whole.indices.cast(pa.int64()), -1))
    return codes, whole.dictionary.to_pylist()


def json_key(value: object) -> str:
    """A value as clients write it as a JSON key."""
    if isinstance(value, bool):
        return "true" if value else "false"
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat()) if isoformat is not None else str(value)


def fixed_output(encoding: Encoding) -> Callable[[object], Any]:
    fixed = dict(encoding.fixed or {})
    by_number: dict[float, Any] = {}
    lower = {key.lower(): out for key, out in fixed.items()}
    for key, out in fixed.items():
        try:
            by_number[float(key)] = out
        except ValueError:
            continue

    def find(value: object) -> Any:
        if value is None:
            return encoding.other
        key = json_key(value)
        if key in fixed:
            return fixed[key]
        if isinstance(value, bool):
            return lower.get(key, encoding.other)
        if isinstance(value, int | float) and float(value) in by_number:
            return by_number[float(value)]
        return encoding.other

    return find


def encoded_outputs(encoding: Encoding, column: pa.ChunkedArray) -> tuple[Codes, list[Any]]:
    """int64 (n,) indices into a list of outputs, whose last is for null and values without a rule."""
    if encoding.bins is not None:
        return binned_outputs(encoding, numeric_values(column))
    codes, values = distinct_codes(column)
    if encoding.fixed is not None:
        find = fixed_output(encoding)
        outs = [find(value) for value in values]
    else:
        outs = [json_key(value) for value in values]
    outs.append(encoding.other)
    return np.where(codes < 0, len(outs) - 1, codes), outs


def binned_outputs(encoding: Encoding, values: Values) -> tuple[Codes, list[Any]]:
    bins = encoding.bins or ()
    outs: list[Any] = [out for _, out in bins]
    codes = np.full(len(values), -1, np.int64)
    for index, (limit, _) in enumerate(bins):
        if limit is None:
            hit = np.isfinite(values)
        else:
            hit = values <= limit if encoding.comparator == "<=" else values < limit
        codes[(codes < 0) & hit] = index
    outs.append(encoding.other)
    codes[codes < 0] = len(outs) - 1
    return codes, outs


def normalized(values: Values) -> Values:
    """0..1 from the 1st to the 99th percentile, from minimum to maximum for up to 100 values; NaN stays NaN."""
    good = values[np.isfinite(values)]
    if len(good) == 0:
        return values
    low, high = np.percentile(good, (1, 99)) if len(good) > 100 else (good.min(), good.max())
    if high <= low:
        low, high = float(good.min()), float(good.max())
    span = high - low
    if span <= 0:
        return np.where(np.isfinite(values), 0.5, np.nan)
    return np.clip((values - low) / span, 0, 1)


def encoded_colors(encoding: Encoding, column: pa.ChunkedArray, default: Colors) -> Colors:
    """uint8 (n, 4); rows without a rule keep `default`."""
    if encoding.colors and encoding.variation == "continuous":
        return gradient_colors(normalized(numeric_values(column)), encoding.colors)
    if encoding.colors:
        codes, _ = distinct_codes(column)
        return cycled_colors(codes, encoding.colors)
    codes, outs = encoded_outputs(encoding, column)
    known = [parse_color(out) for out in outs]
    table = np.array([color or NEUTRAL for color in known], np.uint8)
    has = np.array([color is not None for color in known])
    return np.where(has[codes][:, None], table[codes], default).astype(np.uint8)


def cycled_colors(codes: Codes, colors: tuple[str, ...] = CATEGORIES) -> Colors:
    table = color_table(colors)
    out = table[codes % len(table)]
    out[codes < 0] = NEUTRAL
    return out


def column_colors(column: pa.ChunkedArray, default: Colors) -> Colors:
    """A column that holds colours: packed (64 bit), palette numbers, CSS texts, or plain categories."""
    kind = column.type
    if pa.types.is_integer(kind):
        filled = np.asarray(pc.fill_null(column, 0).cast(pa.int64(), safe=False))
        if kind.bit_width == 64 and len(filled) and int(np.abs(filled).max()) > 0xFFFF:
            return unpack_rgba(filled)
        return cycled_colors(filled, PAIRED_PALETTE)
    if pa.types.is_floating(kind):
        return gradient_colors(normalized(numeric_values(column)), ())
    codes, values = distinct_codes(column)
    known = [parse_color(value) for value in values]
    if not any(known):
        return cycled_colors(codes)
    table = np.array([*(color or NEUTRAL for color in known), NEUTRAL], np.uint8)
    has = np.array([*(color is not None for color in known), False])
    return np.where(has[codes][:, None], table[codes], default).astype(np.uint8)


def encoded_numbers(encoding: Encoding, column: pa.ChunkedArray, default: Values) -> Values:
    codes, outs = encoded_outputs(encoding, column)
    table = np.array([number_of(out) for out in outs], np.float64)
    chosen = table[codes]
    return np.where(np.isfinite(chosen), chosen, default)


def number_of(out: object) -> float:
    try:
        return float(out) if isinstance(out, int | float | str) else float("nan")
    except ValueError:
        return float("nan")
