"""Texts of attributes as columns of the type that a graph file declares for them."""

from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.values.numbers import plain_numbers

Kind = Literal["text", "integer", "float", "boolean", "time", "number", "any"]

WHOLE = r"^[+-]?\d+$"
LONG_NUMBER = r"\d{16,}"
TRUE_WORDS = ["true", "1", "yes"]
FALSE_WORDS = ["false", "0", "no"]


def typed_column(texts: pa.ChunkedArray, kind: Kind) -> pa.ChunkedArray:
    """The texts as numbers, booleans or times; the texts themselves where one of them is none.

    `number` is for literals without quotes, `any` for formats without types: the column becomes a number
    only if every text comes back the same from it. No digit is lost: whole numbers over 2^53 are never
    floats.
    """
    if kind == "text" or texts.null_count == len(texts):
        return texts
    if kind == "boolean":
        return boolean_column(texts)
    if kind == "time":
        return time_column(texts)
    if kind == "any":
        numbers = plain_numbers(texts)
        return texts if numbers is None else numbers
    return number_column(texts, is_float=kind == "float")


def number_column(texts: pa.ChunkedArray, *, is_float: bool = False) -> pa.ChunkedArray:
    """Whole numbers as int64, unless they are declared as floats and lose no digit as such."""
    stripped = pc.utf8_trim_whitespace(texts)
    if has_only(stripped, WHOLE) and not (is_float and not loses_digits(stripped)):
        try:
            return pc.utf8_ltrim(stripped, characters="+").cast(pa.int64())
        except pa.ArrowInvalid:
            return texts
    if pc.any(pc.match_substring_regex(stripped, LONG_NUMBER)).as_py() and loses_digits(stripped):
        return texts
    try:
        return pc.utf8_ltrim(stripped, characters="+").cast(pa.float64())
    except pa.ArrowInvalid:
        return texts


def loses_digits(texts: pa.ChunkedArray) -> bool:
    """Whether a whole number among the texts is not the same as a float."""
    whole = texts.filter(pc.fill_null(pc.match_substring_regex(texts, WHOLE), False))
    return any(int(float(text)) != int(text) for text in pc.unique(whole).to_pylist())


def boolean_column(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    words = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    is_true = pc.is_in(words, value_set=pa.array(TRUE_WORDS))
    is_false = pc.is_in(words, value_set=pa.array(FALSE_WORDS))
    is_known = pc.or_(pc.or_(is_true, is_false), pc.is_null(words))
    if not pc.all(is_known).as_py():
        return texts
    return pc.if_else(pc.is_null(words), pa.scalar(None, pa.bool_()), is_true)


def time_column(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """ISO dates as timestamps in microseconds, in UTC where they name a zone; else numbers or texts."""
    for target in (pa.timestamp("us"), pa.timestamp("us", tz="UTC")):
        try:
            return texts.cast(target)
        except pa.ArrowInvalid:
            continue
    return number_column(texts)


def has_only(texts: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, pattern)).as_py())


def is_numeric(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_integer(dtype) or pa.types.is_floating(dtype))
