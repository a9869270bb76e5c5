"""A backup whose source fails half way fails, says so, and costs no older backup."""

import json
import os
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from graphkeep.graph.errors import DiskFullError
from graphkeep.server.config.secrets import MADE
from graphkeep.store.bucket import MissingError, ObjectStoreError
from graphkeep.upkeep.backup.archive import (
    DamagedBackupError,
    open_files,
    read_archive,
    verify_stream,
    write_archive,
)
from graphkeep.upkeep.backup.pipes import pipe, piped_output
from tests.drills.operation.test_restores import person
from tests.upkeep.test_backup import graphkeep

KEY = MADE["GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"]()
FAILURES = [
    ObjectStoreError("an outage"),
    MissingError("deleted"),
    DiskFullError("no room"),
    BrokenPipeError("a socket of the object store"),
    RuntimeError("anything"),
    SystemExit(3),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
def test_ad27_whatever_ends_the_source_fails_the_backup(tmp_path, failure):
    (tmp_path / "whole").write_bytes(b"x" * 3_000_000)

    def files():
        yield from open_files([("graphs/whole", tmp_path / "whole")])
        raise failure

    target = tmp_path / "target/a.backup"
    target.parent.mkdir()
    with pytest.raises(type(failure), match=str(failure)):
        write_archive(target, files(), {"made_at": "today"}, keys=KEY)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
def test_ad27_a_failing_source_is_noticed_by_a_reader_that_stops_at_the_end(failure):
    def fails(sink):
        sink.write(b"half")
        raise failure

    with pytest.raises(type(failure)), piped_output(fails) as source:
        assert source.read(4) == b"half"
    with pytest.raises(type(failure)):
        pipe(fails, lambda source: source.read(4))


def test_a_reader_that_fails_is_the_failure_and_not_the_pipe_it_broke():
    def refuse(source):
        raise ObjectStoreError("no such bucket")

    with pytest.raises(ObjectStoreError, match="no such bucket"):
        pipe(lambda sink: sink.write(b"x" * 3_000_000), refuse)


def test_ad27_what_was_written_is_read_back_and_compared(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).write_bytes(name.encode() * 100_000)
    paths = [(f"graphs/{name}", tmp_path / name) for name in ("first", "second")]
    target = tmp_path / "a.backup"
    manifest = write_archive(target, open_files(paths), {"made_at": "today"}, keys=KEY)

    def verify(content, expected):
        target.write_bytes(content)
        with target.open("rb") as sealed:
            verify_stream(sealed, target.name, expected, keys=KEY)

    whole = target.read_bytes()
    verify(whole, manifest)
    for content, expected in [
        (whole[:-100], manifest),
        (whole[:200_000], manifest),
        (b"", manifest),
        (whole, {**manifest, "files": {}}),
        (whole, {**manifest, "made_at": "yesterday"}),
    ]:
        with pytest.raises(DamagedBackupError):
            verify(content, expected)


class Outage(BaseHTTPRequestHandler):
    """Passes requests on to the object store, and answers 503 for what its server's `broken` names."""

    def do_GET(self):
        if self.server.broken and self.server.broken in self.path and self.command == "GET":
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        asked = urllib.request.Request(
            self.server.target + self.path, data=body, method=self.command,
            headers={name: value for name, value in self.headers.items() if name.lower() != "host"},
        )  # fmt: skip
        try:
            answer = urllib.request.urlopen(asked)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            content = answer.read()
            self.send_response(answer.status)
            for name in ("ETag", "Last-Modified", "Content-Type"):
                if value := answer.headers.get(name):
                    self.send_header(name, value)
            size = answer.headers.get("Content-Length") if self.command == "HEAD" else len(content)
            self.send_header("Content-Length", str(size))
            self.end_headers()
            self.wfile.write(content)

    do_PUT = do_POST = do_HEAD = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture
def failing_store(object_store):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Outage)
    server.target, server.broken = object_store, ""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif("GRAPHKEEP_TEST_DATABASE_URL" in os.environ, reason="SQLite is enough here")
def test_ad27_an_outage_of_the_object_store_costs_no_backup(tmp_path, new_bucket, failing_store):
    (tmp_path / "data").mkdir()
    bucket = new_bucket()
    for number in "ab":
        path = tmp_path / number
        path.write_bytes(number.encode() * 2_000_000)
        with path.open("rb") as source:
            bucket.put(f"{number * 32}/nodes.arrow", source)
    settings = {
        "GRAPHKEEP_STORE": f"s3://{bucket.config.bucket}",
        "GRAPHKEEP_STORE_S3_ENDPOINT": f"http://127.0.0.1:{failing_store.server_port}",
        "GRAPHKEEP_STORE_S3_ACCESS_KEY": "alice",
        "GRAPHKEEP_STORE_S3_SECRET_KEY": "canary-of-a-key",
    }
    person(tmp_path, "alice")
    backups = tmp_path / "data/backups"

    def events():
        listed = graphkeep(tmp_path, "audit", **settings).stdout
        return [
            event
            for line in listed.splitlines()
            if (event := json.loads(line)["event"]).startswith("backup.")
        ]

    for _ in range(2):
        made = graphkeep(tmp_path, "backup", **settings)
        assert "3 files" in made.stdout, made.stderr
        time.sleep(1)  # a name tells the second
    older = sorted(backups.iterdir())
    assert len(older) == 2
    for path in (tmp_path / "data/cache").rglob("nodes.arrow@*"):
        path.unlink()

    failing_store.broken = "b" * 32
    failed = graphkeep(tmp_path, "backup", "--keep", "1", **settings)

    assert failed.returncode == 2
    assert "\ngraphkeep: The backup failed, so none was made" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert sorted(backups.iterdir()) == older
    assert events() == ["backup.made", "backup.made", "backup.failed"]

    failing_store.broken = ""
    assert graphkeep(tmp_path, "backup", "--keep", "1", **settings).returncode == 0
    (last,) = backups.iterdir()
    assert last not in older
    keys = (tmp_path / "data/config/custom.env").read_text()
    key = keys.partition("GRAPHISTRY_NEXUS_ENCRYPTION_KEYS=")[2].splitlines()[0]
    assert len(read_archive(last, tmp_path / "out", keys=key)["files"]) == 3
    assert Path(tmp_path / "out/graphs" / ("b" * 32) / "nodes.arrow").stat().st_size == 2_000_000
