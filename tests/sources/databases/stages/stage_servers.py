"""Runs in a network namespace: one listener for each way in which a source can fail. Prints `ready`."""

import socket
import ssl
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORTS = {
    "plain": 7001, "good": 7002, "expired": 7003, "self-signed": 7004, "reset": 7005,
    "silent": 7006, "http": 7007, "dropped": 7008,
}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status = int(self.path[1:4])
        body = b'{"error": "SECRET-IN-A-BODY"}'
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve(port, answer):
    listener = socket.create_server(("0.0.0.0", port))

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def with_certificate(path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def answer(connection):
        try:
            with context.wrap_socket(connection, server_side=True) as it:
                it.recv(1)
        except OSError:
            connection.close()

    return answer


def greet(connection):
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    connection.recv(1000)
    connection.close()


def reset(connection):
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


if __name__ == "__main__":
    kept = []
    serve(PORTS["plain"], greet)
    for name, path in zip(("good", "expired", "self-signed"), sys.argv[1:], strict=True):
        serve(PORTS[name], with_certificate(path))
    serve(PORTS["reset"], reset)
    serve(PORTS["silent"], kept.append)
    serve(PORTS["dropped"], kept.append)
    server = ThreadingHTTPServer(("0.0.0.0", PORTS["http"]), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()
