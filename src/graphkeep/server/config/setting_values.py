"""Values of settings, parsed: each function raises ValueError with what would be right."""

import ipaddress
import os
import re
from pathlib import Path

from graphkeep.egress.inside import parse_inside_entries
from graphkeep.server.config.envfile import ConfigurationError

SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off", ""}


def read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read by the server's user ({os.geteuid()}): {error.strerror}. "
            "An editor may have changed its owner: restore it with chmod 660 and the folder's group."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8 text: {error}") from error


def parse_flag(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in YES:
        return True
    if lowered in NO:
        return False
    raise ValueError("one of 1/0, true/false, yes/no, on/off")


def parse_folder(text: str) -> str:
    folder = text.strip()
    if folder and (not Path(folder).is_absolute() or ".." in Path(folder).parts):
        raise ValueError("an absolute path such as /srv/data, without '..'")
    return folder


def parse_networks(text: str) -> list[str]:
    return [str(ipaddress.ip_network(network, strict=False)) for network in split_items(text)]


ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?")


def parse_inside_hosts(text: str) -> list[str]:
    """The texts of entries such as `db.example`, `db.example:5432` and `10.1.0.0/16`, each checked."""
    hosts = split_items(text)
    parse_inside_entries(hosts)
    return hosts


def parse_origins(text: str) -> list[str]:
    origins = [origin.lower().rstrip("/") for origin in split_items(text)]
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise ValueError(f"'{origin}' is not an origin such as https://intranet.example.org")
    return origins


def split_items(text: str) -> list[str]:
    return [item for item in re.split(r"[\s,]+", text) if item]


def parse_domain(text: str) -> str:
    """Check a host name with an optional port, without scheme or path."""
    domain = text.strip().lower()
    if domain and not re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?", domain):
        raise ValueError("a host name such as graphs.example.org")
    return domain


def parse_size(text: str) -> int:
    match = re.fullmatch(r"\s*(\d+)\s*([KMGT]?)i?B?\s*", text, re.IGNORECASE)
    if not match:
        raise ValueError("a number of bytes such as 1G, 200M or 1048576")
    return int(match[1]) * SIZES[match[2].upper()]
