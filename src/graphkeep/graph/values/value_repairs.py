"""Repairs that tell what became of the texts of a column, and the other way to read them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.repair_count import RepairCount
from graphkeep.graph.repairs import MAX_LINES, Alternative, Repair
from graphkeep.graph.values.missing import NULL_MARKERS
from graphkeep.graph.values.reading import ColumnReading
from graphkeep.graph.values.time_forms import ISO

UNIT_NAMES = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
LineNumbers = npt.NDArray[np.integer] | Sequence[int] | None


def repairs_of(
    name: str, reading: ColumnReading, *, table: str = "", line_numbers: LineNumbers = None
) -> list[Repair]:
    """One repair for each kind of change in a column.

    Args:
        name: the column.
        reading: what it became.
        table: the table or sheet.
        line_numbers: for each row, its line in the file as sent; None where rows have no lines.
    """
    value_repairs = ValueRepairs(name=name, reading=reading, table=table, line_numbers=line_numbers)
    return [
        repair
        for repair in (
            value_repairs.missing_words(),
            value_repairs.words_among_texts(),
            value_repairs.trimmed_blanks(),
            value_repairs.formatted_numbers(),
            value_repairs.recognized_times(),
            value_repairs.recognized_epochs(),
        )
        if repair is not None
    ]


class ValueRepairs:
    def __init__(
        self, *, name: str, reading: ColumnReading, table: str, line_numbers: LineNumbers
    ) -> None:
        self.name = name
        self.reading = reading
        self.table = table
        self.line_numbers = line_numbers
        self.as_text = Alternative(
            label=f"Read '{name}' as text", parser_options={"dtype": {name: "str"}}
        )

    def repair(
        self,
        code: str,
        message: str,
        rows: npt.NDArray[np.int64],
        *,
        alternative: Alternative | None,
        has_example: bool = True,
    ) -> Repair:
        before = after = ""
        if has_example and len(rows):
            row = int(rows[0])
            before = str(self.reading.texts[row].as_py())
            value = self.reading.values[row]
            after = "" if not value.is_valid else example_of(value)
        counted = RepairCount()
        counted.add_all(len(rows), lines_of(rows, self.line_numbers), before, after)
        return counted.repair(
            code, message, table=self.table, column=self.name, alternative=alternative
        )

    def missing_words(self) -> Repair | None:
        words = self.reading.words
        if not words:
            return None
        rows = self.reading.rows_of(words)
        markers_only = all(word in NULL_MARKERS for word in words)
        if self.reading.is_text and not markers_only:
            reason = ", because no other value stands in the column"
        elif self.reading.is_text:
            reason = ""
        else:
            reason = f", because the other values of the column are {kind_of(self.reading)}"
        return self.repair(
            "missing-words",
            f"{cells(len(rows))} of '{self.name}' {holds(len(rows))} {quoted(words)}; read as missing{reason}.",
            rows,
            alternative=Alternative(
                label=f"Read {quoted(words)} as text",
                parser_options={"keep_default_na": False}
                if self.reading.is_text
                else {"dtype": {self.name: "str"}},
            ),
        )

    def words_among_texts(self) -> Repair | None:
        words = self.reading.text_words
        if not words:
            return None
        rows = self.reading.rows_of(words)
        return self.repair(
            "words-among-texts",
            f"{cells(len(rows))} of '{self.name}' {holds(len(rows))} {quoted(words)}; read as text, because the other "
            "values of the column are texts.",
            rows,
            alternative=Alternative(
                label=f"Read {quoted(words)} as missing",
                parser_options={"na_values": {self.name: list(words)}},
            ),
        )

    def trimmed_blanks(self) -> Repair | None:
        if not self.reading.is_trimmed:
            return None
        texts = self.reading.texts
        differs = pc.not_equal(pc.utf8_trim_whitespace(texts), texts)
        rows = np.flatnonzero(np.asarray(pc.fill_null(differs, fill_value=False)))
        return self.repair(
            "blanks-trimmed",
            f"{cells(len(rows))} of '{self.name}' had blanks around the {kind_of(self.reading)}.",
            rows,
            alternative=self.as_text,
        )

    def formatted_numbers(self) -> Repair | None:
        form = self.reading.form
        if form is None:
            return None
        alternative = self.as_text
        if form.is_ambiguous:
            alternative = Alternative(
                label="Read the comma as the decimal sign", parser_options={"decimal": ","}
            )
        return self.repair(
            "numbers-recognized",
            f"'{self.name}' is read as numbers: {form.describe()}.",
            self.valid_rows(),
            alternative=alternative,
        )

    def recognized_times(self) -> Repair | None:
        times = self.reading.times
        if times is None or (times.form == ISO and not self.has_offsets()):
            return None
        alternative = self.as_text
        doubt = ""
        if times.is_ambiguous:
            other = "month" if times.order == "day" else "day"
            doubt = "; no value shows whether the day or the month comes first"
            alternative = Alternative(
                label=f"Read the {other} first", parser_options={"dayfirst": times.order != "day"}
            )
        return self.repair(
            "day-order-unclear" if times.is_ambiguous else "times-recognized",
            f"'{self.name}' is read as {times.describe()}{doubt}.",
            self.valid_rows(),
            alternative=alternative,
        )

    def has_offsets(self) -> bool:
        """Whether a time is written in a zone other than UTC."""
        texts = self.reading.texts
        if pa.types.is_date(self.reading.values.type) or self.reading.values.type.tz is None:
            return False
        in_utc = pc.match_substring_regex(texts, r"(?:[Zz]|UTC|GMT|[-+]00:?(?:00)?)\]?$")
        return not pc.all(in_utc).as_py()

    def recognized_epochs(self) -> Repair | None:
        unit = self.reading.epoch_unit
        if not unit:
            return None
        form = (
            "dates, YYYYMMDD" if unit == "days" else f"times, {UNIT_NAMES[unit]} since 1970, in UTC"
        )
        return self.repair(
            "times-recognized",
            f"'{self.name}' is read as {form}.",
            self.valid_rows(),
            alternative=Alternative(
                label=f"Read '{self.name}' as numbers",
                parser_options={"dtype": {self.name: self.number_dtype()}},
            ),
        )

    def number_dtype(self) -> str:
        has_point = pc.any(pc.match_substring(self.reading.texts, ".")).as_py()
        return "float64" if has_point else "int64"

    def valid_rows(self) -> npt.NDArray[np.int64]:
        return np.flatnonzero(np.asarray(pc.is_valid(self.reading.values)))


def lines_of(
    rows: npt.NDArray[np.int64] | Sequence[int], line_numbers: LineNumbers
) -> tuple[int, ...]:
    """The lines of the first ten rows."""
    if line_numbers is None:
        return ()
    return tuple(int(line_numbers[int(row)]) for row in rows[:MAX_LINES])


def example_of(value: pa.Scalar) -> str:
    if pa.types.is_timestamp(value.type):  # without its zone, whose database is a file
        return str(value.cast(pa.timestamp(value.type.unit)).cast(pa.string()).as_py())
    return str(value.as_py())


def kind_of(reading: ColumnReading) -> str:
    dtype = reading.values.type
    if pa.types.is_timestamp(dtype) or pa.types.is_date(dtype):
        return "times"
    return "true or false" if pa.types.is_boolean(dtype) else "numbers"


def cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def holds(count: int) -> str:
    return "holds" if count == 1 else "hold"


def quoted(words: Sequence[str]) -> str:
    shown = [f"'{word}'" for word in words[:5]]
    return ", ".join(shown) + (" and others" if len(words) > 5 else "")
