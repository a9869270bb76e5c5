"""Three network namespaces: server, bridge and database; only server-bridge and bridge-database are joined.

Counters of nftables see what must never happen: a packet from the server to the database's network, and a connection
opened towards the bridge.
"""

import contextlib
import json
import os
import secrets
import subprocess

SERVER, BRIDGE = "10.77.1.1", "10.77.1.2"
BRIDGE_INSIDE, DATABASE = "10.77.2.1", "10.77.2.2"
COUNTERS = """
table inet graphkeep {
  counter towards { }
  chain %(hook)s { type filter hook %(hook)s priority -200; %(rule)s counter name towards; }
  chain cut_input { type filter hook input priority 0; }
  chain cut_output { type filter hook output priority 0; }
}
"""


def run(*words, text=None):
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


class Namespaces:
    def __enter__(self):
        tag = secrets.token_hex(2)
        self.server, self.bridge, self.database = (f"gk{side}{tag}" for side in "sbd")
        for name in (self.server, self.bridge, self.database):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        self.join(self.server, SERVER, self.bridge, BRIDGE, f"v1{tag}")
        self.join(self.bridge, BRIDGE_INSIDE, self.database, DATABASE, f"v2{tag}")
        self.rules(self.server, hook="output", rule="ip daddr 10.77.2.0/24")
        self.rules(self.database, hook="input", rule="ip saddr 10.77.1.0/24")
        opening = f"ip daddr {BRIDGE} tcp flags & (syn | ack) == syn"
        self.rules(self.bridge, hook="input", rule=opening)
        return self

    def __exit__(self, *_):
        for name in (self.server, self.bridge, self.database):
            with contextlib.suppress(AssertionError):
                run("ip", "netns", "del", name)

    @staticmethod
    def join(one, address, other, other_address, link):
        run(
            "ip",
            "-n",
            one,
            "link",
            "add",
            link,
            "type",
            "veth",
            "peer",
            "name",
            link,
            "netns",
            other,
        )
        for name, own in ((one, address), (other, other_address)):
            run("ip", "-n", name, "addr", "add", f"{own}/24", "dev", link)
            run("ip", "-n", name, "link", "set", link, "up")

    @staticmethod
    def rules(name, **values):
        run("ip", "netns", "exec", name, "nft", "-f", "-", text=COUNTERS % values)

    @staticmethod
    def prefix(name):
        return ["ip", "netns", "exec", name]

    def nft(self, name, *words):
        return run(*self.prefix(name), "nft", *words)

    def counted(self):
        """Packets by namespace that must not be there."""
        counts = {}
        for side in ("server", "bridge", "database"):
            listed = json.loads(self.nft(getattr(self, side), "-j", "list", "counters"))["nftables"]
            counts[side] = sum(each["counter"]["packets"] for each in listed if "counter" in each)
        return counts

    def cut(self, mode, port):
        """`black hole` drops all packets of the server's port, `reset` answers each of them with RST."""
        verdict = "drop" if mode == "black hole" else "reject with tcp reset"
        for chain, end in (("cut_input", "dport"), ("cut_output", "sport")):
            rule = f"add rule inet graphkeep {chain} tcp {end} {port} {verdict}"
            self.nft(self.server, *rule.split())

    def restore(self):
        for chain in ("cut_input", "cut_output"):
            self.nft(self.server, "flush", "chain", "inet", "graphkeep", chain)


def can_make_namespaces():
    return (
        os.geteuid() == 0
        and subprocess.run(["ip", "netns", "list"], capture_output=True, check=False).returncode
        == 0
    )
