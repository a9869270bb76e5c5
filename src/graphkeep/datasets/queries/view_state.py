"""What the page reads of a dataset: its state, the packed arrays of its picture, its pins."""

from typing import Any

from django.db.models import QuerySet

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.rights_version import read_version
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.job_keys import apply_layout_key, is_on_page, layout_run_key, prepare_key
from graphkeep.datasets.layout.metadata import uses_given_positions
from graphkeep.datasets.layout.pins import pins_of
from graphkeep.datasets.layout.positions import current_positions
from graphkeep.datasets.layout.state import layout_scene, layout_state
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.queries.encodings import node_encodings_by_column
from graphkeep.datasets.queries.metrics import metric_status
from graphkeep.datasets.rules import may_edit, may_share
from graphkeep.datasets.sharing.share import visibility_summary
from graphkeep.graph.errors import NotFoundError
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import ACTIVE, active_job, latest_job, paused_job
from graphkeep.view.pack import pack


def view_state(dataset: Dataset, actor: Actor) -> dict[str, Any]:
    """The state of a dataset, as its page and its socket send it."""
    job = active_job(prepare_key(dataset.dataset_id))
    state, error = state_of(dataset, job)
    columns: dict[str, Any] = {"node": [], "edge": []}
    header: dict[str, Any] = {}
    if state == "ready":
        files = DatasetFiles(dataset.dataset_id)
        columns, header = files.columns(), files.view_header()
    encodings = node_encodings_by_column(dataset)
    return {
        "dataset_id": dataset.dataset_id,
        "name": dataset.name,
        "description": dataset.description,
        "state": state,
        "error": error,
        "node_count": dataset.node_count,
        "edge_count": dataset.edge_count,
        "version": dataset.version,
        "progress": job.progress if job else float(state == "ready"),
        "message": job.message if job else "",
        "layout": {**run_state(dataset, job), **layout_state(dataset)},
        "pins_version": dataset.pins_version,
        "is_worked_on": is_worked_on(dataset.dataset_id),
        "picture": header.get("picture", 0),
        "encodings": encodings,
        "looks": encodings,  # the former name, for one release
        "metrics": metric_status(dataset, columns["node"]) if state == "ready" else [],
        "columns": columns,
        "repairs": dataset.repairs if state == "ready" else [],
        "metadata": dataset.metadata,
        "privacy": dataset.privacy,
        "owner": dataset.owner.username if actor.is_authenticated else "",
        "is_mine": actor.user is not None and actor.user == dataset.owner,
        "can_edit": may_edit(actor, dataset),
        "can_share": may_share(actor, dataset),
        "who": visibility_summary(dataset) if actor.is_authenticated else "",
        "url_defaults": header.get("url_defaults", {}),
    }


def change_token(dataset_id: str) -> tuple[Any, ...]:
    """A value that differs whenever the view state may differ: cheap, for pages that wait."""
    fields = (
        "updated_at", "version", "prepared_version", "failed_version", "has_final_layout", "pins_version",
    )  # fmt: skip
    row = Dataset.objects.filter(dataset_id=dataset_id).values_list(*fields).first()
    jobs = page_jobs(dataset_id).filter(state__in=(*ACTIVE, Job.State.PAUSED))
    return (row, tuple(jobs.order_by("pk").values_list("pk", "state")), read_version())


def is_worked_on(dataset_id: str) -> bool:
    """Whether a job is about to change what the page shows."""
    return page_jobs(dataset_id).filter(state__in=ACTIVE).exists()


def page_jobs(dataset_id: str) -> QuerySet[Job]:
    return Job.objects.filter(is_on_page(dataset_id))


def state_of(dataset: Dataset, job: Job | None) -> tuple[str, str]:
    """`empty`, `preparing`, `ready` or `failed`, and the error of the last."""
    if not dataset.has_edges:
        return "empty", ""
    if dataset.is_prepared:
        return "ready", ""
    if dataset.failed_version == dataset.version:
        return "failed", dataset.error
    last_job = latest_job(prepare_key(dataset.dataset_id))
    if job is None and last_job is not None and last_job.state == Job.State.FAILED:
        return "failed", last_job.message
    return "preparing", ""


def run_state(dataset: Dataset, preparing: Job | None) -> dict[str, Any]:
    """The state and progress of the layout job that is under way, or of the stored layout."""
    key = layout_run_key(dataset.dataset_id)
    applying = active_job(apply_layout_key(dataset.dataset_id))
    job = applying or active_job(key) or preparing or paused_job(key)
    if job is not None:
        return {"state": job.state, "progress": job.progress, "converged": False}
    is_done = dataset.has_final_layout
    state = "fixed" if uses_given_positions(dataset) else "done" if is_done else "stopped"
    return {"state": state, "progress": float(is_done), "converged": is_done}


def view_payload(dataset: Dataset) -> bytes:
    """GKV1: the arrays of the picture, current positions included.

    Raises:
        NotFoundError: the dataset is not prepared.
    """
    if not dataset.is_prepared:
        raise NotFoundError
    files = DatasetFiles(dataset.dataset_id)
    header = files.view_header()
    header |= {"dataset_id": dataset.dataset_id, "version": dataset.version}
    header |= layout_scene(dataset)
    return pack(header, {"position": current_positions(dataset), **files.view_arrays()})


def pins_payload(dataset: Dataset) -> dict[str, Any]:
    """The rows of pinned nodes, and their x and y one after another."""
    pins = pins_of(dataset)
    return {
        "rows": pins.rows[pins.is_held].tolist(),
        "positions": pins.positions[pins.is_held].ravel().tolist(),
    }
