"""Two people of one group administer a server that belongs to neither root nor everybody."""

import json
import os
from pathlib import Path

import pytest

from tests.deploy.members import GRAPHKEEP, can_make_users, two_members_and_a_stranger
from tests.ports import free_port
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(
        not can_make_users(), reason="needs root and a checkout that others may read"
    ),
]
PROVE = bool(os.environ.get("GRAPHKEEP_PROVE"))


def test_sh19_a_second_member_runs_every_command_without_sudo(tmp_path):
    with two_members_and_a_stranger() as (group, alice, bob, charlie):
        alice.graphkeep("init", "--group", group)
        custom = alice.home / "data/config/custom.env"
        assert (oct(custom.stat().st_mode & 0o7777), custom.group()) == ("0o660", group)
        assert oct(custom.parent.stat().st_mode & 0o7777) == "0o2770"
        port = free_port()
        with (tmp_path / "log").open("w") as log:
            server = alice.start(*GRAPHKEEP, "up", "--port", port, stdout=log, stderr=log)
        try:
            wait_until(
                lambda: bob.run(*GRAPHKEEP, "ps").stdout.count("healthy"),
                lambda: str(bob.run(*GRAPHKEEP, "ps")),
            )

            bob.graphkeep("org", "create", "acme")
            done = bob.run("sh", "-c", f"echo JWT_EXPIRATION_DELTA=900 >>{custom}")
            assert done.returncode == 0, done.stderr
            bob.graphkeep("restart", "web")
            if PROVE:
                every_other_command(bob)
            told = bob.graphkeep("audit", "--event", "organization.created")

            assert json.loads(told)["credential"] == f"cli:{bob.name}"
            assert [one.group() for one in (alice.home / "data").rglob("*")] == [group] * len(
                list((alice.home / "data").rglob("*"))
            )
            assert {
                oct(one.stat().st_mode & 0o007) for one in (alice.home / "data").rglob("*")
            } == {"0o0"}

            for words in (
                ["stop"],
                ["user", "list"],
                *([["config", "list"], ["restart"]] if PROVE else []),
            ):
                refused = charlie.run(*GRAPHKEEP, *words)
                assert refused.returncode != 0, words
                assert "Traceback" not in refused.stderr, refused.stderr
            assert charlie.run("cat", custom).returncode != 0
            assert server.poll() is None

            bob.graphkeep("stop")
            assert server.wait(timeout=120) == 0
        finally:
            server.kill()
            server.wait()
    assert not Path(alice.home).exists()


def every_other_command(bob):
    """A second's start each, so all of them only under `graphkeep prove guide`."""
    password = "violet-tram-07-harbour\n"
    people = ("--username", "dora", "--email", "d@example.org", "--password-stdin")
    bob.graphkeep("user", "create", *people, said=password)
    bob.graphkeep("user", "list")
    bob.graphkeep("user", "password", "dora", "--password-stdin", said="another-" + password)
    bob.graphkeep("user", "service", "robot", "--owner", "dora")
    bob.graphkeep("org", "add", "acme", "--member", "dora")
    bob.graphkeep("key", "create", "--user", "dora")
    bob.graphkeep("config", "list")
    bob.graphkeep("config", "set", "IS_AIR_GAPPED", "true")
    bob.graphkeep("preset", "diff", "team-vpn")
    bob.graphkeep("secrets", "check")
    bob.graphkeep("secrets", "rotate", "signing")
    bob.graphkeep("backup")
    bob.graphkeep("data", "map")
    bob.graphkeep("egress", "list")
    bob.graphkeep("firewall", "print", "--mode", "vpn", "--vpn-cidr", "10.8.0.0/24")
    assert json.loads(bob.run(*GRAPHKEEP, "doctor", "--format", "json").stdout)
    assert "applies it" not in bob.graphkeep("ps")
