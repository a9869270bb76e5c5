"""Each check is seen red on a server that was spoilt for it, and green again after its fix."""

import json
import os
import socket
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from graphkeep import plugins
from graphkeep.accounts import audit
from graphkeep.accounts.actor import CONSOLE
from graphkeep.accounts.credentials.tokens import get_instance
from graphkeep.accounts.models import (
    AuditEvent,
    BrowserSession,
    Instance,
    Organization,
    PersonalKey,
)
from graphkeep.accounts.operations.permissions import set_permission
from graphkeep.accounts.operations.reencrypt import check_keys
from graphkeep.accounts.secret_box import encrypt
from graphkeep.datasets.models import Dataset, ShareLink
from graphkeep.jobs.models import Job
from graphkeep.sandbox.isolation import NO_ISOLATION, IsolationReport
from graphkeep.server.config.apply_fixes import apply_fixes, undo_fixes
from graphkeep.server.config.env import Environment
from graphkeep.server.config.secrets import MADE, change_lines, ensure_secrets
from graphkeep.server.process.collect_deployment import collect_deployment
from graphkeep.site.models import SiteSetting
from graphkeep.site.runtime_settings import forget_cached_values
from graphkeep.upkeep.deployment import RunningServer
from graphkeep.upkeep.doctor.check import ManualFix
from graphkeep.upkeep.doctor.checks import (
    CHECKS,
    compute,
    external,
    external_exposure,
    sandbox_and_air_gap,
    server,
)
from graphkeep.upkeep.doctor.report import as_json, as_sarif, as_text
from graphkeep.upkeep.doctor.run import is_clean, run_check, run_checks
from graphkeep.upkeep.presets import NAMES, read_preset
from graphkeep.upkeep.supply.checksums import write_list
from graphkeep.upkeep.supply.operations import import_advisories, trust_signer
from graphkeep.upkeep.supply.signature import make_key, sign_file
from tests.people import make

BY_ID = {one.check_id: one for one in CHECKS}
HARDENED = "internet-facing"
OWN_WORDS = {
    "SITE_DOMAIN": "graphs.example.org",
    "TRUSTED_PROXIES": "127.0.0.1/32",
    "IP_ALLOWLIST": "10.8.0.0/24",
    "ADMIN_IP_ALLOWLIST": "10.8.0.0/24",
}


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


@pytest.fixture
def patient(tmp_path, settings, monkeypatch, db):
    for name in (*MADE, "AIR_GAPPED", "GRAPHKEEP_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GRAPHISTRY_HOME", str(tmp_path))
    (tmp_path / "data/config").mkdir(parents=True, mode=0o750)
    (tmp_path / "data/config").chmod(0o750)
    (tmp_path / "data").chmod(0o750)
    settings.HOME = tmp_path
    settings.DATA_DIR = tmp_path / "data"
    settings.TMP_DIR = tmp_path / "data/tmp"
    database = tmp_path / "data/db.sqlite3"
    ensure_secrets(tmp_path)
    database.write_bytes(b"")
    database.chmod(0o640)
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(database))
    settings.COOKIE_SECURE = True
    settings.GRAPHISTRY_NEXUS_ENCRYPTION_KEYS = Environment(tmp_path, {}).text_of(
        "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"
    )
    get_instance()
    Instance.objects.update(is_claimed=True)
    check_keys()
    made = Patient(tmp_path, settings, monkeypatch)
    # Not the SSH server of the machine that the tests run on.
    script(made, "sshd", "echo passwordauthentication no; echo permitrootlogin no")
    yield made
    for one in made.sockets:
        one.close()


