"""JSON in each of its common shapes: columns, records, lines, split, index, values."""

import json as text_json
from collections.abc import Mapping
from typing import Any, BinaryIO

import pyarrow as pa

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult

STRAY_KEYS = {"agent_name", "agent_version"}  # the JavaScript client adds them to the data


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    repairs: list[Repair] = []
    text = stream.read().decode("utf-8-sig", errors="replace")
    if not text.strip():
        raise UnreadableFileError("The file is empty: JSON needs at least {} or [].")
    columns = columns_of(load(text, options.parser_options), options.parser_options, repairs)
    table = pa.table({name: as_array(name, values, repairs) for name, values in columns.items()})
    return ReadResult(tables=(NamedTable(name="table", table=table),), repairs=tuple(repairs))


def load(text: str, parser_options: Mapping[str, Any]) -> Any:
    if parser_options.get("lines"):
        return load_lines(text)
    try:
        return text_json.loads(text)
    except ValueError as error:
        if text.lstrip()[:1] == "{" and "\n" in text.strip():
            try:
                return load_lines(text)
            except UnreadableFileError:
                pass
        raise UnreadableFileError(f"This does not read as JSON: {error}") from error
    except RecursionError as error:
        raise UnreadableFileError("This JSON is nested too deeply.") from error


def load_lines(text: str) -> list[Any]:
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            rows.append(text_json.loads(line))
        except ValueError as error:
            raise UnreadableFileError(f"Line {number} does not read as JSON: {error}") from error
    return rows


def columns_of(
    data: Any, parser_options: Mapping[str, Any], repairs: list[Repair]
) -> dict[str, list[Any]]:
    orient = parser_options.get("orient")
    if isinstance(data, list):
        if orient == "values" or (data and all(isinstance(row, list) for row in data)):
            return from_rows(data, None, repairs)
        return from_records(data, repairs)
    if not isinstance(data, dict):
        raise UnreadableFileError("JSON data must be an object of columns or a list of records.")
    if orient == "split" or (set(data) >= {"columns", "data"} and isinstance(data["data"], list)):
        return from_rows(data.get("data") or [], data.get("columns"), repairs)
    if orient == "index":
        return from_records(list(data.values()), repairs)
    if data and all(isinstance(column, dict) for column in data.values()):
        return {str(key): list(column.values()) for key, column in data.items()}
    return from_columns(data, repairs)


def from_columns(data: Mapping[str, Any], repairs: list[Repair]) -> dict[str, list[Any]]:
    lists = {str(key): item for key, item in data.items() if isinstance(item, list)}
    height = max((len(item) for item in lists.values()), default=0)
    scalars = {
        str(key): item
        for key, item in data.items()
        if not isinstance(item, list) and not (key in STRAY_KEYS and isinstance(item, str))
    }
    if not lists and scalars:
        return {key: [item] for key, item in scalars.items()}
    columns = {}
    for name, values in lists.items():
        if len(values) < height:
            repairs.append(
                Repair(
                    code="short-column",
                    message=f"'{name}' has {len(values)} values where others have {height}; "
                    "the rest is empty.",
                    column=name,
                    count=height - len(values),
                )
            )
        columns[name] = values + [None] * (height - len(values))
    for name, value in scalars.items():
        columns[name] = [value] * height
    return columns


def from_records(rows: list[Any], repairs: list[Repair]) -> dict[str, list[Any]]:
    records = [row for row in rows if isinstance(row, dict)]
    if len(records) < len(rows):
        if not records:
            raise UnreadableFileError("A JSON list must hold records: objects of column and value.")
        repairs.append(
            Repair(
                code="record-dropped",
                message=f"{len(rows) - len(records)} entries are not records; they are left out.",
                count=len(rows) - len(records),
            )
        )
    names: dict[str, None] = {}
    for row in records:
        names.update(dict.fromkeys(map(str, row)))
    return {name: [row.get(name) for row in records] for name in names}


def from_rows(rows: list[Any], names: Any, repairs: list[Repair]) -> dict[str, list[Any]]:
    lists = [row for row in rows if isinstance(row, list)]
    width = max((len(row) for row in lists), default=0)
    if isinstance(names, list):
        width = max(width, len(names))
    columns = [
        str(names[i]) if isinstance(names, list) and i < len(names) else f"column{i + 1}"
        for i in range(width)
    ]
    return {
        name: [row[i] if i < len(row) else None for row in lists] for i, name in enumerate(columns)
    }


def as_array(name: str, values: list[Any], repairs: list[Repair]) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    if kinds & {dict, list}:
        return pa.array(
            [value if value is None else as_text(value) for value in values], pa.string()
        )
    if kinds <= {int, float} and kinds:
        try:
            return pa.array(values, pa.float64() if float in kinds else pa.int64())
        except (pa.ArrowInvalid, OverflowError):
            return pa.array(
                [None if value is None else float(value) for value in values], pa.float64()
            )
    if len(kinds) > 1:
        repairs.append(
            Repair(
                code="mixed-types",
                message=f"'{name}' mixes {', '.join(sorted(kind.__name__ for kind in kinds))}; "
                "all its values are read as text.",
                column=name,
                count=len(values),
            )
        )
        return pa.array(
            [value if value is None else as_text(value) for value in values], pa.string()
        )
    if kinds == {str}:
        return pa.array([clean(value) for value in values], pa.string())
    return pa.array(values, pa.bool_() if kinds == {bool} else pa.string())


def clean(value: str | None) -> str | None:
    """Lone surrogates of a JSON escape have no UTF-8."""
    return None if value is None else value.encode("utf-8", "replace").decode()


def as_text(value: Any) -> str:
    return clean(value) or "" if isinstance(value, str) else text_json.dumps(value)


JSON = FileFormat(
    name="json", media_type="application/json", suffixes=(".json", ".jsonl", ".ndjson"), read=read
)
