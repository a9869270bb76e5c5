"""A run of the layout: started, paused, resumed, stopped. Whatever it came to is kept."""

from typing import Any

from django.conf import settings
from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.rules import may_edit
from graphkeep.graph.errors import UserInputError
from graphkeep.jobs.queue import active_job, cancel, pause, paused_job, resume, submit


def start_layout_run(dataset: Dataset, ms: int, options: dict[str, Any], *, actor: Actor) -> None:
    """Queue a run of the layout; its length is capped by GRAPH_PLAY_TIMEOUTMS. It replaces a paused one.

    Raises:
        NotAllowedError: the actor may only look: a run moves the nodes for everybody.
    """
    authorize(may_edit, actor, dataset)
    with transaction.atomic():
        former = paused_job(key_of(dataset))
        if former is not None:
            cancel(former)
        said = {
            "dataset_id": dataset.dataset_id,
            "ms": max(0, min(ms, settings.GRAPH_PLAY_TIMEOUTMS)),
            "options": options,
        }
        submit("play", said, dedupe_key=key_of(dataset))
        audit.record("dataset.played", actor=actor, target=dataset)


def pause_layout_run(dataset: Dataset, *, actor: Actor) -> None:
    """A run keeps the rest of its time until it is resumed; a first layout ends with what it came to."""
    authorize(may_edit, actor, dataset)
    with transaction.atomic():
        run = active_job(key_of(dataset))
        if run is not None:
            pause(run)
        elif not cancel_layout_job(dataset):
            return
        audit.record("dataset.paused", actor=actor, target=dataset)


def resume_layout_run(dataset: Dataset, *, actor: Actor) -> None:
    """From where the nodes stand, for the time that is left.

    Raises:
        UserInputError: no run is paused.
    """
    authorize(may_edit, actor, dataset)
    with transaction.atomic():
        run = paused_job(key_of(dataset))
        if run is None:
            raise UserInputError("No run of this layout is paused; play it.")
        resume(run)
        audit.record("dataset.resumed", actor=actor, target=dataset)


def stop_layout_run(dataset: Dataset, *, actor: Actor) -> None:
    """For good: nothing is left to resume."""
    authorize(may_edit, actor, dataset)
    with transaction.atomic():
        run = active_job(key_of(dataset)) or paused_job(key_of(dataset))
        if run is not None:
            cancel(run)
        elif not cancel_layout_job(dataset):
            return
        audit.record("dataset.stopped", actor=actor, target=dataset)


def cancel_layout_job(dataset: Dataset) -> bool:
    """End an arrangement, or a first layout whose picture is there already; whether there was one."""
    first = active_job(f"arrange:{dataset.dataset_id}") or active_job(
        f"prepare:{dataset.dataset_id}"
    )
    if first is None or not dataset.is_prepared:
        return False
    cancel(first)
    return True


def key_of(dataset: Dataset) -> str:
    return f"play:{dataset.dataset_id}"
