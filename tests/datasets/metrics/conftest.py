"""The graph that metrics are computed of."""

import pytest

from graphkeep.datasets.operations.dataset_commands import attach_table, create_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields
from graphkeep.sandbox.pool import SandboxPool
from tests.datasets.metrics.metric_graph import EDGES, NODES, prepared
from tests.people import make, person


@pytest.fixture
def alice(db, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(SandboxPool, "warm", lambda self: None)
    for name in ("STORE_DIR", "UPLOAD_DIR", "TMP_DIR", "FRAMES_DIR"):
        setattr(settings, name, tmp_path / name)
    return person(make("alice"))


@pytest.fixture
def graph(alice):
    dataset = create_dataset(
        DatasetFields(
            name="calls",
            metadata={},
            node_encodings={"bindings": {"node": "n"}},
            edge_encodings={"bindings": {"source": "s", "destination": "d"}},
        ),
        actor=alice,
        privacy="private",
    )
    attach_table(dataset, "edges", EDGES, actor=alice)
    attach_table(dataset, "nodes", NODES, actor=alice)
    return prepared(dataset)
