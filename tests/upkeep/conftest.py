"""Backups go to an object store too."""

from tests.object_store import new_bucket, object_store

__all__ = ["new_bucket", "object_store"]
