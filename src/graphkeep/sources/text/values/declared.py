"""Columns whose type the sender declared: dtype, parse_dates, date_format, true_values."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.values.epochs import as_times, whole_days
from graphkeep.graph.values.formatted_numbers import GROUP_SIGNS
from graphkeep.graph.values.reading import ColumnReading, Rules, blank_as_null, read_column
from graphkeep.graph.values.texts import sample_of, trimmed, without
from graphkeep.graph.values.times import Times, find_time_form, read_times
from graphkeep.graph.values.value_repairs import LineNumbers
from graphkeep.sources.text.values.options import Dtype, ValueOptions

TRUE_TEXTS = ("true", "1", "yes", "y", "t", "1.0")
FALSE_TEXTS = ("false", "0", "no", "n", "f", "0.0")
EPOCH_UNITS = (("s", 4_102_444_800), ("ms", 4_102_444_800_000), ("us", 4_102_444_800_000_000))


def declared_column(
    name: str,
    texts: pa.ChunkedArray,
    values: ValueOptions,
    rules: Rules,
    line_numbers: LineNumbers,
) -> ColumnReading | None:
    """The column as its declared type; None where the sender declared none.

    Raises:
        UnreadableFileError: a text is not of that type; the message has its line.
    """
    dtype = values.dtype_of(name)
    format_text = values.date_format_of(name)
    if dtype is None and name not in values.time_columns:
        if values.false_texts or values.booleans:
            found = boolean_texts(texts, values)
            if found is not None:
                return ColumnReading(values=found, texts=texts)
        if format_text is None:
            return None
        found = with_format(cleaned(texts, rules), format_text)
        return None if found is None else ColumnReading(values=found, texts=texts)
    if dtype == "text":
        return read_column(name, texts, Rules(
            numbers=False, times=False, booleans=(), words=rules.words, markers=rules.markers,
            keeps_blank=rules.keeps_blank,
        ))  # fmt: skip
    clean = cleaned(texts, rules)
    found = typed(clean, dtype or "time", format_text, values, rules)
    if found is None:
        if dtype is None:
            return read_column(name, texts, rules)
        raise UnreadableFileError(refusal(name, clean, dtype, values, rules, line_numbers))
    return ColumnReading(values=found, texts=texts)


def cleaned(texts: pa.ChunkedArray, rules: Rules) -> pa.ChunkedArray:
    return trimmed(without(trimmed(blank_as_null(texts)), (*rules.words, *rules.markers)))


def typed(
    texts: pa.ChunkedArray,
    dtype: Dtype,
    format_text: str | None,
    values: ValueOptions,
    rules: Rules,
) -> pa.ChunkedArray | None:
    if dtype == "time":
        return with_format(texts, format_text) if format_text else as_time(texts, rules)
    if dtype == "boolean":
        return boolean_texts(pc.utf8_lower(texts), values, defaults=True)
    numbers = normalized(texts, values)
    for arrow_type in (pa.int64(), pa.uint64()) if dtype == "integer" else (pa.float64(),):
        try:
            return pc.cast(numbers, arrow_type)
        except pa.ArrowInvalid:
            continue
    return None


def normalized(texts: pa.ChunkedArray, values: ValueOptions) -> pa.ChunkedArray:
    """Numbers as programs write them."""
    if values.thousands:
        signs = GROUP_SIGNS.get(values.thousands, f"[{values.thousands}]")
        texts = pc.replace_substring_regex(texts, signs, "")
    if values.decimal and values.decimal != ".":
        texts = pc.replace_substring(texts, values.decimal, ".")
    return pc.utf8_ltrim(texts, "+")


def boolean_texts(
    texts: pa.ChunkedArray, values: ValueOptions, *, defaults: bool = False
) -> pa.ChunkedArray | None:
    true = (*values.booleans, *(TRUE_TEXTS if defaults else ("True", "TRUE", "true")))
    false = (*values.false_texts, *(FALSE_TEXTS if defaults else ("False", "FALSE", "false")))
    is_true = pc.is_in(texts, value_set=pa.array(true, texts.type))
    is_false = pc.is_in(texts, value_set=pa.array(false, texts.type))
    is_blank = pc.or_kleene(pc.is_null(texts), pc.equal(pc.binary_length(texts), 0))
    if not pc.all(pc.or_(pc.or_(is_true, is_false), is_blank)).as_py():
        return None
    if not pc.any(pc.or_(is_true, is_false)).as_py():
        return None
    return pc.if_else(pc.fill_null(is_blank, fill_value=True), pa.scalar(None, pa.bool_()), is_true)


def as_time(texts: pa.ChunkedArray, rules: Rules) -> pa.ChunkedArray | None:
    sample = sample_of(texts)
    form = find_time_form(sample)
    if form is not None:
        times: Times | None = read_times(texts, form, dayfirst=rules.dayfirst)
        return None if times is None else times.values
    try:
        numbers = pc.cast(texts, pa.int64())
    except pa.ArrowInvalid:
        return None
    limits = pc.min_max(numbers).as_py()
    if limits["max"] is None:
        return numbers.cast(pa.timestamp("s"))
    if limits["min"] >= 1000_01_01 and limits["max"] <= 9999_12_31:
        days = whole_days(numbers)
        if days is not None:
            return days[0]
    unit = next((unit for unit, latest in EPOCH_UNITS if limits["max"] < latest), "ns")
    return as_times(numbers, unit)


def with_format(texts: pa.ChunkedArray, format_text: str) -> pa.ChunkedArray | None:
    """Times after `strptime`; ISO8601 and mixed are recognized from the values."""
    if format_text in {"ISO8601", "mixed"}:
        return as_time(texts, Rules())
    encoded = pc.dictionary_encode(texts).unify_dictionaries()
    if encoded.num_chunks == 0:
        return None
    distinct = encoded.chunk(0).dictionary.to_pylist()
    try:
        times = [dt.datetime.strptime(text, format_text) for text in distinct]  # noqa: DTZ007
    except (ValueError, OverflowError):
        return None
    if not times:
        return None
    has_zone = times[0].tzinfo is not None
    values = pa.array(times, pa.timestamp("us", "UTC" if has_zone else None))
    if not any(
        directive in format_text for directive in ("%H", "%I", "%M", "%S", "%T", "%X", "%c", "%f")
    ):
        values = values.cast(pa.date32())
    return pa.chunked_array([values.take(chunk.indices) for chunk in encoded.chunks], values.type)


def refusal(
    name: str,
    texts: pa.ChunkedArray,
    dtype: Dtype,
    values: ValueOptions,
    rules: Rules,
    line_numbers: LineNumbers,
) -> str:
    """Which text of which line is not of the declared type."""
    rows = np.flatnonzero(np.asarray(pc.is_valid(texts)))
    low, high = 0, len(rows)
    while high - low > 1:  # the first row at which a slice stops being of the type
        middle = (low + high) // 2
        part = texts.take(pa.array(rows[low:middle]))
        if typed(part, dtype, values.date_format_of(name), values, rules) is None:
            high = middle
        else:
            low = middle
    row = int(rows[low]) if len(rows) else 0
    line = "" if line_numbers is None else f" in line {int(line_numbers[row])}"
    return f"dtype says that '{name}' is {dtype}, but {texts[row].as_py()!r}{line} is not."
