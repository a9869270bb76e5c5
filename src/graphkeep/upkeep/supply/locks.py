"""The two lock files of a checkout, read: what may be installed, file by file."""

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from graphkeep.upkeep.supply.component import Component, purl

PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; (.+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:([0-9a-f]{64})(?: \\)?$")
IMPORT = re.compile(r"""(?:from|import)\s+['"]((?:@[\w.-]+/)?[\w-][\w.-]*)""")


@dataclass(frozen=True, kw_only=True)
class Pin:
    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def read_pins(text: str) -> list[Pin]:
    """Every pin of a file that pip reads with --require-hashes.

    Raises:
        ValueError: a line is neither a pin, nor a hash, nor a comment.
    """
    found: list[tuple[str, str, str, list[str]]] = []
    for line in text.splitlines():
        if pin := PIN.match(line):
            found.append((canonicalize_name(pin[1]), pin[2], pin[3] or "", []))
        elif (one := HASH.match(line)) and found:
            found[-1][3].append(one[1])
        elif line.strip() and not line.lstrip().startswith("#"):
            raise ValueError(f"not a pin with hashes: {line}")
    return [
        Pin(name=name, version=version, marker=marker, hashes=tuple(hashes))
        for name, version, marker, hashes in found
    ]


def locked_components(root: Path) -> list[Component]:
    """What a checkout's locks let into the server and its page."""
    pins = read_pins((root / "requirements/runtime.txt").read_text())
    python = [
        Component(
            ecosystem="PyPI",
            name=one.name,
            version=one.version,
            hashes=tuple(("SHA-256", text) for text in one.hashes),
        )
        for one in pins
    ]
    lock = json.loads((root / "workbench/package-lock.json").read_text())
    return [*python, *page_components(lock["packages"], imported(root / "workbench/src"))]


def page_components(packages: dict[str, Any], imports: set[str]) -> list[Component]:
    """The packages of an npm lock; shipped are those that the page imports, and what they need."""
    needs = {path: needed_pins(packages, path) for path in packages if path}
    shipped: set[str] = set()
    waiting = [f"node_modules/{name}" for name in imports if f"node_modules/{name}" in packages]
    while waiting:
        path = waiting.pop()
        if path not in shipped:
            shipped.add(path)
            waiting += needs[path]
    by_purl: dict[str, Component] = {}
    for path in sorted(needs):
        one = Component(
            ecosystem="npm",
            name=name_of(path),
            version=packages[path]["version"],
            license=packages[path].get("license", ""),
            hashes=tuple(map(hash_of, packages[path]["integrity"].split())),
            needs=tuple(sorted({purl_of(packages, other) for other in needs[path]})),
            is_shipped=path in shipped,
        )
        # The same version may lie in two places of the tree.
        if one.purl not in by_purl or one.is_shipped:
            by_purl[one.purl] = one
    return list(by_purl.values())


def imported(sources: Path) -> set[str]:
    """The packages that the page's own sources name."""
    return {
        name
        for path in sorted(sources.rglob("*"))
        if path.suffix in {".ts", ".svelte", ".css"} and ".test." not in path.name
        for name in IMPORT.findall(path.read_text())
    }


def needed_pins(packages: dict[str, Any], path: str) -> list[str]:
    wanted = {
        **packages[path].get("dependencies", {}),
        **packages[path].get("optionalDependencies", {}),
        **packages[path].get("peerDependencies", {}),
    }
    return [found for name in wanted if (found := resolve_requirement(packages, path, name))]


def resolve_requirement(packages: dict[str, Any], path: str, name: str) -> str:
    """Where Node finds a package: the nearest folder upward that has it."""
    here = path
    while here:
        if f"{here}/node_modules/{name}" in packages:
            return f"{here}/node_modules/{name}"
        here = here.rpartition("/node_modules/")[0] if "/node_modules/" in here else ""
    return f"node_modules/{name}" if f"node_modules/{name}" in packages else ""


def name_of(path: str) -> str:
    return path.rpartition("node_modules/")[2]


def purl_of(packages: dict[str, Any], path: str) -> str:
    return purl("npm", name_of(path), packages[path]["version"])


def hash_of(integrity: str) -> tuple[str, str]:
    """`sha512-…` of npm as CycloneDX says it."""
    name, _, text = integrity.partition("-")
    return f"SHA-{name.removeprefix('sha')}", base64.b64decode(text).hex()
