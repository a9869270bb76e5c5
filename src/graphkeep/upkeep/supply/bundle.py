"""One signed file with everything that a server without internet is installed from."""

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
    """`wheels` is a folder that has them already; without it, they come from the index that pip is set up for."""

    checkout: Path
    made_at: datetime
    pythons: tuple[str, ...] = (f"{sys.version_info[0]}.{sys.version_info[1]}",)
    wheels: Path | None = None
    advisories: tuple[Path, ...] = ()
    with_images: bool = False


def make_bundle(target: Path, *, key: Path, wanted: BundleRequest) -> Path:
    """A tar in the folder, and its signature beside it: the same parts and time give the same bytes.

    Raises:
        UserInputError: something that belongs into it is not to be had.
    """
    root = wanted.checkout
    if not (root / "hatch_build.py").is_file():
        raise UserInputError(f"A bundle is made from a checkout; {root} is none.")
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    name = f"graphkeep-{version}-offline"
    with tempfile.TemporaryDirectory(prefix="graphkeep-bundle-") as aside:
        folder = Path(aside) / name
        (folder / "wheels").mkdir(parents=True)
        (folder / "requirements").mkdir()
        collect_wheels(folder, wanted)
        own = build_wheel(root, folder / "wheels")
        digest = digest_of(own, "sha256").hex()
        (folder / "requirements/own.txt").write_text(
            f"graphkeep=={version} \\\n    --hash=sha256:{digest}\n"
        )
        shutil.copytree(root / "docs", folder / "docs")
        for one in BESIDE:
            shutil.copy(root / one, folder / one)
        shutil.copy(INSTALLER, folder / "install.sh")
        made_at = wanted.made_at.isoformat(timespec="seconds")
        inventory = as_document(locked_components(root), version, made_at=made_at)
        (folder / "sbom.cdx.json").write_text(json.dumps(inventory, indent=1) + "\n")
        facts = {"version": version, "made_at": made_at, "pythons": list(wanted.pythons)}
        (folder / "bundle.json").write_text(json.dumps(facts, indent=1) + "\n")
        copy_advisories(folder, wanted.advisories)
        if wanted.with_images:
            save_images(folder / "images")
        sign_file(write_list(folder), key=key, purpose="graphkeep-bundle")
        target.mkdir(parents=True, exist_ok=True)
        place = target / f"{name}.tar"
        write_tar(folder, place, mtime=int(wanted.made_at.timestamp()))
    sign_file(place, key=key, purpose="graphkeep-bundle")
    return place


def collect_wheels(folder: Path, wanted: BundleRequest) -> None:
    """Every wheel that the locks let in for these Pythons; pip refuses what differs from its hash."""
    for lock in LOCKS:
        text = (wanted.checkout / f"requirements/{lock}.txt").read_text()
        (folder / f"requirements/{lock}.txt").write_text(text)
        for python in wanted.pythons:
            pins = [one for one in read_pins(text) if is_for(one, python)]
            asked = folder.parent / "asked.txt"
            asked.write_text("".join(map(as_line, pins)))
            words: list[str | Path] = [sys.executable, "-m", "pip", "download", "-q"]
            words += ["--disable-pip-version-check", "--require-hashes", "--no-deps"]
            words += ["--only-binary=:all:", "--python-version", python]
            words += ["-r", asked, "-d", folder / "wheels"]
            if wanted.wheels is not None:
                words += ["--no-index", "--find-links", wanted.wheels]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            if done.returncode:
                last = done.stderr.strip().splitlines()[-1:]
                raise UserInputError(
                    f"pip could not get the wheels of {lock}.txt for Python {python}: {' '.join(last)}"
                )


def is_for(pin: Pin, python: str) -> bool:
    return not pin.marker or Marker(pin.marker).evaluate(
        {"python_version": python, "python_full_version": f"{python}.0"}
    )


def as_line(pin: Pin) -> str:
    hashes = " ".join(f"--hash=sha256:{one}" for one in pin.hashes)
    return f"{pin.name}=={pin.version} {hashes}\n"


def build_wheel(root: Path, folder: Path) -> Path:
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    env = {**os.environ, "GRAPHKEEP_KEEP_WORKBENCH": "1"}
    done = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UserInputError(f"The wheel could not be built: {done.stderr.strip()[-300:]}")
    (wheel,) = folder.glob("graphkeep-*.whl")
    return wheel


def copy_advisories(folder: Path, files: tuple[Path, ...]) -> None:
    for one in files:
        if not signature_of(one).is_file():
            raise UserInputError(f"{signature_of(one)} is missing: advisories travel signed only.")
        (folder / "advisories").mkdir(exist_ok=True)
        for path in (one, signature_of(one)):
            shutil.copy(path, folder / "advisories" / path.name)


def save_images(folder: Path) -> None:
    folder.mkdir()
    for one in IMAGES:
        words = ["docker", "save", "-o", str(folder / f"{one.partition(':')[0]}.tar"), one]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            raise UserInputError(
                f"docker has no {one}: build it by  deploy/images/build.sh  ({done.stderr.strip()})"
            )


def write_tar(folder: Path, place: Path, *, mtime: int) -> None:
    """Owners, modes, times and order tell nothing of the machine that it was made on."""

    def plain(one: tarfile.TarInfo) -> tarfile.TarInfo:
        one.uid = one.gid = 0
        one.uname = one.gname = ""
        one.mtime = mtime
        one.mode = 0o755 if one.isdir() or one.name.endswith("/install.sh") else 0o644
        return one

    with tarfile.open(place, "w", format=tarfile.USTAR_FORMAT) as archive:
        for path in [folder, *sorted(folder.rglob("*"))]:
            name = str(PurePosixPath(folder.name) / path.relative_to(folder).as_posix())
            archive.add(path, name, recursive=False, filter=plain)


def check_bundle(file: Path, *, keys: list[PublicKey]) -> PublicKey:
    """Who signed the bundle, packed or unpacked, when it is what was signed, to the last byte.

    Raises:
        SignatureError: names what is not.
    """
    if file.is_dir():
        return check_folder(file, keys=keys, purpose="graphkeep-bundle")
    try:
        return check_file(file, keys=keys, purpose="graphkeep-bundle")
    except SignatureError as refused:
        if "is not what was signed" not in str(refused):
            raise
        raise SignatureError(
            f"{file.name} is not what was signed: {bundle_differences(file)}"
        ) from None


def bundle_differences(file: Path) -> str:
    """In words, what within a bundle is not as its own list says."""
    try:
        with tarfile.open(file) as archive:
            members = {
                one.name.partition("/")[2]: digest_within(archive, one)
                for one in archive
                if not one.isdir()
            }
            text = next(
                found.read().decode(errors="replace")
                for one in archive
                if one.name.endswith(f"/{LIST}") and (found := archive.extractfile(one))
            )
    except (tarfile.TarError, EOFError, OSError, StopIteration):
        return "it is no whole bundle."
    wrong = differences(text, sorted(members.items()))
    return (
        describe_differences(wrong)
        if wrong
        else f"{LIST}, its signature or the frame of the archive was changed."
    )


def digest_within(archive: tarfile.TarFile, one: tarfile.TarInfo) -> str:
    found = archive.extractfile(one) if one.isfile() else None
    return hashlib.sha256(found.read()).hexdigest() if found else ""
