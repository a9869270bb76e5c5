"""The HTTP client of connectors: limits, deadlines, cancelling, and errors without what was sent."""

import gzip
import json
import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.inside import connector_endpoint, parse_inside_entries
from graphkeep.egress.outbound import Outbound
from graphkeep.graph.errors import UserInputError
from graphkeep.sources.databases.http_client import HttpClient, HttpStatusError, RateLimitError
from graphkeep.sources.databases.http_client.errors import retry_time
from graphkeep.sources.databases.stages import ConnectorError

SECRET = "canary-7f31c9"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        size = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(size)
        self.server.seen.append((self.command, self.path, dict(self.headers.items()), body))
        answer = self.server.answers.get(self.path.partition("?")[0])
        if answer is None:
            self.reply(404, b"not here")
        elif callable(answer):
            answer(self)
        else:
            self.reply(*answer)

    do_POST = do_GET  # noqa: N815

    def reply(self, status, body, headers=()):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    http_server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http_server.daemon_threads = True
    http_server.seen, http_server.answers = [], {}
    http_server.release = threading.Event()
    threading.Thread(target=http_server.serve_forever, args=(0.02,), daemon=True).start()
    yield http_server
    http_server.release.set()
    http_server.shutdown()
    http_server.server_close()


def client_of(server, **options):
    gateway = Gateway(lambda: False)
    entries = parse_inside_entries(["127.0.0.0/8"])
    gateway.allow(connector_endpoint("connector:1", "127.0.0.1", server.server_port, entries))
    url = f"http://127.0.0.1:{server.server_port}"
    options.setdefault("headers", {"Authorization": f"Bearer {SECRET}"})
    return HttpClient(Outbound(gateway, "connector:1"), url, **options)


def silence(handler):
    handler.server.waiting = True
    handler.server.release.wait(30)


def drip(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b"x")
        if handler.server.release.wait(0.05):
            return


