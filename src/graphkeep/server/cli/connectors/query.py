"""`graphkeep connector query`."""

import csv
import sys
from pathlib import Path
from typing import Any

import click

from graphkeep.server.cli.connectors.reference import ORG, find, pair
from graphkeep.server.process.start import set_up_django


@click.command("query")
@click.argument("name")
@click.argument("text")
@ORG
@click.option("--language", default="", help="By default the first of the connector's languages.")
@click.option("--parameter", "parameters", multiple=True, help="A bound value, NAME=VALUE.")
@click.option("--since", default="", help="The start of the time range, with its zone.")
@click.option("--until", default="")
@click.option("--marking", default="clear", help="The TLP marking of the values in the query.")
@click.option(
    "--arrow", type=click.Path(dir_okay=False, path_type=Path), help="Write an Arrow file."
)
def query(name: str, text: str, org: str, language: str, parameters: tuple[str, ...], since: str,
          until: str, marking: str, arrow: Path | None) -> None:  # fmt: skip
    """Ask a connector within its policy and limits; rows are printed as CSV."""
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
