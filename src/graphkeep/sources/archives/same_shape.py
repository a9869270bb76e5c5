"""Tables of one shape, such as a hundred daily logs, as one table."""

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.repairs import Alternative, Repair
from graphkeep.graph.values.written_values import field_metadata
from graphkeep.sources.file_format import ReadResult

MAX_NAMES_LISTED = 10


@dataclass(frozen=True, kw_only=True)
class ReadMember:
    """A member that was read: its name, that of its format, and what it holds."""

    name: str
    format_name: str
    result: ReadResult

    @property
    def shape(self) -> tuple[str, ...] | None:
        """What members must share to be one table; None for one with several tables, or without columns."""
        if len(self.result.tables) != 1:
            return None
        names = self.result.tables[0].table.column_names
        return (self.format_name, *sorted(names)) if names else None


def joined_members(members: Sequence[ReadMember], *, file_column: str) -> list[ReadMember]:
    """The members, of which those of one shape are one; `file_column` is a column for their names, or ""."""
    groups: dict[object, list[ReadMember]] = {}
    for number, member in enumerate(members):
        groups.setdefault(member.shape or number, []).append(member)
    joined: list[ReadMember] = []
    for group in groups.values():
        table = join_tables(group, file_column) if len(group) > 1 or file_column else None
        joined += group if table is None else [join(group, table, file_column)]
    return joined


def join_tables(group: Sequence[ReadMember], file_column: str) -> pa.Table | None:
    """One table of all; None where their columns have types without a common one, or are no single tables."""
    if any(member.shape is None for member in group):
        return None
    tables = []
    for member in group:
        table = member.result.tables[0].table
        if file_column and file_column not in table.column_names:
            table = table.append_column(
                file_column, pa.array([member.name] * len(table), pa.string())
            )
        tables.append(table)
    names = tables[0].column_names
    if any(set(table.column_names) != set(names) for table in tables):
        return None
    typed = with_common_types([table.select(names) for table in tables])
    try:
        joined = pa.concat_tables(typed, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return None
    return with_field_metadata(joined, tables)


def with_field_metadata(joined: pa.Table, tables: Sequence[pa.Table]) -> pa.Table:
    """The joined table with the rules that read the texts of its columns, as the first table has them."""
    fields = [
        field.with_metadata(
            next(
                filter(None, (field_metadata(table.schema.field(field.name)) for table in tables)),
                {},
            )
        )
        for field in joined.schema
    ]
    return joined.cast(pa.schema(fields))


def with_common_types(tables: Sequence[pa.Table]) -> list[pa.Table]:
    """Whole numbers become text where the column is text elsewhere; columns without values take any type."""
    columns: list[dict[str, pa.ChunkedArray]] = [
        {name: table[name] for name in table.column_names} for table in tables
    ]
    for name in tables[0].column_names:
        values = [column[name] for column in columns]
        types = {each.type for each in values if each.null_count < len(each)}
        for column in columns:
            each = column[name]
            if each.null_count == len(each) and types:
                column[name] = pa.chunked_array([pa.nulls(len(each), next(iter(types)))])
            elif pa.string() in types and pa.types.is_integer(each.type):
                column[name] = each.cast(pa.string())
    return [pa.table(column) for column in columns]


def join(group: Sequence[ReadMember], table: pa.Table, file_column: str) -> ReadMember:
    first = group[0]
    if len(group) == 1:
        named = replace(first.result.tables[0], table=table)
        return replace(first, result=replace(first.result, tables=(named,)))
    names = [member.name for member in group]
    told = ", ".join(names[:MAX_NAMES_LISTED]) + (
        f" and {len(names) - MAX_NAMES_LISTED} more" if len(names) > MAX_NAMES_LISTED else ""
    )
    repair = Repair(
        code="members-joined",
        message=f"{len(group)} files have the same columns and are read as one table: {told}.",
        count=len(group),
        alternative=None
        if file_column
        else Alternative(
            label="Add a column with the file's name", parser_options={"file_column": "file"}
        ),
    )
    interpretations: dict[tuple[str, str], TableInterpretation] = {}
    repairs: list[Repair] = []
    for member in group:
        for interpretation in member.result.interpretations:
            interpretations.setdefault((interpretation.kind, interpretation.label), interpretation)
        repairs += [replace(each, table=member.name) for each in member.result.repairs]
    result = ReadResult(
        tables=(replace(first.result.tables[0], name=common_name(names), table=table),),
        repairs=(*merged(repairs), repair),
        interpretations=tuple(interpretations.values()),
    )
    return replace(first, name=common_name(names), result=result)


def merged(repairs: Sequence[Repair]) -> list[Repair]:
    """One repair for each code and column, whichever member it is of; its message is that of the first."""
    groups: dict[tuple[str, str], list[Repair]] = {}
    for repair in repairs:
        groups.setdefault((repair.code, repair.column), []).append(repair)
    return [
        group[0]
        if len(group) == 1
        else replace(
            group[0],
            message=f"In {len(group)} files, first in {group[0].table}: {group[0].message}",
            count=sum(repair.count for repair in group),
        )
        for group in groups.values()
    ]


def common_name(names: Sequence[str]) -> str:
    """`logs/day` for `logs/day-1.csv` and `logs/day-2.csv`; `conn` for `1/conn.log` and `2/conn.log`."""
    bases = {posixpath.basename(name) for name in names}
    if len(bases) == 1:
        return bases.pop().rsplit(".", 1)[0]
    first, last = min(names), max(names)
    length = next(
        (i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first)
    )
    stem = first[:length].rsplit(".", 1)[0] if "." in first[:length] else first[:length]
    return stem.strip("/").rstrip("0123456789-_. ").strip("/") or "files"
