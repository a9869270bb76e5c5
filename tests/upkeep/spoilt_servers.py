"""Servers that are spoilt in one way each, for the doctor's checks."""

import json
import os
import socket
import sys
from dataclasses import replace
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.utils import timezone

from graphkeep import plugins
from graphkeep.accounts import audit
from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.models import (
    AuditEvent,
    BrowserSession,
    Instance,
    Organization,
    PersonalKey,
)
from graphkeep.accounts.operations.organizations import create_organization
from graphkeep.accounts.secret_box import encrypt
from graphkeep.connectors.models import BridgeSlot
from graphkeep.connectors.operations.grants import Grant, set_grants
from graphkeep.connectors.operations.manage import ConnectorFields, create_connector
from graphkeep.datasets.models import Dataset, ShareLink
from graphkeep.jobs.models import Job
from graphkeep.sandbox.isolation import NO_ISOLATION
from graphkeep.server.config.secrets import MADE, change_lines
from graphkeep.server.process.collect_deployment import collect_deployment
from graphkeep.site.models import SiteSetting
from graphkeep.site.runtime_settings import forget_cached_values
from graphkeep.upkeep.deployment import RunningServer
from graphkeep.upkeep.doctor.checks import (
    CHECKS,
    compute,
    sandbox_and_air_gap,
    server,
)
from graphkeep.upkeep.doctor.run import run_check
from graphkeep.upkeep.supply.checksums import write_list
from graphkeep.upkeep.supply.operations import import_advisories, trust_signer
from graphkeep.upkeep.supply.signature import make_key, sign_file
from tests.people import make

BY_ID = {one.check_id: one for one in CHECKS}
HARDENED = "internet-facing"


class Patient:
    """A server of the test's own, and the ways in which it can be spoilt."""

    def __init__(self, home, settings, monkeypatch):
        self.home, self.settings, self.monkeypatch = home, settings, monkeypatch
        self.profile, self.running, self.sockets = HARDENED, None, []

    def ask(self, check_id):
        forget_cached_values()
        here = collect_deployment(profile=self.profile)
        if self.running is not None:
            here = replace(here, running=self.running)
        return run_check(BY_ID[check_id], here)

    def say(self, name, value):
        custom = self.home / "data/config/custom.env"
        custom.write_text(custom.read_text() + f"{name}='{value}'\n")

    def runs(self, host="127.0.0.1", pids=None, fingerprint=""):
        pids = pids or (os.getpid(),)
        self.running = RunningServer(host=host, port=8000, pids=pids, fingerprint=fingerprint)


# --- the others: how each is spoilt, and how it is made well where the fix is a person's -------
def script(patient, name, text):
    folder = patient.home / "bin"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)
    patient.monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def admin_with_graph(patient):
    alice = make("alice", "admin")
    Dataset.objects.create(owner=alice, organization=personal(alice), name="g")


def personal(user):
    return Organization.objects.get(slug=user.username)


def link_for_ever(patient):
    alice = make("alice")
    graph = Dataset.objects.create(owner=alice, organization=personal(alice), name="g")
    ShareLink.objects.create(
        dataset=graph, token_hash="x", created_by=graph.owner,
        expires_at=timezone.now() + timedelta(days=400),
    )  # fmt: skip


def key(patient, **said):
    owner = make(said.pop("owner", "bob"))
    ends = timezone.now() + timedelta(days=30)
    PersonalKey.objects.create(**{"user": owner, "secret_hash": "x", "expires_at": ends, **said})


def service_key(patient):
    key(patient)
    bob = PersonalKey.objects.get().user
    bob.kind = "service"
    bob.save()


def dormant(patient):
    bob = make("bob")
    type(bob).objects.update(date_joined=timezone.now() - timedelta(days=200))


def given(patient):
    bob = make("bob")
    bob.must_change_password = True
    bob.password_given_at = timezone.now() - timedelta(days=99)
    bob.save()


def shared(patient):
    bob = make("bob")
    for number in range(5):
        BrowserSession.objects.create(
            session_key=f"s{number}", session_data="", user=bob, address=f"192.0.2.{number}",
            expire_date=timezone.now() + timedelta(days=1),
        )  # fmt: skip


def several_admins(patient):
    for name in ("alice", "bob", "charlie", "mallory"):
        make(name, "admin")


def former_key(patient, *, sealed):
    old = patient.settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS
    if sealed:
        Authenticator.objects.create(user=make("bob"), type="totp", data={"secret": encrypt("x")})
    patient.settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = MADE[
        "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"
    ]() + ("," + old if sealed else "")


def old_audit(patient, event, days):
    audit.record(event, actor=CONSOLE)
    AuditEvent.objects.filter(event=event).update(at=timezone.now() - timedelta(days=days))


def open_port(patient, port):
    patient.sockets.append(socket.create_server(("0.0.0.0", port)))


def mode(patient, path, number):
    (patient.home / path).mkdir(exist_ok=True) if "logs" in path else None
    (patient.home / path).chmod(number)


