"""The object store on loopback, for the tests of buckets."""

from tests.object_store import new_bucket, object_store

__all__ = ["new_bucket", "object_store"]
