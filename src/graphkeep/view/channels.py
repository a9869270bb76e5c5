"""An encoding applied to a column: an output for every row, one decision for every distinct value."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.encodings import Encoding
from graphkeep.view.palettes import CATEGORIES, NEUTRAL, Colors, gradient, packed, rgba, table_of
from graphkeep.view.palettes import PAIRED as PAIRED_PALETTE

T = TypeVar("T")
Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


def is_numeric(column: pa.ChunkedArray) -> bool:
    kind = column.type
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def numbers(column: pa.ChunkedArray) -> Numbers:
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


def distinct(column: pa.ChunkedArray) -> tuple[Codes, list[Any]]:
    """int64 (n,) codes, -1 where null, and the distinct values in order of first sight."""
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


def key_of(value: object) -> str:
    """A value as the clients write it as a key of JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat()) if isoformat is not None else str(value)


def fixed_lookup(encoding: Encoding) -> Callable[[object], Any]:
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
        key = key_of(value)
        if key in fixed:
            return fixed[key]
        if isinstance(value, bool):
            return lower.get(key, encoding.other)
        if isinstance(value, int | float) and float(value) in by_number:
            return by_number[float(value)]
        return encoding.other

    return find


def outputs(encoding: Encoding, column: pa.ChunkedArray) -> tuple[Codes, list[Any]]:
    """int64 (n,) positions in a list of outputs; the list's last is what null and the rest get."""
    if encoding.bins is not None:
        return binned(encoding, numbers(column))
    codes, values = distinct(column)
    if encoding.fixed is not None:
        find = fixed_lookup(encoding)
        outs = [find(value) for value in values]
    else:
        outs = [key_of(value) for value in values]
    outs.append(encoding.other)
    return np.where(codes < 0, len(outs) - 1, codes), outs


def binned(encoding: Encoding, values: Numbers) -> tuple[Codes, list[Any]]:
    bins = encoding.bins or ()
    outs: list[Any] = [out for _, out in bins]
    codes = np.full(len(values), -1, np.int64)
    for place, (limit, _) in enumerate(bins):
        if limit is None:
            hit = np.isfinite(values)
        else:
            hit = values <= limit if encoding.comparator == "<=" else values < limit
        codes[(codes < 0) & hit] = place
    outs.append(encoding.other)
    codes[codes < 0] = len(outs) - 1
    return codes, outs


def ranked(values: Numbers) -> Numbers:
    """0..1 between the smallest and the largest; robust: the top and bottom hundredth are ends."""
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


def color_encoded(encoding: Encoding, column: pa.ChunkedArray, default: Colors) -> Colors:
    """uint8 (n, 4); rows that the rule leaves out keep `default`."""
    if encoding.colors and encoding.variation == "continuous":
        return gradient(ranked(numbers(column)), encoding.colors)
    if encoding.colors:
        codes, _ = distinct(column)
        return cycled(codes, encoding.colors)
    codes, outs = outputs(encoding, column)
    known = [rgba(out) for out in outs]
    table = np.array([one or NEUTRAL for one in known], np.uint8)
    has = np.array([one is not None for one in known])
    return np.where(has[codes][:, None], table[codes], default).astype(np.uint8)


def cycled(codes: Codes, colors: tuple[str, ...] = CATEGORIES) -> Colors:
    table = table_of(colors)
    out = table[codes % len(table)]
    out[codes < 0] = NEUTRAL
    return out


def color_column(column: pa.ChunkedArray, default: Colors) -> Colors:
    """A column that holds colours: packed (64 bit), palette numbers, CSS texts, or plain categories."""
    kind = column.type
    if pa.types.is_integer(kind):
        filled = np.asarray(pc.fill_null(column, 0).cast(pa.int64(), safe=False))
        if kind.bit_width == 64 and len(filled) and int(np.abs(filled).max()) > 0xFFFF:
            return packed(filled)
        return cycled(filled, PAIRED_PALETTE)
    if pa.types.is_floating(kind):
        return gradient(ranked(numbers(column)), ())
    codes, values = distinct(column)
    known = [rgba(value) for value in values]
    if not any(known):
        return cycled(codes)
    table = np.array([*(one or NEUTRAL for one in known), NEUTRAL], np.uint8)
    has = np.array([*(one is not None for one in known), False])
    return np.where(has[codes][:, None], table[codes], default).astype(np.uint8)


def number_encoded(encoding: Encoding, column: pa.ChunkedArray, default: Numbers) -> Numbers:
    codes, outs = outputs(encoding, column)
    table = np.array([number_of(out) for out in outs], np.float64)
    chosen = table[codes]
    return np.where(np.isfinite(chosen), chosen, default)


def number_of(out: object) -> float:
    try:
        return float(out) if isinstance(out, int | float | str) else float("nan")
    except ValueError:
        return float("nan")
