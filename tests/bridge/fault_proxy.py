"""The way between a bridge and its server, which tests cut in each of the ways in which ways are cut."""

import contextlib
import socket
import struct
import threading

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close sends RST


class FaultProxy:
    """Forwards TCP connections from its own port to `target`; `cut` ends or stops them, `restore` mends."""

    def __init__(self, target):
        self.target = target
        self.mode = ""
        self.pairs = []
        self.lock = threading.Lock()
        self.flowing = threading.Event()
        self.flowing.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.opened = 0
        self.seen = bytearray()  # from the bridge
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.mode == "reset":
                self._reset(client)
                continue
            threading.Thread(target=self._open, args=(client,), daemon=True).start()

    def _open(self, client):
        self.flowing.wait()
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            self._reset(client)
            return
        server.settimeout(None)
        self.opened += 1
        with self.lock:
            self.pairs.append((client, server))
        for source, sink, is_client in ((client, server, True), (server, client, False)):
            threading.Thread(target=self._pump, args=(source, sink, is_client), daemon=True).start()

    def _pump(self, source, sink, is_client):
        with contextlib.suppress(OSError):
            while received := source.recv(1 << 16):
                self.flowing.wait()
                if is_client and len(self.seen) < 4 << 20:
                    self.seen += received
                sink.sendall(received)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    @staticmethod
    def _reset(connection):
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            connection.shutdown(socket.SHUT_RD)  # wakes the thread that reads
        with contextlib.suppress(OSError):
            connection.close()

    def cut(self, mode):
        """`reset`: both ends see it; `black hole`: nobody does; `half-open`: only the server's end does."""
        self.mode = mode
        with self.lock:
            pairs, self.pairs = self.pairs, []
        if mode == "reset":
            for pair in pairs:
                for each in pair:
                    self._reset(each)
        else:
            self.flowing.clear()
            if mode == "half-open":
                for _, server in pairs:
                    self._reset(server)

    def restore(self):
        # Connections of before the cut do not come back: those of a black hole are dead for both.
        self.mode = ""
        self.flowing.set()

    def close(self):
        self.listener.close()
        self.cut("reset")
        self.flowing.set()
