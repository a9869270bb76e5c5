"""Socket messages: each becomes one typed command, and every wrong field is refused in words."""

import dataclasses

import pytest

from graphkeep.api.socket_messages import (
    PARSERS,
    Ack,
    Pause,
    PinNodes,
    Play,
    Resume,
    Stop,
    UnpinNodes,
    parse_ack,
    parse_command,
)
from graphkeep.graph.errors import UserInputError


@pytest.mark.parametrize(
    ("kind", "message", "command"),
    [
        ("play", {"ms": 1500.7, "options": {"gravity": 2, "lockedR": True}}, Play(duration_ms=1500, options={"gravity": 2, "lockedR": True})),
        ("play", {"ms": -1}, Play(duration_ms=0)),
        ("play", {"ms": "long", "options": [1]}, Play(duration_ms=None)),
        ("play", {"ms": float("inf"), "options": {"gravity": float("nan"), "style": "x"}}, Play(duration_ms=None)),
        ("pause", {}, Pause()),
        ("resume", {}, Resume()),
        ("stop", {"ms": 1}, Stop()),
        ("pin", {"rows": [3, 0], "positions": [1, 2.5, -1, 0]}, PinNodes(rows=(3, 0), positions=(1, 2.5, -1, 0))),
        ("unpin", {}, UnpinNodes()),
        ("unpin", {"rows": [1]}, UnpinNodes(rows=(1,))),
        ("unpin", {"rows": [1], "positions": [1, 2]}, UnpinNodes(rows=(1,), positions=(1, 2))),
    ],
)  # fmt: skip
def test_a_message_becomes_a_frozen_command(kind, message, command):
    parsed = parse_command(kind, message)

    assert parsed == command
    assert type(parsed).__dataclass_params__.frozen


def test_each_type_of_the_documented_commands_is_parsed_to_a_class_of_its_own():
    smallest = {"pin": {"rows": [], "positions": []}}

    kinds = [type(parse_command(kind, smallest.get(kind, {}))) for kind in PARSERS]

    assert len(set(kinds)) == len(PARSERS) == 6
    assert all(dataclasses.is_dataclass(kind) for kind in kinds)


@pytest.mark.parametrize(
    ("rows", "positions", "message"),
    [
        ("0", [0, 0], "rows must be a list"),
        ([True], [0, 0], "There is no node True"),
        ([0.5], [0, 0], r"There is no node 0\.5"),
        ([None], [0, 0], "There is no node None"),
        ([0], [0], "x and y of each row"),
        ([0], "xy", "x and y of each row"),
        ([0], [0, float("nan")], "positions contains nan"),
        ([0], [0, 1e30], "positions contains 1e"),
        ([0], [0, None], "positions contains None"),
        ([0], [0, True], "positions contains True"),
    ],
)
@pytest.mark.parametrize("kind", ["pin", "unpin"])
def test_rows_and_positions_of_a_wrong_kind_are_refused_in_words(kind, rows, positions, message):
    with pytest.raises(UserInputError, match=message):
        parse_command(kind, {"rows": rows, "positions": positions})


@pytest.mark.parametrize(
    ("sequence", "expected"), [(7, 7), (True, None), ("7", None), (1.0, None), (None, None)]
)
def test_an_acknowledgement_names_a_frame_by_a_whole_number_only(sequence, expected):
    assert parse_ack({"seq": sequence}) == Ack(sequence=expected)
