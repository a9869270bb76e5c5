"""A folder whose every file stands in a signed list of checksums, and nothing beside them."""

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
    """`sha256sum -c` reads it too."""
    place = folder / LIST
    lines = [
        f"{digest_of(path, 'sha256').hex()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {LIST, f"{LIST}.sig"}
    ]
    place.write_text("".join(lines))
    return place


def check_folder(folder: Path, *, keys: list[PublicKey], purpose: Purpose) -> PublicKey:
    """Who signed it, when every file is the one that was signed and none is added.

    Raises:
        SignatureError: names what is not.
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
    """What differs between a list of checksums and (name, digest) pairs, in words."""
    listed = {one[2]: one[1] for line in text.splitlines() if (one := LINE.match(line))}
    wrong = []
    for name, digest in present:
        if name in {LIST, f"{LIST}.sig"}:
            continue
        said = listed.pop(name, None)
        if said is None:
            wrong.append(f"{name} was added")
        elif said != digest:
            wrong.append(f"{name} was changed")
    return [*wrong, *(f"{name} is missing" for name in listed)]


def describe_differences(wrong: list[str]) -> str:
    return (
        "; ".join(wrong[:20]) + (f"; and {len(wrong) - 20} more" if len(wrong) > 20 else "") + "."
    )
