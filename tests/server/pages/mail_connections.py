"""Connections that a listening socket has accepted."""

import socket


def connection_count(listener: socket.socket) -> int:
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1
