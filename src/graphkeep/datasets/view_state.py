"""What the page asks of a dataset: its state, its picture, its rows."""

import json
from typing import Any

from django.db.models import Q, QuerySet

from graphkeep.accounts.actor import Actor
from graphkeep.accounts.rights_version import read_version
from graphkeep.datasets.layout.frames import current_positions
from graphkeep.datasets.layout.metadata import uses_given_positions
from graphkeep.datasets.layout.pins import pins_of
from graphkeep.datasets.layout.state import layout_scene, layout_state
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.appearance import node_encoding_columns
from graphkeep.datasets.operations.metric_columns import metric_status
from graphkeep.datasets.operations.prepare import submit_prepare
from graphkeep.datasets.rules import may_edit, may_share
from graphkeep.datasets.sharing.share import visibility_summary
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.errors import NotFoundError
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import ACTIVE, active_job, latest_job, paused_job
from graphkeep.view.pack import pack


def view_state(dataset: Dataset, actor: Actor) -> dict[str, Any]:
    """The state of a dataset; the first look starts its preparation."""
    if dataset.has_edges and not dataset.is_prepared and dataset.failed_version != dataset.version:
        submit_prepare(dataset)
    job = active_job(f"prepare:{dataset.dataset_id}")
    state, error = state_of(dataset, job)
    described: dict[str, Any] = {"node": [], "edge": []}
    header: dict[str, Any] = {}
    if state == "ready":
        described = json.loads(graph_store().bytes(dataset.dataset_id, "columns.json"))
        header = json.loads(graph_store().bytes(dataset.dataset_id, "view.json"))
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
        "looks": node_encoding_columns(dataset),
        "metrics": metric_status(dataset, described["node"]) if state == "ready" else [],
        "columns": described,
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
    """What changes whenever the state of a dataset may have: cheap, for pages that only wait."""
    fields = (
        "updated_at", "version", "prepared_version", "failed_version", "has_final_layout", "pins_version",
    )  # fmt: skip
    row = Dataset.objects.filter(dataset_id=dataset_id).values_list(*fields).first()
    jobs = jobs_on(dataset_id).filter(state__in=(*ACTIVE, Job.State.PAUSED))
    work = tuple(jobs.order_by("pk").values_list("pk", "state"))
    return (row, work, read_version())


def is_worked_on(dataset_id: str) -> bool:
    """Whether a job is about to change what the page shows."""
    return jobs_on(dataset_id).filter(state__in=ACTIVE).exists()


def jobs_on(dataset_id: str) -> QuerySet[Job]:
    """All that ever change what the page shows."""
    keys = [f"{kind}:{dataset_id}" for kind in ("prepare", "play", "arrange")]
    wanted = Q(dedupe_key__in=keys)
    for kind in ("metric", "looks"):
        wanted |= Q(dedupe_key__startswith=f"{kind}:{dataset_id}:")
    return Job.objects.filter(wanted)


def state_of(dataset: Dataset, job: Job | None) -> tuple[str, str]:
    if not dataset.has_edges:
        return "empty", ""
    if dataset.is_prepared:
        return "ready", ""
    if dataset.failed_version == dataset.version:
        return "failed", dataset.error
    last = latest_job(f"prepare:{dataset.dataset_id}")
    if job is None and last is not None and last.state == Job.State.FAILED:
        return "failed", last.message
    return "preparing", ""


def run_state(dataset: Dataset, preparing: Job | None) -> dict[str, Any]:
    key = f"play:{dataset.dataset_id}"
    arranging = active_job(f"arrange:{dataset.dataset_id}")
    job = arranging or active_job(key) or preparing or paused_job(key)
    if job is not None:
        return {"state": job.state, "progress": job.progress, "converged": False}
    state = (
        "fixed"
        if uses_given_positions(dataset)
        else "done"
        if dataset.has_final_layout
        else "stopped"
    )
    return {
        "state": state,
        "progress": float(dataset.has_final_layout),
        "converged": dataset.has_final_layout,
    }


def view_payload(dataset: Dataset) -> bytes:
    """The packed columns of the picture, positions included.

    Raises:
        NotFoundError: the picture is not ready.
    """
    if not dataset.is_prepared:
        raise NotFoundError
    home = graph_store()
    header = json.loads(home.bytes(dataset.dataset_id, "view.json"))
    header |= {"dataset_id": dataset.dataset_id, "version": dataset.version}
    header |= layout_scene(dataset)
    arrays = home.arrays(dataset.dataset_id, "view")
    return pack(header, {"position": current_positions(dataset), **arrays})


def pins_payload(dataset: Dataset) -> dict[str, Any]:
    """Which nodes are held where, as the page hears it."""
    pins = pins_of(dataset)
    return {
        "rows": pins.rows[pins.is_held].tolist(),
        "positions": pins.positions[pins.is_held].ravel().tolist(),
    }
