"""What the values of a channel could not draw: no numbers in a size, no colours among colours."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.encodings import Encodings
from graphkeep.graph.graph import Graph
from graphkeep.graph.identity import is_text, location_of
from graphkeep.graph.numbers import numbers_of
from graphkeep.graph.repairs import Repair
from graphkeep.view.palettes import parse_color

NUMBER_ROLES = ("size", "opacity", "weight")
COLOR_ROLES = ("color", "source_color", "destination_color")


def channel_repairs(graph: Graph, encodings: Encodings) -> tuple[Repair, ...]:
    """A repair for each bound or encoded text column of which values are no numbers or no colours.

    A column of colours is one that has a colour at all: other texts are categories.
    """
    repairs: list[Repair] = []
    for target in ("node", "edge"):
        table = graph.nodes if target == "node" else graph.edges
        channels: dict[str, list[str]] = {}
        for channel, column in dict.fromkeys(number_columns(graph, encodings, target)):
            channels.setdefault(column, []).append(channel)
        for column, names in channels.items():
            if column in table.column_names and is_text(table[column].type):
                repairs.extend(number_repair(table, column, target, " and ".join(names)))
        for role in COLOR_ROLES:
            bound = str(getattr(graph.bindings, f"{target}_{role}", None))
            if bound in table.column_names and is_text(table[bound].type):
                repairs.extend(color_repair(table, bound, target))
    return tuple(repairs)


def number_columns(graph: Graph, encodings: Encodings, target: str) -> Iterator[tuple[str, str]]:
    """Channel and column of all that must hold numbers."""
    for role in NUMBER_ROLES:
        column = getattr(graph.bindings, f"{target}_{role}", None)
        if column is not None:
            yield role, column
    for (encoded, channel), encoding in encodings.channels.items():
        if encoded == target and (encoding.variation == "continuous" or encoding.bins is not None):
            yield channel, encoding.attribute


def number_repair(table: pa.Table, column: str, target: str, channel: str) -> Iterator[Repair]:
    values = table[column]
    is_wrong = np.isnan(numbers_of(values)) & np.asarray(pc.is_valid(values))
    rows = np.flatnonzero(is_wrong)
    if not len(rows):
        return
    example = str(values[int(rows[0])].as_py())
    where, lines = location_of(table, rows)
    if len(rows) == table.num_rows - values.null_count:
        message = f"No value of '{column}' is a number ('{example}'): it sets no {channel}."
    else:
        message = f"{len(rows)} values of '{column}' are no numbers ('{example}', {where}); they set no {channel}."
    yield Repair(
        code="not-numbers",
        message=message,
        table=target,
        column=column,
        count=len(rows),
        lines=lines,
        before=example,
    )


def color_repair(table: pa.Table, column: str, target: str) -> Iterator[Repair]:
    values = table[column]
    distinct = values.unique().drop_null().to_pylist()
    wrong = [text for text in distinct if parse_color(text) is None]
    if not wrong or len(wrong) == len(distinct):
        return
    rows = rows_of(values, wrong)
    where, lines = location_of(table, rows)
    yield Repair(
        code="not-colors",
        message=f"{len(rows)} values of '{column}' are no colors ('{wrong[0]}', {where}); they have the usual one.",
        table=target,
        column=column,
        count=len(rows),
        lines=lines,
        before=wrong[0],
    )


def rows_of(values: pa.ChunkedArray, texts: list[str]) -> npt.NDArray[np.int64]:
    is_one = pc.is_in(values, value_set=pa.array(texts, values.type))
    return np.flatnonzero(np.asarray(pc.fill_null(is_one, fill_value=False)))
