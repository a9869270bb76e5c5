"""Documents of JSON as tables: of a vocabulary, or by their structure."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.repairs import Alternative, Repair
from graphkeep.sources.file_format import NamedTable, ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.records.event_shapes import event_interpretations
from graphkeep.sources.json_documents.records.nested_ends import read_ends
from graphkeep.sources.json_documents.records.nested_references import read_nested_references
from graphkeep.sources.json_documents.records.references import read_references
from graphkeep.sources.json_documents.records.windows_events import (
    are_windows_events,
    windows_records,
)
from graphkeep.sources.json_documents.registry import find_vocabulary
from graphkeep.sources.json_documents.scalars import clean_name, is_records, json_text
from graphkeep.sources.json_documents.syntax.parse import Documents
from graphkeep.sources.json_documents.tables.find_records import (
    RecordList,
    at_path,
    beside,
    find_record_lists,
    unwrap_each,
)
from graphkeep.sources.json_documents.tables.flatten import MAX_COLUMNS, Columns
from graphkeep.sources.json_documents.tables.orientations import (
    from_column_maps,
    from_columns,
    from_index,
    from_rows,
    has_header_row,
    header_of,
    is_index,
)
from graphkeep.sources.json_documents.tables.typed_values import are_typed, without_types

TABLE = "table"


def read_documents(documents: Documents, context: ReadContext) -> ReadResult:
    """The tables of these documents and what they mean.

    Raises:
        UnreadableFileError: they hold nothing that could be a table.
    """
    options = context.options
    is_single = len(documents.values) == 1 and not options.lines
    data = documents.values[0] if is_single else documents.values
    lines = () if is_single else documents.lines
    if options.record_path:
        records = at_path(data, options.record_path)
        if not records:
            raise UnreadableFileError(f"There is nothing at '{'.'.join(options.record_path)}'.")
        return read_list(records, context, (), ".".join(options.record_path))
    if options.orient is not None:
        return read_oriented(data, context, lines)
    if options.vocabulary:
        found = find_vocabulary(documents.values)
        if found is not None:
            vocabulary, content = found
            return vocabulary.read(content, context)
    if isinstance(data, list):
        return read_list(data, context, lines, TABLE)
    if isinstance(data, dict):
        return read_object(data, context)
    raise UnreadableFileError("JSON data must be an object of columns or a list of records.")


def one_table(columns: Columns, context: ReadContext, name: str = TABLE) -> ReadResult:
    return ReadResult(
        tables=(NamedTable(name=name, table=context.table(columns, name=name)),),
        repairs=tuple(context.repairs),
    )


def read_oriented(data: Any, context: ReadContext, lines: Sequence[int]) -> ReadResult:
    """What `orient` of pandas says that the data is; a shape that it cannot be is read as it is."""
    orient = context.options.orient
    if orient == "values" and isinstance(data, list):
        return one_table(from_rows(data, None, context.repairs), context)
    if not isinstance(data, dict):
        if isinstance(data, list):
            return read_list(data, context, lines, TABLE)
        raise UnreadableFileError("JSON data must be an object of columns or a list of records.")
    if orient == "split" and isinstance(data.get("data") or [], list):
        names = data.get("columns")
        return one_table(
            from_rows(
                data.get("data") or [], names if isinstance(names, list) else None, context.repairs
            ),
            context,
        )
    if orient == "index":
        return read_list(list(data.values()), context, (), TABLE)
    if orient == "table" and isinstance(data.get("data"), list):
        return read_list(data["data"], context, (), TABLE)
    if orient == "columns" and data and all(isinstance(each, dict) for each in data.values()):
        return one_table(from_column_maps(data), context)
    if orient == "columns":
        return one_table(from_columns(data, context.repairs), context)
    return read_object(data, context)


def read_list(
    entries: list[Any], context: ReadContext, lines: Sequence[int], name: str
) -> ReadResult:
    if entries and all(isinstance(entry, list) for entry in entries):
        return read_rows(entries, context, name)
    if is_records(entries) or any(isinstance(entry, dict) for entry in entries):
        joined = joined_wrappers(entries)
        if joined is not None:
            return read_list(joined, context, (), name)
        return read_tables([RecordList(path=(name,), entries=entries)], context, lines)
    if not entries:
        return one_table({}, context, name)
    return one_table({"value": entries}, context, name)


def read_rows(rows: list[Any], context: ReadContext, name: str) -> ReadResult:
    if has_header_row(rows):
        context.repairs.append(
            Repair(
                code="header-found",
                message="The first list is read as the names of the columns.",
                count=1,
                before=json_text(rows[0])[:200],
                alternative=Alternative(
                    label="Read it as a row", parser_options={"orient": "values"}
                ),
            )
        )
        return one_table(from_rows(rows[1:], rows[0], context.repairs), context, name)
    return one_table(from_rows(rows, None, context.repairs), context, name)


def joined_wrappers(entries: list[Any]) -> list[Any] | None:
    """The records of all documents that are wrappers of a list by the same single name, such as `Records`."""
    first = entries[0]
    if not isinstance(first, dict) or len(first) != 1:
        return None
    (name,) = first
    if not all(
        isinstance(entry, dict) and len(entry) == 1 and is_records(entry.get(name))
        for entry in entries
    ):
        return None
    return [record for entry in entries for record in entry[name]]


def read_object(data: dict[str, Any], context: ReadContext) -> ReadResult:
    header = header_of(data)
    if header is not None:
        names, rows = header
        return one_table(from_rows(rows, names, context.repairs), context)
    if has_parallel_columns(data):
        return one_table(from_columns(data, context.repairs), context)
    lists = find_record_lists(data)
    is_map = len(data) > 1 and all(isinstance(each, dict) and each for each in data.values())
    if is_map and not any(len(each.path) == 1 or not each.keys for each in lists):
        if is_index(data):
            return one_table(from_index(data, context.repairs), context)
        return one_table(from_column_maps(data), context)
    if lists:
        rest = beside(data, lists)
        if rest:
            report_beside(rest, context.repairs)
        return read_tables(lists, context, ())
    return read_single(data, context)


def read_single(data: dict[str, Any], context: ReadContext) -> ReadResult:
    """An object without lists of records: columns, one record, or the names and values of a long one."""
    if len(data) == 1:
        ((name, inner),) = data.items()
        if isinstance(inner, dict) and inner:
            if all(isinstance(key, str) and key.isdecimal() for key in inner) and not any(
                isinstance(each, dict | list) for each in inner.values()
            ):
                return one_table(from_column_maps(data), context)
            return read_object(inner, context)
        if isinstance(inner, list) and inner and all(isinstance(each, list) for each in inner):
            return read_rows(inner, context, clean_name(name))
    if any(isinstance(each, list) for each in data.values()):
        return one_table(from_columns(data, context.repairs), context)
    if len(data) > MAX_COLUMNS:
        return one_table({"key": list(data), "value": list(data.values())}, context)
    return read_tables([RecordList(path=(TABLE,), entries=[data])], context, ())


def has_parallel_columns(data: Mapping[str, Any]) -> bool:
    """Whether these are columns side by side: lists of one length, two of which at least hold no objects."""
    lists = [value for value in data.values() if isinstance(value, list)]
    plain = [value for value in lists if value and not is_records(value)]
    return len(plain) >= 2 and len({len(value) for value in lists}) == 1


def report_beside(rest: Mapping[str, Any], repairs: list[Repair]) -> None:
    names = ", ".join(clean_name(name) for name in list(rest)[:10]) + (
        " …" if len(rest) > 10 else ""
    )
    repairs.append(
        Repair(
            code="wrapper-left-out",
            message=f"What stands beside the records is left out: {names}.",
            count=len(rest),
            before=json_text(dict(list(rest.items())[:10]))[:200],
        )
    )


def read_tables(
    lists: Sequence[RecordList], context: ReadContext, lines: Sequence[int]
) -> ReadResult:
    """A table of each list of records, with the interpretations that their structure shows."""
    tables: list[NamedTable] = []
    interpretations: list[TableInterpretation] = []
    extra: list[NamedTable] = []
    for each in lists:
        name = table_name(each, lists)
        records, record_lines = records_of(each, name, context, lines)
        columns = context.columns(records, name=name)
        if each.keys:
            columns = {"key": [clean_name(key) for key in each.keys], **columns}
        table = context.table(columns, name=name, lines=record_lines)
        number = len(tables)
        tables.append(NamedTable(name=name, table=table))
        interpretations += event_interpretations(table, number)
        next_number = len(lists) + len(extra)
        found = read_ends(records, table, context, edge_table=number, node_table=next_number)
        if found is None:
            found = read_references(
                records, table, context, edge_table=next_number, node_table=number
            )
        if found is not None:
            extra.append(NamedTable(name=f"{name} {found[1].label}", table=found[0]))
            interpretations.append(found[1])
            continue
        nested = read_nested_references(
            records, context, edge_table=next_number, node_table=next_number + 1
        )
        if nested is not None:
            edges, nodes, interpretation = nested
            extra.append(NamedTable(name=f"{name} {interpretation.label}", table=edges))
            extra.append(NamedTable(name=f"{name} ends", table=nodes))
            interpretations.append(interpretation)
    interpretations.sort(key=lambda interpretation: -interpretation.score)
    return ReadResult(
        tables=(*tables, *extra),
        repairs=tuple(context.repairs),
        interpretations=tuple(interpretations),
    )


def table_name(each: RecordList, lists: Sequence[RecordList]) -> str:
    names = [other.name for other in lists]
    name = each.name if names.count(each.name) == 1 else ".".join(each.path)
    return clean_name(name) or TABLE


def records_of(
    source: RecordList, name: str, context: ReadContext, lines: Sequence[int]
) -> tuple[list[dict[str, Any]], Sequence[int]]:
    """The records of a list and their lines; entries that are none are left out, with a repair."""
    records = [entry for entry in source.entries if isinstance(entry, dict)]
    if len(records) < len(source.entries):
        left_out = [i for i, entry in enumerate(source.entries) if not isinstance(entry, dict)]
        first = left_out[0]
        context.repairs.append(
            Repair(
                code="record-dropped",
                message=f"{len(left_out)} entries are not records, first number {first + 1}; they are left out.",
                table=name,
                count=len(left_out),
                lines=tuple(lines[i] for i in left_out[:10] if i < len(lines)),
                before=json_text(source.entries[first])[:200],
            )
        )
        lines = [
            line for line, entry in zip(lines, source.entries, strict=False) if isinstance(entry, dict)
        ]  # fmt: skip
    if are_windows_events(records):
        return windows_records(records), lines
    records = unwrap_each(records)
    if are_typed(records):
        records = [{key: without_types(value) for key, value in each.items()} for each in records]
    return records, lines
