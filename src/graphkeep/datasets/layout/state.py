"""Layout state: the current layout's name, options and notes, for the page and the API."""

from typing import Any

from graphkeep.datasets.dataset_files import DatasetFiles, StoredLayout
from graphkeep.datasets.job_keys import apply_layout_key
from graphkeep.datasets.layout.metadata import LayoutMetadata, layout_metadata, metadata_of
from graphkeep.datasets.layout.positions import current_positions
from graphkeep.datasets.models import Dataset
from graphkeep.graph.errors import NotFoundError
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import latest_job
from graphkeep.view.pack import pack


def undo_target(dataset: Dataset) -> StoredLayout | None:
    """The layout that an undo restores; None if there is none, or it is of former tables."""
    if not dataset.is_prepared:
        return None
    previous = DatasetFiles(dataset.dataset_id).previous_layout()
    is_usable = previous is not None and len(previous.positions) == dataset.node_count
    return previous if is_usable else None


def layout_state(dataset: Dataset) -> dict[str, Any]:
    """The layout's name, options and notes, the layout that an undo restores, and the error of the last attempt."""
    metadata = layout_metadata(dataset)
    previous = undo_target(dataset)
    job = latest_job(apply_layout_key(dataset.dataset_id))
    has_failed = job is not None and job.state == Job.State.FAILED
    return {
        "name": layout_name(dataset, metadata),
        "options": metadata.options if metadata else {},
        "notes": metadata.notes if metadata else [],
        "revision": metadata.revision if metadata else "",
        "arranging": job is not None and not job.is_over,
        "former": layout_name(dataset, metadata_of(previous)) if previous else "",
        "error": {"job": str(job.pk), "message": job.message} if job and has_failed else None,
    }


def layout_name(dataset: Dataset, metadata: LayoutMetadata | None) -> str:
    """`given` or `force` if no layout was chosen."""
    if metadata is not None:
        return metadata.layout
    return "given" if dataset.has_given_positions else "force"


def layout_scene(dataset: Dataset) -> dict[str, Any]:
    """What is drawn besides the nodes; `axes` is missing where they are those of the encodings."""
    metadata = layout_metadata(dataset)
    if metadata is None:
        return {"boxes": [], "outline": "", "revision": ""}
    scene = {
        "boxes": metadata.boxes,
        "outline": metadata.outline,
        "revision": metadata.revision,
    }
    return scene if metadata.axes is None else {**scene, "axes": metadata.axes}


def full_layout_state(dataset: Dataset) -> dict[str, Any]:
    """The layout state with axes and boxes.

    Raises:
        NotFoundError: the dataset is not prepared yet.
    """
    if not dataset.is_prepared:
        raise NotFoundError
    axes = DatasetFiles(dataset.dataset_id).view_header()["axes"]
    return {"axes": axes, **layout_state(dataset), **layout_scene(dataset)}


def pack_layout(dataset: Dataset) -> bytes:
    """GKV1: the full layout state as header of the exact positions float32 (n, 2)."""
    return pack(full_layout_state(dataset), {"position": current_positions(dataset)})