def leftover(patient):
    folder = patient.home / "data/tmp"
    folder.mkdir()
    (folder / "part").write_bytes(b"x")
    os.utime(folder / "part", (1, 1))


def swapped(patient, values):
    for name, value in values.items():
        patient.say(name, value)


def weak_part(patient):
    """An advisory, signed by whom the server trusts, says that the Django here is affected."""
    key, source = patient.home / "key", patient.home / "told"
    make_key(key)
    trust_signer(patient.home / "key.pub", actor=CONSOLE)
    source.mkdir()
    for ecosystem, name in (("PyPI", "django"), ("npm", "left-pad")):
        said = {
            "id": f"TEST-{ecosystem}",
            "modified": timezone.now().isoformat(),
            "affected": [
                {
                    "package": {"ecosystem": ecosystem, "name": name},
                    "ranges": [
                        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999"}]}
                    ],
                }
            ],
        }
        (source / f"{ecosystem}.json").write_text(json.dumps(said))
    sign_file(write_list(source), key=key, purpose="graphkeep-advisories")
    import_advisories([source], actor=CONSOLE)


def lost_bridge(patient):
    BridgeSlot.objects.create(slot="pg", heartbeat_at=timezone.now() - timedelta(minutes=1))


def add_connector(patient, kind, **settings):
    return create_connector(
        ConnectorFields(name="inventory", settings=settings),
        kind_name=kind, organization=None, actor=CONSOLE,
    )  # fmt: skip


def widely_granted(patient):
    create_organization("acme", actor=CONSOLE)
    grants = [Grant(organization="acme", right="ask")]
    set_grants(add_connector(patient, "sample_data"), grants, actor=CONSOLE)


