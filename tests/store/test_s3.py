"""A bucket: what arrives is whole, what a reader holds is current, copies stay below their limit."""

import io
import secrets

import pytest

from graphkeep.graph.errors import UserInputError
from graphkeep.store import bucket as s3
from graphkeep.store.bucket import ObjectStoreError, parse_bucket_address
from graphkeep.store.s3 import S3Store

ID = "0" * 31 + "a"


def test_a_large_object_goes_in_parts_and_comes_back_whole(new_bucket, monkeypatch):
    monkeypatch.setattr(s3, "PART_BYTES", 5 << 20)
    bucket = new_bucket("one")
    content = secrets.token_bytes((12 << 20) + 7)

    etag = bucket.put("large", io.BytesIO(content))

    with bucket.reading("large") as source:
        assert source.read() == content
    assert bucket.head("large").etag == etag
    assert [(one.key, one.size_bytes) for one in bucket.entries()] == [("large", len(content))]


def test_a_stream_that_breaks_leaves_nothing(new_bucket, monkeypatch):
    monkeypatch.setattr(s3, "PART_BYTES", 5 << 20)
    bucket = new_bucket()

    class Breaks(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 11 << 20:
                raise OSError("the disk broke")
            return super().read(size)

    with pytest.raises(OSError, match="the disk broke"):
        bucket.put("half", Breaks(bytes(20 << 20)))

    assert list(bucket.entries()) == []
    uploads = bucket.client.list_multipart_uploads(Bucket=bucket.config.bucket)
    assert "Uploads" not in uploads


def test_names_with_signs_are_signed_as_they_are_sent(new_bucket):
    bucket = new_bucket("a folder/ü")
    bucket.put("x y+z@1", io.BytesIO(b"here"))

    assert [one.key for one in bucket.entries()] == ["x y+z@1"]
    bucket.delete("x y+z@1")
    bucket.delete("x y+z@1")
    assert bucket.head("x y+z@1") is None


def test_sh89_copies_stay_below_their_limit_and_the_least_used_go(new_bucket, tmp_path):
    bucket = new_bucket()
    store = S3Store(bucket, tmp_path, most_bytes=2500)
    for number in range(4):
        store.put_bytes(ID, f"part-{number}", bytes([number]) * 1000)

    assert sum(one.stat().st_size for one in store.copies()) <= 2500
    for number in range(4):
        assert store.bytes(ID, f"part-{number}") == bytes([number]) * 1000
    assert sum(one.stat().st_size for one in store.copies()) <= 2500
    assert store.purge() > 0
    assert store.copies() == []
    assert store.bytes(ID, "part-0") == bytes(1000)


def test_another_machine_sees_what_this_one_wrote(new_bucket, tmp_path):
    bucket = new_bucket()
    one, two = (S3Store(bucket, tmp_path / name, most_bytes=1 << 20) for name in ("1", "2"))
    one.put_bytes(ID, "a", b"first")
    assert two.bytes(ID, "a") == b"first"

    one.put_bytes(ID, "a", b"second")
    assert two.bytes(ID, "a") == b"second"
    two.delete(ID)
    assert not one.has(ID, "a")
    with pytest.raises(FileNotFoundError):
        one.bytes(ID, "a")


def test_errors_name_the_place_and_no_secret(new_bucket):
    bucket = new_bucket("p")
    gone = s3.Bucket(parse_bucket_address("s3://no-such-bucket/p", endpoint=bucket.config.endpoint, region="us-east-1",
                              access_key="alice", secret_key="canary-secret"), bucket.connect)  # fmt: skip
    with pytest.raises(ObjectStoreError) as seen:
        gone.put("a", io.BytesIO(b""))
    assert "no-such-bucket" in str(seen.value)
    assert "canary" not in f"{seen.value} {gone.config!r}"


@pytest.mark.parametrize(
    ("address", "said", "why"),
    [
        ("/mnt/graphs", {}, "not an address such as s3://"),
        ("s3://b", {"endpoint": "s3.example.org"}, "endpoint is missing"),
        ("s3://b", {"access_key": ""}, "access key"),
    ],
)
def test_an_incomplete_address_is_refused(address, said, why):
    words = {"endpoint": "https://x", "region": "r", "access_key": "a", "secret_key": "b"}
    with pytest.raises(UserInputError, match=why):
        parse_bucket_address(address, **(words | said))
