"""The answer of a sandbox that parsed a file: bounded where it is made, and checked where it arrives.

A process that parses an attacker's file may answer anything, so nothing of the answer is used unchecked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.repairs import Repair

MAX_TABLES = 1_000
MAX_REPAIRS = 200
MAX_INTERPRETATIONS = 100
MAX_NAME_LENGTH = 500
MAX_MESSAGE_LENGTH = 4_000
MAX_COLUMNS = 1_000_000
MAX_ROWS = 1 << 40


@dataclass(frozen=True, kw_only=True)
class ParsedTable:
    """A table as a plain Arrow file at `path`."""

    name: str
    path: Path
    num_rows: int
    num_cols: int
    dtypes: Mapping[str, str]
    detected: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ParsedUpload:
    """`file_format` is the name of the format that the content turned out to be."""

    tables: tuple[ParsedTable, ...]
    repairs: tuple[Repair, ...]
    interpretations: tuple[TableInterpretation, ...] = ()
    file_format: str = ""


def bounded_repairs(repairs: Sequence[Repair]) -> list[Repair]:
    """The first repairs, and one that counts the rest where there are more than a person can read."""
    if len(repairs) <= MAX_REPAIRS:
        return list(repairs)
    rest = repairs[MAX_REPAIRS:]
    codes = sorted({repair.code for repair in rest})
    return [
        *repairs[:MAX_REPAIRS],
        Repair(
            code="more-repairs",
            message=f"{len(rest):,} more repairs were made and are not listed; their kinds: {', '.join(codes[:20])}.",
            count=len(rest),
        ),
    ]


def checked_answer(
    answer: Mapping[str, Any],
    path_of: Callable[[int], Path],
    formats: Sequence[str],
    size_bytes: int,
) -> tuple[ParsedUpload, list[int]]:
    """The parsed upload, and the byte at which each of its tables ends in the output.

    Args:
        answer: what the sandbox wrote.
        path_of: where the table of a number, from 0, will be.
        formats: the names of formats that there are.
        size_bytes: the size of the output.

    Raises:
        UnreadableFileError: it is not an answer of `sources.sandbox_entry`.
    """
    try:
        tables = checked_list(answer["tables"], MAX_TABLES)
        section_ends = checked_ends([table["end"] for table in tables], size_bytes)
        if answer["file_format"] not in formats:
            raise ValueError("an unknown format")
        parsed = ParsedUpload(
            tables=tuple(
                checked_table(table, path_of(number)) for number, table in enumerate(tables)
            ),
            repairs=tuple(
                checked_repair(each) for each in checked_list(answer["repairs"], MAX_REPAIRS + 1)
            ),
            interpretations=tuple(
                checked_interpretation(each, len(tables))
                for each in checked_list(answer["interpretations"], MAX_INTERPRETATIONS)
            ),
            file_format=answer["file_format"],
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableFileError("The file made its parser fail.") from error
    return parsed, section_ends


def checked_list(value: object, max_length: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > max_length:
        raise TypeError(f"no list of at most {max_length}")
    return value


def checked_ends(ends: Sequence[Any], size_bytes: int) -> list[int]:
    numbers = [checked_count(end, size_bytes) for end in ends]
    if numbers != sorted(numbers):
        raise ValueError("sections that overlap")
    return numbers


def checked_table(table: Mapping[str, Any], path: Path) -> ParsedTable:
    dtypes = table["dtypes"]
    if not isinstance(dtypes, dict) or not all(isinstance(each, str) for each in dtypes.values()):
        raise TypeError("dtypes are no texts")
    for text in (*dtypes, *dtypes.values()):
        text.encode()  # a lone surrogate fits no database
    return ParsedTable(
        name=checked_text(table["name"])[:MAX_NAME_LENGTH],
        path=path,
        num_rows=checked_count(table["num_rows"], MAX_ROWS),
        num_cols=checked_count(table["num_cols"], MAX_COLUMNS),
        dtypes=dtypes,
        detected=checked_detected(table["detected"]),
    )


def checked_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} is no text")
    value.encode()
    return value.replace("\x00", "\ufffd")


def checked_count(value: object, max_value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= max_value:
        raise ValueError("no count")
    return value


def checked_detected(detected: Mapping[Any, Any]) -> dict[str, str | int | None]:
    """Raises TypeError: a value is neither a text, a number nor None."""
    for name, value in detected.items():
        if not (isinstance(name, str) and isinstance(value, str | int | None)):
            raise TypeError(f"{name!r} is {type(value).__name__}")
    return dict(detected)


def checked_repair(data: Mapping[str, Any]) -> Repair:
    """The repair, its texts cut; raises as `Repair.from_dict` does."""
    texts = ("code", "message", "table", "column", "before", "after")
    cut = {name: checked_text(data[name])[:MAX_MESSAGE_LENGTH] for name in texts if name in data}
    return Repair.from_dict({**data, **cut})


def checked_interpretation(data: Mapping[str, Any], table_count: int) -> TableInterpretation:
    """The interpretation; raises ValueError where it names a table that is not there."""
    interpretation = TableInterpretation.from_dict(data)
    numbers = (*interpretation.edge_tables, *interpretation.node_tables)
    if not numbers or any(not 0 <= number < table_count for number in numbers):
        raise ValueError("an interpretation of no table")
    checked_text(interpretation.label)
    checked_text(interpretation.reason)
    return interpretation
