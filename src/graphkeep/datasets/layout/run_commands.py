"""Commands for a run of the force-directed layout: start, pause, resume, stop."""

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.datasets.job_keys import apply_layout_key, layout_run_key, prepare_key
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.rules import may_edit
from graphkeep.graph.errors import UserInputError
from graphkeep.jobs.queue import active_job, cancel, pause, paused_job, resume, submit

RunOptions = Mapping[str, float | bool]


def start_layout_run(
    dataset: Dataset, duration_ms: int, options: RunOptions, *, actor: Actor
) -> None:
    """Queue a run of at most GRAPH_PLAY_TIMEOUTMS milliseconds; it replaces a paused one.

    Raises:
        NotAllowedError: the actor may only view: a run moves the nodes for everybody.
    """
    authorize(may_edit, actor, dataset)
    key = layout_run_key(dataset.dataset_id)
    with transaction.atomic():
        paused_run = paused_job(key)
        if paused_run is not None:
            cancel(paused_run)
        arguments = {
            "dataset_id": dataset.dataset_id,
            "ms": max(0, min(duration_ms, settings.GRAPH_PLAY_TIMEOUTMS)),
            "options": dict(options),
        }
        submit("play", arguments, dedupe_key=key)
        audit.record("dataset.played", actor=actor, target=dataset)


def pause_layout_run(dataset: Dataset, *, actor: Actor) -> None:
    """Pause a run with the rest of its time; an initial layout ends with its positions so far."""
    authorize(may_edit, actor, dataset)
    with transaction.atomic():
        run = active_job(layout_run_key(dataset.dataset_id))
        if run is not None:
            pause(run)
        elif not cancel_layout_job(dataset):
            return
        audit.record("dataset.paused", actor=actor, target=dataset)


def resume_layout_run(dataset: Dataset, *, actor: Actor) -> None:
    """Resume a paused run from the current positions, for the rest of its time.

    Raises:
        UserInputError: no run is paused.
    """
    authorize(may_edit, actor, dataset)
    with transaction.atomic():
        run = paused_job(layout_run_key(dataset.dataset_id))
        if run is None:
            raise UserInputError("No run of this layout is paused; play it.")
        resume(run)
        audit.record("dataset.resumed", actor=actor, target=dataset)


def stop_layout_run(dataset: Dataset, *, actor: Actor) -> None:
    """End a run for good: nothing is left to resume."""
    authorize(may_edit, actor, dataset)
    key = layout_run_key(dataset.dataset_id)
    with transaction.atomic():
        run = active_job(key) or paused_job(key)
        if run is not None:
            cancel(run)
        elif not cancel_layout_job(dataset):
            return
        audit.record("dataset.stopped", actor=actor, target=dataset)


def cancel_layout_job(dataset: Dataset) -> bool:
    """Cancel a layout that is being applied, or an initial one that is shown already; whether there was one."""
    dataset_id = dataset.dataset_id
    job = active_job(apply_layout_key(dataset_id)) or active_job(prepare_key(dataset_id))
    if job is None or not dataset.is_prepared:
        return False
    cancel(job)
    return True
