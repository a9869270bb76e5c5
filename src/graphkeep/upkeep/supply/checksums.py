"""Signed checksum list of a folder, which must contain the listed files and no others."""

import re
from collections.abc import Iterable
from pathlib import Path

from graphkeep.upkeep.supply.signature import (
    PublicKey,
    Purpose,
    SignatureError,
    check_file,
    digest_of,
)

LIST = "SHA256SUMS"
LINE = re.compile(r"^([0-9a-f]{64})  (\S.*)$")


def write_list(folder: Path) -> Path:
    """Write the checksum list, in the format of `sha256sum -c`."""
    list_file = folder / LIST
    lines = [
        f"{digest_of(path, 'sha256').hex()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {LIST, f"{LIST}.sig"}
    ]
    list_file.write_text("".join(lines))
    return list_file


def check_folder(folder: Path, *, keys: list[PublicKey], purpose: Purpose) -> PublicKey:
    """Verify the signed checksum list against the folder and return the signing key.

    Raises:
        SignatureError: the signature is invalid, or files were changed, added or removed; the message names them.
    """
    key = check_file(folder / LIST, keys=keys, purpose=purpose)
    present = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if not path.is_dir() or path.is_symlink()
    }
    wrong = differences(
        (folder / LIST).read_text(errors="replace"),
        (
            (name, "" if path.is_symlink() else digest_of(path, "sha256").hex())
            for name, path in sorted(present.items())
        ),
    )
    if wrong:
        raise SignatureError(f"{folder.name} is not what was signed: {describe_differences(wrong)}")
    return key


def differences(text: str, present: Iterable[tuple[str, str]]) -> list[str]:
    """Messages for each difference between a checksum list and (name, digest) pairs."""
    listed = {match[2]: match[1] for line in text.splitlines() if (match := LINE.match(line))}
    wrong = []
    for name, digest in present:
        if name in {LIST, f"{LIST}.sig"}:
            continue
        expected = listed.pop(name, None)
        if expected is None:
            wrong.append(f"{name} was added")
        elif expected != digest:
            wrong.append(f"{name} was changed")
    return [*wrong, *(f"{name} is missing" for name in listed)]


def describe_differences(wrong: list[str]) -> str:
    return (
        "; ".join(wrong[:20]) + (f"; and {len(wrong) - 20} more" if len(wrong) > 20 else "") + "."
    )
