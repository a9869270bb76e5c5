"""Pollock: how well polluted CSV files are read, without being told anything (Vitagliano et al., VLDB 2023).

    python benchmarks/pollock.py POLLOCK [--reader graphkeep|duckdb|clevercsv|pandas] [--typed] [--worst N]

`POLLOCK` is a checkout of https://github.com/HPI-Information-Systems/Pollock: its `polluted_files/csv`, `polluted_files/clean`
and `pollock_weights.json` are used. The files are not part of this repository.

The ten measures of the paper are computed as its `pollock/metrics.py` does (success; precision, recall and F1 of
header, records and cells), but cells and records must be equal as texts: the paper's comparison also takes spellings of
one number or date as equal, so that its scores are the same or higher. Graphkeep writes the texts that it
read (with `--typed`, the values after types were found), and no header where it detected none.
"""

import argparse
import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from graphkeep.graph.errors import UserInputError

Rows = list[list[str]]
csv.field_size_limit(1 << 30)


def read_graphkeep(path: Path, *, typed: bool = False) -> Rows:
    from graphkeep.sources.file_format import ReadOptions
    from graphkeep.sources.text.csv import CSV

    options = {} if typed else {"dtype": "str", "keep_default_na": False}
    with path.open("rb") as stream:
        table = CSV.read(stream, ReadOptions(parser_options=options)).tables[0]
    rows = [
        ["" if value is None else str(value) for value in row.values()]
        for row in table.table.to_pylist()
    ]
    return rows if table.detected["header"] is None else [table.table.column_names, *rows]


def read_duckdb(path: Path) -> Rows:
    import duckdb

    buffer = io.StringIO()
    try:
        relation = duckdb.connect().read_csv(
            str(path), strict_mode=False, ignore_errors=True, null_padding=True
        )
        relation.df().to_csv(buffer, index=False)
    except duckdb.Error as error:
        raise ValueError(str(error)) from error
    return rows_of(buffer.getvalue())


def read_clevercsv(path: Path) -> Rows:
    import clevercsv

    with path.open(newline="", encoding="ascii") as stream:
        dialect = clevercsv.Sniffer().sniff(stream.read())
        if dialect is None:
            raise ValueError("no dialect was detected")
        stream.seek(0)
        return list(clevercsv.reader(stream, dialect))


def read_pandas(path: Path) -> Rows:
    import pandas as pd

    frame = pd.read_csv(
        path, sep=None, engine="python", dtype=str, keep_default_na=False, on_bad_lines="warn"
    )
    buffer = io.StringIO()
    frame.to_csv(buffer, index=False)
    return rows_of(buffer.getvalue())


READERS: dict[str, Callable[[Path], Rows]] = {
    "graphkeep": read_graphkeep,
    "duckdb": read_duckdb,
    "clevercsv": read_clevercsv,
    "pandas": read_pandas,
}


def rows_of(text: str) -> Rows:
    return list(csv.reader(io.StringIO(text, newline="")))


def shares(expected: Sequence[object], read: Sequence[object]) -> tuple[float, float, float]:
    """Precision, recall and F1 as Pollock names them."""
    if not expected:
        return 1.0, 1.0, 1.0
    common = (Counter(expected) & Counter(read)).total()
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / len(expected), common / len(read)
    return precision, recall, 2 * precision * recall / (precision + recall)


def measures(expected: Rows, read: Rows) -> list[float]:
    if not expected:
        return [1.0] * 9
    header = shares(expected[0], read[0] if read else [])
    records = shares(["".join(row) for row in expected[1:]], ["".join(row) for row in read[1:]])
    cells = shares(
        [cell for row in expected for cell in row], [cell for row in read for cell in row]
    )
    return [*header, *records, *cells]


def score(path: Path, clean: Path, reader: Callable[[Path], Rows]) -> list[float]:
    """The ten measures of one file, all 0 where it is refused."""
    try:
        read = reader(path)
    except (UserInputError, ValueError, OSError, csv.Error) as error:
        print(f"{path.name}: {type(error).__name__}: {str(error)[:100]}", file=sys.stderr)
        return [0.0] * 10
    return [1.0, *measures(rows_of(clean.read_text("utf-8-sig")), read)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pollock", type=Path)
    parser.add_argument("--reader", choices=READERS, default="graphkeep")
    parser.add_argument("--typed", action="store_true")
    parser.add_argument("--worst", type=int, default=10)
    arguments = parser.parse_args()
    folder = arguments.pollock / "polluted_files"
    weights = json.loads((arguments.pollock / "pollock_weights.json").read_text())
    reader = READERS[arguments.reader]
    if arguments.typed:
        reader = partial(read_graphkeep, typed=True)
    paths = sorted((folder / "csv").glob("*.csv"))
    scores = {path.name: sum(score(path, folder / "clean" / path.name, reader)) for path in paths}
    total_weight = sum(weights[name] for name in scores)
    simple = sum(scores.values()) / len(scores)
    weighted = sum(scores[name] * weights[name] for name in scores) / total_weight
    print(
        f"{arguments.reader}: {len(scores)} files, simple {simple:.4f}, weighted {weighted:.4f} of 10"
    )
    for name in sorted(scores, key=lambda each: scores[each])[: arguments.worst]:
        print(f"  {scores[name]:7.4f}  {weights[name] / total_weight:.5f}  {name}")


if __name__ == "__main__":
    main()
