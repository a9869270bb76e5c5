"""Lock files of a checkout: the pinned Python and npm packages, with their hashes."""

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
    """Parse every pin of a requirements file for pip's --require-hashes.

    Raises:
        ValueError: a line is not a pin, a hash or a comment.
    """
    pins: list[tuple[str, str, str, list[str]]] = []
    for line in text.splitlines():
        if pin := PIN.match(line):
            pins.append((canonicalize_name(pin[1]), pin[2], pin[3] or "", []))
        elif (digest := HASH.match(line)) and pins:
            pins[-1][3].append(digest[1])
        elif line.strip() and not line.lstrip().startswith("#"):
            raise ValueError(f"not a pin with hashes: {line}")
    return [
        Pin(name=name, version=version, marker=marker, hashes=tuple(hashes))
        for name, version, marker, hashes in pins
    ]


def locked_components(root: Path) -> list[Component]:
    """Components pinned by the lock files of the server and the workbench."""
    pins = read_pins((root / "requirements/runtime.txt").read_text())
    python = [
        Component(
            ecosystem="PyPI",
            name=pin.name,
            version=pin.version,
            hashes=tuple(("SHA-256", text) for text in pin.hashes),
        )
        for pin in pins
    ]
    lock = json.loads((root / "workbench/package-lock.json").read_text())
    return [*python, *page_components(lock["packages"], imported(root / "workbench/src"))]


def page_components(packages: dict[str, Any], imports: set[str]) -> list[Component]:
    """Packages of an npm lock file; shipped are those that the page imports, with their dependencies."""
    needs = {path: needed_pins(packages, path) for path in packages if path}
    shipped: set[str] = set()
    pending = [f"node_modules/{name}" for name in imports if f"node_modules/{name}" in packages]
    while pending:
        path = pending.pop()
        if path not in shipped:
            shipped.add(path)
            pending += needs[path]
    by_purl: dict[str, Component] = {}
    for path in sorted(needs):
        component = Component(
            ecosystem="npm",
            name=name_of(path),
            version=packages[path]["version"],
            license=packages[path].get("license", ""),
            hashes=tuple(map(hash_of, packages[path]["integrity"].split())),
            needs=tuple(sorted({purl_of(packages, dependency) for dependency in needs[path]})),
            is_shipped=path in shipped,
        )
        # The same version may be installed at several paths of the tree.
        if component.purl not in by_purl or component.is_shipped:
            by_purl[component.purl] = component
    return list(by_purl.values())


def imported(sources: Path) -> set[str]:
    """Packages imported by the page's own sources."""
    return {
        name
        for path in sorted(sources.rglob("*"))
        if path.suffix in {".ts", ".svelte", ".css"} and ".test." not in path.name
        for name in IMPORT.findall(path.read_text())
    }


def needed_pins(packages: dict[str, Any], path: str) -> list[str]:
    dependencies = {
        **packages[path].get("dependencies", {}),
        **packages[path].get("optionalDependencies", {}),
        **packages[path].get("peerDependencies", {}),
    }
    return [
        resolved for name in dependencies if (resolved := resolve_requirement(packages, path, name))
    ]


def resolve_requirement(packages: dict[str, Any], path: str, name: str) -> str:
    """Resolve a package as Node does: from the nearest parent `node_modules` that has it."""
    folder = path
    while folder:
        if f"{folder}/node_modules/{name}" in packages:
            return f"{folder}/node_modules/{name}"
        folder = folder.rpartition("/node_modules/")[0] if "/node_modules/" in folder else ""
    return f"node_modules/{name}" if f"node_modules/{name}" in packages else ""


def name_of(path: str) -> str:
    return path.rpartition("node_modules/")[2]


def purl_of(packages: dict[str, Any], path: str) -> str:
    return purl("npm", name_of(path), packages[path]["version"])


def hash_of(integrity: str) -> tuple[str, str]:
    """Convert an npm integrity string (`sha512-…`) to a CycloneDX (algorithm, hex) pair."""
    name, _, text = integrity.partition("-")
    return f"SHA-{name.removeprefix('sha')}", base64.b64decode(text).hex()
