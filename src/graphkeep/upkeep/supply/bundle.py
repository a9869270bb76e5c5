"""Offline bundle: one signed tar file that installs a server without internet access."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from packaging.markers import Marker

from graphkeep.graph.errors import UserInputError
from graphkeep.upkeep.supply.checksums import (
    LIST,
    check_folder,
    describe_differences,
    differences,
    write_list,
)
from graphkeep.upkeep.supply.cyclonedx import as_document
from graphkeep.upkeep.supply.locks import Pin, locked_components, read_pins
from graphkeep.upkeep.supply.signature import (
    PublicKey,
    SignatureError,
    check_file,
    digest_of,
    sign_file,
    signature_of,
)

INSTALLER = Path(__file__).with_name("install.sh")
LOCKS = ("runtime", "build")
BESIDE = ("README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "compose.yml")
IMAGES = ("graphkeep-server:local", "graphkeep-caddy:local", "graphkeep-postgres:local")


@dataclass(frozen=True, kw_only=True)
class BundleRequest:
    """`wheels`: folder of wheels downloaded before; without it, pip downloads them from its configured index."""

    checkout: Path
    made_at: datetime
    pythons: tuple[str, ...] = (f"{sys.version_info[0]}.{sys.version_info[1]}",)
    wheels: Path | None = None
    advisories: tuple[Path, ...] = ()
    with_images: bool = False


def make_bundle(target: Path, *, key: Path, request: BundleRequest) -> Path:
    """Write a signed tar file to the target folder; the same inputs and time give identical bytes.

    Raises:
        UserInputError: the folder is not a checkout, or a part of the bundle cannot be obtained or built.
    """
    root = request.checkout
    if not (root / "hatch_build.py").is_file():
        raise UserInputError(f"A bundle is made from a checkout; {root} is none.")
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    name = f"graphkeep-{version}-offline"
    with tempfile.TemporaryDirectory(prefix="graphkeep-bundle-") as temporary:
        folder = Path(temporary) / name
        (folder / "wheels").mkdir(parents=True)
        (folder / "requirements").mkdir()
        collect_wheels(folder, request)
        wheel = build_wheel(root, folder / "wheels")
        digest = digest_of(wheel, "sha256").hex()
        (folder / "requirements/own.txt").write_text(
            f"graphkeep=={version} \\\n    --hash=sha256:{digest}\n"
        )
        shutil.copytree(root / "docs", folder / "docs")
        for file in BESIDE:
            shutil.copy(root / file, folder / file)
        shutil.copy(INSTALLER, folder / "install.sh")
        made_at = request.made_at.isoformat(timespec="seconds")
        inventory = as_document(locked_components(root), version, made_at=made_at)
        (folder / "sbom.cdx.json").write_text(json.dumps(inventory, indent=1) + "\n")
        facts = {"version": version, "made_at": made_at, "pythons": list(request.pythons)}
        (folder / "bundle.json").write_text(json.dumps(facts, indent=1) + "\n")
        copy_advisories(folder, request.advisories)
        if request.with_images:
            save_images(folder / "images")
        sign_file(write_list(folder), key=key, purpose="graphkeep-bundle")
        target.mkdir(parents=True, exist_ok=True)
        archive = target / f"{name}.tar"
        write_tar(folder, archive, mtime=int(request.made_at.timestamp()))
    sign_file(archive, key=key, purpose="graphkeep-bundle")
    return archive


def collect_wheels(folder: Path, request: BundleRequest) -> None:
    """Download the locked wheels for each Python version; pip rejects a wheel with the wrong hash."""
    for lock in LOCKS:
        text = (request.checkout / f"requirements/{lock}.txt").read_text()
        (folder / f"requirements/{lock}.txt").write_text(text)
        for python in request.pythons:
            pins = [pin for pin in read_pins(text) if is_for(pin, python)]
            requirements = folder.parent / "asked.txt"
            requirements.write_text("".join(map(as_line, pins)))
            command: list[str | Path] = [sys.executable, "-m", "pip", "download", "-q"]
            command += ["--disable-pip-version-check", "--require-hashes", "--no-deps"]
            command += ["--only-binary=:all:", "--python-version", python]
            command += ["-r", requirements, "-d", folder / "wheels"]
            if request.wheels is not None:
                command += ["--no-index", "--find-links", request.wheels]
            completed = subprocess.run(command, capture_output=True, text=True, check=False)
            if completed.returncode:
                last = completed.stderr.strip().splitlines()[-1:]
                raise UserInputError(
                    f"pip could not get the wheels of {lock}.txt for Python {python}: {' '.join(last)}"
                )


def is_for(pin: Pin, python: str) -> bool:
    return not pin.marker or Marker(pin.marker).evaluate(
        {"python_version": python, "python_full_version": f"{python}.0"}
    )


def as_line(pin: Pin) -> str:
    hashes = " ".join(f"--hash=sha256:{digest}" for digest in pin.hashes)
    return f"{pin.name}=={pin.version} {hashes}\n"


def build_wheel(root: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    env = {**os.environ, "GRAPHKEEP_KEEP_WORKBENCH": "1"}
    completed = subprocess.run(
        command, cwd=root, env=env, capture_output=True, text=True, check=False
    )
    if completed.returncode:
        raise UserInputError(f"The wheel could not be built: {completed.stderr.strip()[-300:]}")
    (wheel,) = folder.glob("graphkeep-*.whl")
    return wheel


def copy_advisories(folder: Path, files: tuple[Path, ...]) -> None:
    for file in files:
        if not signature_of(file).is_file():
            raise UserInputError(f"{signature_of(file)} is missing: advisories must be signed.")
        (folder / "advisories").mkdir(exist_ok=True)
        for path in (file, signature_of(file)):
            shutil.copy(path, folder / "advisories" / path.name)


def save_images(folder: Path) -> None:
    folder.mkdir()
    for image in IMAGES:
        command = ["docker", "save", "-o", str(folder / f"{image.partition(':')[0]}.tar"), image]
        completed = subprocess.run(command, capture_output=True, text=True, check=False)
        if completed.returncode:
            raise UserInputError(
                f"docker has no {image}: build it by  deploy/images/build.sh  ({completed.stderr.strip()})"
            )


def write_tar(folder: Path, target: Path, *, mtime: int) -> None:
    """Write a reproducible tar: owners, modes, times and order are independent of the build machine."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = mtime
        member.mode = 0o755 if member.isdir() or member.name.endswith("/install.sh") else 0o644
        return member

    with tarfile.open(target, "w", format=tarfile.USTAR_FORMAT) as archive:
        for path in [folder, *sorted(folder.rglob("*"))]:
            name = str(PurePosixPath(folder.name) / path.relative_to(folder).as_posix())
            archive.add(path, name, recursive=False, filter=plain)


