"""Caddy with a certificate of our own in front of a server."""

import datetime as dt
import ipaddress
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ports import free_port
from tests.servers import TestServer
from tests.waiting import wait_until

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, kw_only=True)
class Tls:
    server: TestServer
    plain_port: int
    port: int
    authority: Path

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"


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


@contextmanager
def behind_tls(folder: Path, server: TestServer) -> Iterator[Tls]:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("there is no Caddy here")
    authority, leaf, key = certificate(folder)
    made = Tls(server=server, plain_port=free_port(), port=free_port(), authority=authority)
    env = {
        **os.environ,
        "HTTP_PORT": str(made.plain_port),
        "HTTPS_PORT": str(made.port),
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
    try:
        wait_until(lambda: answers(made), (folder / "caddy.log").read_text)
        yield made
    finally:
        process.terminate()
        process.wait(timeout=60)


def answers(tls: Tls) -> bool:
    try:
        requests.get(f"{tls.url}/healthz", verify=tls.authority, timeout=10)
    except requests.RequestException:
        return False
    return True
