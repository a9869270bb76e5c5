"""Commands of the WebSocket: each message runs one operation on the dataset."""

from django.conf import settings

from graphkeep.accounts.actor import Actor
from graphkeep.api.socket_messages import (
    PARSERS,
    Command,
    Pause,
    PinNodes,
    Play,
    Resume,
    Stop,
    UnpinNodes,
)
from graphkeep.datasets.layout.pin_commands import pin_nodes, unpin_nodes
from graphkeep.datasets.layout.run_commands import (
    pause_layout_run,
    resume_layout_run,
    start_layout_run,
    stop_layout_run,
)
from graphkeep.datasets.models import Dataset

COMMANDS = frozenset(PARSERS)


def run_command(command: Command, dataset: Dataset, *, actor: Actor) -> None:
    """Run the operation of a command.

    Raises:
        NotAllowedError: the actor may only view.
        UserInputError: the command does not fit the dataset.
    """
    match command:
        case Play():
            limit_ms: int = settings.GRAPH_PLAY_TIMEOUTMS
            duration_ms = limit_ms if command.duration_ms is None else command.duration_ms
            start_layout_run(dataset, duration_ms, command.options, actor=actor)
        case Pause():
            pause_layout_run(dataset, actor=actor)
        case Resume():
            resume_layout_run(dataset, actor=actor)
        case Stop():
            stop_layout_run(dataset, actor=actor)
        case PinNodes():
            pin_nodes(
                dataset, command.rows, command.positions, actor=actor, options=command.options
            )
        case UnpinNodes():
            unpin_nodes(
                dataset, command.rows, command.positions, actor=actor, options=command.options
            )
