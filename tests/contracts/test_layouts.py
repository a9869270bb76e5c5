"""What every layout promises, asked of each in turn."""

import json

import numpy as np
import pytest

from graphkeep.compute.layout import Layout
from graphkeep.compute.layouts import LAYOUTS
from graphkeep.compute.parameters import Choice, Column, Number
from graphkeep.graph.graph import Graph
from tests.compute.layouts.drawing import laid_out

EVERY = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
NEEDS = {"ring": {"column": "score"}}


@EVERY
def test_it_gives_every_node_a_finite_place_and_the_same_twice(
    layout: Layout, messy: Graph
) -> None:
    once = laid_out(layout.name, messy, **NEEDS.get(layout.name, {}))
    again = laid_out(layout.name, messy, **NEEDS.get(layout.name, {}))

    assert once.positions.dtype == np.float32
    assert once.positions.shape == (100, 2)
    assert np.isfinite(once.positions).all()
    assert np.array_equal(once.positions, again.positions)


@EVERY
def test_it_does_not_place_nodes_on_one_another(layout: Layout, messy: Graph) -> None:
    if layout.name == "given":
        return  # the sender did so
    at = laid_out(layout.name, messy, **NEEDS.get(layout.name, {})).positions

    assert len(np.unique(at, axis=0)) == 100


@EVERY
def test_its_declaration_is_whole_and_can_be_sent(layout: Layout) -> None:
    said = json.loads(json.dumps(layout.as_dict()))

    assert said["name"] == layout.name
    assert layout.description.endswith(".")
    for parameter, described in zip(layout.parameters, said["options"], strict=True):
        assert parameter.help.endswith(".")
        assert described["type"] == parameter.type
        if isinstance(parameter, Choice):
            assert parameter.default in parameter.choices
        if isinstance(parameter, Number):
            assert parameter.low < parameter.high
            assert parameter.default is None or parameter.low <= parameter.default <= parameter.high
        if isinstance(parameter, Column):
            assert parameter.kinds
