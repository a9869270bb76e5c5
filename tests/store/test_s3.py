"""A bucket: what arrives is whole, what a reader holds is current, copies stay below their limit."""

import io
import secrets

import pytest

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.policy import Endpoint
from graphkeep.graph.errors import UserInputError
from graphkeep.store import bucket as s3
from graphkeep.store import s3_client
from graphkeep.store.bucket import Bucket, ObjectStoreError, parse_bucket_address
from graphkeep.store.file_cache import FileCache
from graphkeep.store.graph_store import GraphStore
from graphkeep.store.s3 import S3Files

ID = "0" * 31 + "a"


def store_of(bucket, root, *, max_bytes=1 << 20):
    return GraphStore(S3Files(bucket, FileCache(root, max_bytes=max_bytes)))


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
    store = store_of(bucket, tmp_path, max_bytes=2500)
    cache = store.files.cache
    for number in range(4):
        store.put_bytes(ID, f"part-{number}", bytes([number]) * 1000)

    assert sum(one.stat().st_size for one in cache.files()) <= 2500
    for number in range(4):
        assert store.bytes(ID, f"part-{number}") == bytes([number]) * 1000
    assert sum(one.stat().st_size for one in cache.files()) <= 2500
    assert cache.purge() > 0
    assert cache.files() == []
    assert store.bytes(ID, "part-0") == bytes(1000)


def test_another_machine_sees_what_this_one_wrote(new_bucket, tmp_path):
    bucket = new_bucket()
    one, two = (store_of(bucket, tmp_path / name) for name in ("1", "2"))
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


def test_sh79_a_refusal_of_the_gateway_is_reported_once_and_not_tried_again(new_bucket):
    bucket = new_bucket()
    refusals = []
    gateway = Gateway(lambda: True, lambda *refusal: refusals.append(refusal))
    config = bucket.config
    gateway.allow(
        Endpoint(component="store", host=config.host, port=config.port, may_be_inside=True)
    )
    refused = Bucket(config, lambda *address: gateway.connect("store", *address, timeout_s=5))

    with pytest.raises(ObjectStoreError, match="Air gap is on"):
        refused.put("a", io.BytesIO(b"x"))

    assert len(refusals) == 1
    assert list(bucket.entries()) == []


def test_the_environment_and_the_user_s_aws_files_change_nothing(new_bucket, monkeypatch, tmp_path):
    wrong = tmp_path / "config"
    wrong.write_text("[default]\nregion = eu-nowhere-1\nendpoint_url = http://127.0.0.1:9\n")
    for name, value in {
        "AWS_CONFIG_FILE": str(wrong), "AWS_PROFILE": "missing", "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "other", "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9", "AWS_CA_BUNDLE": str(wrong),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    bucket = new_bucket()
    addresses = []
    connect = bucket.connect
    same = Bucket(bucket.config, lambda *address: addresses.append(address) or connect(*address))

    same.put("a", io.BytesIO(b"x"))
    same.close()

    assert addresses == [(bucket.config.host, bucket.config.port)]
    assert same.client.meta.region_name == "us-east-1"
    assert [entry.key for entry in bucket.entries()] == ["a"]


def test_a_store_that_does_not_answer_is_asked_three_times(new_bucket):
    config = new_bucket().config
    attempts = []

    def connect(*address):
        attempts.append(address)
        raise ConnectionRefusedError("nobody listens")

    with pytest.raises(ObjectStoreError, match="does not answer"):
        Bucket(config, connect).head("a")

    assert len(attempts) == 3


def test_an_answer_beyond_the_limit_is_refused(new_bucket, monkeypatch):
    bucket = new_bucket()
    bucket.put("a", io.BytesIO(b"x"))
    monkeypatch.setattr(s3_client, "MAX_ANSWER_BYTES", 100)

    with pytest.raises(ObjectStoreError, match="longer than 100 bytes"):
        list(bucket.entries())
