"""Two homes for graphs that promise the same: a folder, and a bucket with copies on a local disk."""

import pytest

from graphkeep.store.disk import DiskStore
from graphkeep.store.s3 import S3Store
from tests.object_store import new_bucket, object_store

__all__ = ["new_bucket", "object_store"]


@pytest.fixture(params=["disk", "s3"])
def store(request, tmp_path):
    if request.param == "disk":
        return DiskStore(tmp_path)
    bucket = request.getfixturevalue("new_bucket")("some/prefix")
    return S3Store(bucket, tmp_path, most_bytes=1 << 30)
