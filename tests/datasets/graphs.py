"""Graphs that were drawn by the worker's own jobs, in a store of the test's own."""

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from graphkeep.accounts.actor import Actor
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.dataset_commands import attach_table, create_dataset
from graphkeep.datasets.operations.dataset_fields import DatasetFields
from graphkeep.datasets.operations.prepare import submit_prepare
from graphkeep.jobs.worker import run_pending
from graphkeep.sandbox.pool import SandboxPool


@pytest.fixture
def places(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(SandboxPool, "warm", lambda self: None)
    for name in ("STORE_DIR", "UPLOAD_DIR", "TMP_DIR", "FRAMES_DIR", "COPIES_DIR"):
        setattr(settings, name, tmp_path / name)
        (tmp_path / name).mkdir()
    return tmp_path


def edges(*pairs: str) -> pa.Table:
    """Edges by their ends' letters: `ab`, `bc`."""
    return pa.table({"s": [pair[0] for pair in pairs], "d": [pair[1] for pair in pairs]})


def described(actor: Actor, **changes: Any) -> Dataset:
    fields = DatasetFields(
        name="graph",
        metadata={},
        node_encodings={"bindings": {}},
        edge_encodings={"bindings": {"source": "s", "destination": "d"}},
    )
    return create_dataset(replace(fields, **changes), actor=actor)


def drawn(actor: Actor, table: pa.Table) -> Dataset:
    dataset = described(actor)
    attach_table(dataset, "edges", table, actor=actor)
    return redrawn(dataset)


def redrawn(dataset: Dataset) -> Dataset:
    dataset.refresh_from_db()
    submit_prepare(dataset)
    run_pending()
    dataset.refresh_from_db()
    assert dataset.is_prepared, dataset.error
    return dataset
