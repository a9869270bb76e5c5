"""Layout metadata: what a layout brings with its positions, such as its name, options, axes and boxes.

It is stored in one file with the positions, so that any other change of positions removes it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from graphkeep.compute.layout import LayoutResult
from graphkeep.compute.parameters import ParameterValues
from graphkeep.compute.positions import Positions
from graphkeep.datasets.dataset_files import DatasetFiles, StoredLayout
from graphkeep.datasets.models import Dataset


@dataclass(frozen=True, kw_only=True)
class LayoutMetadata:
    """`axes` None: those that the dataset's own encodings name. `revision` changes with every layout."""

    layout: str
    options: dict[str, Any] = field(default_factory=dict)
    axes: list[dict[str, Any]] | None = None
    boxes: list[dict[str, Any]] = field(default_factory=list)
    outline: str = ""
    notes: list[str] = field(default_factory=list)
    revision: str = ""


def build_metadata(result: LayoutResult, layout: str, options: Mapping[str, Any]) -> LayoutMetadata:
    return LayoutMetadata(
        layout=layout,
        options=dict(options),
        axes=None if result.axes is None else [asdict(axis) for axis in result.axes],
        boxes=[asdict(box) for box in result.boxes],
        outline=result.basemap,
        notes=list(result.notes),
        revision=secrets.token_hex(8),
    )


def layout_metadata(dataset: Dataset) -> LayoutMetadata | None:
    """The metadata of the current positions; None if nobody chose a layout, or the dataset is not prepared."""
    if not dataset.is_prepared:
        return None
    return metadata_of(DatasetFiles(dataset.dataset_id).layout())


def metadata_of(layout: StoredLayout | None) -> LayoutMetadata | None:
    if layout is None or layout.metadata is None:
        return None
    return LayoutMetadata(**layout.metadata)


def stored_layout(positions: Positions, metadata: LayoutMetadata | None = None) -> StoredLayout:
    return StoredLayout(
        positions=positions, metadata=None if metadata is None else asdict(metadata)
    )


def uses_given_positions(dataset: Dataset) -> bool:
    """Whether the nodes have the positions of the data, and no layout was chosen instead."""
    return dataset.has_given_positions and layout_metadata(dataset) is None


def is_static(dataset: Dataset) -> bool:
    """Whether positions have a meaning, so that nothing relaxes around a node that is moved by hand."""
    metadata = layout_metadata(dataset)
    return dataset.has_given_positions if metadata is None else metadata.layout != "force"


def metadata_after_run(dataset: Dataset, parameters: ParameterValues) -> LayoutMetadata | None:
    """The metadata that a run of the force-directed layout keeps: all if every axis is locked, else None."""
    metadata = layout_metadata(dataset)
    if metadata is None or not metadata.axes:
        return None
    is_locked = all(parameters[f"locked_{axis['kind']}"] for axis in metadata.axes)
    return metadata if is_locked else None
