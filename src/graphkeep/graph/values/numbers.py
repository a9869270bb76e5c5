"""Texts that are numbers: every text comes back the same from the number.

So `0012345`, `+5`, `4e12345`, `12345678901234567890123` and `5.` stay texts. A float is written with at most 15
digits, or comes back from the nearest double at the number of digits that it has (`0.1000000000000000056`). An
exponent needs a point or a sign (`1e-05`, `1.5e300`), because `7e10000` is a git hash.
"""

from decimal import Decimal
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.values.texts import TextBytes, text_bytes

Kind = Literal["integer", "float"]

MINUS, POINT, EXPONENT, PLUS, OTHER = 1, 2, 4, 8, 128
CLASSES = np.full(256, OTHER, np.uint8)
CLASSES[np.frombuffer(b"0123456789", np.uint8)] = 0
CLASSES[ord("-")], CLASSES[ord(".")], CLASSES[ord("+")] = MINUS, POINT, PLUS
CLASSES[[ord("e"), ord("E")]] = EXPONENT
EXPONENT_FORM = r"^-?(?:[0-9]|[1-9][0-9]*)(?:\.[0-9]+[eE][-+]?|[eE][-+])[0-9]{1,3}$"
MAX_EXACT_DIGITS = 15  # that any decimal text keeps in a double


def plain_numbers(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """int64, uint64 or float64 of texts as programs write them; None unless all of them are numbers."""
    dense = [chunk.drop_null() for chunk in texts.chunks if chunk.null_count < len(chunk)]
    kinds: set[Kind] = set()
    for chunk in dense:
        kind = kind_of(chunk)
        if kind is None:
            return None
        kinds.add(kind)
    if not kinds or ("float" in kinds and not all(map(is_exact_in_float, dense))):
        return None
    for dtype in (pa.float64(),) if "float" in kinds else (pa.int64(), pa.uint64()):
        try:
            return pc.cast(texts, dtype)
        except pa.ArrowInvalid:
            continue
    return None


def kind_of(texts: pa.Array) -> Kind | None:
    """What these texts, none of them null, are written as; floats may still have too many digits."""
    content = text_bytes(texts)
    data, starts, lengths = content.data, content.starts, content.lengths
    if int(lengths.min()) == 0 or data.max() > ord("e") or data.min() < ord("+"):
        return None
    if data.min() >= ord("0") and data.max() <= ord("9"):
        return None if has_leading_zero(data, starts, starts + lengths) else "integer"
    classes = np.take(CLASSES, data)
    used = int(np.bitwise_or.reduce(classes))
    if used & OTHER:
        return None
    is_negative = data[starts] == ord("-")
    digits_at = starts + is_negative
    ends = starts + lengths
    if bool((digits_at >= ends).any()):
        return None
    if has_leading_zero(data, digits_at, ends):
        return None
    if not used & (POINT | EXPONENT | PLUS):
        if used & MINUS and not minus_only_first(data, is_negative):
            return None
        is_minus_zero = is_negative & (data[digits_at] == ord("0"))
        return "float" if bool(is_minus_zero.any()) else "integer"
    if used & (EXPONENT | PLUS):
        return kind_with_exponents(texts, content, classes)
    points = np.add.reduceat((classes == POINT).astype(np.int8), starts)
    if int(points.max()) > 1 or bool((data[ends - 1] == ord(".")).any()):
        return None
    return "float" if not used & MINUS or minus_only_first(data, is_negative) else None


def has_leading_zero(data: np.ndarray, digits_at: np.ndarray, ends: np.ndarray) -> bool:
    zeros = np.flatnonzero(data[digits_at] == ord("0"))
    zeros = zeros[digits_at[zeros] + 1 < ends[zeros]]
    if not len(zeros):
        return False
    following = data[digits_at[zeros] + 1]
    return bool(((following >= ord("0")) & (following <= ord("9"))).any())


def minus_only_first(data: np.ndarray, is_negative: np.ndarray) -> bool:
    return int((data == ord("-")).sum()) == int(is_negative.sum())


def kind_with_exponents(texts: pa.Array, content: TextBytes, classes: np.ndarray) -> Kind | None:
    is_special = np.add.reduceat((classes >= EXPONENT).astype(np.int16), content.starts) > 0
    mask = pa.array(is_special)
    special = texts.filter(mask)
    if not pc.all(pc.match_substring_regex(special, EXPONENT_FORM)).as_py():
        return None
    rest = texts.filter(pc.invert(mask))
    if len(rest) and kind_of(rest) is None:
        return None
    numbers = np.abs(np.asarray(pc.cast(special, pa.float64())))
    is_lost = ~np.isfinite(numbers) | ((numbers < np.finfo(np.float64).tiny) & (numbers != 0))
    if bool(is_lost.any()):
        return None
    zeros = special.filter(pa.array(numbers == 0))
    if len(zeros) and not pc.all(pc.match_substring_regex(zeros, r"^-?[0.]+[eE]")).as_py():
        return None
    return "float"


def is_exact_in_float(texts: pa.Array) -> bool:
    """Whether each number comes back from a double at the number of digits that it is written with."""
    lengths = np.asarray(pc.binary_length(texts))
    is_long = lengths > MAX_EXACT_DIGITS
    if not bool(is_long.any()):
        return True
    long_texts = texts.filter(pa.array(is_long))
    shortest = pc.cast(pc.cast(long_texts, pa.float64()), texts.type)
    rest = long_texts.filter(pc.not_equal(shortest, long_texts)).to_pylist()
    return all(map(comes_back, rest))


def comes_back(text: str) -> bool:
    number = Decimal(text)
    digits = len(number.as_tuple().digits)
    return digits <= MAX_EXACT_DIGITS or Decimal(f"{float(text):.{digits - 1}e}") == number
