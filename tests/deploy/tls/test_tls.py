"""Caddyfiles that the real Caddy takes, and certificates that browsers would take."""

import datetime as dt
import json
import os
import shutil
import subprocess

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from graphkeep.server.cli import commands
from graphkeep.server.compose.caddy_air_gap import write_air_gap_config
from graphkeep.server.compose.certificates import check_certificate
from graphkeep.server.config.envfile import ConfigurationError, parse
from graphkeep.server.config.secrets import MADE

DOMAIN = "graphs.example.org"
CADDY = shutil.which("caddy")


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in MADE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GRAPHISTRY_HOME", str(tmp_path))
    (tmp_path / "data/config").mkdir(parents=True)
    return tmp_path


def tls(*words):
    done = CliRunner().invoke(commands, ["tls", *words])
    if isinstance(done.exception, ConfigurationError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def adapted(home):
    """What the real Caddy understands."""
    folder = home / "data/config/caddy"
    env = {**os.environ, "HOME": str(home)}
    done = subprocess.run(
        [CADDY, "adapt", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def servers(found):
    return found["apps"]["http"]["servers"].values()


def said(home):
    return parse((home / "data/config/custom.env").read_text(), "custom.env")


def certificate(folder, *, name=DOMAIN, days=30, other_key=False, names=("c.pem", "k.pem")):
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=90))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    kept = ec.generate_private_key(ec.SECP256R1()) if other_key else key
    source, place = folder / names[0], folder / names[1]
    source.write_bytes(made.public_bytes(Encoding.PEM))
    place.write_bytes(kept.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    place.chmod(0o600)
    return source, place


needs_caddy = pytest.mark.skipif(CADDY is None, reason="needs Caddy")


@needs_caddy
def test_sh29_one_line_gets_a_certificate_by_itself(home):
    tls("auto", DOMAIN)

    found = adapted(home)
    assert [one["listen"] for one in servers(found)] == [[":443"], [":80"]]
    over_tls = next(one for one in servers(found) if one["listen"] == [":443"])
    assert f'"host": ["{DOMAIN}"]' in json.dumps(over_tls)
    assert said(home)["COOKIE_SECURE"] == "true"
    assert said(home)["SITE_DOMAIN"] == DOMAIN
    lines = (home / "data/config/caddy/Caddyfile").read_text().splitlines()
    assert sum(DOMAIN in line for line in lines) == 1


@needs_caddy
def test_sh30_one_s_own_certificate_is_served(home):
    source, key = certificate(home)

    out = tls("own", DOMAIN, "--certificate", str(source), "--key", str(key))

    assert "is valid until" in out
    loaded = adapted(home)["apps"]["tls"]["certificates"]["load_files"][0]
    assert loaded["certificate"] == str(home / "data/config/caddy/tls/server.crt")
    assert (home / "data/config/caddy/tls/server.key").read_bytes() == key.read_bytes()
    assert (home / "data/config/caddy/tls/server.key").stat().st_mode & 0o007 == 0


@pytest.mark.parametrize("folder", [".caddy", "data/caddy/config"])
def test_sh30_a_certificate_at_the_guide_s_places_is_found(home, folder):
    (home / folder).mkdir(parents=True)
    source, key = certificate(home / folder, names=("my.crt", "my.key"))

    assert f"Found {source} and {key}" in tls("own", DOMAIN)
    assert (home / "data/config/caddy/tls/server.crt").read_bytes() == source.read_bytes()
    certificate(home / folder, names=("new.crt", "new.key"))
    with pytest.raises(
        ConfigurationError, match=r"Give --certificate and --key: there is .*new\.crt"
    ):
        tls("own", DOMAIN)


def test_sh30_no_certificate_at_the_guide_s_places_is_told(home):
    with pytest.raises(ConfigurationError, match="there is no certificate with its key in"):
        tls("own", DOMAIN)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ({"days": -1}, "ended on"),
        ({"name": "other.example.org"}, "is for other.example.org, not for"),
        ({"other_key": True}, "is not the key of"),
    ],
)
def test_sh30_a_certificate_that_browsers_refuse_is_refused_first(home, spoil, says):
    source, key = certificate(home, **spoil)

    with pytest.raises(ConfigurationError, match=says):
        tls("own", DOMAIN, "--certificate", str(source), "--key", str(key))

    assert not (home / "data/config/caddy/Caddyfile").exists()


