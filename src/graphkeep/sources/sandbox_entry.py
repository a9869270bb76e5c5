"""Runs inside a sandbox process: parses one untrusted file into Arrow tables."""

import codecs
import os
from collections.abc import Mapping, Sequence
from io import FileIO
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from graphkeep.graph.errors import UserInputError
from graphkeep.graph.repairs import Repair
from graphkeep.sandbox.outcomes import resource_of
from graphkeep.sources.compression import decompressed
from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.plain import plain_table
from graphkeep.sources.registry import format_of, read_tables

OUTPUT, SPOOL, SOURCE = 0, 1, 2
MAX_CHUNK_ROWS = 1 << 20

pa.set_cpu_count(1)
pa.set_io_thread_count(1)
for _encoding in ("cp1252", "utf-16", "utf-8-sig", "latin-1"):
    codecs.lookup(_encoding)  # loaded in advance, not while a request waits


def run(request: Mapping[str, Any], handles: Sequence[int]) -> dict[str, Any]:
    """Parse the file behind `handles[SOURCE]`; its tables follow each other in `handles[OUTPUT]`.

    The answer has `tables` (name, rows, columns, dtypes, what was detected, and the byte at which each ends), `repairs` and
    `interpretations`; or
    `error`, in the sender's words; or `exhausted`, the resource that was not enough.
    """
    try:
        return parse(request, handles)
    except UserInputError as error:
        return {"error": error.message}
    except (MemoryError, OSError) as error:
        resource = resource_of(error)
        return {"exhausted": resource} if resource else {"error": str(error)}
    except (
        pa.ArrowException,
        ValueError,
        TypeError,
        KeyError,
        ArithmeticError,
        RecursionError,
    ) as error:
        return {"error": f"This does not read as {request['file_format']}: {error}"}


def parse(request: Mapping[str, Any], handles: Sequence[int]) -> dict[str, Any]:
    options = ReadOptions(
        parser_options=request["parser_options"], name=str(request.get("name", ""))
    )
    with (
        os.fdopen(handles[SOURCE], "rb") as source,
        os.fdopen(handles[SPOOL], "w+b") as spool,
        decompressed(source, request["compression"], spool) as stream,
    ):
        result = read_tables(stream, format_of(request["file_format"]), options)
    repairs: list[Repair] = list(result.repairs)
    tables = []
    end = 0
    for named_table in result.tables:
        table = plain_table(named_table.table, repairs)
        end = write_section(table, handles[OUTPUT], end)
        tables.append(
            {
                "name": named_table.name,
                **describe(table),
                "detected": dict(named_table.detected),
                "end": end,
            }
        )
    return {
        "tables": tables,
        "repairs": [repair.as_dict() for repair in repairs],
        "interpretations": [interpretation.as_dict() for interpretation in result.interpretations],
    }


def describe(table: pa.Table) -> dict[str, Any]:
    return {
        "num_rows": table.num_rows,
        "num_cols": table.num_columns,
        "dtypes": {field.name: str(field.type) for field in table.schema},
    }


class Section(FileIO):
    """The rest of a file from `start` on, as a file whose positions count from there."""

    def __init__(self, handle: int, start: int) -> None:
        super().__init__(handle, "wb", closefd=False)
        self.start = start
        super().seek(start)

    def tell(self) -> int:
        return super().tell() - self.start


def write_section(table: pa.Table, handle: int, start: int) -> int:
    """Write a whole Arrow file at this byte of the output; the byte at which it ends."""
    with Section(handle, start) as section:
        with pa.ipc.new_file(section, table.schema) as writer:
            writer.write_table(table, max_chunksize=MAX_CHUNK_ROWS)
        return start + section.tell()
