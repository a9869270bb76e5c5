"""Lines such as `alice -> bob`: an example of a file format."""

from typing import BinaryIO

import pyarrow as pa

from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    """Raises ValueError: no line holds a pair."""
    sources, destinations, skipped = [], [], 0
    for line in stream.read().decode("utf-8", errors="replace").splitlines():
        source, arrow, destination = (part.strip() for part in line.partition("->"))
        if arrow and source and destination:
            sources.append(source)
            destinations.append(destination)
        elif line.strip():
            skipped += 1
    if not sources:
        raise ValueError("no line has the form 'source -> destination'")
    table = pa.table({"source": sources, "destination": destinations})
    repairs = (
        (
            Repair(
                code="skipped-lines",
                message=f"{skipped} lines without a pair are left out.",
                count=skipped,
            ),
        )
        if skipped
        else ()
    )
    return ReadResult(tables=(NamedTable(name="pairs", table=table),), repairs=repairs)


PAIRS = FileFormat(name="pairs", media_type="text/x-pairs", suffixes=(".pairs",), read=read)
