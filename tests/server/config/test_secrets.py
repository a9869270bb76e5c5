"""Making, resolving, changing and putting away the server's own secrets."""

import json
import os
import subprocess
import threading
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer

import pyrage
import pytest

from graphkeep.server.config.env import Environment
from graphkeep.server.config.envfile import ConfigurationError, parse, set_value
from graphkeep.server.config.escrow import read_escrow, secret_lines, write_escrow
from graphkeep.server.config.rotation import (
    retire_django_key,
    rotate_django_key,
    rotate_encryption_key,
    rotate_signing_key,
)
from graphkeep.server.config.secrets import MADE, change_lines, check_secrets, ensure_secrets

FILE = """# mine\r
AIR_GAPPED=1\r
export DJANGO_SECRET_KEY='first
line' # kept
B=2"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "data/config").mkdir(parents=True)
    custom = tmp_path / "data/config/custom.env"
    custom.write_bytes(b"# the administrator's own line\r\nAIR_GAPPED=1\r\n")
    custom.chmod(0o600)
    return tmp_path


def said(home):
    return parse((home / "data/config/custom.env").read_text(), "custom.env")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch):
    for name in (*MADE, "DJANGO_SECRET_KEY_FALLBACKS"):
        monkeypatch.delenv(name, raising=False)


def test_sh53_one_value_changes_and_every_other_byte_stays():
    changed = set_value(FILE, "DJANGO_SECRET_KEY", "new")

    assert changed == "# mine\r\nAIR_GAPPED=1\r\nDJANGO_SECRET_KEY=new\r\nB=2"
    assert set_value(FILE, "C", "a$b") == FILE + "\r\nC='a$b'\r\n"
    assert set_value("A=1\nB=2\n", "A", None) == "B=2\n"
    assert set_value("", "A", "1") == "A=1\n"
    assert set_value(FILE, "C", "it's") == FILE + '\r\nC="it\'s"\r\n'


def test_sh53_a_file_of_an_earlier_release_is_completed_and_never_made_anew(home):
    custom = home / "data/config/custom.env"
    key = MADE["DJANGO_SECRET_KEY"]()
    custom.write_bytes(custom.read_bytes() + f"DJANGO_SECRET_KEY={key}\r\n".encode())
    before = custom.read_bytes()

    made = ensure_secrets(home)

    assert made == [
        "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS",
        "GRAPHISTRY_NEXUS_SIGNING_KEY",
        "GRAPHISTRY_NEXUS_SIGNING_SALT",
    ]
    assert custom.read_bytes().startswith(before)
    assert said(home)["DJANGO_SECRET_KEY"] == key


def test_sh53_a_database_whose_key_is_gone_does_not_get_another(home):
    (home / "data/db.sqlite3").write_bytes(b"")

    with pytest.raises(ConfigurationError, match="Put the old line back"):
        ensure_secrets(home)

    assert said(home) == {"AIR_GAPPED": "1"}


RECIPES = {
    "DJANGO_SECRET_KEY": "openssl rand -base64 32 | tr -dc A-Za-z0-9",
    "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS": "dd if=/dev/urandom bs=32 count=1 2>/dev/null | base64",
    "GRAPHISTRY_NEXUS_SIGNING_KEY": "uuidgen -r 2>/dev/null || cat /proc/sys/kernel/random/uuid",
}


def test_sh54_what_the_guide_s_recipes_make_is_taken_a_thousand_times(home, capsys):
    lines = "; ".join(f"({recipe}); echo" for recipe in RECIPES.values())
    words = ["sh", "-c", f"for i in $(seq 1000); do {lines}; done"]
    made = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()

    assert len(set(made)) == len(made) == 3000
    for at in range(0, 3000, 3):
        check_secrets(Environment(home, dict(zip(RECIPES, made[at : at + 3], strict=True))))
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("...", "a placeholder"),
        ("CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET", "a placeholder"),
        ("USE_YOUR_OWN_SECURE_RANDOM_KEY", "published"),
        ("thisISaSECRET_1234", "published"),
        ("abcdefghijklmnopqrstuvwxyz01234", "shorter than 32"),
        ("ab" * 30, "repeats itself"),
    ],
)
def test_sh54_what_everybody_knows_is_refused(home, bad, why):
    ensure_secrets(home)
    write_past_the_check(home, "DJANGO_SECRET_KEY", bad)

    with pytest.raises(ConfigurationError, match=why) as refused:
        check_secrets(Environment(home, {}))

    assert "Use this line instead:\n  DJANGO_SECRET_KEY='" in str(refused.value)
    assert bad == "..." or bad not in str(refused.value)


def write_past_the_check(home, name, value):
    custom = home / "data/config/custom.env"
    custom.write_text(set_value(custom.read_text(), name, value))


def test_sh55_former_keys_are_read_by_all_before_the_new_one_writes(home):
    ensure_secrets(home)
    first = said(home)["DJANGO_SECRET_KEY"]
    seen = []

    rotate_django_key(home, lambda: seen.append(said(home)))

    new = said(home)["DJANGO_SECRET_KEY"]
    assert new != first
    assert [(one["DJANGO_SECRET_KEY"], one["DJANGO_SECRET_KEY_FALLBACKS"]) for one in seen] == [
        (first, new),
        (new, first),
    ]
    assert retire_django_key(home, lambda: None) == 1
    assert "DJANGO_SECRET_KEY_FALLBACKS" not in said(home)


def test_sh56_encryption_keys_change_in_steps_that_lose_nothing(home):
    ensure_secrets(home)
    name = "GRAPHISTRY_NEXUS_ENCRYPTION_KEYS"
    first = said(home)[name]
    seen = []

    rotate_encryption_key(
        home, lambda: seen.append(said(home)[name]), lambda: seen.append("sealed anew")
    )

    new = said(home)[name]
    assert seen == [f"{first},{new}", f"{new},{first}", "sealed anew", new]
    assert (
        (home / "data/config/custom.env")
        .read_bytes()
        .startswith(b"# the administrator's own line\r\n")
    )


def test_sh57_the_signing_key_is_a_uuid_with_a_salt_and_rotates_by_a_list(home):
    name, salt = "GRAPHISTRY_NEXUS_SIGNING_KEY", "GRAPHISTRY_NEXUS_SIGNING_SALT"
    first = str(uuid.uuid4())
    write_past_the_check(home, name, first)
    ensure_secrets(home)
    made = said(home)
    assert (made[name], uuid.UUID(made[salt]).version) == (first, 4)
    assert made[salt] != first
    seen = []

    rotate_signing_key(home, lambda: seen.append(said(home)[name]))
    rotate_signing_key(home, lambda: seen.append(said(home)[name]))

    second, third = seen[0].split(",")[1], seen[2].split(",")[1]
    assert len({first, second, third}) == 3
    assert {uuid.UUID(one).version for one in (second, third)} == {4}
    assert seen == [
        f"{first},{second}",
        f"{second},{first}",
        f"{second},{third}",
        f"{third},{second}",
    ]
    assert said(home)[salt] == made[salt]
    write_past_the_check(home, name, f"{third},changeme")
    with pytest.raises(ConfigurationError, match="a placeholder"):
        check_secrets(Environment(home, {}))


def test_sh55_what_is_said_elsewhere_is_changed_there(home):
    ensure_secrets(home)
    (home / "key").write_text(MADE["DJANGO_SECRET_KEY"]())
    change_lines(home, {"DJANGO_SECRET_KEY": f"secret://file{home}/key"})

    with pytest.raises(ConfigurationError, match="change it there"):
        rotate_django_key(home, lambda: None)


class VaultDouble(BaseHTTPRequestHandler):
    """The KV version 2 read of Vault's public HTTP API, and nothing more."""

    def do_GET(self):
        if self.headers["X-Vault-Token"] != "good":
            self.send_response(403)
            self.end_headers()
            return
        is_there = self.path == "/v1/secret/data/graphkeep"
        self.send_response(200 if is_there else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"data": {"data": {"django": "v" * 5}}}).encode())

    def log_message(self, *words):
        pass


