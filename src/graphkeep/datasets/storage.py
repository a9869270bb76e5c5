"""The graph store, the folders of uploads, and the sandboxes that every operation shares.

Their modules are imported at the first use: every command loads this one.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from graphkeep.sandbox.limits import Limits
from graphkeep.sandbox.pool import SandboxPool

if TYPE_CHECKING:
    from graphkeep.sources.parser import FileParser
    from graphkeep.store.graph_store import GraphStore

WARM_PARSERS = 2  # nodes and edges are the commonest files that come together


def graph_store() -> "GraphStore":
    """A local folder, or an object store with a cache on the local disk."""
    from graphkeep.store.graph_store import GraphStore

    if not settings.GRAPHKEEP_STORE:
        from graphkeep.store.disk import DiskFiles

        return GraphStore(DiskFiles(settings.STORE_DIR))
    from graphkeep.site.object_stores import open_bucket
    from graphkeep.store.file_cache import FileCache
    from graphkeep.store.s3 import S3Files

    object_store = open_bucket("store", settings.GRAPHKEEP_STORE)
    cache = FileCache(settings.COPIES_DIR, max_bytes=settings.GRAPHKEEP_CACHE_SIZE)
    return GraphStore(S3Files(object_store, cache))


@cache
def file_parser() -> "FileParser":
    """The parser of uploads, which runs in sandboxes."""
    from graphkeep.sources.parser import FileParser

    return FileParser(
        memory_bytes=settings.GRAPHKEEP_IMPORT_MEMORY,
        timeout_s=settings.GRAPHKEEP_IMPORT_TIMEOUT,
        scratch=settings.TMP_DIR,
        allows_unconfined=settings.GRAPHKEEP_ALLOW_UNSANDBOXED,
        warm_count=WARM_PARSERS,
    )


@cache
def compute_pool() -> SandboxPool:
    """The sandbox pool for queries and users' Python."""
    return SandboxPool(
        "graphkeep.compute.sandbox_entry",
        scratch=settings.TMP_DIR,
        limits=Limits(
            memory_bytes=settings.GRAPHKEEP_COMPUTE_MEMORY,
            seconds=settings.GRAPHKEEP_COMPUTE_TIMEOUT,
            result_bytes=settings.GRAPHKEEP_COMPUTE_RESULT_MAX,
        ),
        max_processes=settings.GRAPHKEEP_COMPUTE_PROCESSES,
    )


def file_folder(file_id: str) -> Path:
    folder: Path = settings.UPLOAD_DIR / file_id
    return folder
