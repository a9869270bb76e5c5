"""Encodings applied to columns: an output for every row, decided once for every distinct value."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.encodings import Encoding
from graphkeep.graph.numbers import numbers_of
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


def distinct_codes(column: pa.ChunkedArray) -> tuple[Codes, list[Any]]:
    """int64 (n,) codes, -1 where null, and the distinct values in order of appearance."""
    if pa.types.is_nested(column.type):
        column = pa.chunked_array([pa.array([str(value) for value in column.to_pylist()])])
    encoded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
    dictionary = encoded.unify_dictionaries().combine_chunks()
    if isinstance(dictionary, pa.ChunkedArray):
        if dictionary.num_chunks == 0:
            return np.empty(0, np.int64), []
        dictionary = dictionary.chunk(0)
    codes = np.asarray(pc.fill_null(dictionary.indices.cast(pa.int64()), -1))
    return codes, dictionary.dictionary.to_pylist()


def json_key(value: object) -> str:
    """A value as clients write it as a JSON key."""
    if isinstance(value, bool):
        return "true" if value else "false"
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat()) if isoformat is not None else str(value)


def fixed_output(encoding: Encoding) -> Callable[[object], Any]:
    output_by_key = dict(encoding.fixed or {})
    output_by_number: dict[float, Any] = {}
    output_by_lower_key = {key.lower(): output for key, output in output_by_key.items()}
    for key, output in output_by_key.items():
        try:
            output_by_number[float(key)] = output
        except ValueError:
            continue

    def find(value: object) -> Any:
        if value is None:
            return encoding.other
        key = json_key(value)
        if key in output_by_key:
            return output_by_key[key]
        if isinstance(value, bool):
            return output_by_lower_key.get(key, encoding.other)
        if isinstance(value, int | float) and float(value) in output_by_number:
            return output_by_number[float(value)]
        return encoding.other

    return find


def encoded_outputs(encoding: Encoding, column: pa.ChunkedArray) -> tuple[Codes, list[Any]]:
    """int64 (n,) indices into a list of outputs, whose last is for null and values without a rule."""
    if encoding.bins is not None:
        return binned_outputs(encoding, numbers_of(column))
    codes, values = distinct_codes(column)
    if encoding.fixed is not None:
        find_output = fixed_output(encoding)
        outputs = [find_output(value) for value in values]
    else:
        outputs = [json_key(value) for value in values]
    outputs.append(encoding.other)
    return np.where(codes < 0, len(outputs) - 1, codes), outputs


def binned_outputs(encoding: Encoding, values: Values) -> tuple[Codes, list[Any]]:
    bins = encoding.bins or ()
    outputs: list[Any] = [output for _, output in bins]
    codes = np.full(len(values), -1, np.int64)
    for index, (limit, _) in enumerate(bins):
        if limit is None:
            is_in_bin = np.isfinite(values)
        else:
            is_in_bin = values <= limit if encoding.comparator == "<=" else values < limit
        codes[(codes < 0) & is_in_bin] = index
    outputs.append(encoding.other)
    codes[codes < 0] = len(outputs) - 1
    return codes, outputs


def normalized(values: Values) -> Values:
    """0..1 from the 1st to the 99th percentile, from minimum to maximum for up to 100 values; NaN stays NaN."""
    finite = values[np.isfinite(values)]
    if len(finite) == 0:
        return values
    low, high = (
        np.percentile(finite, (1, 99)) if len(finite) > 100 else (finite.min(), finite.max())
    )
    if high <= low:
        low, high = float(finite.min()), float(finite.max())
    span = high - low
    if span <= 0:
        return np.where(np.isfinite(values), 0.5, np.nan)
    return np.clip((values - low) / span, 0, 1)


def encoded_colors(encoding: Encoding, column: pa.ChunkedArray, default: Colors) -> Colors:
    """uint8 (n, 4); rows without a rule keep `default`."""
    if encoding.colors and encoding.variation == "continuous":
        return gradient_colors(normalized(numbers_of(column)), encoding.colors)
    if encoding.colors:
        codes, _ = distinct_codes(column)
        return cycled_colors(codes, encoding.colors)
    codes, outputs = encoded_outputs(encoding, column)
    parsed = [parse_color(output) for output in outputs]
    table = np.array([color or NEUTRAL for color in parsed], np.uint8)
    is_color = np.array([color is not None for color in parsed])
    return np.where(is_color[codes][:, None], table[codes], default).astype(np.uint8)


def cycled_colors(codes: Codes, colors: tuple[str, ...] = CATEGORIES) -> Colors:
    table = color_table(colors)
    colors_by_row = table[codes % len(table)]
    colors_by_row[codes < 0] = NEUTRAL
    return colors_by_row


def column_colors(column: pa.ChunkedArray, default: Colors) -> Colors:
    """A column that holds colours: packed (64 bit), palette numbers, CSS texts, or plain categories."""
    kind = column.type
    if pa.types.is_integer(kind):
        numbers = np.asarray(pc.fill_null(column, 0).cast(pa.int64(), safe=False))
        if kind.bit_width == 64 and len(numbers) and int(np.abs(numbers).max()) > 0xFFFF:
            return unpack_rgba(numbers)
        return cycled_colors(numbers, PAIRED_PALETTE)
    if pa.types.is_floating(kind):
        return gradient_colors(normalized(numbers_of(column)), ())
    codes, values = distinct_codes(column)
    parsed = [parse_color(value) for value in values]
    if not any(parsed):
        return cycled_colors(codes)
    table = np.array([*(color or NEUTRAL for color in parsed), NEUTRAL], np.uint8)
    is_color = np.array([*(color is not None for color in parsed), False])
    return np.where(is_color[codes][:, None], table[codes], default).astype(np.uint8)


def encoded_numbers(encoding: Encoding, column: pa.ChunkedArray, default: Values) -> Values:
    codes, outputs = encoded_outputs(encoding, column)
    table = np.array([number_of(output) for output in outputs], np.float64)
    numbers = table[codes]
    return np.where(np.isfinite(numbers), numbers, default)


def number_of(out: object) -> float:
    try:
        return float(out) if isinstance(out, int | float | str) else float("nan")
    except ValueError:
        return float("nan")
