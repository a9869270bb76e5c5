"""People and graphs that tests of every package may ask for."""

import os
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from graphkeep.graph.graph import Graph
from tests.graphs import make_karate, make_messy, make_triangle

pytest_plugins = ["tests.database_servers.fixtures"]
# Root's commands such as nft and useradd, which `su` without a login leaves out.
os.environ["PATH"] += os.pathsep + os.pathsep.join(("/usr/local/sbin", "/usr/sbin", "/sbin"))
SLOW = (Path(__file__).parent / "slow_tests.txt").read_text().splitlines()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what `slow_tests.txt` lists, by patterns."""
    patterns = [one.replace("[", "(") for one in SLOW if one and not one.startswith("#")]
    for item in items:
        name = item.nodeid.replace("[", "(")
        if any(fnmatchcase(name, one) for one in patterns):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def alice(db):
    """The owner of what a test is about, signed in."""
    return signed_in("alice")


@pytest.fixture
def bob(alice):
    """Of the same organization as alice, acme."""
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.organizations import add_member, create_organization

    made = signed_in("bob")
    acme = create_organization("acme", actor=CONSOLE)
    for actor in (alice, made):
        add_member(organization=acme, user=actor.user, actor=CONSOLE)
    return made


@pytest.fixture
def charlie(db):
    """A stranger."""
    return signed_in("charlie")


@pytest.fixture
def mallory(db):
    """An attacker, who has an account as anybody may."""
    return signed_in("mallory")


def signed_in(name: str):
    from tests.people import make, person  # Django has to be set up before

    return person(make(name))


@pytest.fixture
def triangle() -> Graph:
    return make_triangle()


@pytest.fixture
def karate() -> Graph:
    return make_karate()


@pytest.fixture
def messy() -> Graph:
    return make_messy()
