"""Nodes put somewhere by hand and held there; the layout relaxes around them."""

import math
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.datasets.layout.metadata import is_static
from graphkeep.datasets.layout.pins import RELAX_MS
from graphkeep.datasets.models import Dataset, Pin
from graphkeep.datasets.rules import may_edit
from graphkeep.graph.errors import LimitExceededError, UserInputError
from graphkeep.jobs.queue import paused_job, submit

MAX_PINS = 5000
MAX_COORDINATE = 1e9

Point = tuple[float, float]


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
    places = checked_points(dataset, rows, positions)
    with transaction.atomic():
        store_pins(dataset, places, is_held=True)
        if dataset.pins.filter(is_held=True).count() > MAX_PINS:
            raise LimitExceededError(f"At most {MAX_PINS} nodes can be pinned; unpin some first.")
        audit.record("dataset.pinned", actor=actor, target=dataset, count=len(places))
        relax_layout(dataset, options)


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
            else dataset.pins.filter(row__in=checked_rows(dataset, rows))
        )
        held = {pin.row: (pin.x, pin.y) for pin in pinned}
        places = held if positions is None else checked_points(dataset, rows, positions)
        store_pins(dataset, places, is_held=False)
        audit.record("dataset.unpinned", actor=actor, target=dataset, count=len(places))
        relax_layout(dataset, options)


def store_pins(dataset: Dataset, places: Mapping[int, Point], *, is_held: bool) -> None:
    locked = Dataset.objects.select_for_update().get(pk=dataset.pk)
    version = locked.pins_version + 1
    Dataset.objects.filter(pk=dataset.pk).update(pins_version=version)
    if not is_held and is_static(dataset):
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


def relax_layout(dataset: Dataset, options: Mapping[str, Any] | None) -> None:
    """A run that is under way, or paused, meets the pins by itself."""
    key = f"play:{dataset.dataset_id}"
    if is_static(dataset) or paused_job(key) is not None:
        return
    said = {"dataset_id": dataset.dataset_id, "ms": RELAX_MS, "options": dict(options or {})}
    submit("play", said, dedupe_key=key)


def checked_points(dataset: Dataset, rows: object, positions: object) -> dict[int, Point]:
    wanted = checked_rows(dataset, rows)
    if not isinstance(positions, list) or len(positions) != 2 * len(wanted):
        raise UserInputError("positions must be a list: x and y of each row, one after another.")
    for one in positions:
        is_number = isinstance(one, int | float) and not isinstance(one, bool)
        if not is_number or not math.isfinite(one) or abs(one) > MAX_COORDINATE:
            raise UserInputError(
                f"positions holds {one!r}; use finite numbers up to {MAX_COORDINATE:.0e}."
            )
    return {row: (positions[2 * at], positions[2 * at + 1]) for at, row in enumerate(wanted)}


def checked_rows(dataset: Dataset, rows: object) -> list[int]:
    if not isinstance(rows, list):
        raise UserInputError("rows must be a list of row numbers.")
    for row in rows:
        if not isinstance(row, int) or isinstance(row, bool) or not 0 <= row < dataset.node_count:
            raise UserInputError(
                f"There is no node {row!r}; rows are 0 to {dataset.node_count - 1}."
            )
    return rows
