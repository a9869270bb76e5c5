"""G4: MDN's HTTP Observatory, its own scanner, on every kind of page under TLS."""

import datetime as dt
import ipaddress
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.drills.people import a_server
from tests.flows.conftest import Server, free_port

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NODE = Path(sys.executable).parent / "node"
PASSWORD_PAGES = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/share/")
OWN_PAGES = (
    "/datasets/", "/accounts/", "/accounts/sessions/", "/accounts/2fa/", "/accounts/password/change/",
    "/users/personal/key/", "/organizations/", "/accounts/logout/", "/admin-portal/",
    "/admin-portal/accounts/user/", "/admin-portal/settings/config/",
    "/admin-portal/accounts/auditline/",
)  # fmt: skip


def certificate(folder: Path) -> tuple[Path, Path, Path]:
    """An authority of our own and a certificate for localhost: (authority, certificate, key)."""
    now = dt.datetime.now(dt.UTC)

    def make(
        name: str, issuer: x509.Certificate | None, issuer_key: ec.EllipticCurvePrivateKey | None
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=90))
            .add_extension(
                x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True
            )
        )
        if issuer is not None:
            built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return built.sign(issuer_key or key, hashes.SHA256()), key

    authority, authority_key = make("Graphkeep tests", None, None)
    leaf, leaf_key = make("localhost", authority, authority_key)
    paths = folder / "authority.pem", folder / "localhost.pem", folder / "localhost.key"
    pem = serialization.Encoding.PEM
    paths[0].write_bytes(authority.public_bytes(pem))
    paths[1].write_bytes(leaf.public_bytes(pem))
    form = serialization.PrivateFormat.PKCS8
    paths[2].write_bytes(leaf_key.private_bytes(pem, form, serialization.NoEncryption()))
    return paths


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, int, int, Path]]:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("there is no Caddy here")
    folder = tmp_path_factory.mktemp("tls")
    authority, leaf, key = certificate(folder)
    plain_port, tls_port = free_port(), free_port()
    with a_server(
        tmp_path_factory.mktemp("home"),
        "alice",
        COOKIE_SECURE="true",
        TRUSTED_PROXIES="127.0.0.0/8",
    ) as server:
        env = {
            **os.environ,
            "HTTP_PORT": str(plain_port),
            "HTTPS_PORT": str(tls_port),
            "CERTIFICATE": str(leaf),
            "CERTIFICATE_KEY": str(key),
            "UPSTREAM_PORT": str(server.port),
            "XDG_DATA_HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
        }
        words = [
            caddy,
            "run",
            "--adapter",
            "caddyfile",
            "--config",
            str(ROOT / "deploy/test/Caddyfile"),
        ]
        with (folder / "caddy.log").open("wb") as log:
            process = subprocess.Popen(words, env=env, stdout=log, stderr=log)
        for _ in range(100):
            try:
                requests.get(f"https://localhost:{tls_port}/healthz", verify=authority, timeout=2)
                break
            except requests.RequestException:
                time.sleep(0.1)
        else:
            raise AssertionError((folder / "caddy.log").read_text())
        yield server, plain_port, tls_port, authority
        process.terminate()
        process.wait(timeout=10)


def scanner() -> None:
    if not (HERE / "node_modules").exists():
        npm = Path(sys.executable).parent / "npm"
        words = [npm, "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]
        path = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(words, cwd=HERE, check=True, env={**os.environ, "PATH": path})
    # What the scanner would download when it is installed: a list of preloaded hosts, which we are not.
    conf = HERE / "node_modules/@mdn/mdn-http-observatory/conf"
    (conf / "hsts-preload.json").write_text("{}")


def signed_in_cookies(server: Server, tls_port: int, authority: Path) -> str:
    browser = requests.Session()
    browser.trust_env, browser.verify = False, str(authority)
    address = f"https://localhost:{tls_port}/accounts/login/"
    page = browser.get(address, timeout=30).text
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    said = {"login": "alice", "password": server.passwords["alice"], "csrfmiddlewaretoken": token}
    answer = browser.post(address, data=said, headers={"Referer": address}, timeout=30)
    assert answer.url.endswith("/datasets/"), answer.text
    address = f"https://localhost:{tls_port}/accounts/reauthenticate/"
    page = browser.get(address, timeout=30).text
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    said = {"password": server.passwords["alice"], "csrfmiddlewaretoken": token}
    browser.post(address, data=said, headers={"Referer": address}, timeout=30)
    assert all(cookie.secure for cookie in browser.cookies)
    return "; ".join(f"{one.name}={one.value}" for one in browser.cookies)


def graph(server: Server, privacy: str) -> str:
    said = {"node_encodings": {"bindings": {}}, "metadata": {},
            "edge_encodings": {"bindings": {"source": "s", "destination": "d"}}}  # fmt: skip
    made = server.post("/api/v2/upload/datasets/", json=said).json()["data"]["dataset_id"]
    server.post(
        "/api/v2/share/link/", json={"obj_pk": made, "obj_type": "dataset", "mode": privacy}
    )
    return f"/graph/graph.html?dataset={made}"


def test_g4_every_page_scores_130_and_a_public_embed_120(
    tls: tuple[Server, int, int, Path],
) -> None:
    server, plain_port, tls_port, authority = tls
    server.run("user", "role", "alice", "admin")
    scanner()
    public, private = graph(server, "public"), graph(server, "private")
    pages = [
        *({"path": path, "isSignedIn": False} for path in (*PASSWORD_PAGES, public)),
        *({"path": path, "isSignedIn": True} for path in (*OWN_PAGES, private)),
    ]
    said = {
        "pages": pages,
        "httpPort": plain_port,
        "httpsPort": tls_port,
        "cookies": signed_in_cookies(server, tls_port, authority),
    }

    done = subprocess.run(
        [NODE, HERE / "scan.mjs"],
        input=json.dumps(said),
        env={**os.environ, "NODE_EXTRA_CA_CERTS": str(authority)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)

    assert {path: one["status"] for path, one in found.items()} == {
        page["path"]: 200 for page in pages
    }
    low = {
        path: one for path, one in found.items() if one["score"] < (120 if path == public else 130)
    }
    assert low == {}
    print({path: one["score"] for path, one in found.items()})
