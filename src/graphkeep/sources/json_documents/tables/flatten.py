"""Nested records as flat columns with dotted names, within limits."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphkeep.graph.free_names import free_name
from graphkeep.graph.repairs import Repair
from graphkeep.sources.json_documents.scalars import clean_name, unwrapped

MAX_DEPTH = 8
MAX_CHILDREN = 200  # more names than that in one object are ids, not columns
MAX_COLUMNS = 2000
REST = "other fields"

Columns = dict[str, list[Any]]


class Field:
    """A name in the records: its own values, and the fields of the objects that it holds."""

    __slots__ = ("depth", "fields", "is_crowded", "is_whole", "name", "values")

    def __init__(self, name: str, depth: int) -> None:
        self.name = name
        self.depth = depth
        self.fields: dict[str, Field] = {}
        self.values: list[Any] | None = None
        self.is_whole = False
        self.is_crowded = False


class Flattener:
    """Columns of records, row by row.

    A field is found to be whole (too many names, more than one record) only while its records are read; they
    are then read again.
    """

    def __init__(self) -> None:
        self.root = Field("", 0)
        self.rest: dict[int, dict[str, Any]] = {}
        self.rest_names: set[str] = set()
        self.column_count = 0
        self.whole_count = 0
        self.deep_count = 0

    def flatten(self, records: Sequence[dict[str, Any]]) -> None:
        while True:
            before = self.whole_count
            for row, record in enumerate(records):
                self.add(record, self.root, row)
            if self.whole_count == before:
                return
            self.forget_values()

    def forget_values(self) -> None:
        self.rest, self.rest_names = {}, set()
        self.column_count = self.deep_count = 0
        pending = [self.root]
        while pending:
            field = pending.pop()
            field.values = None
            if field.is_whole:
                field.fields = {}
            pending.extend(field.fields.values())

    def add(self, record: dict[str, Any], parent: Field, row: int) -> None:
        fields = parent.fields
        for name, value in record.items():
            field = fields.get(name)
            if field is None:
                if parent is not self.root and len(fields) >= MAX_CHILDREN:
                    self.mark_whole(parent, is_crowded=True)
                if self.column_count >= MAX_COLUMNS:
                    self.add_to_rest(parent, name, value, row)
                    continue
                field = fields[name] = Field(
                    f"{parent.name}.{name}" if parent.name else name, parent.depth + 1
                )
            kind = type(value)
            if kind is dict or kind is list:
                self.add_nested(value, field, row)
            else:
                self.put(value, field, row)

    def add_nested(self, value: Any, field: Field, row: int) -> None:
        if type(value) is dict:
            value = unwrapped(value)
        elif len(value) == 1 and not field.is_whole and type(value[0]) is dict:
            value = value[0]
        elif len(value) > 1 and type(value[0]) is dict:
            self.mark_whole(field)
        if type(value) is not dict or field.is_whole or not value:
            self.put(value, field, row)
        elif field.depth >= MAX_DEPTH:
            self.deep_count += 1
            self.put(value, field, row)
        else:
            self.add(value, field, row)

    def mark_whole(self, field: Field, *, is_crowded: bool = False) -> None:
        if not field.is_whole:
            field.is_whole, field.is_crowded = True, is_crowded
            self.whole_count += 1

    def put(self, value: Any, field: Field, row: int) -> None:
        values = field.values
        if values is None:
            values = field.values = []
            self.column_count += 1
        if len(values) < row:
            values.extend([None] * (row - len(values)))
        values.append(value)

    def add_to_rest(self, parent: Field, name: str, value: Any, row: int) -> None:
        full_name = f"{parent.name}.{name}" if parent.name else name
        self.rest_names.add(full_name)
        self.rest.setdefault(row, {})[full_name] = value

    def fields(self) -> Iterator[Field]:
        pending = [self.root]
        while pending:
            field = pending.pop()
            if field is not self.root:
                yield field
            pending.extend(reversed(field.fields.values()))


def flatten(
    records: Sequence[dict[str, Any]], repairs: list[Repair], *, table: str = ""
) -> Columns:
    """A column for each name, with `a.b` for the name b in the object a; every column has a value a record.

    Objects become columns to a depth of 8. An object with more than 200 different names, which are ids rather
    than columns, and a list with more than one record stay one value. Names beyond 2000 columns go into the
    column `other fields`, as an object.
    """
    flattener = Flattener()
    flattener.flatten(records)
    columns: Columns = {}
    for field in flattener.fields():
        values = field.values
        if values is None:
            continue
        if field.fields:
            values = [None if each in ([], {}) else each for each in values]
            if all(each is None for each in values):
                continue
        values.extend([None] * (len(records) - len(values)))
        columns[column_name(field.name, columns)] = values
    if flattener.rest:
        columns[free_name(REST, columns)] = [flattener.rest.get(i) for i in range(len(records))]
    report(flattener, repairs, table)
    return columns


def column_name(name: str, columns: Columns) -> str:
    """A name for the next of these columns: the cleaned one, with a number where that is taken."""
    return free_name(clean_name(name) or "column", columns)


def report(flattener: Flattener, repairs: list[Repair], table: str) -> None:
    crowded = [field.name for field in flattener.fields() if field.is_crowded]
    repairs.extend(
        Repair(
            code="object-kept-whole",
            message=f"'{clean_name(name)}' holds more than {MAX_CHILDREN} different names; it stays one column "
            "of JSON.",
            table=table,
            column=clean_name(name),
            count=1,
        )
        for name in crowded[:10]
    )
    if flattener.deep_count:
        repairs.append(
            Repair(
                code="depth-limit",
                message=f"{flattener.deep_count} objects are more than {MAX_DEPTH} deep; they stay JSON text.",
                table=table,
                count=flattener.deep_count,
            )
        )
    if flattener.rest_names:
        count = len(flattener.rest_names)
        repairs.append(
            Repair(
                code="column-limit",
                message=f"{count} names are beyond {MAX_COLUMNS} columns; they are in the column '{REST}' as "
                "JSON.",
                table=table,
                column=REST,
                count=count,
            )
        )
