"""Nodes put somewhere by hand and held there; the layout relaxes around them."""

import math
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.datasets.layout.metadata import stands_still
from graphkeep.datasets.layout.pins import RELAX_MS
from graphkeep.datasets.models import Dataset, Pin
from graphkeep.datasets.rules import may_edit
from graphkeep.graph.errors import LimitExceededError, UserInputError
from graphkeep.jobs.queue import paused_job, submit

MOST_PINS = 5000
FARTHEST = 1e9

Place = tuple[float, float]


def pin_nodes(
    dataset: Dataset,
    rows: object,
    positions: object,
    *,
    actor: Actor,
    options: Mapping[str, Any] | None = None,
) -> None:
    """Hold nodes where `positions` says: x and y of each row, one after another.

    Raises:
        UserInputError: a row is not there, or a position is no number.
        LimitExceededError: too many nodes would be held.
        NotAllowedError: the actor may only look.
    """
    authorize(may_edit, actor, dataset)
    places = places_of(dataset, rows, positions)
    with transaction.atomic():
        put(dataset, places, is_held=True)
        if dataset.pins.filter(is_held=True).count() > MOST_PINS:
            raise LimitExceededError(f"At most {MOST_PINS} nodes can be pinned; unpin some first.")
        audit.record("dataset.pinned", actor=actor, target=dataset, count=len(places))
        relax(dataset, options)


def unpin_nodes(
    dataset: Dataset,
    rows: object = None,
    positions: object = None,
    *,
    actor: Actor,
    options: Mapping[str, Any] | None = None,
) -> None:
    """Let nodes go, all without `rows`; from `positions` where they are said, else from where they stand.

    Raises:
        UserInputError: a row is not there, or a position is no number.
        NotAllowedError: the actor may only look.
    """
    authorize(may_edit, actor, dataset)
    with transaction.atomic():
        pinned = (
            dataset.pins.all()
            if rows is None
            else dataset.pins.filter(row__in=rows_of(dataset, rows))
        )
        held = {pin.row: (pin.x, pin.y) for pin in pinned}
        places = held if positions is None else places_of(dataset, rows, positions)
        put(dataset, places, is_held=False)
        audit.record("dataset.unpinned", actor=actor, target=dataset, count=len(places))
        relax(dataset, options)


def put(dataset: Dataset, places: Mapping[int, Place], *, is_held: bool) -> None:
    locked = Dataset.objects.select_for_update().get(pk=dataset.pk)
    version = locked.pins_version + 1
    Dataset.objects.filter(pk=dataset.pk).update(pins_version=version)
    if not is_held and stands_still(dataset):
        # Who is let go stands where its data, or its layout, says.
        dataset.pins.filter(row__in=places).delete()
        return
    Pin.objects.bulk_create(
        [
            Pin(dataset=dataset, row=row, x=x, y=y, is_held=is_held, version=version)
            for row, (x, y) in places.items()
        ],
        update_conflicts=True,
        unique_fields=["dataset", "row"],
        update_fields=["x", "y", "is_held", "version"],
    )


def relax(dataset: Dataset, options: Mapping[str, Any] | None) -> None:
    """A run that is under way, or paused, meets the pins by itself."""
    key = f"play:{dataset.dataset_id}"
    if stands_still(dataset) or paused_job(key) is not None:
        return
    said = {"dataset_id": dataset.dataset_id, "ms": RELAX_MS, "options": dict(options or {})}
    submit("play", said, dedupe_key=key)


def places_of(dataset: Dataset, rows: object, positions: object) -> dict[int, Place]:
    wanted = rows_of(dataset, rows)
    if not isinstance(positions, list) or len(positions) != 2 * len(wanted):
        raise UserInputError("positions must be a list: x and y of each row, one after another.")
    for one in positions:
        is_number = isinstance(one, int | float) and not isinstance(one, bool)
        if not is_number or not math.isfinite(one) or abs(one) > FARTHEST:
            raise UserInputError(
                f"positions holds {one!r}; use finite numbers up to {FARTHEST:.0e}."
            )
    return {row: (positions[2 * at], positions[2 * at + 1]) for at, row in enumerate(wanted)}


def rows_of(dataset: Dataset, rows: object) -> list[int]:
    if not isinstance(rows, list):
        raise UserInputError("rows must be a list of row numbers.")
    for row in rows:
        if not isinstance(row, int) or isinstance(row, bool) or not 0 <= row < dataset.node_count:
            raise UserInputError(
                f"There is no node {row!r}; rows are 0 to {dataset.node_count - 1}."
            )
    return rows
