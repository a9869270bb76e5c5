"""Which addresses inside this network connectors may reach: none, unless an administrator named them.

A connector's host is written by somebody who may add connectors, not by who runs this machine. So private networks and
this machine itself are closed to connectors, but for the hosts and networks of the setting CONNECTOR_NETWORKS.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from graphkeep.egress.policy import Endpoint, Network

HOST_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*"
)
FORMS = "a host such as db.example, a host with a port such as db.example:5432, or a network such as 10.1.0.0/16"


@dataclass(frozen=True, kw_only=True)
class InsideEntry:
    """A host name, or a network (also of a single address); `port` None stands for each port."""

    host: str = ""
    network: Network | None = None
    port: int | None = None

    def names(self, host: str, port: int) -> bool:
        """Whether it names this host, as a connector's setting has it."""
        return bool(self.host) and self.host == host.lower() and self.port in {None, port}


def parse_inside_entries(texts: Iterable[str]) -> tuple[InsideEntry, ...]:
    """The entries of CONNECTOR_NETWORKS: `host`, `host:port`, `network/length`, an address, `[IPv6]:port`.

    Raises:
        ValueError: a text is none of these; the message names it and says what would be right.
    """
    return tuple(parse_entry(text.strip()) for text in texts if text.strip())


def parse_entry(text: str) -> InsideEntry:
    if "%" in text:
        raise ValueError(f"'{text}' has a zone ('%'). Enter {FORMS}.")
    host, port = text, None
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::(\d{1,5}))?", text)
    if bracketed is not None:
        host, port = bracketed[1], int(bracketed[2]) if bracketed[2] else None
    elif text.count(":") == 1 and "/" not in text:
        host, _, digits = text.partition(":")
        if not re.fullmatch(r"\d{1,5}", digits, re.ASCII):
            raise ValueError(f"'{text}' is not {FORMS}.")
        port = int(digits)
    if port is not None and not 1 <= port <= 65535:
        raise ValueError(f"'{text}' has no port between 1 and 65535.")
    try:
        return InsideEntry(network=ipaddress.ip_network(host), port=port)
    except ValueError as error:
        is_name = HOST_NAME.fullmatch(host.lower()) and not re.fullmatch(r"[\d.]+", host)
        if bracketed is not None or not is_name:
            reason = f" ({error})" if "host bits" in str(error) else ""
            raise ValueError(f"'{text}' is not {FORMS}{reason}.") from error
        return InsideEntry(host=host.lower(), port=port)


def connector_endpoint(
    component: str,
    host: str,
    port: int,
    entries: Iterable[InsideEntry],
    *,
    is_air_gapped: bool = False,
) -> Endpoint:
    """The endpoint of a connector: it reaches inside addresses only as far as the entries name them.

    Under air gap it reaches nothing else.
    """
    entries = tuple(entries)
    return Endpoint(
        component=component,
        host=host,
        port=port,
        may_be_inside=any(entry.names(host, port) for entry in entries),
        inside_networks=tuple(
            entry.network
            for entry in entries
            if entry.network is not None and entry.port in {None, port}
        ),
        must_be_inside=is_air_gapped,
        inside_advice=(
            f"An administrator adds {host}, or its network, to CONNECTOR_NETWORKS: "
            f"`graphkeep config set CONNECTOR_NETWORKS {host}`, with those that it has, separated by commas."
        ),
    )