@pytest.fixture
def vault():
    server = HTTPServer(("127.0.0.1", 0), VaultDouble)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def found(home, value, **process):
    return Environment(home, {"NAME": value, **process}).find("NAME")


def test_references_name_a_file_a_variable_or_a_vault(home, vault):
    (home / "one").write_text("from a file\n")

    assert found(home, f"secret://file{home}/one").text == "from a file"
    assert found(home, "secret://env/OTHER", OTHER="from a variable").text == "from a variable"
    asked = {"VAULT_ADDR": vault, "VAULT_TOKEN": "good"}
    taken = found(home, "secret://vault/secret/data/graphkeep#django", **asked)
    assert taken.text == "vvvvv"
    assert taken.origin == "process environment, secret://vault/secret/data/graphkeep#django"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("secret://file/nowhere", "/nowhere cannot be read"),
        ("secret://env/NOWHERE", "the process has no variable NOWHERE"),
        ("secret://aws/x", "secret://aws/… is not known"),
        ("secret://vault/secret/data/graphkeep", "use secret://vault/PATH#FIELD"),
        ("secret://vault/secret/data/graphkeep#other", "the vault has no field other"),
        ("secret://vault/elsewhere#django", "the vault answers 404"),
    ],
)
def test_a_reference_that_leads_nowhere_stops_the_start(home, vault, value, says):
    with pytest.raises(ConfigurationError, match=says):
        found(home, value, VAULT_ADDR=vault, VAULT_TOKEN="good")


