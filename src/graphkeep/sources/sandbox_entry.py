"""Runs inside a sandbox process: parses one untrusted file into Arrow tables."""

import codecs
import contextlib
import encodings.aliases
import gc
import io
import os
from collections.abc import Mapping, Sequence
from io import FileIO
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from graphkeep.graph.arrow_without_pandas import load_arrow_without_pandas
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.repairs import Repair
from graphkeep.sandbox.outcomes import resource_of
from graphkeep.sources.answer import MAX_INTERPRETATIONS, MAX_TABLES, bounded_repairs
from graphkeep.sources.compression import decompressed
from graphkeep.sources.file_format import NamedTable, ReadOptions
from graphkeep.sources.plain import plain_table
from graphkeep.sources.registry import AUTO, BUILT_IN, FORMATS, read_file

OUTPUT, SPOOL, SOURCE = 0, 1, 2
MAX_CHUNK_ROWS = 1 << 20
SMALL_TABLE = b"source,target,weight,time\na,b,1.5,2020-01-01 10:00:00\nb,c,2,2020-01-02 10:00:00\n"

pa.set_cpu_count(1)
pa.set_io_thread_count(1)
for _encoding in sorted(set(encodings.aliases.aliases.values())):
    with contextlib.suppress(LookupError):  # those of Windows alone
        codecs.lookup(_encoding)  # loaded in advance: no file opens while a request is read


def warm_up() -> None:
    """Read a small table once, so that no first file waits for what its reader loads on demand."""
    if len(FORMATS) == len(BUILT_IN):  # formats of plugins may use pandas
        load_arrow_without_pandas()
    read_file(io.BytesIO(SMALL_TABLE), AUTO, ReadOptions())
    gc.collect()
    gc.freeze()  # what is loaded stays, so no collection needs to look at it


warm_up()


def run(request: Mapping[str, Any], handles: Sequence[int]) -> dict[str, Any]:
    """Parse the file behind `handles[SOURCE]`; its tables follow each other in `handles[OUTPUT]`.

    The answer has `file_format`, the name of the format that was read, `tables` (name, rows, columns, dtypes, what
    was detected, and the byte at which each ends), `repairs` and `interpretations`; or `error`, in the sender's
    words; or `exhausted`, the resource that was not enough.
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
        content = read_file(stream, request["file_format"], options)
    result = content.result
    repairs: list[Repair] = list(result.repairs)
    tables = []
    end = 0
    if len(result.tables) > MAX_TABLES:
        repairs.append(tables_left_out(result.tables))
    for named_table in result.tables[:MAX_TABLES]:
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
        "file_format": content.format_name,
        "tables": tables,
        "repairs": [repair.as_dict() for repair in bounded_repairs(repairs)],
        "interpretations": [
            interpretation.as_dict()
            for interpretation in result.interpretations[:MAX_INTERPRETATIONS]
            if max((*interpretation.edge_tables, *interpretation.node_tables), default=0)
            < len(tables)
        ],
    }


def tables_left_out(tables: Sequence[NamedTable]) -> Repair:
    return Repair(
        code="tables-left-out",
        message=f"The file contains {len(tables):,} tables; those after the first {MAX_TABLES:,} are left out, from "
        f"'{tables[MAX_TABLES].name}' on.",
        count=len(tables) - MAX_TABLES,
    )


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
