"""How fast files are read, beside pandas, polars, DuckDB and pyarrow on the same bytes.

    python benchmarks/read_files.py [--megabytes 250] [--readers graphkeep,polars,pandas] [--parquet-megabytes 0]

Files: a clean CSV of flows, the same with one row that has a cell more, and (with `--parquet-megabytes`) a Parquet file.
Each reader reads each file in a process of its own; the table shows its seconds on the clock, its seconds of CPU, and
by how much its peak of memory exceeds that of its imports, as a share of the file. Graphkeep's reader finds out encoding,
dialect, structure and types, and keeps the text of every value that no number gives back. It runs with the allocator of
its sandbox, the others with their own. With `--rounds` the readers take turns, and the table shows the median and the best.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

NAMES = "src_ip,dst_ip,src_port,dst_port,proto,bytes,packets,note\n"
ROW_BYTES = 52


def write_flows(path: Path, megabytes: int, *, has_ragged_row: bool) -> None:
    count = megabytes * 1_000_000 // ROW_BYTES
    with path.open("w") as file:
        file.write(NAMES)
        for n in range(count):
            extra = ",extra" if has_ragged_row and n == count * 7 // 9 else ""
            file.write(
                f"10.{n % 7}.{n * 31 % 251}.{n * 17 % 253},192.168.{n * 13 % 31}.{n * 7 % 255},{1024 + n % 60000},"
                f"{n * 3 % 1000},TCP,{n * 37 % 100000},{n % 40},ok{extra}\n"
            )


def write_parquet(path: Path, megabytes: int) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(1)
    count = megabytes * 1_000_000 // 32
    table = pa.table({name: rng.integers(0, 2**62, count) for name in ("s", "d", "a", "b")})
    pq.write_table(table, path, compression="none", use_dictionary=False)


def read(reader: str, path: Path) -> None:
    """Read the file and print what that took."""
    call = READERS[reader]()
    with tempfile.TemporaryDirectory() as folder:  # what a reader loads once is no part of its time
        small = Path(folder, "small.csv")
        small.write_text(NAMES + "1.1.1.1,2.2.2.2,1,2,TCP,3,4,ok\n" * 1000)
        call(small)
    peak_before = peak_bytes()
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    table = call(path)
    elapsed = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    grown = (peak_bytes() - peak_before) / path.stat().st_size
    print(f"{elapsed} {cpu} {grown}")
    del table


def peak_bytes() -> int:
    """The peak of this process alone: that of `getrusage` begins with the peak of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def graphkeep_reader():
    from graphkeep.sources.file_format import ReadOptions
    from graphkeep.sources.registry import format_of, read_tables

    def call(path: Path):
        with path.open("rb") as stream:
            return read_tables(stream, format_of(path.name), ReadOptions(name=path.name))

    return call


def polars_reader():
    import polars as pl

    return lambda path: pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(
        path, truncate_ragged_lines=True
    )  # fmt: skip


def pandas_reader():
    import pandas as pd

    return lambda path: pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(
        path, on_bad_lines="skip"
    )  # fmt: skip


def duckdb_reader():
    import duckdb

    def call(path: Path):
        source = (
            f"'{path}'" if path.suffix == ".parquet" else f"read_csv('{path}', ignore_errors=true)"
        )
        return duckdb.connect().sql(f"select * from {source}").to_arrow_table()

    return call


def pyarrow_reader():
    import pyarrow.csv
    import pyarrow.parquet

    return lambda path: pyarrow.parquet.read_table(path) if path.suffix == ".parquet" else pyarrow.csv.read_csv(
        path, parse_options=pyarrow.csv.ParseOptions(invalid_row_handler=lambda _: "skip")
    )  # fmt: skip


def measure(reader: str, path: Path) -> tuple[float, float, float] | None:
    """Seconds on the clock, seconds of CPU and memory per size of the file; None where the reader fails."""
    env = dict(os.environ)
    if reader == "graphkeep":
        from graphkeep.sandbox.process import environment

        names = ("ARROW_DEFAULT_MEMORY_POOL", "MALLOC_ARENA_MAX", "OMP_NUM_THREADS")
        env.update({name: environment()[name] for name in names})
    command = [sys.executable, __file__, "--read", reader, str(path)]
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True)
    figures = done.stdout.split()
    return tuple(map(float, figures)) if len(figures) == 3 else None  # type: ignore[return-value]


def print_row(reader: str, path: Path, measured: list[tuple[float, float, float]]) -> None:
    if not measured:
        print(f"| {reader} | {path.name} | does not read it | | |", flush=True)
        return
    seconds, cpu, memory = zip(*measured, strict=True)
    print(
        f"| {reader} | {path.name} | {median(seconds):.2f} | {median(cpu):.2f} ({min(cpu):.2f}) | {max(memory):.1f} |",
        flush=True,
    )


READERS = {
    "graphkeep": graphkeep_reader,
    "polars": polars_reader,
    "pandas": pandas_reader,
    "duckdb": duckdb_reader,
    "pyarrow": pyarrow_reader,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=250)
    parser.add_argument("--parquet-megabytes", type=int, default=0)
    parser.add_argument("--readers", default="graphkeep,polars,pandas,duckdb,pyarrow")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--read", nargs=2, metavar=("READER", "PATH"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        read(arguments.read[0], Path(arguments.read[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, "clean.csv"), Path(folder, "ragged.csv")]
        write_flows(paths[0], arguments.megabytes, has_ragged_row=False)
        write_flows(paths[1], arguments.megabytes, has_ragged_row=True)
        if arguments.parquet_megabytes:
            paths.append(Path(folder, "numbers.parquet"))
            write_parquet(paths[-1], arguments.parquet_megabytes)
        os.sync()
        print(f"load average before: {os.getloadavg()[0]:.1f}")
        print(
            "| reader | file | seconds | CPU seconds, median (best) | memory / file |\n| --- | --- | --- | --- | --- |"
        )
        readers = arguments.readers.split(",")
        for path in paths:
            rounds = [
                {reader: measure(reader, path) for reader in readers}
                for _ in range(arguments.rounds)
            ]
            for reader in readers:
                print_row(reader, path, [row[reader] for row in rounds if row[reader]])
        print(f"load average after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