# --- settings: every one of every preset ------------------------------------------------------
WRONG = {
    "GRAPHKEEP_DEBUG": "true", "LOG_LEVEL": "DEBUG", "UPLOAD_MAX_SIZE": "9G",
    "GRAPHKEEP_ALLOW_UNSANDBOXED": "true", "IS_SIGNUPS_OPEN_AFTER_FIRST": "true",
    "JWT_EXPIRATION_DELTA": "7200", "JWT_REFRESH_EXPIRATION_DELTA": "999999",
    "SESSION_COOKIE_AGE": "99999999", "KEY_MAX_DAYS": "9999", "INITIAL_PASSWORD_DAYS": "0",
    "GRAPHKEEP_SIGN_INS_PER_ADDRESS": "100000", "ADMIN_INIT_FROM_METADATA": "true",
    "COOKIE_SECURE": "false", "REQUIRE_TLS": "false", "SITE_DOMAIN": "", "TRUSTED_PROXIES": "",
    "GRAPHKEEP_DEFAULT_PRIVACY": "public", "GRAPHKEEP_ACCESS_LOG": "false", "IP_ALLOWLIST": "",
    "REQUIRE_MFA": "nobody", "BOOTSTRAP_MODE": "open", "SESSION_IDLE_TIMEOUT": "0",
    "SESSION_ABSOLUTE_MAX": "0", "ADMIN_IP_ALLOWLIST": "", "EMBED_PUBLIC": "true",
    "IS_AIR_GAPPED": "false", "DISABLE_EMAIL": "false", "ENABLE_PYTHON_ENDPOINT": "true",
    "GRAPHKEEP_COMPUTE_TIMEOUT": "3600", "GRAPHKEEP_QUERY_HOPS": "1000",
}  # fmt: skip
ASKED = [(preset, name) for preset in NAMES for name in read_preset(preset).settings]


@pytest.mark.parametrize(("preset", "name"), ASKED)
def test_sh04_a_setting_against_its_preset_is_red_and_mended(patient, preset, name):
    patient.profile = preset
    check_id = "setting." + name.lower().replace("_", "-")
    patient.say(name, WRONG[name])

    found = patient.ask(check_id)
    assert found.state == "error", found
    if name in OWN_WORDS:
        assert isinstance(found.fixes[0], ManualFix)
        change_lines(patient.home, {name: OWN_WORDS[name]})
    else:
        assert len(apply_fixes(list(found.fixes), actor=CONSOLE)) == 1

    assert patient.ask(check_id).state == "ok"


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