SPOILT = {
    "connectors.test": lambda p: add_connector(p, "sqlite", file="absent.sqlite"),
    "connectors.grants": widely_granted,
    "bridges.connected": lost_bridge,
    "bridges.keys": lambda p: p.say("SPLUNK_SERVER_KEY", "guess"),
    "people.claimed": lambda p: Instance.objects.update(is_claimed=False),
    "people.some-admin": lambda p: None,
    "people.few-admins": several_admins,
    "people.admins-second-factor": lambda p: make("alice", "admin"),
    "people.everyday-account": admin_with_graph,
    "people.dormant": dormant,
    "people.given-passwords": given,
    "people.init-password-left": lambda p: p.say("ADMIN_INIT_PASSWORD", "left behind, long enough"),
    "people.shared-accounts": shared,
    "keys.end": lambda p: key(p, expires_at=None),
    "keys.used": lambda p: key(p, created_at=timezone.now() - timedelta(days=200)),
    "keys.admin-scope": lambda p: key(p, scopes=["admin"]),
    "keys.service-networks": service_key,
    "links.end": link_for_ever,
    "server.plugins": lambda p: p.monkeypatch.setattr(
        plugins,
        "PROBLEMS",
        [
            plugins.PluginProblem(
                group="graphkeep.layouts", entry_point="x", package="broken 2.0", reason="it is."
            )
        ],
    ),
    "server.python": lambda p: p.monkeypatch.setitem(
        server.PYTHON_ENDS, sys.version_info[:2], date(2020, 1, 1)
    ),
    "server.system": lambda p: p.monkeypatch.setattr(
        server, "OS_RELEASE", written(p, 'ID=ubuntu\nVERSION_ID="20.04"\n')
    ),
    "server.updates": lambda p: p.monkeypatch.setattr(server, "AUTO_UPGRADES", p.home / "data"),
    "server.not-root": lambda p: p.runs(pids=(1,)),
    "server.pending-restart": lambda p: p.runs(fingerprint="0" * 16),
    "server.advisories": weak_part,
    "server.names": lambda p: p.say("COOKIE_SECUR", "true"),
    "server.said-twice": lambda p: (p.say("LOG_LEVEL", "INFO"), p.say("LOG_LEVEL", "INFO")),
    "server.disk": lambda p: p.monkeypatch.setattr(
        server.shutil, "disk_usage", lambda path: type("U", (), {"free": 1, "total": 100})
    ),
    "server.jobs": lambda p: (
        Job.objects.create(kind="layout", arguments={}),
        Job.objects.update(queued_at=timezone.now() - timedelta(hours=1)),
    ),
    "server.ssh-passwords": lambda p: script(p, "sshd", "echo passwordauthentication yes"),
    "server.ssh-root": lambda p: script(p, "sshd", "echo permitrootlogin prohibit-password"),
    "network.tls": lambda p: (setattr(p.settings, "COOKIE_SECURE", False), p.runs("0.0.0.0")),
    "network.own-address": lambda p: (
        setattr(p.settings, "TRUSTED_PROXIES", []),
        p.runs("0.0.0.0"),
    ),
    "network.own-listeners": lambda p: (open_port(p, 0), p.runs()),
    "network.inner-ports": lambda p: open_port(p, 9090),
    "network.proxies-narrow": lambda p: setattr(p.settings, "TRUSTED_PROXIES", ["0.0.0.0/0"]),
    "network.lists-narrow": lambda p: SiteSetting.objects.create(name="IP_ALLOWLIST", value="::/0"),
    "network.embed-origins": lambda p: SiteSetting.objects.create(
        name="EMBED_ORIGINS", value="http://intranet.example.org"
    ),
    "network.samesite": lambda p: setattr(p.settings, "COOKIE_SAMESITE", "None"),
    "network.host": lambda p: p.runs("0.0.0.0"),
    "network.caddyfile": lambda p: (caddyfile(p), written(p, "", "data/config/Caddyfile")),
    "network.listeners": lambda p: (caddyfile(p), p.runs()),
    "network.caddy-headers": lambda p: (
        caddyfile(p),
        written(p, "X-Frame-Options SAMEORIGIN\n", "data/config/caddy/headers"),
    ),
    "air-gap.certificate": lambda p: (
        caddyfile(p),
        SiteSetting.objects.create(name="IS_AIR_GAPPED", value="true"),
    ),
    "secrets.made": lambda p: change_lines(p.home, {"GRAPHISTRY_NEXUS_SIGNING_SALT": None}),
    "secrets.strong": lambda p: p.say("GRAPHISTRY_NEXUS_SIGNING_KEY", "changeme"),
    "secrets.distinct": lambda p: swapped(
        p,
        dict.fromkeys(
            ("GRAPHISTRY_NEXUS_SIGNING_KEY", "GRAPHISTRY_NEXUS_SIGNING_SALT"),
            MADE["DJANGO_SECRET_KEY"](),
        ),
    ),
    "secrets.file-mode": lambda p: mode(p, "data/config/custom.env", 0o644),
    "secrets.folder-mode": lambda p: mode(p, "data/config", 0o755),
    "secrets.not-in-defaults": lambda p: (
        change_lines(p.home, {"DJANGO_SECRET_KEY": None}),
        (p.home / ".env").write_text(f"DJANGO_SECRET_KEY={MADE['DJANGO_SECRET_KEY']()}\n"),
    ),
    "secrets.not-in-environment": lambda p: p.monkeypatch.setenv(
        "DJANGO_SECRET_KEY", MADE["DJANGO_SECRET_KEY"]()
    ),
    "secrets.key-opens": lambda p: former_key(p, sealed=False),
    "secrets.sealed-by-current": lambda p: former_key(p, sealed=True),
    "secrets.former-keys": lambda p: setattr(p.settings, "SECRET_KEY_FALLBACKS", ["x" * 64]),
    "secrets.put-away": lambda p: None,
    "secrets.age": lambda p: old_audit(p, "secrets.rotated", 400),
    "air-gap.mail": lambda p: (
        SiteSetting.objects.create(name="IS_AIR_GAPPED", value="true"),
        p.monkeypatch.setattr(
            "graphkeep.upkeep.doctor.checks.sandbox_and_air_gap.can_send_mail", lambda: True
        ),
    ),
    "air-gap.metadata": lambda p: (
        SiteSetting.objects.create(name="IS_AIR_GAPPED", value="true"),
        p.say("ADMIN_INIT_FROM_METADATA", "true"),
    ),
    "air-gap.vault": lambda p: (
        SiteSetting.objects.create(name="IS_AIR_GAPPED", value="true"),
        p.say("VAULT_ADDR", "https://vault.example.com"),
    ),
    "air-gap.portal-agrees": lambda p: p.say("AIR_GAPPED", "1"),
    "api.sandbox": lambda p: p.monkeypatch.setattr(
        sandbox_and_air_gap, "isolation", lambda: NO_ISOLATION
    ),
    "api.query-endpoint": lambda p: p.monkeypatch.setattr(
        compute, "isolation", lambda: NO_ISOLATION
    ),
    "api.python-endpoint": lambda p: p.say("ENABLE_PYTHON_ENDPOINT", "true"),
    "data.folder-mode": lambda p: mode(p, "data", 0o755),
    "data.database-mode": lambda p: (mode(p, "data", 0o755), mode(p, "data/db.sqlite3", 0o644)),
    "data.log-mode": lambda p: (mode(p, "data", 0o755), mode(p, "data/logs", 0o755)),
    "data.backup": lambda p: None,
    "data.leftovers": leftover,
    "data.audit": lambda p: old_audit(p, "sign-in", -2),
}


def written(patient, text, name="os-release"):
    path = patient.home / name
    path.write_text(text)
    return path


def caddyfile(patient):
    """By itself, as before air gap was heeded, on a port where nothing listens."""
    (patient.home / "data/config/caddy").mkdir()
    text = "graphs.example.org:59443 {\n\timport common\n}\nhttp://, https://:59443 {\n\timport common\n}\n"
    written(patient, text, "data/config/caddy/Caddyfile")
