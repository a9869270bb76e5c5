"""Commands that pin and release nodes; the layout relaxes around them."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.datasets.job_keys import layout_run_key
from graphkeep.datasets.layout.metadata import is_static
from graphkeep.datasets.layout.pins import RELAX_MS
from graphkeep.datasets.layout.run_commands import RunOptions
from graphkeep.datasets.models import Dataset, Pin
from graphkeep.datasets.rules import may_edit
from graphkeep.graph.errors import LimitExceededError, UserInputError
from graphkeep.jobs.queue import paused_job, submit

MAX_PINS = 5000

Point = tuple[float, float]


def pin_nodes(
    dataset: Dataset,
    rows: Sequence[int],
    positions: Sequence[float],
    *,
    actor: Actor,
    options: RunOptions | None = None,
) -> None:
    """Pin nodes at `positions`: x and y of each row, one after another.

    Raises:
        UserInputError: there is no such row, or positions are not two for each row.
        LimitExceededError: too many nodes would be pinned.
        NotAllowedError: the actor may only view.
    """
    authorize(may_edit, actor, dataset)
    points = checked_points(dataset, rows, positions)
    with transaction.atomic():
        store_pins(dataset, points, is_held=True)
        if dataset.pins.filter(is_held=True).count() > MAX_PINS:
            raise LimitExceededError(f"At most {MAX_PINS} nodes can be pinned; unpin some first.")
        audit.record("dataset.pinned", actor=actor, target=dataset, count=len(points))
        relax_layout(dataset, options)


def unpin_nodes(
    dataset: Dataset,
    rows: Sequence[int] | None = None,
    positions: Sequence[float] | None = None,
    *,
    actor: Actor,
    options: RunOptions | None = None,
) -> None:
    """Release pinned nodes, all without `rows`; from `positions` if given, else from where they are.

    Raises:
        UserInputError: there is no such row, or positions are not two for each row.
        NotAllowedError: the actor may only view.
    """
    authorize(may_edit, actor, dataset)
    with transaction.atomic():
        pins = (
            dataset.pins.all()
            if rows is None
            else dataset.pins.filter(row__in=checked_rows(dataset, rows))
        )
        pinned_points = {pin.row: (pin.x, pin.y) for pin in pins}
        points = (
            pinned_points if positions is None else checked_points(dataset, rows or (), positions)
        )
        store_pins(dataset, points, is_held=False)
        audit.record("dataset.unpinned", actor=actor, target=dataset, count=len(points))
        relax_layout(dataset, options)


def store_pins(dataset: Dataset, points: Mapping[int, Point], *, is_held: bool) -> None:
    locked = Dataset.objects.select_for_update().get(pk=dataset.pk)
    version = locked.pins_version + 1
    Dataset.objects.filter(pk=dataset.pk).update(pins_version=version)
    if not is_held and is_static(dataset):
        # A released node goes back to where the data, or the layout, has it.
        dataset.pins.filter(row__in=points).delete()
        return
    Pin.objects.bulk_create(
        [
            Pin(dataset=dataset, row=row, x=x, y=y, is_held=is_held, version=version)
            for row, (x, y) in points.items()
        ],
        update_conflicts=True,
        unique_fields=["dataset", "row"],
        update_fields=["x", "y", "is_held", "version"],
    )


def relax_layout(dataset: Dataset, options: RunOptions | None) -> None:
    """Queue a short run; one that runs, or is paused, reads the pins by itself."""
    key = layout_run_key(dataset.dataset_id)
    if is_static(dataset) or paused_job(key) is not None:
        return
    arguments = {
        "dataset_id": dataset.dataset_id,
        "ms": RELAX_MS,
        "options": dict(options or {}),
    }
    submit("play", arguments, dedupe_key=key)


def checked_points(
    dataset: Dataset, rows: Sequence[int], positions: Sequence[float]
) -> dict[int, Point]:
    row_numbers = checked_rows(dataset, rows)
    if len(positions) != 2 * len(row_numbers):
        raise UserInputError("positions must be a list: x and y of each row, one after another.")
    return {row: (positions[2 * i], positions[2 * i + 1]) for i, row in enumerate(row_numbers)}


def checked_rows(dataset: Dataset, rows: Sequence[int]) -> list[int]:
    for row in rows:
        if not 0 <= row < dataset.node_count:
            raise UserInputError(
                f"There is no node {row!r}; rows are 0 to {dataset.node_count - 1}."
            )
    return list(rows)
