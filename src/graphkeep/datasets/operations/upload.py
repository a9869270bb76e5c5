"""Files: a record first, then its bytes, parsed at once in a sandbox."""

import hashlib
import json
import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
from django.conf import settings
from django.db import transaction

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.accounts.queries import organization_for
from graphkeep.datasets.models import File
from graphkeep.datasets.operations.file_fields import FileFields
from graphkeep.datasets.rules import may_create, may_use
from graphkeep.datasets.storage import file_folder, file_parser
from graphkeep.graph.errors import LimitExceededError, UnreadableFileError, UserInputError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.answer import ParsedTable, ParsedUpload
from graphkeep.sources.compression import COMPRESSIONS
from graphkeep.sources.registry import AUTO, format_of
from graphkeep.store.atomic import sync_folder, sync_tree
from graphkeep.store.disk_space import check_free_space, translate_disk_errors
from graphkeep.telemetry import metrics
from graphkeep.telemetry.tracing import span


@dataclass(frozen=True, kw_only=True)
class UploadedBody:
    """A request body, complete on disk."""

    path: Path
    size_bytes: int
    sha256: str


PARSER_KEYS = {"file_type", "file_compression", "parser_options"}
TEXTS = ("name", "description", "agent_name", "agent_version")


def create_file(
    fields: FileFields, *, actor: Actor, is_direct: bool = False, org_name: str = ""
) -> File:
    """The record of a file whose bytes follow.

    Raises:
        UserInputError: its type or compression is not known here.
        NotAllowedError: the actor is no member of the organization.
    """
    authorize(may_create, actor, None)
    organization = organization_for(actor, org_name)
    file = File(owner=actor.user, organization=organization, is_direct=is_direct)
    set_fields(file, replace(fields, file_type=fields.file_type or ""))
    with transaction.atomic():
        file.save()
        audit.record("file.created", actor=actor, target=file)
    return file


def change_file(file: File, fields: FileFields, *, actor: Actor) -> File:
    """Change a file's fields; with a new type or parser option its stored bytes are parsed again."""
    authorize(may_use, actor, file)
    set_fields(file, fields)
    raw_path = raw_upload_path(file)
    content: Path | None = None
    if fields.names() & PARSER_KEYS and raw_path is not None:
        settings.UPLOAD_DIR.mkdir(parents=True, exist_ok=True)
        check_free_space(settings.UPLOAD_DIR, raw_path.stat().st_size)
        with translate_disk_errors():
            temporary = Path(tempfile.mkdtemp(dir=settings.UPLOAD_DIR, prefix=".reading-"))
            try:
                shutil.copyfile(raw_path, temporary / "raw")
                parse_into(file, temporary, compression=file.file_compression, erase=False)
                content = commit_content(file, temporary)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
    with transaction.atomic():
        file.save()
        audit.record("file.changed", actor=actor, target=file, keys=sorted(fields.names()))
        if content is not None:
            delete_previous_content(file, content)
    return file


def set_fields(file: File, fields: FileFields) -> None:
    for name in TEXTS:
        if getattr(fields, name) is not None:
            setattr(file, name, getattr(fields, name))
    if fields.file_type is not None:
        file.file_type = (
            AUTO if fields.file_type.lower() == AUTO else format_of(fields.file_type).name
        )
    if fields.file_compression is not None:
        if fields.file_compression not in COMPRESSIONS:
            names = ", ".join(COMPRESSIONS[1:])
            raise UserInputError(
                f"file_compression '{fields.file_compression}' is not one of {names}."
            )
        file.file_compression = fields.file_compression
    if fields.parser_options is not None:
        file.parser_options = dict(fields.parser_options)
    if fields.sql_transforms:
        file.sql_transforms = fields.sql_transforms


def receive_file(
    file: File,
    body: UploadedBody,
    *,
    actor: Actor,
    erase: bool = False,
    content_encoding: str = "",
    parser_options: Mapping[str, Any] | None = None,
) -> File:
    """Store and parse a file's bytes; a parse error is stored in `errors`, not raised.

    The former content is replaced only when the new bytes parse, or are kept unparsed.
    """
    authorize(may_use, actor, file)
    if parser_options:
        file.parser_options = {**file.parser_options, **parser_options}
    compression = file.file_compression
    if content_encoding == "gzip" and not compression:
        compression = "gzip"
    settings.UPLOAD_DIR.mkdir(parents=True, exist_ok=True)
    content: Path | None = None
    with translate_disk_errors():
        temporary = Path(tempfile.mkdtemp(dir=settings.UPLOAD_DIR, prefix=".receiving-"))
        try:
            body.path.rename(temporary / "raw")
            file.bytes_count, file.sha256 = body.size_bytes, body.sha256
            parse_into(file, temporary, compression=compression, erase=erase)
            if file.is_uploaded:
                content = commit_content(file, temporary)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    with transaction.atomic():
        file.save()
        audit.record(
            "file.received",
            actor=actor,
            target=file,
            bytes=file.bytes_count,
            sha256=file.sha256,
            is_valid=file.is_valid,
        )
        if content is not None:
            delete_previous_content(file, content)
    return file


