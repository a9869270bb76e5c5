"""Two triangles with a tail, and what its metric columns and encodings are."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from graphkeep.accounts.models import AuditEvent
from graphkeep.compute.metrics.registry import METRICS
from graphkeep.datasets.queries.view_state import view_state
from graphkeep.datasets.storage import graph_store
from graphkeep.jobs.worker import run_pending

# Two triangles that share c, and a tail from e.
EDGES = pa.table(
    {
        "s": ["a", "b", "c", "c", "d", "e", "e"],
        "d": ["b", "c", "a", "d", "e", "c", "f"],
        "w": [1.0, 2.0, 1.0, 5.0, 1.0, None, 1.0],
        "owed": [1, 1, 1, 1, -4, 1, 1],
        "note": ["x"] * 7,
    }
)
NODES = pa.table(
    {
        "n": ["a", "b", "c", "d", "e", "f"],
        "kind": ["x", "y", "x", "y", "x", "y"],
        "core": [9, 9, 9, 9, 9, 9],
        "born": pa.array([0, 1, 2, 3, 4, 5], pa.date32()),
    }
)
PAIRS = np.array([[0, 1], [1, 2], [2, 0], [2, 3], [3, 4], [4, 2], [4, 5]])


def prepared(dataset):
    run_pending()  # the upload queued it
    dataset.refresh_from_db()
    assert dataset.is_prepared, dataset.error
    return dataset


def column(dataset, name):
    return graph_store().table(dataset.dataset_id, "nodes")[name].to_pylist()


def columns(dataset):
    return graph_store().table(dataset.dataset_id, "nodes").column_names


def seen(dataset, actor):
    """Of the state of the page: the metrics, the encodings, the number of the picture."""
    dataset.refresh_from_db()
    said = view_state(dataset, actor)
    states = [(one["column"], one["state"], one["message"]) for one in said["metrics"]]
    return states, said["encodings"], said["picture"]


def measured_by(monkeypatch, name, function):
    monkeypatch.setitem(METRICS, name, replace(METRICS[name], compute=function))


def events(start="dataset.m"):
    lines = AuditEvent.objects.filter(event__startswith=start).order_by("pk")
    return [(line.event, line.actor, line.details) for line in lines]
