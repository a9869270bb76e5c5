"""The current positions of a graph's nodes, and the layout that is stored."""

from graphkeep.compute.positions import Positions
from graphkeep.compute.spacing.sunflower import sunflower
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout.metadata import LayoutMetadata, stored_layout
from graphkeep.datasets.layout.pins import Pins, pins_of
from graphkeep.datasets.models import Dataset
from graphkeep.store.frames import latest_positions


def store_layout(
    files: DatasetFiles, positions: Positions, metadata: LayoutMetadata | None = None
) -> None:
    """Store positions float32 (n, 2) as the dataset's final layout."""
    files.save_layout(stored_layout(positions, metadata))
    Dataset.objects.filter(dataset_id=files.dataset_id).update(has_final_layout=True)


def current_positions(dataset: Dataset, pins: Pins | None = None) -> Positions:
    """Float32 (n, 2): as laid out, or on a disc before the first frame; pins override both."""
    return (pins or pins_of(dataset)).applied_to(layout_positions(dataset))


def layout_positions(dataset: Dataset) -> Positions:
    """Float32 (n, 2): as last stored, or the latest frame of the layout that runs."""
    files = DatasetFiles(dataset.dataset_id)
    layout = files.layout() if dataset.has_final_layout else None
    if layout is not None:
        return layout.positions
    frame = latest_positions(files.frames(), dataset.node_count)
    return sunflower(dataset.node_count) if frame is None else frame