def parse_into(file: File, folder: Path, *, compression: str, erase: bool) -> None:
    """Read `folder/raw` into tables beside it; a failure is stored in the file's errors."""
    try:
        with span("parse", format=file.file_type), metrics.observe_duration("parse_seconds"):
            parsed = file_parser().parse(
                folder / "raw",
                file_format=file.file_type,
                compression=compression,
                parser_options=file.parser_options,
                name=file.name,
                into=folder,
            )
    except (UnreadableFileError, LimitExceededError) as error:
        set_parse_error(file, error.message, kept_path=not erase)
    else:
        set_tables(file, parsed)


def store_table(file: File, rows: pa.Table) -> None:
    """Store a table that this server computed as the content of a file."""
    folder = file_folder(file.file_id)
    path = folder / "0.arrow"
    with translate_disk_errors():
        folder.mkdir(parents=True, exist_ok=True)
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
            writer.write_table(rows)
        sync_tree(folder)
    dtypes = {field.name: str(field.type) for field in rows.schema}
    table = ParsedTable(
        name="table", path=path, num_rows=rows.num_rows, num_cols=rows.num_columns, dtypes=dtypes
    )
    set_tables(file, ParsedUpload(tables=(table,), repairs=()))
    file.bytes_count = path.stat().st_size
    file.save()


def set_parse_error(file: File, message: str, *, kept_path: bool) -> None:
    file.is_uploaded = kept_path
    file.is_valid = False
    file.errors = [{"message": message}]
    file.tables, file.repairs, file.interpretations = [], [], []


def set_tables(file: File, parsed: ParsedUpload) -> None:
    file.is_uploaded = file.is_valid = True
    file.errors = []
    file.file_type = parsed.file_format or file.file_type
    repairs = list(parsed.repairs)
    if file.sql_transforms:
        text = "sql_transforms are stored, but not run by this server yet."
        repairs.append(Repair(code="transform-not-run", message=text))
    file.repairs = [repair.as_dict() for repair in repairs]
    file.interpretations = [interpretation.as_dict() for interpretation in parsed.interpretations]
    file.tables = [
        {
            "name": table.name,
            "path": table.path.name,
            "num_rows": table.num_rows,
            "num_cols": table.num_cols,
            "dtypes": dict(table.dtypes),
            "detected": dict(table.detected),
        }
        for table in parsed.tables
    ]
    if not file.parser_options or not file.shape:
        file.shape = shape_of(file.tables)


def shape_of(tables: Sequence[Mapping[str, Any]]) -> str:
    """A digest of the names and types of the columns of each table."""
    shape = [sorted(table["dtypes"].items()) for table in tables]
    return hashlib.sha256(json.dumps(shape).encode()).hexdigest()


def commit_content(file: File, aside: Path) -> Path:
    """Move new content beside the former, under its own name: the record's next save switches to it."""
    sync_tree(aside)
    content = file_folder(file.file_id) / f"{file.sha256[:16]}-{secrets.token_hex(4)}"
    content.parent.mkdir(exist_ok=True)
    aside.rename(content)
    sync_folder(content.parent)
    for table in file.tables:
        table["path"] = f"{content.name}/{table['path']}"
    return content


def delete_previous_content(file: File, content: Path) -> None:
    """Delete the former content once the transaction that switches to the new one is committed."""

    def clear() -> None:
        for path in content.parent.iterdir():
            if path.name != content.name:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    transaction.on_commit(clear)


def raw_upload_path(file: File) -> Path | None:
    """The path of the bytes as uploaded; None if they were not stored."""
    folder = file_folder(file.file_id)
    paths = [*folder.glob(f"{file.sha256[:16]}-*/raw"), folder / "raw"]
    return next((path for path in paths if path.exists()), None)


def delete_file(file: File, *, actor: Actor) -> None:
    """Delete a file; datasets that were prepared from it have their own copy."""
    authorize(may_use, actor, file)
    with transaction.atomic():
        audit.record("file.deleted", actor=actor, target=file, file_id=file.file_id)
        drop_file(file)


def drop_file(file: File) -> None:
    """Delete a record, and its bytes once that is committed."""
    folder = file_folder(file.file_id)
    file.delete()
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))
