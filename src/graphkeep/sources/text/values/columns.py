"""The columns of a text table as numbers, times and booleans where all of their texts are."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.lines import with_lines
from graphkeep.graph.repairs import Repair
from graphkeep.graph.values.reading import (
    ColumnReading,
    Rules,
    blank_as_null,
    has_groups_only,
    read_column,
)
from graphkeep.graph.values.texts import as_texts, has_blanks, sample_of, trimmed, without
from graphkeep.graph.values.value_repairs import LineNumbers, repairs_of
from graphkeep.graph.values.written_values import is_rewritten, keep_texts
from graphkeep.sources.text.values.declared import declared_column
from graphkeep.sources.text.values.options import ValueOptions, value_options

WORKERS = max(1, min(4, os.cpu_count() or 1))
MIN_PARALLEL_CELLS = 1_000_000
MIN_PADDED = 3
MIN_PADDING = 2
FORM_OPTIONS = {"parse_dates", "date_format", "dayfirst", "decimal", "thousands"}


def typed_columns(
    texts: pa.Table,
    options: Mapping[str, Any],
    line_numbers: LineNumbers,
    repairs: list[Repair],
    *,
    separator: str = "",
    keeps_texts: bool = False,
) -> pa.Table:
    """The table with each column as what all of its texts are; other columns stay texts.

    Blank cells are null. A column becomes a number only if every text comes back the same from it; numbers and
    times of other countries are recognized where all values have one form. Whatever is changed or in doubt is
    appended to `repairs`. The lines stay with the table (`graph.lines`).

    Args:
        texts: columns of string or large_string, exactly as the file has them; null where a row has no cell.
        options: all `parser_options`; those of `VALUE_OPTIONS` are used.
        line_numbers: for each row, the line of the file where it begins, counted from 1.
        repairs: what was changed is appended here.
        separator: that of the file: in a file with commas, `"2,3"` is a list and no decimal.
        keeps_texts: whether dates that are not ISO 8601, money and percent stay the texts that were written, to be
            read by `graph.values.written_values`, unless an option says how to read them.

    Raises:
        UnreadableFileError: an option cannot be obeyed; the message says why and in which line.
    """
    values = value_options(options, texts.column_names)
    rules = rules_of(values, separator)

    def read_named(name: str) -> ColumnReading:
        return read(name, as_texts(texts[name]), values, rules, line_numbers)

    readings = read_all(read_named, texts)
    common = common_rules(readings, rules)
    readings = with_common_form(readings, values, rules, common)
    columns = {}
    for name, reading in readings.items():
        repairs.extend(repairs_of(name, reading, line_numbers=line_numbers))
        columns[name] = reading.values
    table = pa.table(columns) if columns else texts
    if keeps_texts and not options.keys() & FORM_OPTIONS:
        written = {
            name: blank_as_null(as_texts(texts[name]))
            for name, reading in readings.items()
            if is_rewritten(reading) and values.dtype_of(name) is None
        }
        table = keep_texts(table, written, common)
    return table if line_numbers is None else with_lines(table, line_numbers)


def read_all(
    read_named: Callable[[str], ColumnReading], texts: pa.Table
) -> dict[str, ColumnReading]:
    """The reading of each column; those of a large table several at a time."""
    names = texts.column_names
    if texts.num_rows * len(names) < MIN_PARALLEL_CELLS:
        return {name: read_named(name) for name in names}
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        return dict(zip(names, pool.map(read_named, names), strict=True))


def rules_of(values: ValueOptions, separator: str) -> Rules:
    return Rules(
        words=values.words,
        markers=values.markers,
        times=values.times,
        epochs=values.times,
        separator=separator,
        decimal=values.decimal or {".": ",", ",": "."}.get(values.thousands or "", ""),
        dayfirst=values.dayfirst,
        keeps_blank=values.keeps_blank,
        booleans=Rules.booleans
        + tuple((true, false) for true in values.booleans for false in values.false_texts or ("",)),
    )


def read(
    name: str,
    texts: pa.ChunkedArray,
    values: ValueOptions,
    rules: Rules,
    line_numbers: LineNumbers,
) -> ColumnReading:
    if values.has_missing and (missing := values.missing_in(name)):
        texts = without(texts, missing)
    declared = declared_column(name, texts, values, rules, line_numbers)
    return declared or without_padding(read_column(name, texts, rules))


def without_padding(reading: ColumnReading) -> ColumnReading:
    """Texts without the blanks that fill all of them up to one width, as programs write for a screen."""
    value_count = len(reading.values) - reading.values.null_count
    if not reading.is_text or value_count < MIN_PADDED:
        return reading
    if pc.count_distinct(pc.utf8_length(sample_of(reading.texts))).as_py() > 1:
        return reading
    if not has_blanks(reading.texts):
        return reading
    lengths = pc.min_max(pc.utf8_length(reading.texts)).as_py()
    if lengths["min"] != lengths["max"]:
        return reading
    core = trimmed(reading.values)
    if core.null_count > reading.values.null_count:
        return reading  # blanks are values where the sender said so
    core_lengths = pc.min_max(pc.utf8_length(core)).as_py()
    is_even = core_lengths["min"] == core_lengths["max"]
    if is_even and lengths["max"] - core_lengths["max"] < MIN_PADDING:
        return reading
    return replace(reading, values=core, is_trimmed=True)


def common_rules(readings: dict[str, ColumnReading], rules: Rules) -> Rules:
    """The rules with the decimal sign and the order of day and month that the columns of the file show."""
    decimals = {
        reading.form.decimal
        for reading in readings.values()
        if reading.form is not None and not reading.form.is_ambiguous and shows_decimal(reading)
    }
    orders = {
        reading.times.order == "day"
        for reading in readings.values()
        if reading.times is not None and reading.times.order and not reading.times.is_ambiguous
    }
    common = rules
    if len(decimals) == 1 and not rules.decimal:
        common = replace(common, decimal=decimals.pop())
    if len(orders) == 1 and rules.dayfirst is None:
        common = replace(common, dayfirst=orders.pop())
    return common


def with_common_form(
    readings: dict[str, ColumnReading], values: ValueOptions, rules: Rules, common: Rules
) -> dict[str, ColumnReading]:
    """Read again what is ambiguous, as the other columns of the file show it."""
    kept_words = {word for reading in readings.values() for word in reading.text_words}
    again = {}
    for name, reading in readings.items():
        if values.dtype_of(name) is not None or name in values.time_columns:
            continue
        if common != rules and (reading.is_ambiguous or may_be_grouped(reading, common)):
            again[name] = decided(read_column(name, reading.texts, common), common)
        elif reading.is_text and kept_words & set(reading.words):
            again[name] = read_column(
                name, reading.texts, replace(rules, words=(), numbers=False, times=False)
            )
    return {**readings, **again}


def shows_decimal(reading: ColumnReading) -> bool:
    form = reading.form
    return form is not None and bool(form.group in {",", "."} or form.decimal == ",")


def may_be_grouped(reading: ColumnReading, rules: Rules) -> bool:
    """Whether points that were read as decimal points may be thousands in a file of decimal commas."""
    return bool(
        rules.decimal == ","
        and pa.types.is_floating(reading.values.type)
        and reading.form is None
        and has_groups_only(pc.unique(sample_of(reading.texts)).to_pylist())
    )


def decided(reading: ColumnReading, rules: Rules) -> ColumnReading:
    """Without the doubt that other columns of the file have settled."""
    times = reading.times
    if times is not None and rules.dayfirst is not None:
        return replace(reading, times=replace(times, is_ambiguous=False))
    return reading