SPOILT = {
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


ON_SQLITE = {"data.database-mode"}
# server.updates and server.not-root tell of the machine that the tests run on.
RED_AT_FIRST = {
    "people.some-admin",
    "secrets.put-away",
    "data.backup",
    "server.updates",
    "server.advisories",
    "server.not-root",
}


@pytest.mark.parametrize("check_id", SPOILT)
def test_sh01_each_check_is_red_on_a_spoilt_server(patient, check_id):
    if check_id in ON_SQLITE and not patient.settings.DATABASES["default"]["ENGINE"].endswith(
        "sqlite3"
    ):
        pytest.skip("the database is a separate server")
    if check_id not in RED_AT_FIRST:
        well = patient.ask(check_id)
        assert well.state in {"ok", "skipped"}, well

    SPOILT[check_id](patient)

    found = patient.ask(check_id)
    assert found.state in {"warning", "error"}, found
    assert found.evidence
    assert found.fixes
    done = apply_fixes(list(found.fixes), actor=CONSOLE)
    if done and check_id not in {"network.proxies-narrow", "network.lists-narrow", "network.samesite",
                                 "secrets.former-keys", "people.admins-second-factor",
                                 "air-gap.mail"}:  # fmt: skip
        assert patient.ask(check_id).state == "ok"


def test_sh01_every_check_that_is_asked_inside_has_its_sabotage():
    others = {one.check_id for one in [*external.group.checks, *external_exposure.group.checks]}
    settings = {"setting." + name.lower().replace("_", "-") for name in WRONG}
    # Seen elsewhere: PostgreSQL's own, and a database that `ready` always brings up to date.
    elsewhere = {"data.database-tls", "data.database-role", "server.database-current"}

    assert {one.check_id for one in CHECKS} - others - settings - elsewhere == set(SPOILT)


@pytest.mark.parametrize(
    ("landlock", "people", "state", "evidence"),
    [
        (True, [], "warning", "Python is enabled although no user may run it"),
        (True, ["alice"], "ok", "Python runs fully isolated; permitted users: alice"),
        (False, ["alice"], "error", "Python is enabled but refused: the sandbox lacks Landlock"),
    ],
)
def test_ad08_the_doctor_reports_whether_python_is_isolated(
    patient, monkeypatch, landlock, people, state, evidence
):
    report = IsolationReport(
        namespaces=True, own_root=True, unprivileged=True, landlock=landlock, seccomp=True
    )
    monkeypatch.setattr(compute, "isolation", lambda: report)
    patient.say("ENABLE_PYTHON_ENDPOINT", "true")
    for name in people:
        set_permission(make(name), actor=CONSOLE, permission="python", is_given=True)

    found = patient.ask("api.python-endpoint")

    assert (found.state, found.evidence) == (state, evidence)


def test_sh42_administrators_come_in_by_keys_and_names_of_their_own(patient):
    asked = ("server.ssh-passwords", "server.ssh-root")
    spoken = {}
    for said in ("yes yes", "no prohibit-password", "no no"):
        passwords, root = said.split()
        script(
            patient, "sshd", f"echo passwordauthentication {passwords}; echo permitrootlogin {root}"
        )
        spoken[said] = [patient.ask(one).state for one in asked]

    assert spoken == {
        "yes yes": ["warning", "warning"],
        "no prohibit-password": ["ok", "warning"],
        "no no": ["ok", "ok"],
    }


def test_sh04_a_preset_that_was_applied_leaves_no_setting_red(patient):
    for name in NAMES:
        patient.profile = name
        wanted = read_preset(name).settings
        change_lines(
            patient.home,
            {one.name: OWN_WORDS.get(one.name, one.value) for one in wanted.values()},
        )
        red = [
            one.check.check_id
            for one in run_checks(collect_deployment(profile=name))
            if one.check.check_id.startswith("setting.") and one.is_bad
        ]
        assert red == []


def test_what_was_mended_is_undone(patient):
    custom = patient.home / "data/config/custom.env"
    patient.say("LOG_LEVEL", "DEBUG")
    custom.chmod(0o644)
    before = custom.read_bytes()

    found = [*patient.ask("setting.log-level").fixes, *patient.ask("secrets.file-mode").fixes]
    apply_fixes(found, actor=CONSOLE)
    assert (b"LOG_LEVEL=INFO" in custom.read_bytes(), stat.S_IMODE(custom.stat().st_mode)) == (
        True,
        0o640,
    )

    assert undo_fixes(actor=CONSOLE) == 2
    assert custom.read_bytes() == before.replace(b"'DEBUG'", b"DEBUG")
    assert stat.S_IMODE(custom.stat().st_mode) == 0o644
    assert list(AuditEvent.objects.values_list("event", flat=True)) == [
        "server.mended",
        "server.mending-undone",
    ]


def test_a_question_that_cannot_be_asked_hides_no_other(patient):
    def ask(here):
        raise PermissionError(13, "Permission denied")

    broken = replace(BY_ID["server.disk"], run=ask)
    findings = run_checks(
        collect_deployment(profile=HARDENED), checks=[broken, BY_ID["server.names"]]
    )

    assert [(one.result.state, one.result.evidence) for one in findings] == [
        ("error", "the check failed to run: [Errno 13] Permission denied"),
        ("ok", "every name in custom.env is known"),
    ]


def test_reports_show_what_is_red_and_no_secret(patient):
    patient.say("LOG_LEVEL", "DEBUG")
    findings = run_checks(collect_deployment(profile=HARDENED), only_fast=True)

    text, told, sarif = as_text(findings, verbose=True), as_json(findings), as_sarif(findings, "1")

    assert "ERROR    setting.log-level: LOG_LEVEL=DEBUG (data/config/custom.env)" in text
    assert {one["check"]: one["state"] for one in json.loads(told)}["setting.log-level"] == "error"
    run = json.loads(sarif)["runs"][0]
    assert {"ruleId": "setting.log-level", "level": "error"}.items() <= next(
        one for one in run["results"] if one["ruleId"] == "setting.log-level"
    ).items()
    assert not is_clean(findings)
    secret = (patient.home / "data/config/custom.env").read_text().split("'")[1]
    assert secret not in text + told + sarif


def test_sh01_a_fresh_server_is_clean(tmp_path):
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "GRAPHISTRY_HOME": str(tmp_path),
        "HOME": str(tmp_path),
    }
    (tmp_path / "data").mkdir()
    words = [sys.executable, "-m", "graphkeep", "doctor"]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 errors" in done.stdout
    warned = [
        line.split(":")[0].split()[-1] for line in done.stdout.splitlines() if "WARNING" in line
    ]
    # What is told of the machine that the tests run on is not the server's.
    assert [one for one in warned if not one.startswith("server.")] == ["people.claimed"]
