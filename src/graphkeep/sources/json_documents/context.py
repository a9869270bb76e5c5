"""What every reader of a vocabulary gets: where repairs go, and how columns become tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from graphkeep.graph.repairs import Repair
from graphkeep.sources.json_documents.options import JsonOptions
from graphkeep.sources.json_documents.tables.arrow_columns import ArrowColumns
from graphkeep.sources.json_documents.tables.flatten import Columns, flatten


@dataclass(frozen=True, kw_only=True)
class ReadContext:
    options: JsonOptions
    repairs: list[Repair]

    def table(
        self, columns: Mapping[str, list[Any]], *, name: str = "", lines: Sequence[int] = ()
    ) -> pa.Table:
        """The columns in Arrow types; `lines` are those of the records, where each has its own."""
        arrow_columns = ArrowColumns(
            self.repairs,
            lines=lines,
            converts_dates=self.options.convert_dates,
            dtype=self.options.dtype,
        )
        table = arrow_columns.table(columns, name=name)
        return table if self.options.nrows is None else table.slice(0, self.options.nrows)

    def records_table(
        self, records: Sequence[dict[str, Any]], *, name: str = "", lines: Sequence[int] = ()
    ) -> pa.Table:
        return self.table(self.columns(records, name=name), name=name, lines=lines)

    def columns(self, records: Sequence[dict[str, Any]], *, name: str = "") -> Columns:
        return flatten(records, self.repairs, table=name)
