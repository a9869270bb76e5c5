"""The process inside the jail: one request on standard input, one answer on standard output."""

import json
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from graphkeep.graph.errors import UserInputError
from graphkeep.graph.repairs import Repair
from graphkeep.sandbox.seccomp_landlock import (
    forbid_network_and_programs,
    forbid_other_files,
    limit,
)
from graphkeep.sources.compression import opened
from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.files import format_of, read_tables
from graphkeep.sources.plain import plain_table

OUT_OF_MEMORY = "out of memory"
DISK_FULL = "disk full"


def main() -> None:
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    answer_to = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # nothing that a library prints may reach the answer
    say(answer_to, {"ready": True})
    line = sys.stdin.readline()
    if not line:
        return
    request = json.loads(line)
    into = Path(request["into"])
    source = Path(request["source"])
    libraries = [
        Path(p) for p in {*sysconfig.get_paths().values(), "/usr/share/zoneinfo", "/etc/localtime"}
    ]
    landlock = forbid_other_files([source, *libraries, Path(sys.base_prefix)], [into])
    seccomp = forbid_network_and_programs()
    if not (seccomp or landlock) and not request["allow_unjailed"]:
        say(answer_to, {"unjailed": True})
        return
    limit(request["memory_bytes"], request["timeout_s"])
    try:
        answer = parse(request, source, into)
    except UserInputError as error:
        answer = {"error": error.message, "repairs": []}
    except (MemoryError, pa.ArrowMemoryError):
        answer = {"error": OUT_OF_MEMORY}
    except OSError as error:
        known = {12: OUT_OF_MEMORY, 27: OUT_OF_MEMORY, 28: DISK_FULL, 122: DISK_FULL}
        answer = {"error": known.get(error.errno or 0, f"{error}")}
    except (
        pa.ArrowException,
        ValueError,
        TypeError,
        KeyError,
        ArithmeticError,
        RecursionError,
    ) as error:
        answer = {"error": f"This does not read as {request['file_format']}: {error}"}
    say(answer_to, {**answer, "seccomp": seccomp, "landlock": landlock})
    os._exit(0)


def parse(request: dict[str, Any], source: Path, into: Path) -> dict[str, Any]:
    options = ReadOptions(parser_options=request["parser_options"])
    with opened(source, request["compression"], into) as stream:
        result = read_tables(stream, format_of(request["file_format"]), options)
    repairs: list[Repair] = list(result.repairs)
    tables = []
    for number, named in enumerate(result.tables):
        table = plain_table(named.table, repairs)
        path = into / f"{number}.arrow"
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=1 << 20)
        tables.append(
            {
                "name": named.name,
                "path": path.name,
                "num_rows": table.num_rows,
                "num_cols": table.num_columns,
                "dtypes": {field.name: str(field.type) for field in table.schema},
            }
        )
    return {"tables": tables, "repairs": [repair.as_dict() for repair in repairs]}


def say(to: Any, what: dict[str, Any]) -> None:
    to.write(json.dumps(what) + "\n")
    to.flush()


if __name__ == "__main__":
    main()
