"""Logs of which each line is a record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import ReadOptions, ReadResult
from graphkeep.sources.logs.log_table import (
    UNPARSED,
    Cell,
    Flow,
    LogTable,
    log_result,
    numbered_lines,
    text_of,
    unparsed_repair,
)


@dataclass(frozen=True, kw_only=True)
class LineLog:
    """`record_of` makes a record of a line, or None where it is none; `kind` names such records in a sentence.

    `name` is that of the table. `texts` are columns that stay texts, whatever they look like.
    """

    name: str
    kind: str
    record_of: Callable[[str], Mapping[str, Cell] | None]
    flows: tuple[Flow, ...]
    texts: tuple[str, ...] = ()

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        """The records as a table; lines that are none are kept in a column of their own.

        Raises:
            UnreadableFileError: no line is a record.
        """
        repairs: list[Repair] = []
        rows = LogTable()
        unparsed: list[tuple[int, str]] = []
        for number, line in numbered_lines(text_of(stream, options, repairs)):
            record = self.record_of(line)
            if record is None:
                unparsed.append((number, line))
                record = {UNPARSED: line}
            rows.add(number, record)
        if len(unparsed) == len(rows.lines):
            raise UnreadableFileError(f"No line of this log is one of {self.kind}.")
        if unparsed:
            lines = [number for number, _ in unparsed]
            repairs.append(unparsed_repair(lines, unparsed[0][1], self.kind))
        return log_result(rows, repairs, name=self.name, flows=self.flows, texts=self.texts)
