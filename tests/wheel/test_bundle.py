"""A bundle is installed without any network, and only when it is to the last byte what a trusted key signed."""

import os
import random
import shutil
import subprocess
import sys
import tarfile
from datetime import UTC, datetime

import pytest

from graphkeep.graph.errors import UserInputError
from graphkeep.upkeep.supply.bundle import BundleRequest, check_bundle, make_bundle
from graphkeep.upkeep.supply.checksums import write_list
from graphkeep.upkeep.supply.signature import (
    SignatureError,
    check_file,
    make_key,
    read_keys,
    sign_file,
    signature_of,
)
from tests.wheel.small_checkout import small_checkout

PURPOSE = "graphkeep-bundle"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NO_NETWORK = ["unshare", "-n"] if os.geteuid() == 0 and shutil.which("unshare") else []


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two bundles of alice's, one of them old, and the key of mallory."""
    folder = tmp_path_factory.mktemp("bundle")
    for name in ("alice", "mallory"):
        make_key(folder / name)
    for name, version in (("new", "2026.11.0"), ("old", "2026.10.0")):
        root = small_checkout(folder / name, version)
        wanted = BundleRequest(checkout=root, made_at=NOW, wheels=root / "wheels")
        make_bundle(folder / "out", key=folder / "alice", request=wanted)
    return folder


@pytest.fixture
def tar(made, tmp_path):
    """A copy of the bundle and of its signature, to be spoilt."""
    for one in (made / "out").glob("*2026.11.0*"):
        shutil.copy(one, tmp_path)
    return tmp_path / "graphkeep-2026.11.0-offline.tar"


@pytest.fixture
def unpacked(made, tmp_path):
    def unpack(version="2026.11.0"):
        name = f"graphkeep-{version}-offline"
        with tarfile.open(made / f"out/{name}.tar") as archive:
            archive.extractall(tmp_path)  # our own; Python 3.11.2 has no filter
        return tmp_path / name

    return unpack


def refusal(file, made, key="alice"):
    with pytest.raises(SignatureError) as refused:
        check_bundle(file, keys=read_keys(made / f"{key}.pub"))
    return str(refused.value)


def test_ad11_a_whole_bundle_is_known_by_its_signer_and_by_openssh(made, tar):
    (key,) = read_keys(made / "alice.pub")

    assert check_bundle(tar, keys=[key]) == key
    (made / "signers").write_text(f"maker {key.line}\n")
    words = ["ssh-keygen", "-Y", "verify", "-f", made / "signers", "-I", "maker", "-n", PURPOSE, "-s", signature_of(tar)]  # fmt: skip
    told = subprocess.run(words, input=tar.read_bytes(), capture_output=True, check=True)
    assert key.fingerprint in told.stdout.decode()
    again = BundleRequest(checkout=made / "new", made_at=NOW, wheels=made / "new/wheels")
    other = make_bundle(made / "again", key=made / "alice", request=again)
    assert other.read_bytes() == tar.read_bytes()


def test_ad11_a_flipped_byte_anywhere_is_refused(made, tar):
    keys, whole = read_keys(made / "alice.pub"), tar.read_bytes()
    count = 5000 if os.environ.get("GRAPHKEEP_PROVE") else 200
    places = {0, len(whole) - 1, *random.Random(11).sample(range(len(whole)), count)}

    for place in sorted(places):
        with tar.open("r+b") as file:
            file.seek(place)
            file.write(bytes([whole[place] ^ 0x20]))
        with pytest.raises(SignatureError, match="is not what was signed"):
            check_file(tar, keys=keys, purpose=PURPOSE)
        with tar.open("r+b") as file:
            file.seek(place)
            file.write(whole[place : place + 1])

    assert check_bundle(tar, keys=keys) in keys


def test_ad11_what_was_tampered_with_is_named(made, tar):
    text = tar.read_bytes()
    tar.write_bytes(text.replace(b"# A page", b"# A wage", 1))
    assert refusal(tar, made) == f"{tar.name} is not what was signed: docs/page.md was changed."
    with tarfile.open(tar, "a") as archive:
        archive.add(made / "alice.pub", "graphkeep-2026.11.0-offline/wheels/evil.whl")
    assert refusal(tar, made).endswith("docs/page.md was changed; wheels/evil.whl was added.")
    tar.write_bytes(text[:-1] + b"\1")
    assert refusal(tar, made).endswith("its signature or the frame of the archive was changed.")
    tar.write_bytes(text[:700])
    assert refusal(tar, made).endswith("it is no whole bundle.")
    tar.write_bytes(text)
    assert "who is not trusted" in refusal(tar, made, key="mallory")
    sign_file(tar, key=made / "mallory", purpose=PURPOSE)
    assert "who is not trusted" in refusal(tar, made)
    sign_file(tar, key=made / "alice", purpose="graphkeep-advisories")
    assert "made for another purpose" in refusal(tar, made)
    signature_of(tar).unlink()
    assert refusal(tar, made) == f"{tar.name}.sig is missing: {tar.name} is not signed."


