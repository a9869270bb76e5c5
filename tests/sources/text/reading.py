"""Reading of a text table in a test, as plain lists."""

import io
from dataclasses import dataclass
from pathlib import Path

from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import NamedTable, ReadOptions
from graphkeep.sources.text.csv import CSV

CASES = Path(__file__).parents[1] / "cases"
AS_TEXT = {"dtype": "str", "keep_default_na": False}


@dataclass
class Reading:
    tables: tuple[NamedTable, ...]
    repairs: tuple[Repair, ...]

    @property
    def columns(self) -> list[str]:
        return self.tables[0].table.column_names

    @property
    def rows(self) -> list[list[object]]:
        return rows_of(self.tables[0])

    @property
    def codes(self) -> list[str]:
        return [repair.code for repair in self.repairs]

    @property
    def detected(self) -> dict[str, str | int | None]:
        return dict(self.tables[0].detected)

    def repair(self, code: str) -> Repair:
        [repair] = [repair for repair in self.repairs if repair.code == code]
        return repair


def rows_of(table: NamedTable) -> list[list[object]]:
    return [list(row.values()) for row in table.table.to_pylist()]


def read(content: str | bytes, **options: object) -> Reading:
    """The tables with values typed."""
    data = content.encode() if isinstance(content, str) else content
    result = CSV.read(io.BytesIO(data), ReadOptions(parser_options=options))
    return Reading(result.tables, result.repairs)


def read_texts(content: str | bytes, **options: object) -> Reading:
    """The tables with each cell as its exact text."""
    return read(content, **{**AS_TEXT, **options})


def read_case(case: str, name: str, **options: object) -> Reading:
    return read((CASES / case / name).read_bytes(), **options)
