"""AD-32: the limit of an upload to the byte, however it is sent; and nobody holds a connection by dawdling."""

import gzip
import socket
import time

import pytest
import requests

from graphkeep.server.process.header_timeout import HEADER_TIMEOUT_S
from tests.servers import running_server
from tests.waiting import wait_for_value

pytestmark = pytest.mark.flow
LIMIT = 1 << 20


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    with running_server(
        tmp_path_factory.mktemp("small"), "alice", UPLOAD_MAX_SIZE=str(LIMIT)
    ) as made:
        yield made


@pytest.fixture
def route(small):
    made = small.post("/api/v2/files/", json={"file_type": "csv"}).json()["file_id"]
    return f"/api/v2/upload/files/{made}"


def table(size):
    head = b"s,d\n"
    return head + b"a,b\n" * ((size - len(head)) // 4) + b"\n" * ((size - len(head)) % 4)


def in_chunks(body):
    return iter([body[at : at + 70_001] for at in range(0, len(body), 70_001)])


@pytest.mark.parametrize("sent", [bytes, in_chunks], ids=["declared", "chunked"])
@pytest.mark.parametrize(("size", "status"), [(LIMIT - 1, 200), (LIMIT, 200), (LIMIT + 1, 413)])
def test_ad32_the_limit_holds_to_the_byte(small, route, size, status, sent):
    body = table(size)
    assert len(body) == size
    answer = small.post(route, data=sent(body))

    assert answer.status_code == status
    assert ("UPLOAD_MAX_SIZE" in answer.text) == (status == 413)
    assert soon_left(small) == []


def soon_left(server):
    """Parts of uploads that still lie there once the request has ended, which is just after its answer."""
    return wait_for_value(
        lambda: list((server.home / "data/tmp").glob("upload-*")), [], deadline_s=30
    )


def test_ad32_a_packed_upload_is_measured_as_it_is_sent(small, route):
    body = gzip.compress(table(3 * LIMIT))
    assert len(body) < LIMIT
    shown = {"Authorization": f"Bearer {small.token()}", "Content-Encoding": "gzip"}
    answer = requests.post(f"{small.url}{route}", data=body, headers=shown, timeout=60)

    assert (answer.status_code, answer.json()["is_valid"]) == (200, True)


def head(small, route, token, length):
    return (
        f"POST {route} HTTP/1.1\r\nHost: 127.0.0.1:{small.port}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def test_ad32_what_is_declared_too_large_is_refused_before_it_is_sent(small, route):
    with socket.create_connection(("127.0.0.1", small.port), timeout=10) as link:
        link.sendall(head(small, route, small.token(), LIMIT + 1))
        assert link.recv(4096).startswith(b"HTTP/1.1 413")


def test_ad32_a_slow_upload_arrives_and_a_head_that_never_ends_does_not_wait_for_ever(small, route):
    dawdler = socket.create_connection(("127.0.0.1", small.port), timeout=HEADER_TIMEOUT_S + 15)
    dawdler.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
    body = table(60)
    with socket.create_connection(("127.0.0.1", small.port), timeout=30) as link:
        link.sendall(head(small, route, small.token(), len(body)))
        for at in range(0, len(body), 10):
            link.sendall(body[at : at + 10])
            time.sleep(0.4)
        assert link.recv(4096).startswith(b"HTTP/1.1 200")

    began = time.monotonic()
    dawdler.sendall(b"X-Drop: 1\r\n")
    assert dawdler.recv(100) == b""
    assert time.monotonic() - began < HEADER_TIMEOUT_S
    dawdler.close()