def check_bundle(file: Path, *, keys: list[PublicKey]) -> PublicKey:
    """Verify a packed or unpacked bundle and return the signing key.

    Raises:
        SignatureError: the signature or the content is invalid; the message names what differs.
    """
    if file.is_dir():
        return check_folder(file, keys=keys, purpose="graphkeep-bundle")
    try:
        return check_file(file, keys=keys, purpose="graphkeep-bundle")
    except SignatureError as error:
        if "is not what was signed" not in str(error):
            raise
        raise SignatureError(
            f"{file.name} is not what was signed: {bundle_differences(file)}"
        ) from None


def bundle_differences(file: Path) -> str:
    """Message listing the differences between a bundle and its checksum list."""
    try:
        with tarfile.open(file) as archive:
            members = {
                member.name.partition("/")[2]: digest_within(archive, member)
                for member in archive
                if not member.isdir()
            }
            text = next(
                content.read().decode(errors="replace")
                for member in archive
                if member.name.endswith(f"/{LIST}") and (content := archive.extractfile(member))
            )
    except (tarfile.TarError, EOFError, OSError, StopIteration):
        return "it is no whole bundle."
    wrong = differences(text, sorted(members.items()))
    return (
        describe_differences(wrong)
        if wrong
        else f"{LIST}, its signature or the frame of the archive was changed."
    )


def digest_within(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    content = archive.extractfile(member) if member.isfile() else None
    return hashlib.sha256(content.read()).hexdigest() if content else ""
