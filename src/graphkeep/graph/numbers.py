"""The numbers of a column, whatever its type: texts that are numbers count as those."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NUMBER_FORM = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"


def numbers_of(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    """float64 (n,), NaN where there is no number. Booleans are 0 and 1, times what Arrow stores."""
    dtype = column.type
    if pa.types.is_dictionary(dtype):
        column, dtype = column.cast(dtype.value_type), dtype.value_type
    if pa.types.is_boolean(dtype):
        column = column.cast(pa.int8())
    elif pa.types.is_temporal(dtype):
        column = column.cast(pa.int64() if dtype.bit_width == 64 else pa.int32(), safe=False)
    elif pa.types.is_string(dtype) or pa.types.is_large_string(dtype):
        column = number_texts(column)
    try:
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return np.full(len(column), np.nan)


def number_texts(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts that are numbers, without blanks and plus signs; the others null."""
    trimmed = pc.utf8_trim_whitespace(texts)
    is_number = pc.match_substring_regex(trimmed, NUMBER_FORM)
    return pc.if_else(is_number, pc.utf8_ltrim(trimmed, "+"), pa.scalar(None, texts.type))
