"""Columns that a table keeps as the texts that were written, although these are dates or amounts of money.

`28/01/2018` and `$74.69` do not come back the same from a date and a number, so the table of a file keeps the
texts, with the rules that read them in the metadata of their fields. Whoever works with values, as readings and
graphs do, reads them with `with_values`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from graphkeep.graph.values.reading import ColumnReading, Rules, read_column
from graphkeep.graph.values.texts import as_texts
from graphkeep.graph.values.time_forms import ISO

KEY = b"graphkeep.values"


def is_rewritten(reading: ColumnReading) -> bool:
    """Whether the texts of a column would be lost in its values: dates that are not ISO 8601, money, percent."""
    if reading.times is not None:
        return bool(reading.times.form != ISO)
    return reading.form is not None and bool(reading.form.unit)


def keep_texts(table: pa.Table, texts: Mapping[str, pa.ChunkedArray], rules: Rules) -> pa.Table:
    """The table with these columns as their texts; `rules` are those that read them."""
    stored = json.dumps(asdict(rules)).encode()
    for name, column in texts.items():
        field = pa.field(name, column.type, metadata={KEY: stored})
        table = table.set_column(table.schema.get_field_index(name), field, column)
    return table


def with_values(table: pa.Table) -> pa.Table:
    """The table with the values of the columns that keep their texts; the table itself where there are none."""
    for position, field in enumerate(table.schema):
        rules = stored_rules(field)
        if rules is not None:
            values = read_column(field.name, as_texts(table.column(position)), rules).values
            table = table.set_column(position, pa.field(field.name, values.type), values)
    return table


def field_metadata(field: pa.Field) -> dict[bytes, bytes]:
    """Of the metadata of a field, the rules that read its texts."""
    return {KEY: field.metadata[KEY]} if stored_rules(field) is not None else {}


def stored_rules(field: pa.Field) -> Rules | None:
    """The rules in the metadata of a column of texts; None without them, or if they are not those of `keep_texts`."""
    stored = (field.metadata or {}).get(KEY)
    if stored is None or not (
        pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    ):
        return None
    try:
        rules = json.loads(stored)
    except (ValueError, RecursionError):
        return None
    defaults = asdict(Rules())
    if not isinstance(rules, dict) or rules.keys() != defaults.keys():
        return None
    fields: dict[str, Any] = {name: as_tuple(value) for name, value in rules.items()}
    fields["booleans"] = defaults["booleans"]
    for name, value in fields.items():
        kind = (bool, type(None)) if name == "dayfirst" else type(defaults[name])
        if not isinstance(value, kind):
            return None
    if not all(isinstance(word, str) for word in (*fields["words"], *fields["markers"])):
        return None
    return Rules(**fields)


def as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
