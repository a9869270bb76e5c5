"""What a layout brings with its positions: its name and options, axes, frames, a map beneath.

It lies in one file with the positions, so that whatever moves the nodes otherwise takes it away.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from graphkeep.compute.layout import LayoutResult
from graphkeep.compute.parameters import ParameterValues
from graphkeep.compute.positions import Positions
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.storage import graph_store

CURRENT, PREVIOUS = "layout", "layout-before"


@dataclass(frozen=True, kw_only=True)
class LayoutMetadata:
    """`axes` None: those that the dataset's own encodings name. `revision` changes with every arrangement."""

    layout: str
    options: dict[str, Any] = field(default_factory=dict)
    axes: list[dict[str, Any]] | None = None
    boxes: list[dict[str, Any]] = field(default_factory=list)
    outline: str = ""
    notes: list[str] = field(default_factory=list)
    revision: str = ""


def build_metadata(placed: LayoutResult, layout: str, options: Mapping[str, Any]) -> LayoutMetadata:
    return LayoutMetadata(
        layout=layout,
        options=dict(options),
        axes=None if placed.axes is None else [asdict(axis) for axis in placed.axes],
        boxes=[asdict(box) for box in placed.boxes],
        outline=placed.basemap,
        notes=list(placed.notes),
        revision=secrets.token_hex(8),
    )


def layout_metadata(dataset: Dataset, name: str = CURRENT) -> LayoutMetadata | None:
    """That of the positions, or of those before the last arrangement; none where nobody arranged."""
    return read_metadata(dataset.dataset_id, name) if dataset.is_prepared else None


def read_metadata(dataset_id: str, name: str = CURRENT) -> LayoutMetadata | None:
    """The same, of whatever version lies in the store."""
    home = graph_store()
    if not home.has_arrays(dataset_id, name):
        return None
    text = home.arrays(dataset_id, name).get("scenery")
    return None if text is None else LayoutMetadata(**json.loads(text.tobytes()))


def uses_given_positions(dataset: Dataset) -> bool:
    """Whether the nodes stand where the data say, unless somebody arranged them otherwise."""
    return dataset.has_given_positions and layout_metadata(dataset) is None


def is_static(dataset: Dataset) -> bool:
    """Whether places mean something, so that nothing relaxes around a node that is moved by hand."""
    now = layout_metadata(dataset)
    return dataset.has_given_positions if now is None else now.layout != "force"


def metadata_after_run(dataset: Dataset, parameters: ParameterValues) -> LayoutMetadata | None:
    """What a run leaves of it: all where every axis is locked, else nothing."""
    now = layout_metadata(dataset)
    if now is None or not now.axes:
        return None
    is_locked = all(parameters[f"locked_{axis['kind']}"] for axis in now.axes)
    return now if is_locked else None


def put_layout(
    dataset_id: str, name: str, positions: Positions, scenery: LayoutMetadata | None
) -> None:
    arrays = {"position": positions}
    if scenery is not None:
        text = json.dumps(asdict(scenery)).encode()
        arrays["scenery"] = np.frombuffer(text, np.uint8)
    graph_store().put_arrays(dataset_id, name, **arrays)
