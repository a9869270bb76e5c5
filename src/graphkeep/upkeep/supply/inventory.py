"""What this install is made of: the distributions that it runs on, and the packages in its page."""

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
# How makers said it before there were SPDX expressions in a distribution.
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
    """Everything that this install is made of, with licences, and with hashes where a lock has them."""
    root = checkout or CHECKOUT
    locked = locked_components(root) if is_checkout(root) else components_in_wheel()
    hashes = {one.purl: one.hashes for one in locked}
    python = [replace(one, hashes=hashes.get(one.purl, ())) for one in installed(wanted(root))]
    return [*python, *(one for one in locked if one.ecosystem == "npm")]


def is_checkout(root: Path) -> bool:
    return (root / "workbench/package-lock.json").is_file() and (
        root / "requirements/runtime.txt"
    ).is_file()


def components_in_wheel() -> list[Component]:
    """What the wheel's own inventory says (PEP 770)."""
    text = metadata.distribution("graphkeep").read_text(IN_WHEEL)
    if text is None:
        raise UserInputError(f"This install has lost {IN_WHEEL}: install the wheel anew.")
    return read_components(json.loads(text))


def wanted(root: Path) -> list[str]:
    """What the server itself asks for; a checkout's pyproject is newer than its metadata."""
    if is_checkout(root):
        import tomllib

        said = tomllib.loads((root / "pyproject.toml").read_text())
        return list(said["project"]["dependencies"])
    return [one for one in metadata.requires("graphkeep") or [] if "extra ==" not in one]


def installed(requirements: list[str]) -> list[Component]:
    """These distributions and all that they need here, as they are installed.

    Raises:
        UserInputError: one that is needed is not there.
    """
    components: dict[str, metadata.Distribution] = {}
    needs: dict[str, set[str]] = {}
    asked: set[tuple[str, frozenset[str]]] = set()
    waiting = [("", frozenset[str](), text) for text in requirements]
    while waiting:
        parent, extras, text = waiting.pop()
        one = Requirement(text)
        if one.marker and not any(
            one.marker.evaluate({"extra": extra}) for extra in extras or frozenset({""})
        ):
            continue
        name = canonicalize_name(one.name)
        if parent:
            needs[parent].add(name)
        key = (name, frozenset(one.extras))
        if key in asked:
            continue
        asked.add(key)
        try:
            components[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            raise UserInputError(f"{name} is needed, and is not installed.") from None
        needs.setdefault(name, set())
        waiting += [
            (name, frozenset(one.extras) | {""}, other) for other in components[name].requires or []
        ]
    return [
        Component(
            ecosystem="PyPI",
            name=name,
            version=one.version,
            license=license_of(one),
            needs=tuple(
                sorted(purl("PyPI", other, components[other].version) for other in needs[name])
            ),
        )
        for name, one in sorted(components.items())
    ]


def license_of(distribution: metadata.Distribution) -> str:
    """As the maker says it; an SPDX expression wherever it can be read as one."""
    said = distribution.metadata
    names = ("License-Expression", "License")
    short = next((said[one].strip() for one in names if one in said), "")
    if short and spdx(short):
        return short
    named = [
        CLASSIFIERS.get(text.rpartition(" :: ")[2], text.rpartition(" :: ")[2])
        for text in said.get_all("Classifier") or []
        if text.startswith("License :: OSI Approved :: ")
    ]
    if named:
        return " OR ".join(named) if all(map(spdx, named)) else ", ".join(named)
    if short:
        return short.splitlines()[0][:80]
    files = [
        distribution.read_text(f"licenses/{one}") or ""
        for one in said.get_all("License-File") or []
    ]
    return next(
        (OPENINGS[line] for text in files for line in text.splitlines()[:1] if line in OPENINGS), ""
    )


def own_version() -> str:
    return str(Version(metadata.version("graphkeep")))
