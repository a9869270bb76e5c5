"""Migration of all rows between database engines, in one transaction."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connections, models, transaction
from django.db.models import Model

from graphkeep.accounts.models import User
from graphkeep.datasets.models import Dataset
from graphkeep.graph.errors import UserInputError
from graphkeep.upkeep.migrate.folder import snapshot

OTHER = "other"
BATCH = 500


@contextmanager
def other_database(**words: Any) -> Iterator[str]:
    """Register a second database alias for the block, with the schema migrated."""
    connections.databases[OTHER] = {**connections.databases["default"], **words}
    try:
        call_command("migrate", database=OTHER, verbosity=0, interactive=False)
        yield OTHER
    finally:
        connections[OTHER].close()
        del connections[OTHER]
        del connections.databases[OTHER]


@contextmanager
def copy_of_sqlite(path: Path) -> Iterator[str]:
    """Copy an SQLite database and migrate the copy to the current schema; the file itself is unchanged."""
    settings.TMP_DIR.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=settings.TMP_DIR, prefix="migrate-"))
    try:
        snapshot(path, folder / "db.sqlite3")
        with other_database(**sqlite_words(folder / "db.sqlite3")) as name:
            yield name
    finally:
        shutil.rmtree(folder)


def sqlite_words(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"timeout": 20},
        "USER": "", "PASSWORD": "", "HOST": "", "PORT": "",
    }  # fmt: skip


def refuse_used(name: str) -> None:
    """Raise UserInputError if the target database already holds users or datasets."""
    for kind in (User, Dataset):
        count = rows_of(kind, name).count()
        if count:
            raise UserInputError(
                f"The target has {count} {kind._meta.verbose_name_plural} already; it must be empty. "
                "Nothing was changed."
            )


def copy_rows(source: str, target: str) -> dict[str, int]:
    """Copy all rows to the target; return the row count of each table."""
    kinds = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
    counts: dict[str, int] = {}
    with fixed_timestamps(kinds), transaction.atomic(using=target):
        for kind in kinds:
            with connections[target].cursor() as cursor:
                table = connections[target].ops.quote_name(kind._meta.db_table)
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # table name from our models
        for kind in kinds:
            counts[kind._meta.label] = copy_table(kind, source, target)
        for kind in kinds:
            if rows_of(kind, source).count() != counts[kind._meta.label]:
                raise UserInputError(f"{kind._meta.label} changed while it was copied: stop the server first.")  # fmt: skip
        with connections[target].cursor() as cursor:
            for line in connections[target].ops.sequence_reset_sql(no_style(), kinds):
                cursor.execute(line)
    return counts


def rows_of(kind: type[Model], name: str) -> models.QuerySet[Any]:
    return models.QuerySet(kind, using=name)


def copy_table(kind: type[Model], source: str, target: str) -> int:
    count = 0
    rows = rows_of(kind, source).order_by("pk").iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        rows_of(kind, target).bulk_create(batch)
        count += len(batch)
    return count


@contextmanager
def fixed_timestamps(kinds: list[type[Model]]) -> Iterator[None]:
    """Disable `auto_now` and `auto_now_add`, so that rows keep their timestamps."""
    clocks = [
        field
        for kind in kinds
        for field in kind._meta.local_fields
        if isinstance(field, models.DateField | models.TimeField)
        and (field.auto_now or field.auto_now_add)
    ]
    flags = [(field.auto_now, field.auto_now_add) for field in clocks]
    for field in clocks:
        field.auto_now = field.auto_now_add = False
    try:
        yield
    finally:
        for field, (auto_now, auto_now_add) in zip(clocks, flags, strict=True):
            field.auto_now, field.auto_now_add = auto_now, auto_now_add
