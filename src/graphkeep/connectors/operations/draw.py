"""Make a file of a query's rows, which New graph reads as any other; the query stays its origin."""

import hashlib
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.connectors.execution.results import NAME
from graphkeep.connectors.models import QueryRun
from graphkeep.connectors.operations.run_query import asked_query, run_query
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.file_fields import FileFields
from graphkeep.datasets.operations.upload import UploadedBody, create_file, receive_file
from graphkeep.datasets.rules import may_edit
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.errors import NotFoundError, UserInputError
from graphkeep.store.disk_space import check_free_space, translate_disk_errors

CHUNK = 1 << 20
DELETED = "The rows of this query were deleted; run it again."


def draw_result(run: QueryRun, *, actor: Actor, name: str = "", into: File | None = None) -> File:
    """A file of the rows of a query that ended well; `into` replaces the content of one that the actor owns.

    Raises:
        UserInputError: the query has no rows: it runs, failed, or they were deleted.
        DiskFullError: there is no room for the file.
    """
    if not run.has_result or run.state != QueryRun.State.DONE:
        raise UserInputError(
            f"This query has no rows to draw: it is {run.state}."
            if run.state != QueryRun.State.DONE
            else DELETED
        )
    body = copied_result(run)
    try:
        file = into or create_file(
            FileFields(file_type="arrow", name=(name or run.connector_name)[:500]), actor=actor
        )
        file = receive_file(file, body, actor=actor)
    finally:
        body.path.unlink(missing_ok=True)
    with transaction.atomic():
        QueryRun.objects.filter(pk=run.pk).update(file=file)
        audit.record("connector.result-drawn", actor=actor, target=file, run_id=run.run_id)
    run.file = file
    return file


def copied_result(run: QueryRun) -> UploadedBody:
    """A copy of the rows' Arrow file, as an upload is on disk.

    Raises:
        UserInputError: the rows were deleted meanwhile.
        DiskFullError: there is no room for the copy.
    """
    source = graph_store().table_path(run.run_id, NAME)
    try:
        size_bytes = source.stat().st_size
    except FileNotFoundError as error:
        raise UserInputError(DELETED) from error
    path: Path = settings.TMP_DIR / f"query-{run.run_id}-{secrets.token_hex(4)}"
    settings.TMP_DIR.mkdir(parents=True, exist_ok=True)
    check_free_space(settings.TMP_DIR, size_bytes)
    digest = hashlib.sha256()
    with translate_disk_errors():
        shutil.copyfile(source, path)
        with path.open("rb") as copy:
            while chunk := copy.read(CHUNK):
                digest.update(chunk)
    return UploadedBody(path=path, size_bytes=size_bytes, sha256=digest.hexdigest())


def origin_of(dataset: Dataset) -> QueryRun:
    """The latest query whose rows a graph was made of. Raises NotFoundError: it was made of none."""
    run = (
        QueryRun.objects.filter(file__file_id__in=file_ids_of(dataset))
        .select_related("connector", "file")
        .order_by("-created_at")
        .first()
    )
    if run is None:
        raise NotFoundError
    return run


def file_ids_of(dataset: Dataset) -> Iterable[str]:
    """The files that a graph's tables come from, those of which they were derived included."""
    for entry in (*dataset.edge_files, *dataset.node_files):
        yield entry if isinstance(entry, str) else entry[0]
    yield from dataset.extras.get("source_files", ())


def fetch_again(dataset: Dataset, *, actor: Actor) -> QueryRun:
    """Run the query that a graph was made of again: for those who may edit the graph and use the connector.

    Raises:
        NotFoundError: it was made of no query, or the connector is gone.
        NotAllowedError: the actor may not edit the graph, or not use the connector.
    """
    authorize(may_edit, actor, dataset)
    run = origin_of(dataset)
    if run.connector is None:
        raise NotFoundError
    return run_query(run.connector, asked_query(run), actor=actor, is_written_by_others=True)
