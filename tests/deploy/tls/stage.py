"""A server behind the Caddyfile that `graphkeep tls` writes, an authority that speaks ACME, visitors elsewhere."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.deploy.tls.authority import Authority
from tests.deploy.tls.space import Space, cable, spaces
from tests.waiting import wait_for_value

DOMAIN, OTHER, CA = "graphs.example.test", "other.example.test", "ca.example.test"
URL, PLAIN = f"https://{DOMAIN}", f"http://{DOMAIN}"
FOLDER = Path(__file__).parent
NEIGHBOUR = "wiki.example.test"
HERE, VISITOR = "10.77.0.1", "10.77.0.2"
BALANCER, BALANCER_OUTSIDE = "10.77.1.2", "10.77.2.2"
PASSWORD = "violet-tram-07-harbour"
GRAPHKEEP = [sys.executable, "-m", "graphkeep"]
AUTHORITY = """{
	admin off
	skip_install_trust
}
%s {
	tls internal
	acme_server {
		lifetime %s
	}
}
"""


class Stage:
    """`inside` runs the server and its Caddy, `outside` visitors and the authority."""

    def __init__(self, folder: Path, inside: Space, outside: Space) -> None:
        self.folder, self.inside, self.outside = folder, inside, outside
        self.home = folder / "home"
        self.caddyfile = self.home / "data/config/caddy/Caddyfile"
        self.root = folder / "root.crt"
        self.caddy: subprocess.Popen | None = None
        self.caddy_words: list[str] = []
        self.balancer: Space = inside
        self.commands: list[list[str]] = []
        kept = {"PATH", "PYTHONPATH", "NUMBA_CACHE_DIR", "OMP_WAIT_POLICY", "LANG"}
        self.env = {
            **{key: text for key, text in os.environ.items() if key in kept},
            "GRAPHISTRY_HOME": str(self.home),
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "caddy"),
        }
        (self.home / "data").mkdir(parents=True, exist_ok=True)

    def graphkeep(self, *words: str, stdin: str = "") -> str:
        self.commands.append(["graphkeep", *words])
        return self.inside.said(*GRAPHKEEP, *words, env=self.env, stdin=stdin)

    def begin_authority(self, lifetime: str = "1h") -> None:
        place = self.folder / "authority.Caddyfile"
        place.write_text(AUTHORITY % (CA, lifetime))
        env = {**self.env, "XDG_DATA_HOME": str(self.folder / "ca")}
        words = ("caddy", "run", "--adapter", "caddyfile", "--config", str(place))
        self.outside.start(*words, log="authority.log", env=env)
        self.outside.waits_for(443)
        made = self.folder / "ca/caddy/pki/authorities/local/root.crt"
        assert wait_for_value(made.exists, True)
        self.root.write_bytes(made.read_bytes())

    def uses_authority(self, *, only_443: bool = False, renews: bool = False) -> None:
        """What the how-to says for an authority of one's own; `renews` within seconds, unlike there.

        Only tests of renewal ask for it, and start Caddy anew behind it: of a renewal that a reload meets,
        a lock or a certificate stays in Caddy.
        """
        directory = f"https://{CA}/acme/local/directory"
        lines = f"\tacme_ca {directory}\n\tacme_ca_root {self.root}\n"
        if only_443:
            lines = (
                f"\tcert_issuer acme {directory} {{\n\t\ttrusted_roots {self.root}\n"
                "\t\tdisable_http_challenge\n\t}\n"
            )
        lines += "\trenew_interval 1s\n"  # Caddy reads it once, when it starts
        if renews:
            lines += "\trenewal_window_ratio 0.999\n"
        (self.caddyfile.parent / "authority").write_text(lines)

    def begin_balancer(self, authority: Authority) -> None:
        """Somebody else's proxy, which does TLS and passes plain HTTP on to the server's Caddy."""

        chain, key = authority.write(self.folder / "balancer", DOMAIN)
        place = self.folder / "balancer.Caddyfile"
        place.write_text(
            f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{DOMAIN} {{\n\ttls {chain} {key}\n"
            "\treverse_proxy 10.77.1.1:80\n}\nhttp:// {\n\treverse_proxy 10.77.1.1:80\n}\n"
        )
        words = ("caddy", "run", "--adapter", "caddyfile", "--config", str(place))
        env = {**self.env, "XDG_DATA_HOME": str(self.folder / "balancer-data")}
        self.balancer.start(*words, log="balancer.log", env=env)

    def begin_caddy(self, told: str) -> None:
        """Exactly the command that `graphkeep tls` printed."""
        self.caddy_words = re.search(r"^ +(caddy run .*)$", told, re.MULTILINE)[1].split()
        self.commands.append(self.caddy_words)
        self.restart_caddy()

    def restart_caddy(self) -> None:
        if self.caddy is not None:
            self.inside.end(self.caddy)
        self.caddy = self.inside.start(*self.caddy_words, log="caddy.log", env=self.env)

    def ends_renewals(self) -> None:
        self.uses_authority()
        self.restart_caddy()
        assert wait_for_value(lambda: self.status(f"https://{DOMAIN}/healthz"), 200) == 200

    def visit(self, url: str, *words: str, by: Space | None = None) -> tuple[int, dict, str]:
        """(status, headers, body) as a visitor elsewhere meets them; 0 where nothing good answers."""
        asked = ["curl", "-sS", "-m", "30", "-D", "-", "--cacert", str(self.root), *words, url]
        done = (by or self.outside).run(*asked)
        if done.returncode != 0:
            return 0, {}, done.stderr
        head, _, body = done.stdout.replace("\r\n", "\n").partition("\n\n")
        status = int(head.split()[1])
        headers: dict[str, list[str]] = {}
        for line in head.splitlines()[1:]:
            name, _, value = line.partition(": ")
            headers.setdefault(name.lower(), []).append(value)
        return status, headers, body

    def status(self, url: str, *words: str, by: Space | None = None) -> int:
        return self.visit(url, *words, by=by)[0]

    def served(self, domain: str = DOMAIN) -> str:
        """The leaf that a visitor is shown, as PEM."""
        words = ("openssl", "s_client", "-connect", f"{HERE}:443", "-servername", domain)
        done = self.outside.run(*words, "-showcerts", timeout_s=20)
        return done.stdout

    def serial(self, domain: str = DOMAIN) -> str:
        found = re.search(
            r"-----BEGIN CERTIFICATE.*?END CERTIFICATE-----", self.served(domain), re.DOTALL
        )
        if not found:
            return ""
        done = subprocess.run(
            ["openssl", "x509", "-noout", "-serial"],
            input=found[0],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip()

    def audit(self, event: str) -> list[dict]:
        lines = self.inside.said(*GRAPHKEEP, "audit", "--event", event, env=self.env).splitlines()
        return [json.loads(one) for one in lines]


@contextmanager
def a_stage(folder: Path) -> Iterator[Stage]:
    names = {DOMAIN: HERE, OTHER: HERE, NEIGHBOUR: HERE, CA: VISITOR}
    # Behind the balancer, visitors know the server by the balancer's address.
    balanced = {**names, DOMAIN: BALANCER_OUTSIDE}
    with spaces(folder, names, names, balanced) as (inside, outside, balancer):
        cable(inside, HERE, outside, VISITOR)
        cable(inside, "10.77.1.1", balancer, BALANCER)
        cable(balancer, BALANCER_OUTSIDE, outside, "10.77.2.1")
        made = Stage(folder, inside, outside)
        made.balancer = balancer
        try:
            yield made
        finally:
            for log in ("server.log", "caddy.log", "authority.log"):
                if (folder / log).exists() and os.environ.get("GRAPHKEEP_TEST_LOGS"):
                    shutil.copy(folder / log, os.environ["GRAPHKEEP_TEST_LOGS"])
