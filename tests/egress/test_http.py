"""Requests by urllib3 leave through the gateway alone, and do nothing that nobody asked for."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from graphkeep.egress.gateway import Gateway
from graphkeep.egress.http import HttpResponse, NoResponseError, send_request
from graphkeep.egress.policy import EgressForbiddenError, Endpoint


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.command, self.path, dict(self.headers.items())))
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/secret")
            self.end_headers()
            return
        body = b"x" * 1000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Answer", "yes")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    http_server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http_server.seen = []
    threading.Thread(target=http_server.serve_forever, daemon=True).start()
    yield http_server
    http_server.shutdown()
    http_server.server_close()


def gateway_to(port, *, is_air_gapped=False, refusals=None):
    def report(component, reason):
        refusals.append((component, reason))

    gateway = Gateway(lambda: is_air_gapped, report if refusals is not None else None)
    gateway.allow(Endpoint(component="test", host="localhost", port=port, may_be_inside=True))
    return gateway


def test_a_request_brings_status_headers_and_no_more_than_the_bytes_asked_for(server):
    port = server.server_port

    response = send_request(
        gateway_to(port), "test", f"http://localhost:{port}/a?b=c", headers={"X-Token": "t"}, max_bytes=10
    )  # fmt: skip

    assert isinstance(response, HttpResponse)
    assert (response.status, response.headers["x-answer"], response.body) == (200, "yes", b"x" * 10)
    ((method, path, headers),) = server.seen
    assert (method, path) == ("GET", "/a?b=c")
    assert headers == {"Host": f"localhost:{port}", "Accept-Encoding": "identity", "X-Token": "t"}


def test_a_redirect_is_an_answer_and_is_not_followed(server):
    port = server.server_port

    response = send_request(gateway_to(port), "test", f"http://localhost:{port}/redirect")

    assert (response.status, response.headers["location"]) == (302, "/secret")
    assert [path for _, path, _ in server.seen] == ["/redirect"]


def test_sh80_under_air_gap_nothing_is_sent_and_the_refusal_is_reported_once(server):
    port = server.server_port
    refusals = []
    gateway = gateway_to(port, is_air_gapped=True, refusals=refusals)

    with pytest.raises(EgressForbiddenError, match="Air gap is on"):
        send_request(gateway, "test", f"http://localhost:{port}/")

    assert server.seen == []
    assert refusals == [("test", "Air gap is on: test does not connect to localhost.")]


def test_another_host_than_the_component_s_own_is_refused(server):
    port = server.server_port

    with pytest.raises(EgressForbiddenError, match=r"may not connect to 127\.0\.0\.1"):
        send_request(gateway_to(port), "test", f"http://127.0.0.1:{port}/")

    assert server.seen == []


def test_a_proxy_of_the_environment_is_not_used(server, monkeypatch):
    port = server.server_port
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    response = send_request(gateway_to(port), "test", f"http://localhost:{port}/")

    assert response.status == 200


def test_v03_a_name_is_resolved_once_and_the_checked_address_is_used(server, monkeypatch):
    port = server.server_port
    lookups = []

    def resolve(host, *_, **__):
        lookups.append(host)
        address = "127.0.0.1" if len(lookups) == 1 else "192.0.2.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    assert send_request(gateway_to(port), "test", f"http://localhost:{port}/").status == 200
    assert lookups == ["localhost"]


def test_a_host_that_does_not_answer_is_an_error_of_the_operating_system():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    with pytest.raises(ConnectionRefusedError):
        send_request(gateway_to(port), "test", f"http://localhost:{port}/", timeout_s=2)


def test_an_answer_that_is_not_http_is_an_error():
    listener = socket.create_server(("127.0.0.1", 0))

    def answer():
        connection, _ = listener.accept()
        connection.recv(1000)
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
        connection.close()

    threading.Thread(target=answer, daemon=True).start()
    port = listener.getsockname()[1]

    with pytest.raises(NoResponseError):
        send_request(gateway_to(port), "test", f"http://localhost:{port}/", timeout_s=2)
    listener.close()
