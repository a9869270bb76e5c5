"""Detached Ed25519 signatures in the OpenSSH format, which any host can verify without Graphkeep.

The format is specified in OpenSSH's PROTOCOL.sshsig; `ssh-keygen -Y sign` and `-Y verify` use it too.
"""

import base64
import binascii
import hashlib
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from graphkeep.graph.errors import UserInputError

Purpose = Literal["graphkeep-bundle", "graphkeep-advisories"]
MAGIC = b"SSHSIG"
KIND = b"ssh-ed25519"
BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
CHUNK = 1 << 20


class SignatureError(UserInputError):
    """Signature missing or malformed, or with the wrong signer, purpose or content."""


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 fingerprint in the format of `ssh-keygen -l`."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode()
        return f"SHA256:{digest.rstrip('=')}"

    @property
    def line(self) -> str:
        return f"ssh-ed25519 {base64.b64encode(self.blob).decode()}"


def make_key(path: Path) -> PublicKey:
    """Write an Ed25519 key pair as `ssh-keygen -t ed25519` does, the public key to `PATH.pub`."""
    for file in (path, public_half(path)):
        if file.exists():
            raise UserInputError(f"{file} exists; a key is never overwritten.")
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(text)
    line = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    public_half(path).write_text(f"{line.decode()} graphkeep\n")
    return read_keys(public_half(path))[0]


def public_half(path: Path) -> Path:
    return path.with_name(f"{path.name}.pub")


def signature_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sig")


def read_keys(path: Path) -> list[PublicKey]:
    """Read the Ed25519 public keys from a `.pub` or allowed-signers file.

    Raises:
        UserInputError: the file has no Ed25519 public key, or a malformed one.
    """
    keys = []
    for line in path.read_text(errors="replace").splitlines():
        fields = [] if line.lstrip().startswith("#") else line.split()
        if "ssh-ed25519" in fields[:-1]:
            text = fields[fields.index("ssh-ed25519") + 1]
            try:
                blob = base64.b64decode(text, validate=True)
                kind, raw = strings(blob, 2)
            except (binascii.Error, SignatureError):
                raise UserInputError(f"{path}: this is no public key: {text[:20]}…") from None
            if kind == KIND and len(raw) == 32:
                keys.append(PublicKey(blob=blob))
    if not keys:
        raise UserInputError(
            f"{path} contains no Ed25519 public key, a line such as  ssh-ed25519 AAAA…"
        )
    return keys


def sign_file(path: Path, *, key: Path, purpose: Purpose) -> Path:
    """Write a detached signature to `PATH.sig`; a passphrase-protected key is passed to ssh-keygen."""
    target = signature_of(path)
    target.unlink(missing_ok=True)
    try:
        private = serialization.load_ssh_private_key(key.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        if shutil.which("ssh-keygen") is None:
            raise UserInputError(
                f"{key} needs a passphrase or is not an OpenSSH key, and ssh-keygen is not installed."
            ) from None
        command: list[str | Path] = [
            "ssh-keygen",
            "-q",
            "-Y",
            "sign",
            "-f",
            key,
            "-n",
            purpose,
            path,
        ]
        if subprocess.run(command, check=False).returncode:
            raise UserInputError(f"ssh-keygen could not sign with {key}.") from None
        return target
    if not isinstance(private, Ed25519PrivateKey):
        raise UserInputError(f"{key} is no Ed25519 key: make one by  graphkeep bundle keygen FILE")
    raw = private.public_key().public_bytes_raw()
    signature = private.sign(signed_bytes(purpose, b"sha512", digest_of(path, "sha512")))
    blob = MAGIC + struct.pack(">I", 1)
    for part in (
        packed(KIND, raw), purpose.encode(), b"", b"sha512", packed(KIND, signature),
    ):  # fmt: skip
        blob += packed(part)
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    target.write_text("\n".join([BEGIN, *lines, END, ""]))
    return target


def check_file(
    path: Path, *, keys: list[PublicKey], purpose: Purpose, signature: Path | None = None
) -> PublicKey:
    """Verify the file's signature and return the key that signed it.

    Raises:
        SignatureError: none of the keys signed this content for this purpose.
    """
    signature_file = signature or signature_of(path)
    if not signature_file.is_file():
        raise SignatureError(f"{signature_file.name} is missing: {path.name} is not signed.")
    text = signature_file.read_text(errors="replace").strip()
    if not (text.startswith(BEGIN) and text.endswith(END)):
        raise SignatureError(f"{signature_file.name} is no SSH signature.")
    try:
        blob = base64.b64decode("".join(text[len(BEGIN) : -len(END)].split()), validate=True)
    except binascii.Error:
        raise SignatureError(f"{signature_file.name} is damaged.") from None
    if not blob.startswith(MAGIC + struct.pack(">I", 1)):
        raise SignatureError(f"{signature_file.name} is no SSH signature of version 1.")
    signer, signed_purpose, reserved, kind, packed_signature = strings(blob[len(MAGIC) + 4 :], 5)
    if reserved:
        raise SignatureError(f"{signature_file.name} contains unknown data.")
    if signed_purpose != purpose.encode():
        raise SignatureError(f"{signature_file.name} was made for another purpose than {purpose}.")
    key = PublicKey(blob=signer)
    if key not in keys:
        raise SignatureError(f"{path.name} is signed by {key.fingerprint}, who is not trusted.")
    if kind not in {b"sha256", b"sha512"}:
        raise SignatureError(f"{signature_file.name} uses an unknown hash algorithm.")
    algorithm, raw = strings(packed_signature, 2)
    public = Ed25519PublicKey.from_public_bytes(strings(signer, 2)[1])
    try:
        public.verify(raw, signed_bytes(purpose, kind, digest_of(path, kind.decode())))
    except InvalidSignature:
        algorithm = b""
    if algorithm != KIND:
        raise SignatureError(f"{path.name} is not what was signed.")
    return key


def signed_bytes(purpose: str, kind: bytes, digest: bytes) -> bytes:
    return MAGIC + packed(purpose.encode()) + packed(b"") + packed(kind) + packed(digest)


def digest_of(path: Path, kind: str) -> bytes:
    digest = hashlib.new(kind)
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            digest.update(part)
    return digest.digest()


def packed(*parts: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def strings(blob: bytes, count: int) -> list[bytes]:
    """Unpack exactly `count` length-prefixed strings, with no trailing bytes."""
    parts, offset = [], 0
    for _ in range(count):
        if len(blob) < offset + 4:
            raise SignatureError("The signature or key is cut off.")
        (size,) = struct.unpack_from(">I", blob, offset)
        parts.append(blob[offset + 4 : offset + 4 + size])
        offset += 4 + size
    if offset != len(blob):
        raise SignatureError("The signature or key is damaged.")
    return parts
