"""How a graph is arranged now: for the page, and for who asks by the API."""

import json
from typing import Any

from graphkeep.datasets.layout.frames import current_positions
from graphkeep.datasets.layout.metadata import PREVIOUS, LayoutMetadata, layout_metadata
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.errors import NotFoundError
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import latest_job
from graphkeep.view.pack import pack


def can_undo(dataset: Dataset) -> bool:
    home = graph_store()
    if not dataset.is_prepared or not home.has_arrays(dataset.dataset_id, PREVIOUS):
        return False
    # Positions of the former tables lead nowhere.
    return len(home.arrays(dataset.dataset_id, PREVIOUS)["position"]) == dataset.node_count


def layout_state(dataset: Dataset) -> dict[str, Any]:
    """Its layout's name, options and notes, what an undo leads back to, and how the last try failed."""
    now = layout_metadata(dataset)
    last = latest_job(f"arrange:{dataset.dataset_id}")
    is_under_way = last is not None and not last.is_over
    has_failed = last is not None and last.state == Job.State.FAILED
    return {
        "name": layout_name(dataset, now),
        "options": now.options if now else {},
        "notes": now.notes if now else [],
        "revision": now.revision if now else "",
        "arranging": is_under_way,
        "former": layout_name(dataset, layout_metadata(dataset, PREVIOUS))
        if can_undo(dataset)
        else "",
        "error": {"job": str(last.pk), "message": last.message} if last and has_failed else None,
    }


def layout_name(dataset: Dataset, scenery: LayoutMetadata | None) -> str:
    """Where nobody arranged: as the data say, else by the force-directed layout."""
    if scenery is not None:
        return scenery.layout
    return "given" if dataset.has_given_positions else "force"


def layout_scene(dataset: Dataset) -> dict[str, Any]:
    """What is drawn with the positions; axes are missing where they are those of the encodings."""
    now = layout_metadata(dataset)
    if now is None:
        return {"boxes": [], "outline": "", "revision": ""}
    said = {"boxes": now.boxes, "outline": now.outline, "revision": now.revision}
    return said if now.axes is None else {**said, "axes": now.axes}


def full_layout_state(dataset: Dataset) -> dict[str, Any]:
    """Also axes and frames.

    Raises:
        NotFoundError: the graph is not drawn yet.
    """
    if not dataset.is_prepared:
        raise NotFoundError
    header = json.loads(graph_store().bytes(dataset.dataset_id, "view.json"))
    return {"axes": header["axes"], **layout_state(dataset), **layout_scene(dataset)}


def pack_layout(dataset: Dataset) -> bytes:
    """The same as the header of the exact positions float32 (n, 2)."""
    return pack(full_layout_state(dataset), {"position": current_positions(dataset)})