def test_json_is_sent_and_read_over_one_connection(server):
    server.answers["/a"] = (200, b'{"rows": [1]}')
    client = client_of(server)

    answers = [
        client.send_json("GET", "/a", query=[("q", "a b&c"), ("n", "é")]),
        client.send_json("POST", "/a", content={"x": [1, None]}),
    ]
    client.close()

    assert answers == [{"rows": [1]}] * 2
    (_, path, headers, _), (method, _, more_headers, body) = server.seen
    assert path == "/a?q=a+b%26c&n=%C3%A9"
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert (method, json.loads(body)) == ("POST", {"x": [1, None]})
    assert more_headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "stage"),
    [(301, "policy"), (307, "policy"), (401, "sign-in"), (403, "permission"), (404, "query"),
     (400, "query"), (500, "query"), (503, "query"), (504, "timeout")],
)  # fmt: skip
def test_a_status_is_the_stage_of_an_error_and_a_redirect_is_not_followed(server, status, stage):
    server.answers["/a"] = (status, f"echo {SECRET}".encode(), {"Location": "/elsewhere"})

    with pytest.raises(HttpStatusError) as raised:
        client_of(server).send_json("GET", "/a", query=[("key", SECRET)])

    error = raised.value
    assert (error.stage, error.status) == (stage, status)
    assert SECRET not in f"{error}{error!r}{error.advice}"
    assert [path.partition("?")[0] for _, path, _, _ in server.seen] == ["/a"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_rate_limit_says_when_to_ask_again(server, status):
    server.answers["/a"] = (status, b"slow down", {"Retry-After": "120"})

    with pytest.raises(RateLimitError) as raised:
        client_of(server).send_json("GET", "/a")

    wait = raised.value.retry_at - datetime.now(UTC)
    assert timedelta(seconds=110) < wait <= timedelta(seconds=120)
    assert raised.value.advice.startswith("Retry at 20")


NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        ({"retry-after": "60"}, NOW + timedelta(minutes=1)),
        ({"retry-after": "Sun, 29 Nov 2026 13:00:00 GMT"}, NOW + timedelta(hours=1)),
        ({"x-ratelimit-reset": "1795957200"}, datetime(2026, 11, 29, 13, 0, tzinfo=UTC)),
        ({"x-ratelimit-reset": "1795957200000"}, datetime(2026, 11, 29, 13, 0, tzinfo=UTC)),
        ({"retry-after": "99999999999999999"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "Sun, 29 Nov 2099 13:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_the_time_to_retry_is_read_in_each_form_that_services_use(headers, moment):
    assert retry_time(headers, NOW) == moment


@pytest.mark.parametrize("is_chunked", [True, False])
def test_no_more_bytes_than_allowed_are_read(server, is_chunked):
    def answer(handler):
        handler.send_response(200)
        name, value = (
            ("Transfer-Encoding", "chunked") if is_chunked else ("Content-Length", "10000000")
        )
        handler.send_header(name, value)
        handler.end_headers()
        try:
            for _ in range(1000):
                handler.wfile.write(b"2710\r\n" if is_chunked else b"")
                handler.wfile.write(b"x" * 10_000 + (b"\r\n" if is_chunked else b""))
                handler.server.sent += 10_000
        except OSError:
            handler.close_connection = True

    server.answers["/a"], server.sent = answer, 0

    with pytest.raises(ConnectorError, match="more than 100,000 bytes"):
        client_of(server, max_bytes=100_000).send("GET", "/a")
    assert server.sent < 10_000_000


def test_a_small_answer_that_unpacks_to_a_large_one_is_cut(server):
    packed = gzip.compress(b"x" * 50_000_000)
    server.answers["/a"] = (200, packed, {"Content-Encoding": "gzip"})

    with pytest.raises(ConnectorError, match="more than 1,000,000 bytes"):
        client_of(server, max_bytes=1_000_000).send("GET", "/a")


@pytest.mark.parametrize("answer", [silence, drip])
def test_a_deadline_holds_for_the_whole_answer(server, answer):
    server.answers["/a"] = answer
    start = time.monotonic()

    with pytest.raises(ConnectorError) as raised:
        client_of(server, timeout_s=0.5).send("GET", "/a")

    assert raised.value.stage == "timeout"
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("answer", [silence, drip])
def test_another_thread_cancels_a_request_within_a_second(server, answer):
    server.answers["/a"], server.answers["/b"] = answer, (200, b"1")
    client = client_of(server)
    client.send("GET", "/b")  # its connection stays open, and is used again
    threading.Timer(0.3, client.cancel).start()
    start = time.monotonic()

    with pytest.raises(ConnectorError, match="canceled"):
        client.send("GET", "/a")

    assert time.monotonic() - start < 1.3
    assert client.send_json("GET", "/b") == 1


def test_chunks_arrive_before_the_answer_ends(server):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "10")
        handler.end_headers()
        handler.wfile.write(b"first")
        assert handler.server.release.wait(30)
        handler.wfile.write(b"later")

    server.answers["/a"] = answer
    with client_of(server).stream("GET", "/a") as stream:
        first = next(stream.chunks)
        server.release.set()
        rest = b"".join(stream.chunks)

    assert (first, rest) == (b"first", b"later")


def test_an_answer_that_breaks_off_is_an_error_and_not_a_short_answer(server):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"[1, 2")
        handler.close_connection = True

    server.answers["/a"] = answer

    with pytest.raises(ConnectorError) as raised:
        client_of(server).send("GET", "/a")
    assert raised.value.stage == "refused"


@pytest.mark.parametrize("body", [b"<html>", b"", b"[" * 100_000, b"\xff\xfe"])
def test_an_answer_that_is_not_json_is_an_error(server, body):
    server.answers["/a"] = (200, body)

    with pytest.raises(ConnectorError, match="not JSON"):
        client_of(server).send_json("GET", "/a")


@pytest.mark.parametrize(
    "path",
    ["a", "", "http://other/", "/a b", "/a?b=c", "/a#b", "/a\r\nX: y", "/é", "/a/../b", "/%2e%2E/b",
     "/a/.", "/a/..%2fb", "/a\\..\\b"],
)  # fmt: skip
def test_a_path_that_would_become_another_is_refused_before_anything_is_sent(server, path):
    with pytest.raises(UserInputError):
        client_of(server).send("GET", path)
    assert server.seen == []


def test_a_header_cannot_hold_another_one(server):
    with pytest.raises(UserInputError, match="X-Token") as raised:
        client_of(server, headers={"X-Token": f"{SECRET}\r\nX-Admin: yes"}).send("GET", "/a")
    assert SECRET not in str(raised.value)
    assert server.seen == []


def test_a_secret_in_a_query_is_in_no_log(server, caplog, monkeypatch):
    server.answers["/a"] = (200, b"1")
    monkeypatch.setattr(logging.getLogger("urllib3.connectionpool"), "disabled", False)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "urllib3.connectionpool")

    client_of(server).send_json("GET", "/a", query=[("key", SECRET)])

    assert "GET /a " in caplog.text
    assert SECRET not in caplog.text
