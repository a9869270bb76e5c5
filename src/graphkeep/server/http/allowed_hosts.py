"""Allowed Host headers, against DNS rebinding.

An attacker's page can resolve its own name to this server's address, and then has the same origin as this server
in the visitor's browser. It cannot use an IP address or a name of this machine that way. So only addresses, names
of this machine and names that an administrator configured are allowed.
"""

import ipaddress
import re
import socket
from functools import lru_cache

from django.conf import settings

from graphkeep.api.upload_middleware import Scope
from graphkeep.site.runtime_settings import runtime_setting

HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?"
)
MACHINE = socket.gethostname().lower()


def is_allowed_host(host: str, scope: Scope) -> bool:
    """Whether requests with this Host header, in lower case, are allowed.

    With SITE_DOMAIN: that name, and localhost for clients on this machine. Without it: names of this machine, and
    IP addresses. A connection over loopback without a reverse proxy may name loopback addresses only; other
    connections may name any address, since a network may translate addresses (NAT).
    """
    if not HOST.fullmatch(host):
        return False
    name = re.sub(r":\d+$", "", host)
    domain: str = runtime_setting("SITE_DOMAIN")
    if host in settings.EXTRA_HOSTS or name in settings.EXTRA_HOSTS:
        return True
    if domain:
        is_named = host == domain or (":" not in domain and name == domain)
        return is_named or (is_local_name(name) and is_loopback(address_of(scope, "client")))
    if is_local_name(name) or name == MACHINE:
        return True
    is_reached_locally = is_loopback(address_of(scope, "server"))
    is_proxied = scope.get("graphkeep.by_proxy", False)
    return is_address(name.strip("[]")) and (is_proxied or not is_reached_locally)


def is_local_name(name: str) -> bool:
    """Whether a host is localhost or a loopback address; IPv6 addresses are in brackets."""
    return name == "localhost" or is_loopback(name.strip("[]"))


@lru_cache(maxsize=1024)
def is_loopback(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def address_of(scope: Scope, end: str) -> str:
    """The address of the connection's `client` or `server` end; empty for a Unix socket."""
    return str((scope.get(end) or ("", 0))[0])