def install(folder, made, *words, key="alice", path=None, check=False):
    env = {"PATH": path or os.environ["PATH"], "HOME": str(made)}
    command = [*NO_NETWORK, "sh", folder / "install.sh", "--pubkey", made / f"{key}.pub", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=check)


def without_ssh(folder):
    """A PATH on which there is everything that the installer uses but ssh-keygen."""
    folder.mkdir()
    for one in ("sh", "sed", "head", "tr", "sort", "comm", "find", "dirname", "mktemp", "rm", "sha256sum", "openssl"):  # fmt: skip
        (folder / one).symlink_to(shutil.which(one))
    name = f"python3.{sys.version_info[1]}"
    (folder / name).write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (folder / name).chmod(0o755)
    if NO_NETWORK:
        (folder / "unshare").symlink_to(shutil.which("unshare"))
    return str(folder)


@pytest.mark.parametrize("has_ssh", [True, False], ids=["ssh-keygen", "openssl"])
def test_sh76_the_installer_refuses_what_was_tampered_with(made, unpacked, tmp_path, has_ssh):
    path = None if has_ssh else without_ssh(tmp_path / "bin")
    folder = unpacked()

    def told(*words, key="alice"):
        done = install(folder, made, *words, key=key, path=path)
        return done.returncode, (done.stderr or done.stdout).strip()

    assert told("--check") == (0, "graphkeep 2026.11.0: signature and checksums are valid")
    assert told("--to", tmp_path / "no", key="mallory")[1].startswith("install.sh: SHA256SUMS")
    (folder / "wheels/evil.whl").touch()
    assert told() == (1, "install.sh: added to what was signed: wheels/evil.whl")
    (folder / "wheels/evil.whl").unlink()
    (folder / "docs/page.md").write_text("# A wage\n")
    assert told() == (1, "install.sh: not what was signed: docs/page.md")
    (folder / "docs/page.md").unlink()
    (folder / "docs/page.md").symlink_to(made / "new/docs/page.md")
    assert told() == (1, "install.sh: links are not part of a bundle: ./docs/page.md")
    (folder / "docs/page.md").unlink()
    old = unpacked("2026.10.0")
    folder = unpacked()
    for name in ("SHA256SUMS", "SHA256SUMS.sig"):
        shutil.copy(old / name, folder / name)
    code, text = told()
    assert (code, "bundle.json" in text, "tiny" in text) == (1, True, False)
    write_list(folder)
    assert told()[1].startswith("install.sh: SHA256SUMS is not signed")
    (folder / "SHA256SUMS.sig").unlink()
    assert told() == (1, "install.sh: SHA256SUMS.sig is missing: this bundle is not signed")
    assert not (tmp_path / "no").exists()


def test_sh76_the_installer_takes_no_key_from_the_bundle_itself(made, unpacked):
    folder = unpacked()
    shutil.copy(made / "mallory.pub", folder / "docs/key.pub")
    sign_file(write_list(folder), key=made / "mallory", purpose=PURPOSE)

    done = subprocess.run(
        ["sh", folder / "install.sh", "--pubkey", folder / "docs/key.pub"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, "is part of this bundle" in done.stderr) == (1, True)


def test_sh76_a_bundle_is_installed_where_there_is_no_network(made, unpacked, tmp_path):
    target = tmp_path / "target"

    done = install(unpacked(), made, "--to", target)

    assert done.returncode == 0, done.stderr
    assert "graphkeep 2026.11.0 answers" in done.stdout
    older = install(unpacked("2026.10.0"), made, "--to", target)
    assert (older.returncode, "which is newer" in older.stderr) == (1, True)


def test_a_wheel_that_differs_from_the_lock_gets_into_no_bundle(made, tmp_path):
    root = small_checkout(tmp_path / "checkout")
    (wheel,) = (root / "wheels").glob("*.whl")
    wheel.write_bytes(wheel.read_bytes().replace(b"answers", b"mischief"[:7]))
    wanted = BundleRequest(checkout=root, made_at=NOW, wheels=root / "wheels")

    with pytest.raises(UserInputError, match=r"^pip could not get the wheels of runtime\.txt"):
        make_bundle(tmp_path / "out", key=made / "alice", request=wanted)
    assert not (tmp_path / "out").exists()
