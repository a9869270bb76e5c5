"""A small authority: a root, one below it, and certificates that browsers and scanners have nothing against."""

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CRL = "http://crl.example.test/one.crl"  # named in certificates; nobody asks for it here


class Authority:
    def __init__(self) -> None:
        self.root, self.root_key = self.make("Root of a test", None)
        self.below, self.below_key = self.make(
            "Below the root", (self.root, self.root_key), depth=0
        )
        self.root_pem = self.root.public_bytes(Encoding.PEM)

    def make(self, name, issuer, *, depth=1, domain="", days=80):
        now = dt.datetime.now(dt.UTC)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signer = issuer[1] if issuer else key
        usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False)  # fmt: skip
        is_leaf = bool(domain)
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer[0].subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=days if is_leaf else 365))
            .add_extension(
                x509.BasicConstraints(ca=not is_leaf, path_length=None if is_leaf else depth),
                critical=True,
            )
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
            .add_extension(
                x509.KeyUsage(
                    digital_signature=is_leaf,
                    key_cert_sign=not is_leaf,
                    crl_sign=not is_leaf,
                    **usage,
                ),
                critical=True,
            )
        )
        if is_leaf:
            place = x509.DistributionPoint([x509.UniformResourceIdentifier(CRL)], None, None, None)
            built = (
                built.add_extension(
                    x509.SubjectAlternativeName([x509.DNSName(domain)]), critical=False
                )
                .add_extension(
                    x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
                )
                .add_extension(x509.CRLDistributionPoints([place]), critical=False)
            )
        return built.sign(signer, hashes.SHA256()), key

    def write(self, stem: Path, domain: str) -> tuple[Path, Path]:
        """The chain and the key of a new certificate."""
        leaf, key = self.make(domain, (self.below, self.below_key), domain=domain)
        chain, place = stem.with_suffix(".crt"), stem.with_suffix(".key")
        chain.write_bytes(leaf.public_bytes(Encoding.PEM) + self.below.public_bytes(Encoding.PEM))
        place.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        place.chmod(0o600)
        return chain, place
