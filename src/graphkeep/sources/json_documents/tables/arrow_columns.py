"""Columns of JSON values as Arrow arrays: exact numbers, times of ISO 8601, text for all that mixes."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from graphkeep.graph.repairs import Alternative, Repair
from graphkeep.sources.json_documents.scalars import clean, json_text
from graphkeep.sources.json_documents.syntax.numbers import LongNumber
from graphkeep.sources.json_documents.tables.times import epoch_times, iso_times

MAX_EXACT_FLOAT = 2**53
INT64 = range(-(2**63), 2**63)
MAX_LINES = 10
MAX_RECORD_NUMBERS = 5
NAMES = {
    str: "text",
    bool: "true or false",
    int: "numbers",
    float: "numbers",
    LongNumber: "numbers",
}


class ArrowColumns:
    """Makes the tables of one file. `lines` are the lines of its records, where each has one of its own."""

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
        kinds = set(map(type, values))
        kinds.discard(type(None))
        if float in kinds:
            values = self.without_nan(column, values, table)
            kinds = set(map(type, values)) - {type(None)}
        if kinds == {str}:
            return self.text_or_time(column, values, table)
        if kinds <= {int, float, LongNumber} and kinds:
            return self.numbers(column, values, kinds, table)
        if len(kinds - {dict, list}) > 1 or (kinds & {dict, list} and kinds - {dict, list}):
            self.report_mixed(column, values, kinds, table)
            return text_array(values)
        if kinds & {dict, list}:
            return text_array(values)
        return pa.array(values, pa.bool_() if kinds == {bool} else pa.string())

    def text_or_time(self, column: str, values: list[str | None], table: str) -> pa.Array:
        if self.converts_dates:
            times = iso_times(values)
            if times is not None:
                return times
        try:
            return pa.array(values, pa.string())
        except UnicodeEncodeError:
            return self.without_surrogates(column, values, table)

    def without_surrogates(self, column: str, values: list[str | None], table: str) -> pa.Array:
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
        return pa.array(cleaned, pa.string())

    def without_nan(self, column: str, values: list[Any], table: str) -> list[Any]:
        rows = [row for row, value in enumerate(values) if type(value) is float and value != value]  # noqa: PLR0124
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

    def numbers(self, column: str, values: list[Any], kinds: set[type], table: str) -> pa.Array:
        if kinds == {int}:
            if all(value is None or value in INT64 for value in values):
                if self.converts_dates:
                    times = epoch_times(column, values)
                    if times is not None:
                        return self.epoch(column, values, times, table)
                return pa.array(values, pa.int64())
            return self.long_integers(column, values, table)
        if any(type(value) is int and abs(value) > MAX_EXACT_FLOAT for value in values):
            return self.long_integers(column, values, table)
        rows = [row for row, value in enumerate(values) if type(value) is LongNumber]
        if any(math.isinf(values[row]) for row in rows):
            return self.long_integers(column, values, table)
        if rows:
            self.report_digits(column, values, rows, table)
        if self.converts_dates:
            times = epoch_times(column, values)
            if times is not None:
                return self.epoch(column, values, times, table)
        return pa.array([None if value is None else float(value) for value in values], pa.float64())

    def long_integers(self, column: str, values: list[Any], table: str) -> pa.Array:
        rows = [
            row
            for row, value in enumerate(values)
            if type(value) is LongNumber or (type(value) is int and value not in INT64)
        ]
        self.repairs.append(
            Repair(
                code="number-kept-as-text",
                message=f"'{column}' holds numbers with more digits than a column of numbers keeps; it is text, "
                "with every digit.",
                table=table,
                column=column,
                count=len(rows) or len(values),
                lines=self.lines_of(rows),
            )
        )
        return text_array(values)

    def report_digits(self, column: str, values: list[Any], rows: list[int], table: str) -> None:
        self.repairs.append(
            Repair(
                code="digits-lost",
                message=f"{len(rows)} numbers of '{column}' have more digits than a number keeps; they are "
                "rounded.",
                table=table,
                column=column,
                count=len(rows),
                lines=self.lines_of(rows),
                before=values[rows[0]].text,
                after=repr(float(values[rows[0]])),
                alternative=Alternative(
                    label=f"Keep '{column}' as text", parser_options={"dtype": {column: "str"}}
                ),
            )
        )

    def epoch(self, column: str, values: list[Any], times: pa.Array, table: str) -> pa.Array:
        example = next(row for row, value in enumerate(values) if value is not None)
        self.repairs.append(
            Repair(
                code="epoch-time",
                message=f"The numbers of '{column}' are seconds since 1970 or parts of them; they are times.",
                table=table,
                column=column,
                count=len(values) - values.count(None),
                before=json_text(values[example]),
                after=str(times[example]),
                alternative=Alternative(
                    label=f"Keep '{column}' as numbers", parser_options={"convert_dates": False}
                ),
            )
        )
        return times

    def report_mixed(self, column: str, values: list[Any], kinds: set[type], table: str) -> None:
        rows = [
            row for row, value in enumerate(values) if value is not None and type(value) is not str
        ]
        if str in kinds and len(rows) * 2 > len(values):
            shown = [row for row, value in enumerate(values) if type(value) is str]
        else:
            shown = rows
        words = sorted({NAMES.get(kind, "lists or objects") for kind in kinds})
        numbers = ", ".join(str(row + 1) for row in shown[:MAX_RECORD_NUMBERS])
        more = " …" if len(shown) > MAX_RECORD_NUMBERS else ""
        self.repairs.append(
            Repair(
                code="mixed-types",
                message=f"'{column}' mixes {', '.join(words[:-1])} and {words[-1]} (records {numbers}{more}); all "
                "its values are read as text.",
                table=table,
                column=column,
                count=len(rows),
                lines=self.lines_of(shown),
                before=json_text(values[shown[0]]),
                after=json_text(values[shown[0]]),
            )
        )

    def lines_of(self, rows: Sequence[int]) -> tuple[int, ...]:
        return tuple(self.lines[row] for row in rows[:MAX_LINES] if row < len(self.lines))


def text_array(values: list[Any]) -> pa.Array:
    return pa.array([None if value is None else json_text(value) for value in values], pa.string())


def is_text_type(dtype: Any) -> bool:
    return str(dtype) in {"str", "string", "object", "text"}
