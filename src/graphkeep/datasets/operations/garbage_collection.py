"""Garbage collection: parts of uploads that a crash interrupted, files without a record, and old caches.

Bytes are written before their record and deleted after it, so whatever a crash leaves behind is garbage that
no page shows.
"""

import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from graphkeep.datasets.cleanup_hooks import OTHER_CLEANUPS, OTHER_RECORDS
from graphkeep.datasets.models import Dataset, File
from graphkeep.datasets.operations.upload import drop_file
from graphkeep.datasets.storage import graph_store

GRACE_PERIOD = timedelta(hours=1)  # longer than any upload pauses between two bytes


def collect_garbage(*, older_than: timedelta = GRACE_PERIOD) -> int:
    """Delete garbage; the number of deleted files and folders."""
    cutoff = time.time() - older_than.total_seconds()
    return (
        sum(clean_up() for clean_up in OTHER_CLEANUPS)
        + delete_orphan_files(older_than)
        + delete_orphan_uploads(cutoff)
        + delete_orphan_graphs(cutoff)
        + sum(delete_if_older(path, cutoff) for path in partial_files())
        + sum(evict_cache(folder) for folder in (settings.FRAMES_DIR, settings.COPIES_DIR))
    )


def evict_cache(folder: Path) -> int:
    """Delete what was not used for GRAPHKEEP_CACHE_DAYS, then the least recently used beyond GRAPHKEEP_CACHE_SIZE."""
    cutoff = time.time() - 86400 * settings.GRAPHKEEP_CACHE_DAYS
    count, total = 0, 0
    for path in sorted(folder.rglob("*"), key=used_at, reverse=True):
        if path.is_file():
            size = path.stat().st_size
            total += size
            if used_at(path) < cutoff or total > settings.GRAPHKEEP_CACHE_SIZE:
                path.unlink(missing_ok=True)
                total -= size
                count += 1
    return count


def used_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def delete_partial_uploads() -> None:
    """At the start of a server, when no upload is under way."""
    for path in partial_files(web_only=True):
        delete_if_older(path, time.time() + 1)


def partial_files(*, web_only: bool = False) -> list[Path]:
    patterns = [(settings.TMP_DIR, "upload-*"), (settings.UPLOAD_DIR, ".re*-*")]
    if not web_only:
        patterns += [(settings.TMP_DIR, "query-*")]
        patterns += [(settings.STORE_DIR, ".deleted-*"), (settings.STORE_DIR, "*/.writing-*")]
    return [path for folder, pattern in patterns for path in folder.glob(pattern)]


def delete_orphan_files(older_than: timedelta) -> int:
    """Tables that were received for a dataset and never attached to it."""
    used_edges = Dataset.objects.exclude(edge_data=None).values("edge_data")
    used_nodes = Dataset.objects.exclude(node_data=None).values("node_data")
    orphans = File.objects.filter(is_direct=True, updated_at__lt=timezone.now() - older_than)
    count = 0
    for file in orphans.exclude(Q(pk__in=used_edges) | Q(pk__in=used_nodes)):
        with transaction.atomic():
            drop_file(file)
        count += 1
    return count


def delete_orphan_uploads(before: float) -> int:
    if not settings.UPLOAD_DIR.exists():
        return 0
    prefixes_by_id = {
        file_id: named_folders(tables, sha256)
        for file_id, tables, sha256 in File.objects.values_list("file_id", "tables", "sha256")
    }
    count = 0
    for folder in settings.UPLOAD_DIR.iterdir():
        if folder.name.startswith("."):
            continue
        if folder.name not in prefixes_by_id:
            count += delete_if_older(folder, before)
            continue
        for content in folder.iterdir():
            prefixes = prefixes_by_id[folder.name]
            if content.is_dir() and prefixes and not content.name.startswith(prefixes):
                count += delete_if_older(content, before)
    return count


def named_folders(tables: list[dict[str, str]], sha256: str) -> tuple[str, ...]:
    """Prefixes of the folders that a record refers to; of bytes that did not parse, by their digest."""
    folders = {table["path"].partition("/")[0] for table in tables if "/" in table["path"]}
    return tuple(folders) or ((f"{sha256[:16]}-",) if sha256 else ())


def delete_orphan_graphs(before: float) -> int:
    store = graph_store()
    record_ids = set(Dataset.objects.values_list("dataset_id", flat=True)).union(
        *(ids() for ids in OTHER_RECORDS)
    )
    count = 0
    for dataset_id in store.dataset_ids() - record_ids:
        # A graph that is being written has a record, so that only its age in its folder matters.
        folder = settings.STORE_DIR / dataset_id
        if not folder.exists() or folder.stat().st_mtime < before:
            store.delete(dataset_id)
            count += 1
    return count


def delete_if_older(path: Path, before: float) -> int:
    try:
        if path.stat().st_mtime >= before:
            return 0
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    except FileNotFoundError:
        return 0
    return 1
