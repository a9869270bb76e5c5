"""Certificates for TLS servers in tests: an authority of the test's own, and whatever is wrong with one."""

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


class CertificateAuthority:
    """`pem` is the authority's own certificate."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self.sign("An authority of the tests", self.key)
        self.pem = self.certificate.public_bytes(Encoding.PEM).decode()

    def sign(self, name, key, *, names=(), is_expired=False, issuer=None):
        now = dt.datetime.now(dt.UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * DAY)
            .not_valid_after(now - DAY if is_expired else now + 30 * DAY)
            .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        )
        if names:
            built = built.add_extension(
                x509.SubjectAlternativeName([general_name(each) for each in names]), critical=False
            )
        return built.sign(self.key if issuer else key, hashes.SHA256())

    def issue(self, folder: Path, *names: str, is_expired=False, is_self_signed=False) -> Path:
        """A file with the certificate for these host names and its key, as `load_cert_chain` reads it."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = None if is_self_signed else self.certificate
        leaf = self.sign(names[0], key, names=names, is_expired=is_expired, issuer=issuer)
        path = (
            folder
            / f"{names[0]}-{'expired' if is_expired else 'self' if is_self_signed else 'good'}.pem"
        )
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + leaf.public_bytes(Encoding.PEM)
        )
        return path


def general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
