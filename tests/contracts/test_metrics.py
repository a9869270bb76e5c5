"""What every metric promises, asked of each in turn."""

import json

import numpy as np
import pytest

from graphkeep.compute.metric import Metric
from graphkeep.compute.metrics.registry import METRICS
from graphkeep.compute.parameters import Choice, Integer, Number
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.graph import Graph
from tests.graphs import graph_of

EVERY = pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))


def computed(metric: Metric, graph: Graph, **values: object) -> tuple[np.ndarray, list[float]]:
    """The values, and the progress that was reported."""
    progress: list[float] = []
    found = metric.compute(graph, metric.check(values, graph), progress.append)
    return np.asarray(found), progress


@EVERY
def test_it_gives_every_node_a_finite_value_and_the_same_twice(
    metric: Metric, messy: Graph
) -> None:
    once, progress = computed(metric, messy)
    again, _ = computed(metric, messy)

    assert once.shape == (100,)
    assert np.isfinite(once).all()
    assert np.array_equal(once, again)
    assert all(0 <= share <= 1 for share in progress)
    assert progress == sorted(progress)


@EVERY
def test_it_works_on_graphs_without_nodes_and_without_edges(metric: Metric) -> None:
    assert computed(metric, graph_of(0, []))[0].shape == (0,)
    assert computed(metric, graph_of(4, []))[0].shape == (4,)


@EVERY
def test_the_order_of_edges_changes_nothing(metric: Metric, karate: Graph) -> None:
    ends = np.column_stack((karate.source_index, karate.destination_index))
    shuffled = graph_of(34, np.random.default_rng(3).permutation(ends))
    known, found = computed(metric, karate)[0], computed(metric, shuffled)[0]

    if metric.is_group:  # groups may be found in another order where they are of one size
        assert len(set(known.tolist())) == len(set(found.tolist()))
    else:
        assert np.allclose(known, found)


@EVERY
def test_groups_are_counted_from_the_largest(metric: Metric, messy: Graph) -> None:
    if not metric.is_group:
        assert np.issubdtype(computed(metric, messy)[0].dtype, np.number)
        return
    label = computed(metric, messy)[0]
    sizes = np.bincount(label)

    assert np.issubdtype(label.dtype, np.integer)
    assert (sizes > 0).all()
    assert (np.diff(sizes) <= 0).all()


@EVERY
def test_its_declaration_is_whole_and_can_be_sent(metric: Metric) -> None:
    sent = json.loads(json.dumps(metric.as_dict()))

    assert sent["name"] == metric.name
    assert metric.description.endswith(".")
    for parameter, described in zip(metric.parameters, sent["options"], strict=True):
        assert parameter.help.endswith(".")
        assert described["type"] == parameter.type
        if isinstance(parameter, Choice):
            assert parameter.default in parameter.choices
        if isinstance(parameter, Number | Integer):
            assert parameter.low < parameter.high


@EVERY
def test_an_unknown_option_is_refused_by_name(metric: Metric, triangle: Graph) -> None:
    with pytest.raises(UserInputError, match="no option 'moon'"):
        metric.check({"moon": 1}, triangle)
