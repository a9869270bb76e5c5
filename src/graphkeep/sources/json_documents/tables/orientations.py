"""One table written in one object or list: by columns, by rows with or without names, by index."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphkeep.graph.repairs import Repair
from graphkeep.sources.json_documents.scalars import clean_name, first_of, json_text
from graphkeep.sources.json_documents.tables.flatten import Columns, column_name, flatten

STRAY_KEYS = {"agent_name", "agent_version"}  # the JavaScript client adds them to the data
ROWS = ("data", "rows", "values", "Rows", "datarows")
HEADERS = ("columns", "fields", "meta", "headers", "header", "Columns", "schema", "cols")
HEADER_NAMES = ("name", "ColumnName", "columnName", "field", "id", "title", "label")
INDEX = "index"


def from_columns(data: Mapping[str, Any], repairs: list[Repair]) -> Columns:
    """Lists beside one another; shorter ones end in empty values, a value that is no list is in every row."""
    lists = {str(key): item for key, item in data.items() if isinstance(item, list)}
    height = max((len(item) for item in lists.values()), default=0)
    scalars = {
        str(key): item
        for key, item in data.items()
        if not isinstance(item, list) and not (key in STRAY_KEYS and isinstance(item, str))
    }
    columns: Columns = {}
    for name, values in lists.items():
        if len(values) < height:
            repairs.append(
                Repair(
                    code="short-column",
                    message=f"'{clean_name(name)}' has {len(values)} values where others have {height}; "
                    "the rest is empty.",
                    column=clean_name(name),
                    count=height - len(values),
                )
            )
        columns[column_name(name, columns)] = values + [None] * (height - len(values))
    for name, value in scalars.items():
        columns[column_name(name, columns)] = [value] * height
    return columns


def from_column_maps(data: Mapping[str, Mapping[str, Any]]) -> Columns:
    """Columns as objects of row and value, as pandas writes them."""
    rows: dict[str, int] = {}
    for column in data.values():
        for name in column:
            rows.setdefault(name, len(rows))
    columns: Columns = {}
    for name, column in data.items():
        columns[column_name(str(name), columns)] = [column.get(row) for row in rows]
    return columns


def from_index(data: Mapping[str, Any], repairs: list[Repair]) -> Columns:
    """Rows as objects by their name, which becomes the column `index`."""
    records = [row if isinstance(row, dict) else {"value": row} for row in data.values()]
    columns = flatten(records, repairs)
    return {column_name(INDEX, columns): list(data), **columns}


def is_index(data: Mapping[str, Any]) -> bool:
    """Whether an object of objects has a row in each rather than a column.

    The objects of columns have the same names, mostly counted from 0, and values of one type each.
    """
    inner = list(data.values())
    first = list(inner[0])
    if first == [str(number) for number in range(len(first))] and first:
        return False
    if all(has_one_type(each.values()) for each in inner[:1000]):
        return len(data) > 1000
    return True


def has_one_type(values: Any) -> bool:
    kinds = {type(value) for value in values if value is not None}
    return (len(kinds) <= 1 and not kinds & {dict, list}) or kinds == {int, float}


def from_rows(rows: Sequence[Any], names: Sequence[Any] | None, repairs: list[Repair]) -> Columns:
    """Rows as lists; without names the columns are `column1` and on."""
    lists = [row for row in rows if isinstance(row, list)]
    if len(lists) < len(rows):
        left_out = [number for number, row in enumerate(rows, start=1) if not isinstance(row, list)]
        repairs.append(
            Repair(
                code="record-dropped",
                message=f"{len(left_out)} entries are not rows, first number {left_out[0]}; they are left out.",
                count=len(left_out),
                before=json_text(rows[left_out[0] - 1])[:200],
            )
        )
    width = max((len(row) for row in lists), default=0)
    known = [header_name(name) for name in names or ()]
    width = max(width, len(known))
    columns: Columns = {}
    for i in range(width):
        name = known[i] if i < len(known) else f"column{i + 1}"
        columns[column_name(name, columns)] = [row[i] if i < len(row) else None for row in lists]
    return columns


def header_name(value: Any) -> str:
    if isinstance(value, dict):
        value = first_of(value, HEADER_NAMES)
    return json_text(value) if value is not None else ""


def header_of(data: Mapping[str, Any]) -> tuple[list[Any], list[Any]] | None:
    """The names and rows of an object that has a list of each, such as pandas' `split`."""
    for rows_name in ROWS:
        rows = data.get(rows_name)
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            continue
        for header_name_ in HEADERS:
            names = data.get(header_name_)
            if isinstance(names, dict):
                names = names.get("fields") or names.get("columns")
            if isinstance(names, list) and names and is_header(names, rows):
                return names, rows
    return None


def is_header(names: list[Any], rows: list[Any]) -> bool:
    if not all(isinstance(name, str) or isinstance(first_name(name), str) for name in names):
        return False
    return not rows or len(rows[0]) == len(names)


def first_name(value: Any) -> Any:
    return first_of(value, HEADER_NAMES) if isinstance(value, dict) else None


def has_header_row(rows: Sequence[Any]) -> bool:
    """Whether the first of these lists holds names: different texts, above a column that holds none."""
    if len(rows) < 2 or not isinstance(rows[0], list) or not rows[0]:
        return False
    names = rows[0]
    if not all(isinstance(name, str) and name.strip() for name in names):
        return False
    if len(set(names)) < len(names):
        return False
    for i in range(len(names)):
        below = [row[i] for row in rows[1:1000] if isinstance(row, list) and i < len(row)]
        values = [value for value in below if value is not None]
        if values and all(isinstance(value, int | float) for value in values):
            return True
    return False