def test_a_vault_that_refuses_is_told_without_the_token(home, vault):
    with pytest.raises(ConfigurationError, match="the vault answers 403") as refused:
        found(home, "secret://vault/secret/data/graphkeep#django", VAULT_ADDR=vault, VAULT_TOKEN="bad-token")  # fmt: skip

    assert "bad-token" not in str(refused.value)


def test_sh87_the_secrets_are_put_away_for_those_who_hold_a_key(home):
    ensure_secrets(home)
    text = secret_lines(Environment(home, {}))
    alice, mallory = (pyrage.x25519.Identity.generate() for _ in range(2))
    place = home / "escrow.age"

    write_escrow(text, place, recipients=(str(alice.to_public()),), passphrase="")

    kept = {name: said(home)[name] for name in MADE}
    assert parse(read_escrow(place, identity=str(alice), passphrase=""), "x") == kept
    assert place.stat().st_mode & 0o777 == 0o600
    assert not any(value.encode() in place.read_bytes() for value in kept.values())
    with pytest.raises(ConfigurationError, match="does not open"):
        read_escrow(place, identity=str(mallory), passphrase="")
    with pytest.raises(ConfigurationError, match="File exists"):
        write_escrow(text, place, recipients=(str(alice.to_public()),), passphrase="")
    with pytest.raises(ConfigurationError, match="Give a recipient"):
        write_escrow(text, home / "other", recipients=(), passphrase="")


def test_sh87_a_passphrase_opens_it_too(home):
    write_escrow("A=1\n", home / "escrow.age", recipients=(), passphrase="a long one")

    assert read_escrow(home / "escrow.age", identity="", passphrase="a long one") == "A=1\n"


def test_sh19_the_group_of_administrators_keeps_its_right_to_the_file(home):
    custom = home / "data/config/custom.env"
    custom.chmod(0o660)

    ensure_secrets(home)
    change_lines(home, {"AIR_GAPPED": "0"})

    assert custom.stat().st_mode & 0o777 == 0o660
    assert custom.stat().st_gid == os.getgid()
