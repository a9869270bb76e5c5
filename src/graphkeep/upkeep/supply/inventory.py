"""Software inventory of this install: its Python distributions and the npm packages of its page."""

import json
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from graphkeep.graph.errors import UserInputError
from graphkeep.upkeep.supply.component import Component, purl, spdx
from graphkeep.upkeep.supply.cyclonedx import read_components
from graphkeep.upkeep.supply.locks import locked_components

CHECKOUT = Path(__file__).parents[4]
IN_WHEEL = "sboms/graphkeep.cdx.json"
# Licence classifiers, for distributions whose metadata has no SPDX expression.
CLASSIFIERS = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0",
}
OPENINGS = {"MIT License": "MIT", "The MIT License (MIT)": "MIT"}


def components(checkout: Path | None = None) -> list[Component]:
    """All components of this install, with licences, and with hashes where a lock file has them."""
    root = checkout or CHECKOUT
    locked = locked_components(root) if is_checkout(root) else components_in_wheel()
    hashes = {component.purl: component.hashes for component in locked}
    python = [
        replace(component, hashes=hashes.get(component.purl, ()))
        for component in installed(wanted(root))
    ]
    return [*python, *(component for component in locked if component.ecosystem == "npm")]


def is_checkout(root: Path) -> bool:
    return (root / "workbench/package-lock.json").is_file() and (
        root / "requirements/runtime.txt"
    ).is_file()


def components_in_wheel() -> list[Component]:
    """Components of the SBOM in the wheel (PEP 770)."""
    text = metadata.distribution("graphkeep").read_text(IN_WHEEL)
    if text is None:
        raise UserInputError(f"This install has lost {IN_WHEEL}: install the wheel anew.")
    return read_components(json.loads(text))


def wanted(root: Path) -> list[str]:
    """Direct requirements of the server; in a checkout from pyproject.toml, which is newer than the metadata."""
    if is_checkout(root):
        import tomllib

        pyproject = tomllib.loads((root / "pyproject.toml").read_text())
        return list(pyproject["project"]["dependencies"])
    return [
        requirement
        for requirement in metadata.requires("graphkeep") or []
        if "extra ==" not in requirement
    ]


def installed(requirements: list[str]) -> list[Component]:
    """Installed distributions of these requirements, with their transitive dependencies on this platform.

    Raises:
        UserInputError: a required distribution is not installed.
    """
    distributions: dict[str, metadata.Distribution] = {}
    needs: dict[str, set[str]] = {}
    visited: set[tuple[str, frozenset[str]]] = set()
    pending = [("", frozenset[str](), text) for text in requirements]
    while pending:
        parent, extras, text = pending.pop()
        requirement = Requirement(text)
        if requirement.marker and not any(
            requirement.marker.evaluate({"extra": extra}) for extra in extras or frozenset({""})
        ):
            continue
        name = canonicalize_name(requirement.name)
        if parent:
            needs[parent].add(name)
        key = (name, frozenset(requirement.extras))
        if key in visited:
            continue
        visited.add(key)
        try:
            distributions[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            raise UserInputError(f"{name} is needed, and is not installed.") from None
        needs.setdefault(name, set())
        pending += [
            (name, frozenset(requirement.extras) | {""}, dependency)
            for dependency in distributions[name].requires or []
        ]
    return [
        Component(
            ecosystem="PyPI",
            name=name,
            version=distribution.version,
            license=license_of(distribution),
            needs=tuple(
                sorted(
                    purl("PyPI", dependency, distributions[dependency].version)
                    for dependency in needs[name]
                )
            ),
        )
        for name, distribution in sorted(distributions.items())
    ]


def license_of(distribution: metadata.Distribution) -> str:
    """Licence from the distribution's metadata, as an SPDX expression where possible."""
    headers = distribution.metadata
    fields = ("License-Expression", "License")
    declared = next((headers[field].strip() for field in fields if field in headers), "")
    if declared and spdx(declared):
        return declared
    licenses = [
        CLASSIFIERS.get(text.rpartition(" :: ")[2], text.rpartition(" :: ")[2])
        for text in headers.get_all("Classifier") or []
        if text.startswith("License :: OSI Approved :: ")
    ]
    if licenses:
        return " OR ".join(licenses) if all(map(spdx, licenses)) else ", ".join(licenses)
    if declared:
        return declared.splitlines()[0][:80]
    files = [
        distribution.read_text(f"licenses/{file}") or ""
        for file in headers.get_all("License-File") or []
    ]
    return next(
        (OPENINGS[line] for text in files for line in text.splitlines()[:1] if line in OPENINGS), ""
    )


def own_version() -> str:
    return str(Version(metadata.version("graphkeep")))
