"""Columns of JSON values as Arrow arrays: exact numbers, times of ISO 8601, text for all that mixes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa

from graphkeep.graph.repairs import Alternative, Repair
from graphkeep.graph.values.epochs import epoch_times
from graphkeep.graph.values.python_values import TIMES_ONLY, typed_texts, typed_values
from graphkeep.graph.values.reading import ColumnReading
from graphkeep.graph.values.value_repairs import repairs_of
from graphkeep.sources.json_documents.scalars import clean, json_text

RULES = replace(TIMES_ONLY, keeps_blank=True, markers=())
MAX_LINES = 10
MAX_RECORD_NUMBERS = 5
NUMBERS = {int, float, Decimal}
KIND_NAMES = {
    str: "text",
    bool: "true or false",
    int: "numbers",
    float: "numbers",
    Decimal: "numbers",
}


class ArrowColumns:
    """Makes the tables of one file.

    Args:
        lines: the lines of its records, where each has one of its own.
        converts_dates: whether texts of ISO 8601, and numbers in columns named for a time, are times.
        dtype: the type that the sender wants, of all columns or of some by name; text is the only one that
            a column may be forced to.
    """

    def __init__(
        self,
        repairs: list[Repair],
        *,
        lines: Sequence[int] = (),
        converts_dates: bool = True,
        dtype: Any = None,
    ) -> None:
        self.repairs = repairs
        self.lines = lines
        self.converts_dates = converts_dates
        self.dtype = dtype

    def table(self, columns: Mapping[str, list[Any]], *, name: str = "") -> pa.Table:
        return pa.table(
            {column: self.array(column, values, table=name) for column, values in columns.items()}
        )

    def array(self, column: str, values: list[Any], *, table: str = "") -> pa.Array:
        dtype = self.dtype.get(column) if isinstance(self.dtype, Mapping) else self.dtype
        if dtype is not None and is_text_type(dtype):
            return text_array(values)
        kinds = kinds_of(values)
        if float in kinds:
            values = self.without_nan(column, values, table)
            kinds = kinds_of(values)
        converts_dates = self.converts_dates and dtype is None
        if kinds == {str}:
            return self.texts(column, values, table, converts_dates=converts_dates)
        if kinds and kinds <= NUMBERS:
            return self.numbers(column, values, kinds, table, converts_dates=converts_dates)
        if kinds <= {bool}:
            return pa.array(values, pa.bool_() if kinds else pa.string())
        if not kinds <= {dict, list}:
            self.report_mixed(column, values, kinds, table)
        return text_array(values)

    def texts(
        self, column: str, values: list[str | None], table: str, *, converts_dates: bool
    ) -> pa.Array:
        try:
            texts = pa.array(values, pa.string())
        except UnicodeEncodeError:
            values = self.without_surrogates(column, values, table)
            texts = pa.array(values, pa.string())
        if not converts_dates or not any(map(begins_like_a_date, values[:1000])):
            return texts
        return typed_texts(
            values, name=column, table=table, repairs=self.repairs, rules=RULES,
            line_numbers=self.lines or None,
        )  # fmt: skip

    def without_surrogates(
        self, column: str, values: list[str | None], table: str
    ) -> list[str | None]:
        cleaned = [None if value is None else clean(value) for value in values]
        rows = [row for row, value in enumerate(values) if value != cleaned[row]]
        self.repairs.append(
            Repair(
                code="text-replaced",
                message=f"{len(rows)} values of '{column}' hold half a character (a lone surrogate); it is shown "
                "as \ufffd.",
                table=table,
                column=column,
                count=len(rows),
                lines=self.lines_of(rows),
                before=ascii(values[rows[0]]).strip("'"),
                after=cleaned[rows[0]] or "",
            )
        )
        return cleaned

    def without_nan(self, column: str, values: list[Any], table: str) -> list[Any]:
        rows = [
            row for row, value in enumerate(values) if type(value) is float and math.isnan(value)
        ]
        if not rows:
            return values
        self.repairs.append(
            Repair(
                code="nan-missing",
                message=f"{len(rows)} values of '{column}' are NaN; they are missing values.",
                table=table,
                column=column,
                count=len(rows),
                lines=self.lines_of(rows),
                before="NaN",
            )
        )
        missing = set(rows)
        return [None if row in missing else value for row, value in enumerate(values)]

    def numbers(
        self, column: str, values: list[Any], kinds: set[type], table: str, *, converts_dates: bool
    ) -> pa.Array:
        if Decimal in kinds and any(is_beyond_floats(value) for value in values):
            return self.beyond_floats(column, values, table)
        numbers = typed_values(
            values, name=column, table=table, repairs=self.repairs, rules=RULES,
            line_numbers=self.lines or None,
        )  # fmt: skip
        chunked = pa.chunked_array([numbers])
        epochs = epoch_times(column, chunked) if converts_dates else None
        if epochs is None:
            return numbers
        reading = ColumnReading(
            values=epochs[0], texts=chunked.cast(pa.string()), epoch_unit=epochs[1]
        )
        self.repairs += repairs_of(column, reading, table=table, line_numbers=self.lines or None)
        return epochs[0].combine_chunks()

    def beyond_floats(self, column: str, values: list[Any], table: str) -> pa.Array:
        rows = [row for row, value in enumerate(values) if is_beyond_floats(value)]
        self.repairs.append(
            Repair(
                code="numbers-as-text",
                message=f"{len(rows)} numbers of '{column}' are larger than a column of numbers holds; all are "
                "read as text.",
                table=table,
                column=column,
                count=len(rows),
                lines=self.lines_of(rows),
                before=json_text(values[rows[0]]),
                after=json_text(values[rows[0]]),
            )
        )
        return text_array(values)

    def report_mixed(self, column: str, values: list[Any], kinds: set[type], table: str) -> None:
        """Texts among other values are shown where they are fewer, else the other values."""
        texts = [row for row, value in enumerate(values) if type(value) is str]
        others = [
            row for row, value in enumerate(values) if value is not None and type(value) is not str
        ]
        shown = texts if texts and len(texts) < len(others) else others
        words = sorted({KIND_NAMES.get(kind, "lists or objects") for kind in kinds})
        numbers = ", ".join(str(row + 1) for row in shown[:MAX_RECORD_NUMBERS])
        more = " …" if len(shown) > MAX_RECORD_NUMBERS else ""
        self.repairs.append(
            Repair(
                code="mixed-types",
                message=f"'{column}' mixes {', '.join(words[:-1])} and {words[-1]} (records {numbers}{more}); all "
                "its values are read as text.",
                table=table,
                column=column,
                count=len(shown),
                lines=self.lines_of(shown),
                before=json_text(values[shown[0]]),
                after=json_text(values[shown[0]]),
                alternative=Alternative(
                    label=f"Read '{column}' as text", parser_options={"dtype": {column: "str"}}
                ),
            )
        )

    def lines_of(self, rows: Sequence[int]) -> tuple[int, ...]:
        return tuple(self.lines[row] for row in rows[:MAX_LINES] if row < len(self.lines))


def kinds_of(values: Sequence[Any]) -> set[type]:
    return set(map(type, values)) - {type(None)}


def begins_like_a_date(value: str | None) -> bool:
    return value is not None and value[:4].isdecimal() and value[4:5] == "-"


def is_beyond_floats(value: Any) -> bool:
    return type(value) is Decimal and math.isinf(float(value))


def text_array(values: list[Any]) -> pa.Array:
    return pa.array([None if value is None else json_text(value) for value in values], pa.string())


def is_text_type(dtype: Any) -> bool:
    return str(dtype) in {"str", "string", "object", "text"}
