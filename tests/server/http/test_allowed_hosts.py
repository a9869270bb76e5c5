"""SH-43: which Host is answered: addresses and own names until there is a domain, and no name of a stranger."""

import socket

import pytest

from graphkeep.server.http.allowed_hosts import is_allowed_host
from graphkeep.site.models import SiteSetting
from graphkeep.site.runtime_settings import forget_cached_values

LOOPBACK = {"client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 8000)}
NETWORK = {"client": ("10.0.0.9", 50000), "server": ("10.0.0.7", 8000)}
OWN_PROXY = {
    "client": ("203.0.113.9", 0),
    "server": ("127.0.0.1", 8000),
    "graphkeep.by_proxy": True,
}
UNIX = {"client": None, "server": ("/run/graphkeep.sock", None)}
LOCAL = (
    "localhost",
    "localhost:8000",
    "127.0.0.1:8000",
    "127.3.2.1",
    "[::1]:8000",
    "[::ffff:127.0.0.1]",
)
ADDRESSES = ("10.0.0.7", "10.0.0.7:8000", "[fd00::7]:8000", "203.0.113.5")
NAMES = (
    "evil.example.org", "evil.example.org:8000", "localhost.evil.example.org", "127.0.0.1.evil.example.org",
    "127.evil.example.org", "localhost.", "1", "0x7f.1", "10.0.0", "evil", "[::1].evil.example.org",
)  # fmt: skip
MALFORMED = (
    "",
    "a b",
    "x/y",
    "evil.example.org\\@",
    "a:b:c",
    "localhost:123456",
    "[::1",
    "localhost\n",
)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scope", [LOOPBACK, NETWORK, OWN_PROXY, UNIX])
def test_sh43_without_a_domain_no_name_of_a_stranger_is_answered(scope):
    assert [host for host in NAMES + MALFORMED if is_allowed_host(host, scope)] == []
    own = (*LOCAL, socket.gethostname().lower(), f"{socket.gethostname().lower()}:8000")
    assert [host for host in own if not is_allowed_host(host, scope)] == []


@pytest.mark.parametrize(("scope", "answers"), [(LOOPBACK, False), (NETWORK, True), (OWN_PROXY, True), (UNIX, True)])  # fmt: skip
def test_without_a_domain_addresses_are_answered_where_a_network_leads_here(scope, answers):
    assert [is_allowed_host(host, scope) for host in ADDRESSES] == [answers] * len(ADDRESSES)


def test_with_a_domain_it_alone_is_answered_and_localhost_from_here(settings):
    settings.EXTRA_HOSTS = ["other.example.org"]
    SiteSetting.objects.create(name="SITE_DOMAIN", value="graphs.example.org")
    forget_cached_values()

    for scope in (LOOPBACK, NETWORK, OWN_PROXY):
        for host in ("graphs.example.org", "graphs.example.org:8443", "other.example.org:80"):
            assert is_allowed_host(host, scope)
        for host in (*NAMES, *MALFORMED, *ADDRESSES, "graphs.example.org.evil.example.org"):
            assert not is_allowed_host(host, scope), host
    assert [is_allowed_host(host, LOOPBACK) for host in LOCAL] == [True] * len(LOCAL)
    assert [is_allowed_host(host, OWN_PROXY) for host in LOCAL] == [False] * len(LOCAL)
