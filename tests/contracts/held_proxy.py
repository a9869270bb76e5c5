"""A TCP proxy in front of a source, which can hold back what the source sends, or end all connections."""

import socket
import threading
from contextlib import suppress

CHUNK_BYTES = 4096


class HeldProxy:
    """Counts the bytes that the source sent, over all connections. Those beyond `allowed` wait until `cut`."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.allowed = float("inf")
        self.sent_bytes = 0
        self._changed = threading.Condition()
        self._sockets = []
        self._is_cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def restart(self, allowed):
        """Count anew, and hold back what comes beyond `allowed` bytes."""
        with self._changed:
            self.sent_bytes, self.allowed = 0, allowed

    def cut(self):
        """End every connection, and accept no other."""
        with self._changed:
            self._is_cut = True
            self._changed.notify_all()
        for each in (self._listener, *self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                source = socket.create_connection(self.target)
                self._sockets += [client, source]
                for first, second, is_held in ((client, source, False), (source, client, True)):
                    threading.Thread(
                        target=self._relay, args=(first, second, is_held), daemon=True
                    ).start()

    def _relay(self, first, second, is_held):
        with suppress(OSError):
            while chunk := first.recv(CHUNK_BYTES):
                if is_held:
                    self._wait_for_room(len(chunk))
                second.sendall(chunk)
            second.shutdown(socket.SHUT_WR)

    def _wait_for_room(self, count):
        with self._changed:
            self._changed.wait_for(lambda: self._is_cut or self.sent_bytes + count <= self.allowed)
            if self._is_cut:
                raise ConnectionResetError
            self.sent_bytes += count
