"""The options of `pandas.read_csv` that say what the values of a text table become."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.values.missing import MISSING_WORDS, NULL_MARKERS, PANDAS_WORDS

VALUE_OPTIONS = (
    "na_values", "keep_default_na", "na_filter", "decimal", "thousands", "dtype", "true_values",
    "false_values", "parse_dates", "date_format", "dayfirst",
)  # fmt: skip
Dtype = Literal["text", "integer", "float", "boolean", "time"]
DTYPES: tuple[tuple[str, Dtype], ...] = (
    (r"(?:str|string|object|category|utf8)(?:\[\w+\])?", "text"),
    (r"u?int(?:eger)?(?:8|16|32|64)?", "integer"),
    (r"float(?:16|32|64)?|double|number|decimal", "float"),
    (r"bool(?:ean)?", "boolean"),
    (r"date|time|timestamp|datetime(?:64)?(?:\[\w+(?:, ?[\w/+:-]+)?\])?", "time"),
)


@dataclass(frozen=True, kw_only=True)
class ValueOptions:
    """What the sender said about values.

    `na_values` are missing in every column and `column_na_values` in one; `words` are missing among numbers and
    times, `markers` in any column.
    """

    na_values: tuple[str, ...] = ()
    column_na_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: tuple[str, ...] = MISSING_WORDS
    markers: tuple[str, ...] = NULL_MARKERS
    has_missing: bool = True
    keeps_blank: bool = False
    decimal: str = ""
    thousands: str | None = None
    dtype: Dtype | None = None
    column_dtypes: Mapping[str, Dtype] = field(default_factory=dict)
    booleans: tuple[str, ...] = ()
    false_texts: tuple[str, ...] = ()
    times: bool = True
    time_columns: frozenset[str] = frozenset()
    date_format: str | Mapping[str, str] | None = None
    dayfirst: bool | None = None

    def missing_in(self, column: str) -> tuple[str, ...]:
        return (*self.na_values, *self.column_na_values.get(column, ()))

    def dtype_of(self, column: str) -> Dtype | None:
        return self.column_dtypes.get(column, self.dtype)

    def date_format_of(self, column: str) -> str | None:
        if isinstance(self.date_format, Mapping):
            return self.date_format.get(column)
        is_asked = not self.time_columns or column in self.time_columns
        return self.date_format if is_asked else None


def value_options(options: Mapping[str, Any], column_names: Sequence[str]) -> ValueOptions:
    """The options that concern values, of all `parser_options`.

    Raises:
        UnreadableFileError: an option has a value that it cannot have, or names a column that is not there.
    """
    na_values, column_na_values = missing_texts(options.get("na_values"), column_names)
    has_missing = flag(options, "na_filter", default=True)
    uses_defaults = has_missing and flag(options, "keep_default_na", default=True)
    is_pandas = options.get("keep_default_na") is True
    dtype, column_dtypes = dtypes(options.get("dtype"), column_names)
    times, time_columns = parse_dates(options.get("parse_dates"), column_names)
    dayfirst = options.get("dayfirst")
    return ValueOptions(
        na_values=(*na_values, *PANDAS_WORDS) if has_missing and is_pandas else na_values,
        column_na_values=column_na_values,
        words=MISSING_WORDS if uses_defaults else (),
        markers=NULL_MARKERS if uses_defaults else (),
        has_missing=has_missing,
        keeps_blank=not uses_defaults,
        decimal=sign(options, "decimal") or "",
        thousands=sign(options, "thousands"),
        dtype=dtype,
        column_dtypes=column_dtypes,
        booleans=texts_of(options.get("true_values"), "true_values"),
        false_texts=texts_of(options.get("false_values"), "false_values"),
        times=times,
        time_columns=time_columns,
        date_format=date_format(options.get("date_format"), column_names),
        dayfirst=None if dayfirst is None else flag(options, "dayfirst", default=False),
    )


def flag(options: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = options.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise UnreadableFileError(f"{name} must be true or false; got {value!r}.")
    return value


def sign(options: Mapping[str, Any], name: str) -> str | None:
    value = options.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) != 1 or value.isalnum() or value == "-":
        raise UnreadableFileError(
            f"{name} must be one character, such as ',' or '.'; got {value!r}."
        )
    return value


def texts_of(value: object, name: str) -> tuple[str, ...]:
    """One text, number or a list of them, as texts."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return tuple(dict.fromkeys((str(value), f"{value:g}")))
    if isinstance(value, Sequence) and len(value) <= 1000:
        return tuple(text for item in value for text in texts_of(item, name))
    raise UnreadableFileError(f"{name} must be a text or a list of texts; got {value!r}.")


def missing_texts(
    value: object, column_names: Sequence[str]
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    if isinstance(value, Mapping):
        return (), {
            column: texts_of(texts, "na_values")
            for column, texts in by_column(value, "na_values", column_names).items()
        }
    return texts_of(value, "na_values"), {}


def dtypes(value: object, column_names: Sequence[str]) -> tuple[Dtype | None, dict[str, Dtype]]:
    if value is None:
        return None, {}
    if isinstance(value, Mapping):
        return None, {
            column: dtype_named(dtype)
            for column, dtype in by_column(value, "dtype", column_names).items()
        }
    return dtype_named(value), {}


def dtype_named(value: object) -> Dtype:
    for pattern, dtype in DTYPES:
        if isinstance(value, str) and re.fullmatch(pattern, value, re.IGNORECASE):
            return dtype
    raise UnreadableFileError(
        f"dtype {value!r} is not known; use str, int64, float64, bool or datetime64, for all columns or by column."
    )


def parse_dates(value: object, column_names: Sequence[str]) -> tuple[bool, frozenset[str]]:
    """Whether times are looked for, and the columns that must be times."""
    if value is None or isinstance(value, bool):
        return value is not False, frozenset()
    columns = [value] if isinstance(value, str) else value
    if not isinstance(columns, Sequence) or not all(
        isinstance(column, str | int) and not isinstance(column, bool) for column in columns
    ):
        raise UnreadableFileError(
            "parse_dates must be true, false or a list of columns; columns that are joined to one are not supported."
        )
    return True, frozenset(column_named(column, "parse_dates", column_names) for column in columns)


def date_format(value: object, column_names: Sequence[str]) -> str | dict[str, str] | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Mapping) and all(isinstance(text, str) for text in value.values()):
        return by_column(value, "date_format", column_names)
    raise UnreadableFileError(f"date_format must be a text such as '%d.%m.%Y'; got {value!r}.")


def by_column(value: Mapping[Any, Any], name: str, column_names: Sequence[str]) -> dict[str, Any]:
    return {column_named(column, name, column_names): item for column, item in value.items()}


def column_named(column: object, option: str, column_names: Sequence[str]) -> str:
    """The name of a column that an option gives by name or by position from 0."""
    if column in column_names:
        return str(column)
    position = str(column)
    if position.isdigit() and int(position) < len(column_names):
        return column_names[int(position)]
    shown = ", ".join(map(str, column_names[:12]))
    raise UnreadableFileError(
        f"{option} names the column {column!r}, which is not there; the file has {shown}."
    )
