"""`graphkeep connector query`."""

import csv
import re
import sys
from pathlib import Path
from typing import Any

import click

from graphkeep.server.cli.connectors.reference import ORG, find, pair
from graphkeep.server.process.start import set_up_django

CONDITION = re.compile(r"(.+?)\s*(is not empty|is empty|!=|<=|>=|=|<|>|(?<=\s)in(?=\s))\s*(.*)")


@click.command("query")
@click.argument("name")
@click.argument("text")
@ORG
@click.option("--language", default="", help="By default the first of the connector's languages.")
@click.option("--parameter", "parameters", multiple=True, help="A bound value, NAME=VALUE.")
@click.option("--since", default="", help="The start of the time range, with its zone.")
@click.option("--until", default="")
@click.option("--marking", default="clear", help="The TLP marking of the values in the query.")
@click.option("--column", "columns", multiple=True, help="Fetch this column only; repeat it.")
@click.option(
    "--where",
    "conditions",
    multiple=True,
    help="A condition on a column, COLUMN OPERATOR VALUE, such as 'size >= 100' or 'os is empty'.",
)
@click.option(
    "--group-by", "group_by", multiple=True, help="One row for each combination of these columns."
)
@click.option("--sum", "sums", multiple=True, help="With --group-by: the sum of this column.")
@click.option(
    "--arrow", type=click.Path(dir_okay=False, path_type=Path), help="Write an Arrow file."
)
def query(name: str, text: str, org: str, language: str, parameters: tuple[str, ...], since: str,
          until: str, marking: str, columns: tuple[str, ...], conditions: tuple[str, ...],
          group_by: tuple[str, ...], sums: tuple[str, ...], arrow: Path | None) -> None:  # fmt: skip
    """Ask a connector within its policy and limits; rows are printed as CSV.

    Columns, conditions, groups and sums are worked out by the database.
    """
    set_up_django()
    from datetime import datetime

    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.execution.results import result_batches
    from graphkeep.connectors.kinds import kind_of
    from graphkeep.connectors.operations.run_query import run_query_here
    from graphkeep.sources.databases.query import SourceQuery

    row = find(name, org)
    asked = SourceQuery(
        language=language or kind_of(row).languages[0],
        text=text,
        parameters=dict(map(pair, parameters)),
        since=datetime.fromisoformat(since) if since else None,
        until=datetime.fromisoformat(until) if until else None,
        marking=marking,  # type: ignore[arg-type]  # the policy check refuses another
        reduction=reduction_of(columns, conditions, group_by, sums),
    )
    run = run_query_here(row, asked, actor=CONSOLE)
    if run.state != run.State.DONE:
        click.echo(f"graphkeep: {run.stage or run.state}: {run.message}", err=True)
        sys.exit(1)
    with result_batches(run) as result:
        if result is not None:
            write_rows(result, arrow)
    more = f"; {run.total_rows - run.row_count} more" if run.total_rows else ""
    click.echo(f"{run.row_count} rows{more if run.is_cut else ''}{', cut at a limit' if run.is_cut else ''}", err=True)  # fmt: skip


def reduction_of(
    columns: tuple[str, ...],
    conditions: tuple[str, ...],
    group_by: tuple[str, ...],
    sums: tuple[str, ...],
) -> Any:
    """Raises click.BadParameter: a condition is none, or a field is not allowed."""
    from graphkeep.graph.errors import InvalidFieldError
    from graphkeep.sources.databases.reduction_wire import reduction_from_json

    if not (columns or conditions or group_by or sums):
        return None
    values = {
        "columns": list(columns), "filters": list(map(condition, conditions)),
        "group_by": list(group_by), "sums": list(sums),
    }  # fmt: skip
    try:
        return reduction_from_json(values)
    except InvalidFieldError as error:
        raise click.BadParameter(error.message) from error


def condition(text: str) -> dict[str, Any]:
    """`size >= 100`, `os = linux`, `os in a,b`, `os is empty`; what reads as a number is one, quotes make it a text."""
    match = CONDITION.fullmatch(text.strip())
    if match is None:
        raise click.BadParameter(f"'{text}' is not COLUMN OPERATOR VALUE, such as 'size >= 100'.")
    column, operator, value = match[1], match[2], (match[3] or "").strip()
    given: Any = [typed(each) for each in value.split(",")] if operator == "in" else typed(value)
    return {"column": column, "operator": operator, "value": given}


def typed(text: str) -> Any:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    if text.startswith("time:"):
        return {"time": text.removeprefix("time:")}
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def write_rows(result: Any, arrow: Path | None) -> None:
    import pyarrow as pa

    schema, batches = result
    if arrow is not None:
        with pa.OSFile(str(arrow), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
        return
    rows = csv.writer(sys.stdout)
    rows.writerow(schema.names)
    for batch in batches:
        rows.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))
