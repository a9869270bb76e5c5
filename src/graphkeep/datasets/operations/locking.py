"""A lock on one dataset during a change."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from graphkeep.datasets.models import Dataset


@contextmanager
def locked_dataset(dataset_id: str, *, version: int | None = None) -> Iterator[Dataset | None]:
    """A transaction in which nobody else changes the dataset; None if it, or this version, is gone."""
    with transaction.atomic():
        rows = Dataset.objects.filter(dataset_id=dataset_id)
        if version is not None:
            rows = rows.filter(version=version, prepared_version=version)
        # A write first takes the row's lock on PostgreSQL, and on SQLite the only lock there is.
        is_locked = rows.update(updated_at=timezone.now()) == 1
        yield Dataset.objects.get(dataset_id=dataset_id) if is_locked else None
