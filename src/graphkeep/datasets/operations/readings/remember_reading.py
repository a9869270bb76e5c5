"""Remember how a user read files of a shape, so that the next file of that shape is read the same way."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.datasets.models import File, RememberedReading
from graphkeep.datasets.operations.readings.reading_files import FileTables
from graphkeep.datasets.operations.upload import shape_of
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.interpretations.suggest import suggest

MAX_REMEMBERED = 500


@dataclass(frozen=True, kw_only=True)
class Memory:
    """A reading for the tables of these files, and the options to parse their one file with."""

    reading: TableInterpretation
    parser_options: dict[str, Any]


def remembered_reading(files: Sequence[File], *, actor: Actor) -> Memory | None:
    """How the actor last read files of this shape; None if never, or if it does not fit these files."""
    row = row_of(files, actor)
    if row is None:
        return None
    reading = TableInterpretation.from_dict(row.reading)
    if len(files) > 1:
        groups = shape_groups(files)
        numbers = (*reading.edge_tables, *reading.node_tables)
        if any(number >= len(groups) for number in numbers):
            return None
        reading = replace(
            reading,
            edge_tables=expanded(reading.edge_tables, groups),
            node_tables=expanded(reading.node_tables, groups),
        )
    return Memory(reading=reading, parser_options=row.parser_options)


def remember_reading(files: Sequence[File], reading: TableInterpretation, *, actor: Actor) -> None:
    """Remember a reading that is not the one suggested first, or was read with options; forget it otherwise."""
    tables = FileTables(files=tuple(files))
    first = next(iter(suggest(tables.tables, tables.known()).likely), None)
    options = files[0].parser_options if len(files) == 1 else {}
    if first is not None and is_equal(first, reading) and not options:
        forget_reading(files, actor=actor)
        return
    if len(files) > 1:
        groups = shape_groups(files)
        reading = replace(
            reading,
            edge_tables=grouped(reading.edge_tables, groups),
            node_tables=grouped(reading.node_tables, groups),
        )
    shape = key_of(files)
    as_stored = json.loads(json.dumps(reading.as_dict()))
    stored = {"reading": as_stored, "parser_options": dict(options)}
    row = row_of(files, actor)
    if row is not None and (row.reading, row.parser_options) == (
        stored["reading"],
        stored["parser_options"],
    ):
        return
    with transaction.atomic():
        RememberedReading.objects.update_or_create(user=actor.user, shape=shape, defaults=stored)
        remembered = RememberedReading.objects.filter(user=actor.user).order_by(
            "-updated_at", "-pk"
        )
        RememberedReading.objects.filter(
            pk__in=[each.pk for each in remembered[MAX_REMEMBERED:]]
        ).delete()
        audit.record("reading.remembered", actor=actor, target=files[0], shape=shape[:16])


def forget_reading(files: Sequence[File], *, actor: Actor) -> bool:
    """Forget how the actor read files of this shape; whether anything was remembered."""
    row = row_of(files, actor)
    if row is None:
        return False
    with transaction.atomic():
        row.delete()
        audit.record("reading.forgotten", actor=actor, target=files[0], shape=row.shape[:16])
    return True


def row_of(files: Sequence[File], actor: Actor) -> RememberedReading | None:
    if actor.user is None:
        return None
    return RememberedReading.objects.filter(user=actor.user, shape=key_of(files)).first()


def key_of(files: Sequence[File]) -> str:
    """A digest of the shapes of files, in any order and number of each."""
    shapes = sorted({file.shape or shape_of(file.tables) for file in files})
    return hashlib.sha256(json.dumps(shapes).encode()).hexdigest()


def shape_groups(files: Sequence[File]) -> list[list[int]]:
    """Numbers of the tables of each shape; the order of the shapes does not depend on that of the files."""
    groups: dict[str, list[int]] = {}
    number = 0
    for file in files:
        for table in file.tables:
            groups.setdefault(shape_of([table]), []).append(number)
            number += 1
    return [groups[shape] for shape in sorted(groups)]


def expanded(groups_of_reading: Sequence[int], groups: Sequence[Sequence[int]]) -> tuple[int, ...]:
    return tuple(sorted(number for group in groups_of_reading for number in groups[group]))


def grouped(numbers: Sequence[int], groups: Sequence[Sequence[int]]) -> tuple[int, ...]:
    return tuple(position for position, group in enumerate(groups) if set(group) & set(numbers))


def is_equal(first: TableInterpretation, second: TableInterpretation) -> bool:
    """Whether two readings make the same graph, whatever their labels and scores."""
    return comparable(first) == comparable(second)


def comparable(reading: TableInterpretation) -> TableInterpretation:
    return replace(
        reading,
        label="",
        reason="",
        score=0.0,
        time=None,
        source=reading.source or None,
        destination=reading.destination or None,
        node=reading.node or None,
    )
