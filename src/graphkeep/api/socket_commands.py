"""What a page asks for by its socket, by the type of the message."""

import math
from collections.abc import Callable
from typing import Any

from django.conf import settings

from graphkeep.accounts.actor import Actor
from graphkeep.datasets.layout.pin_commands import pin_nodes, unpin_nodes
from graphkeep.datasets.layout.run_commands import (
    pause_layout_run,
    resume_layout_run,
    start_layout_run,
    stop_layout_run,
)
from graphkeep.datasets.models import Dataset

Said = dict[str, Any]
Deed = Callable[[Dataset, Said, Actor], None]


def play(dataset: Dataset, said: Said, actor: Actor) -> None:
    start_layout_run(dataset, milliseconds(said.get("ms")), options_of(said), actor=actor)


def pause(dataset: Dataset, said: Said, actor: Actor) -> None:
    pause_layout_run(dataset, actor=actor)


def resume(dataset: Dataset, said: Said, actor: Actor) -> None:
    resume_layout_run(dataset, actor=actor)


def stop(dataset: Dataset, said: Said, actor: Actor) -> None:
    stop_layout_run(dataset, actor=actor)


def pin(dataset: Dataset, said: Said, actor: Actor) -> None:
    rows, positions = said.get("rows"), said.get("positions")
    pin_nodes(dataset, rows, positions, actor=actor, options=options_of(said))


def unpin(dataset: Dataset, said: Said, actor: Actor) -> None:
    rows, positions = said.get("rows"), said.get("positions")
    unpin_nodes(dataset, rows, positions, actor=actor, options=options_of(said))


DEEDS: dict[str, Deed] = {
    "play": play,
    "pause": pause,
    "resume": resume,
    "stop": stop,
    "pin": pin,
    "unpin": unpin,
}


def options_of(said: Said) -> Said:
    """Those that a layout could know; no database keeps NaN."""
    options = said.get("options")
    if not isinstance(options, dict):
        return {}
    return {
        name: value
        for name, value in options.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }


def milliseconds(said: object) -> int:
    most: int = settings.GRAPH_PLAY_TIMEOUTMS
    if isinstance(said, int | float) and math.isfinite(said):
        return max(0, min(int(said), most))
    return most
