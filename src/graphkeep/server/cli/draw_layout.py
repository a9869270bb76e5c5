"""`graphkeep layout`: compute positions or a picture of a graph in a file, without server, data folder or database."""

import os
import re
import sys
import time
from pathlib import Path
from typing import Any, Self

import click

from graphkeep.graph.errors import UserInputError

SMALLEST, LARGEST = 16, 16_000


class Size(click.ParamType[tuple[int, int]]):
    name = "WIDTHxHEIGHT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"(\d+)(?:x(\d+))?", str(value))
        if match is None:
            self.fail(f"'{value}' is neither a number of pixels nor WIDTHxHEIGHT.")
        width = int(match[1])
        height = int(match[2] or match[1])
        if min(width, height) < SMALLEST or max(width, height) > LARGEST:
            self.fail(f"A picture has {SMALLEST} to {LARGEST} pixels each way.")
        return width, height


def print_layouts(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
    if value and not ctx.resilient_parsing:
        from graphkeep.server.offline_layout.run_layout import describe_layouts

        click.echo(describe_layouts())
        ctx.exit()


@click.command()
@click.argument(
    "source_file", metavar="INPUT", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.argument("target", metavar="OUTPUT", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--layout", "name", default="force", show_default=True, help="The layout to compute.")
@click.option(
    "--style", metavar="STYLE", help="Force only: style of the drawing; same as --set style=STYLE."
)
@click.option(
    "--quality",
    metavar="QUALITY",
    help="Force only: number of iterations; same as --set quality=QUALITY.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="An option of the layout, such as root=n7; may be given several times.",
)
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_layouts,
    help="Show the layouts and their options, and exit.",
)
@click.option(
    "--budget",
    "budget_s",
    type=click.FloatRange(min=0.01),
    metavar="SECONDS",
    help="Force only: time limit in seconds.",
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(min=0),
    help="Random seed: the same seed gives the same layout.",
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    help="Maximum number of threads.  [default: all cores, up to 8]",
)
@click.option("--source", default="", metavar="COLUMN", help="Column with the source of each edge.")
@click.option(
    "--destination", default="", metavar="COLUMN", help="Column with the destination of each edge."
)
@click.option(
    "--table", default="", metavar="NAME", help="Table, sheet or archive member, by name or number."
)
@click.option(
    "--weight", default="", metavar="COLUMN", help="Column with the weight of each edge, 0 or more."
)
@click.option(
    "--dark/--light", "is_dark", default=True, help="Background of a picture.  [default: dark]"
)
@click.option(
    "--size",
    type=Size(),
    default=(1600, 1200),
    show_default="1600x1200",
    help="Size of a picture, in pixels.",
)
def layout(
    source_file: Path,
    target: Path,
    *,
    name: str,
    style: str | None,
    quality: str | None,
    settings: tuple[str, ...],
    budget_s: float | None,
    seed: int,
    threads: int | None,
    source: str,
    destination: str,
    table: str,
    weight: str,
    is_dark: bool,
    size: tuple[int, int],
) -> None:  # fmt: skip
    """Compute a layout of the graph in a file, and write node positions or a picture.

    INPUT is an .npz file with the arrays edges (m, 2) or source and destination, and optionally n and
    weights; or anything that the page reads: tables, spreadsheets, JSON, graph files, logs, captures, also
    compressed or several in a .zip or .tar. Its content says what it is, and its first reading is used;
    choose another with --table, --source and --destination. OUTPUT is .npy (float32, one row per node), .csv or .parquet (id, x, y), .png or .svg.
    """
    os.environ.setdefault(
        "OMP_WAIT_POLICY", "passive"
    )  # before numba is imported, which reads it once
    from graphkeep.server.offline_layout.edge_lists import read_graph
    from graphkeep.server.offline_layout.layout_files import (
        check_kind,
        content_of,
        write_atomically,
    )
    from graphkeep.server.offline_layout.run_layout import LayoutRequest, lay_out

    check_kind(target)
    with ProgressLine() as progress_line:
        progress_line("reading")
        graph, repairs = read_graph(
            source_file, source=source, destination=destination, weight=weight, table=table
        )
        for repair in repairs:
            progress_line.note(repair.message)
        if graph.node_count == 0:
            raise UserInputError(f"{source_file} contains no edges.")
        request = LayoutRequest(
            name=name,
            options=read_options(settings, style=style, quality=quality),
            budget_s=budget_s,
            seed=seed,
            threads=threads,
        )
        result = lay_out(
            graph, request, on_progress=lambda share: progress_line("laying out", share)
        )
        for note in result.notes:
            progress_line.note(note)
        progress_line("writing")
        content, warning = content_of(target, graph, result.positions, size=size, is_dark=is_dark)
        write_atomically(target, content)
        if warning:
            progress_line.note(warning)
    click.echo(f"{target}: {graph.node_count:,} nodes, {graph.edge_count:,} edges")


def read_options(settings: tuple[str, ...], **shortcuts: str | None) -> dict[str, str]:
    """Options by name, from NAME=VALUE texts and from options that have their own flag.

    Raises:
        UserInputError: a text is not NAME=VALUE.
    """
    options = {name: value for name, value in shortcuts.items() if value is not None}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not name or not equals:
            raise UserInputError(f"--set takes NAME=VALUE, not '{setting}'.")
        options[name] = value
    return options


class ProgressLine:
    """A progress line on standard error, shown only on a terminal."""

    def __init__(self) -> None:
        self.is_shown = sys.stderr.isatty()
        self.next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def __call__(self, what: str, share: float | None = None) -> None:
        if not self.is_shown or (share is not None and time.monotonic() < self.next):
            return
        self.next = time.monotonic() + 0.1
        percentage = "" if share is None else f" {share:4.0%}"
        click.echo(f"\r\x1b[K{what}{percentage} …", nl=False, err=True)

    def note(self, text: str) -> None:
        self.clear()
        click.echo(f"graphkeep: {text}", err=True)

    def clear(self) -> None:
        if self.is_shown:
            click.echo("\r\x1b[K", nl=False, err=True)
