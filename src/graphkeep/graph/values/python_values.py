"""Lists of Python values, as JSON, spreadsheets and graph files hold them, as Arrow columns."""

import datetime as dt
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from graphkeep.graph.repairs import Repair
from graphkeep.graph.values.missing import MISSING_WORDS, NULL_MARKERS
from graphkeep.graph.values.numbers import comes_back
from graphkeep.graph.values.reading import Rules, read_column
from graphkeep.graph.values.value_repairs import LineNumbers, lines_of, repairs_of

MAX_EXACT_FLOAT = 2**53
# What a text among typed values may become: a time, since JSON and most cells have no type for it.
ANYTHING = Rules()
TIMES_ONLY = Rules(numbers=False, epochs=False, booleans=(), iso_only=True)


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where values come from, for the repairs."""

    name: str
    table: str
    line_numbers: LineNumbers


def typed_texts(
    values: Sequence[str | None],
    *,
    name: str = "",
    table: str = "",
    repairs: list[Repair] | None = None,
    rules: Rules = ANYTHING,
    line_numbers: LineNumbers = None,
) -> pa.Array:
    """Texts of one column as what all of them are: numbers, times, booleans, or the same texts.

    For formats that hold texts only, such as GML, GDF or Pajek; the rules are those of text tables.

    Args:
        values: the texts; None and "" are null.
        name: the column, whose name may say that numbers are times.
        table: the table or sheet, for the repairs.
        repairs: what was changed is appended here.
        rules: what texts may become; `TIMES_ONLY` for formats that have numbers of their own.
        line_numbers: for each value, its line or row in the file; None where it has none.
    """
    texts = pa.chunked_array([pa.array([clean(value) for value in values], pa.string())])
    reading = read_column(name, texts, rules)
    if repairs is not None:
        repairs.extend(repairs_of(name, reading, table=table, line_numbers=line_numbers))
    return joined(reading.values)


def typed_values(
    values: Sequence[Any],
    *,
    name: str = "",
    table: str = "",
    repairs: list[Repair] | None = None,
    rules: Rules = TIMES_ONLY,
    line_numbers: LineNumbers = None,
    whole_floats: bool = False,
) -> pa.Array:
    """Values of one column, each with its Python type, as one Arrow array without a digit lost.

    Whole numbers are int64, or uint64, or text beyond; with floats they are float64 where it holds all of them
    exactly, text otherwise. Texts that are ISO 8601 times are times, other texts stay; words for a missing value
    ("N/A") among numbers or times are null. Lists and objects are JSON text. Values of several kinds are texts,
    with a repair.

    Args:
        values: None, bool, int, float, Decimal, str, datetime, date, time, list and dict.
        name: the column.
        table: the table or sheet, for the repairs.
        repairs: what was changed is appended here.
        rules: what texts may become.
        line_numbers: for each value, its line or row in the file; None where it has none.
        whole_floats: whether floats become integers where all are whole; spreadsheets have no other numbers.
    """
    out: list[Repair] = repairs if repairs is not None else []
    context = Context(name=name, table=table, line_numbers=line_numbers)
    values = [None if isinstance(value, float) and math.isnan(value) else value for value in values]
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.nulls(len(values), pa.string())
    if kinds == {str}:
        return typed_texts(
            values, name=name, table=table, repairs=out, rules=rules, line_numbers=line_numbers
        )
    if str in kinds and not kinds & {dict, list, tuple}:
        values = without_words(values, out, context)
        kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds == {float} and not whole_floats:
        return pa.array(values, pa.float64())
    if kinds <= {int, float, Decimal}:
        return typed_numbers(values, out, context)
    if kinds <= {dt.datetime, dt.date}:
        return typed_times(values)
    if kinds == {dt.timedelta}:
        return pa.array([value and value.total_seconds() for value in values], pa.float64())
    if len(kinds) > 1 and not kinds & {dict, list, tuple}:
        out.append(mixed_types(values, context))
    return pa.array([as_text(value) for value in values], pa.string())


def without_words(
    values: Sequence[Any],
    repairs: list[Repair],
    context: Context,
) -> Sequence[Any]:
    """The values with null for words of a missing value, if no other text stands among them."""
    missing = frozenset((*MISSING_WORDS, *NULL_MARKERS, ""))
    rows = [row for row, value in enumerate(values) if isinstance(value, str)]
    if not all(values[row].strip() in missing for row in rows):
        return values
    words = list(dict.fromkeys(values[row].strip() for row in rows))
    repairs.append(
        Repair(
            code="missing-words",
            message=f"{len(rows)} cells of '{context.name}' hold {', '.join(map(repr, words[:5]))}; read as missing, because "
            "the other values of the column are no texts.",
            table=context.table,
            column=context.name,
            count=len(rows),
            lines=lines_of(rows, context.line_numbers),
            before=words[0],
        )
    )
    return [None if isinstance(value, str) else value for value in values]


def typed_numbers(
    values: Sequence[Any],
    repairs: list[Repair],
    context: Context,
) -> pa.Array:
    numbers = [value for value in values if value is not None]
    if all(isinstance(value, int) or is_exact_whole(value) for value in numbers):
        whole = [None if value is None else int(value) for value in values]
        for dtype in (pa.int64(), pa.uint64()):
            try:
                return pa.array(whole, dtype)
            except (pa.ArrowInvalid, OverflowError):
                continue
    elif all(map(is_exact_float, numbers)):
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    filled = [(row, value) for row, value in enumerate(values) if value is not None]
    rows = [row for row, value in filled if not is_exact_float(value)]
    rows = rows or [row for row, value in filled if abs(value) >= 2**63]
    first = rows[0]
    repairs.append(
        Repair(
            code="numbers-as-text",
            message=f"{len(rows)} numbers of '{context.name}' have more digits than a number can hold with the others; all are "
            "read as text, with every digit.",
            table=context.table,
            column=context.name,
            count=len(rows),
            lines=lines_of(rows, context.line_numbers),
            before=str(values[first]),
            after=as_text(values[first]) or "",
        )
    )
    return pa.array([as_text(value) for value in values], pa.string())


def is_exact_whole(value: object) -> bool:
    """Whether a number is whole; of floats, those that fit int64, which loses nothing of them."""
    if isinstance(value, Decimal):
        return value.is_finite() and value == value.to_integral_value()
    return isinstance(value, float) and value.is_integer() and abs(value) < 2**63


def is_exact_float(value: object) -> bool:
    if isinstance(value, int):
        return abs(value) <= MAX_EXACT_FLOAT or (
            abs(value) < 2**1000 and int(float(value)) == value
        )
    if isinstance(value, Decimal):
        return value.is_finite() and comes_back(str(value))
    return True


def typed_times(values: Sequence[Any]) -> pa.Array:
    """date32, or timestamp in microseconds; in UTC if all have a zone."""
    times = [value for value in values if value is not None]
    if not any(isinstance(value, dt.datetime) for value in times):
        return pa.array(values, pa.date32())
    has_zone = [isinstance(value, dt.datetime) and value.tzinfo is not None for value in times]
    convert: Callable[[Any], Any] = as_utc if all(has_zone) else as_naive
    zone = "UTC" if all(has_zone) else None
    return pa.array(
        [None if value is None else convert(value) for value in values], pa.timestamp("us", zone)
    )


def as_utc(value: dt.datetime) -> dt.datetime:
    return value.astimezone(dt.UTC)


def as_naive(value: dt.datetime | dt.date) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)


def mixed_types(values: Sequence[Any], context: Context) -> Repair:
    kinds = [type(value).__name__ for value in values if value is not None]
    counts = {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
    rarest = min(counts, key=lambda kind: counts[kind])
    rows = [row for row, value in enumerate(values) if type(value).__name__ == rarest]
    where = f" in '{context.table}'" if context.table else ""
    return Repair(
        code="mixed-types",
        message=f"'{context.name}'{where} mixes {', '.join(sorted(counts))}; all its values are read as text.",
        table=context.table,
        column=context.name,
        count=len(kinds),
        lines=lines_of(rows, context.line_numbers),
        before=repr(values[rows[0]]),
        after=as_text(values[rows[0]]) or "",
    )


def as_text(value: Any) -> str | None:
    """A value as the same value of another type would be written: 1.0 as "1", True as "true"."""
    if value is None or isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return str(int(value))
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return clean(json.dumps(value, ensure_ascii=False, default=str))


def clean(value: str | None) -> str | None:
    """Lone surrogates of a JSON escape have no UTF-8."""
    return None if value is None else value.encode("utf-8", "replace").decode()


def joined(values: pa.ChunkedArray) -> pa.Array:
    array = values.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        return array.chunk(0) if array.num_chunks else pa.array([], values.type)
    return array
