"""Commands that a page sends over its WebSocket, by the type of the message."""

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

Message = dict[str, Any]
Command = Callable[[Dataset, Message, Actor], None]


def play(dataset: Dataset, message: Message, actor: Actor) -> None:
    start_layout_run(dataset, run_length_ms(message.get("ms")), run_options(message), actor=actor)


def pause(dataset: Dataset, message: Message, actor: Actor) -> None:
    pause_layout_run(dataset, actor=actor)


def resume(dataset: Dataset, message: Message, actor: Actor) -> None:
    resume_layout_run(dataset, actor=actor)


def stop(dataset: Dataset, message: Message, actor: Actor) -> None:
    stop_layout_run(dataset, actor=actor)


def pin(dataset: Dataset, message: Message, actor: Actor) -> None:
    rows, positions = message.get("rows"), message.get("positions")
    pin_nodes(dataset, rows, positions, actor=actor, options=run_options(message))


def unpin(dataset: Dataset, message: Message, actor: Actor) -> None:
    rows, positions = message.get("rows"), message.get("positions")
    unpin_nodes(dataset, rows, positions, actor=actor, options=run_options(message))


COMMANDS: dict[str, Command] = {
    "play": play,
    "pause": pause,
    "resume": resume,
    "stop": stop,
    "pin": pin,
    "unpin": unpin,
}


def run_options(message: Message) -> dict[str, Any]:
    """The layout options of a message: finite numbers and flags."""
    options = message.get("options")
    if not isinstance(options, dict):
        return {}
    return {
        name: value
        for name, value in options.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }


def run_length_ms(value: object) -> int:
    """Milliseconds of a run, at most GRAPH_PLAY_TIMEOUTMS, which is also the default."""
    limit: int = settings.GRAPH_PLAY_TIMEOUTMS
    if isinstance(value, int | float) and math.isfinite(value):
        return max(0, min(int(value), limit))
    return limit
