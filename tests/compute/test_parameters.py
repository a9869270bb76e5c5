"""What a declared parameter takes, refuses, and says of itself."""

import pyarrow as pa
import pytest

from graphkeep.compute.force.parameters import CONTINUE_PARAMETERS, FORCE_PARAMETERS
from graphkeep.compute.parameters import (
    Choice,
    Column,
    Flag,
    Integer,
    NodeRef,
    Number,
    TablesOnly,
    accept_values,
    check_values,
    default_values,
)
from graphkeep.graph.errors import UnknownColumnError, UserInputError

TABLES = TablesOnly(
    nodes=pa.table({"id": ["a", "b"], "age": [1, 2], "team": ["x", "x"]}),
    edges=pa.table({"s": ["a"], "d": ["b"], "amount": [2.5], "kind": ["k"]}),
    node_column="id",
)
PARAMETERS = (
    Choice(name="way", title="Way", help="H.", default="up", choices={"up": "Up", "down": "Down"}),
    Number(name="distance", title="Distance", help="H.", low=0.5, high=9.0, alias="farAway"),
    Integer(name="rounds", title="Rounds", help="H.", default=3, low=1, high=5),
    Flag(name="loose", title="Loose", help="H."),
    Column(name="group", title="Group", help="H.", kinds=("category", "text")),
    Column(name="weights", title="Weights", help="H.", table="edges", kinds=("number",)),
    NodeRef(name="root", title="Root", help="H."),
)


def check(**values: object) -> dict:
    return check_values("The layout 'x'", PARAMETERS, values, TABLES)


def test_what_is_not_given_has_its_default() -> None:
    defaults = {
        "way": "up", "distance": None, "rounds": 3, "loose": False, "group": None, "weights": None,
        "root": None,
    }  # fmt: skip

    assert check() == defaults == default_values(PARAMETERS)
    assert check(way=None, distance="", root=None) == defaults


def test_values_arrive_as_a_layout_needs_them() -> None:
    assert check(
        way="down", farAway=2, rounds=5, loose=True, group="team", weights="amount", root="b"
    ) == {
        "way": "down", "distance": 2.0, "rounds": 5, "loose": True, "group": "team",
        "weights": "amount", "root": 1,
    }  # fmt: skip
    assert check(root=1)["root"] == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"way": "left"}, "way 'left' is not one of up, down."),
        ({"way": ["up"]}, "way '['up']' is not one of up, down."),
        ({"distance": 9.5}, "distance must be a number from 0.5 to 9."),
        ({"distance": float("nan")}, "distance must be a number from 0.5 to 9."),
        ({"distance": True}, "distance must be a number from 0.5 to 9."),
        ({"rounds": 2.0}, "rounds must be a whole number from 1 to 5."),
        ({"rounds": 6}, "rounds must be a whole number from 1 to 5."),
        ({"loose": 1}, "loose must be true or false."),
        (
            {"group": "age"},
            "The column 'age' contains number values; group takes a column of category or text.",
        ),
        (
            {"weights": "kind"},
            "The column 'kind' of the edges contains category values; weights takes a column of number.",
        ),
        ({"root": "c"}, "root: there is no node 'c'."),
        ({"root": 2}, "root: the graph has 2 nodes, from row 0."),
        (
            {"speed": 1},
            "The layout 'x' has no option 'speed'. Its options: way, distance, rounds, loose, group, weights, root.",
        ),
    ],
)
def test_a_wrong_value_is_refused_in_words(values: dict, message: str) -> None:
    with pytest.raises(UserInputError) as refused:
        check(**values)

    assert refused.value.message == message


def test_a_column_of_the_other_table_is_unknown() -> None:
    with pytest.raises(UnknownColumnError):
        check(group="kind")
    with pytest.raises(UnknownColumnError):
        check(weights="age")


def test_what_is_required_must_be_given() -> None:
    column = Column(name="column", title="Column", help="H.", kinds=("number",), required=True)

    with pytest.raises(UserInputError, match=r"^Choose the column for this layout\.$"):
        check_values("The layout 'x'", (column,), {"column": ""}, TABLES)


def test_each_describes_itself_by_type_and_by_the_former_names() -> None:
    described = {each.name: each.as_dict() for each in PARAMETERS}

    assert {name: (one["type"], one["kind"]) for name, one in described.items()} == {
        "way": ("choice", "choice"),
        "distance": ("number", "number"),
        "rounds": ("integer", "number"),
        "loose": ("flag", "flag"),
        "group": ("column", "column"),
        "weights": ("column", "column"),
        "root": ("node", "node"),
    }
    assert described["way"] == {
        "name": "way", "title": "Way", "help": "H.", "type": "choice", "kind": "choice",
        "default": "up", "required": False,
        "choices": [{"value": "up", "title": "Up"}, {"value": "down", "title": "Down"}],
    }  # fmt: skip
    assert (described["rounds"]["low"], described["rounds"]["high"]) == (1, 5)
    assert (described["group"]["table"], described["weights"]["table"]) == ("nodes", "edges")
    assert described["weights"]["columns"] == ["number"]


def test_the_viewers_address_is_read_leniently_by_the_names_of_public_clients() -> None:
    accepted = accept_values(
        CONTINUE_PARAMETERS,
        {
            "linLog": True, "strongGravity": 1, "lockedR": True, "gravity": 10**400,
            "scalingRatio": -5, "edgeInfluence": float("nan"), "precisionVsSpeed": 2,
            "style": "clusters", "quality": "slow", "theme": "dark",
        },
    )  # fmt: skip

    assert accepted == {
        **default_values(CONTINUE_PARAMETERS),
        "lin_log": True, "locked_r": True, "gravity": 1000.0, "scaling_ratio": 0.01,
        "precision_vs_speed": 2.0, "style": "clusters",
    }  # fmt: skip
    assert "locked_r" not in default_values(FORCE_PARAMETERS)
