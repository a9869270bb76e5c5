"""Parsers for settings that hold an address: a listen address or a URL."""

import re
from urllib.parse import urlsplit

LISTEN = re.compile(r"(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):(?P<port>\d{1,5})")


def parse_listen(text: str) -> str:
    listen_address(text)
    return text


def listen_address(text: str) -> tuple[str, int] | None:
    """Host and port of a listen address, or None if the text is empty.

    Raises:
        ValueError: the text is not HOST:PORT.
    """
    if not text.strip():
        return None
    match = LISTEN.fullmatch(text.strip())
    if match is None or not 0 < int(match["port"]) < 1 << 16:
        raise ValueError("a host and a port such as 127.0.0.1:9464")
    return match["host"].strip("[]"), int(match["port"])


def parse_address(text: str) -> str:
    """Check an http or https URL without credentials: a password has its own, secret setting."""
    address = text.strip()
    if not address:
        return ""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError("an address such as https://example.org/path")
    if parts.username or parts.password:
        raise ValueError("an address without a user or password in it")
    return address


def loopback_url(text: str) -> str:
    """Check the URL of a web server on this machine: a loopback host, no path."""
    url = text.strip().lower().rstrip("/")
    if url and not re.fullmatch(r"http://(?:127\.0\.0\.1|localhost)(?::\d{1,5})?", url):
        raise ValueError("an address of this machine such as http://127.0.0.1:5173")
    return url