def test_sh30_a_key_that_everybody_reads_is_refused(home):
    source, key = certificate(home)
    key.chmod(0o644)

    with pytest.raises(ConfigurationError, match="chmod 640"):
        check_certificate(source, key, DOMAIN)


def test_sh30_a_wildcard_covers_one_label(tmp_path):
    source, key = certificate(tmp_path, name="*.example.org")

    assert check_certificate(source, key, DOMAIN)
    with pytest.raises(ConfigurationError):
        check_certificate(source, key, "a.b.example.org")


@needs_caddy
def test_sh31_sh52b_behind_a_load_balancer_only_its_word_is_taken(home):
    tls("offload", DOMAIN, "--proxies", "10.1.0.0/24, fd00::/8")

    (server,) = servers(adapted(home))
    assert server["trusted_proxies"] == {"source": "static", "ranges": ["10.1.0.0/24", "fd00::/8"]}
    assert server["listen"] == [":80"]
    with pytest.raises(ConfigurationError, match="does not appear to be"):
        tls("offload", DOMAIN, "--proxies", "everybody")


@needs_caddy
def test_sh81_a_closed_network_has_an_authority_of_its_own(home):
    tls("internal", DOMAIN)

    policies = adapted(home)["apps"]["tls"]["automation"]["policies"]
    assert [one["issuers"] for one in policies] == [[{"module": "internal"}]]


@needs_caddy
def test_sh12_plain_is_plain_and_the_former_file_is_kept(home):
    tls("auto", DOMAIN)
    former = (home / "data/config/caddy/Caddyfile").read_text()

    tls("plain")

    assert [one["listen"] for one in servers(adapted(home))] == [[":80"]]
    assert (home / "data/config/caddy/Caddyfile.bak").read_text() == former
    assert said(home)["COOKIE_SECURE"] == "false"


@pytest.mark.parametrize("domain", ["https://x.org", "a b", "x/y", "{evil}"])
def test_sh43_what_is_no_name_is_refused(home, domain):
    with pytest.raises(ConfigurationError, match="a host name such as"):
        tls("auto", domain)


@needs_caddy
def test_sh34_headers_that_a_person_adds_replace_the_server_s(home):
    tls("auto", DOMAIN)
    (home / "data/config/caddy/headers").write_text('\t\tReferrer-Policy "no-referrer"\n')

    said = json.dumps(adapted(home))
    assert '"deferred": true' in said
    assert '"set": {"Referrer-Policy": ["no-referrer"]}' in said


@pytest.mark.parametrize("way", ["auto", "internal", "offload"])
def test_sh67_each_way_to_tls_requires_it(home, way):
    tls(way, DOMAIN, *(["--proxies", "10.1.0.0/24"] if way == "offload" else []))

    assert {name: said(home)[name] for name in ("REQUIRE_TLS", "COOKIE_SECURE", "SITE_DOMAIN")} == {
        "REQUIRE_TLS": "true", "COOKIE_SECURE": "true", "SITE_DOMAIN": DOMAIN,
    }  # fmt: skip


def test_sh81_caddy_is_told_of_air_gap_and_of_its_end(home):
    tls("auto", DOMAIN)
    place = home / "data/config/edge/certificate"

    def told(*, is_closed):
        write_air_gap_config(home, is_closed=is_closed, domain=DOMAIN)
        return [line for line in place.read_text().splitlines() if not line.startswith("#")]

    assert told(is_closed=False) == []
    assert told(is_closed=True) == ["tls internal"]
    folder = home / "data/config/caddy/tls"
    folder.mkdir()
    certificate(folder, days=-1, names=("server.crt", "server.key"))
    assert told(is_closed=True) == ["tls internal"]  # an ended one is none
    certificate(folder, names=("server.crt", "server.key"))
    assert told(is_closed=True) == [f"tls {folder}/server.crt {folder}/server.key"]
    assert place.stat().st_mode & 0o777 == 0o644
    assert told(is_closed=False) == []


@needs_caddy
def test_sh81_the_caddyfile_heeds_what_it_is_told(home):
    tls("auto", DOMAIN)
    write_air_gap_config(home, is_closed=True, domain=DOMAIN)

    (policy,) = adapted(home)["apps"]["tls"]["automation"]["policies"]
    assert (policy["subjects"], policy["issuers"]) == ([DOMAIN], [{"module": "internal"}])
