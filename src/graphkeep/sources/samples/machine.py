"""The packages installed on this machine, and their dependencies."""

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pyarrow as pa

from graphkeep.sources.samples.sample import Sample, colors

DPKG_STATUS = Path("/var/lib/dpkg/status")
REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def machine() -> Sample:
    packages = {("python", name): version for name, version, _ in python_packages()}
    edges = [
        (("python", name), ("python", dependency), "needs")
        for name, _, dependencies in python_packages()
        for dependency in dependencies
        if ("python", dependency) in packages
    ]
    system = list(system_packages())
    packages |= {("system", name): version for name, version, _ in system}
    edges += [
        (("system", name), ("system", dependency), "needs")
        for name, _, dependencies in system
        for dependency in dependencies
        if ("system", dependency) in packages
    ]
    if ("system", "python3") in packages:
        edges += [(("python", "graphkeep"), ("system", "python3"), "runs on")]
    linked = {end for edge in edges for end in edge[:2]}
    nodes = [key for key in packages if key in linked]
    return Sample(
        name="machine",
        title="Your machine",
        description="The packages installed on this server and their dependencies, as of its "
        "first start. Only you can see it.",
        edges=pa.table(
            {
                "source": [":".join(package) for package, _, _ in edges],
                "destination": [":".join(dependency) for _, dependency, _ in edges],
                "relation": [relation for _, _, relation in edges],
            }
        ),
        nodes=pa.table(
            {
                "id": [":".join(key) for key in nodes],
                "package": [name for _, name in nodes],
                "kind": [kind for kind, _ in nodes],
                "version": [packages[key] for key in nodes],
            }
        ),
        node_encodings={
            "bindings": {"node": "id", "node_title": "package"},
            "complex": {
                "default": {
                    "pointColorEncoding": colors("kind", {"python": "#549de5", "system": "#e59743"})
                }
            },
        },
    )


def python_packages() -> Iterator[tuple[str, str, list[str]]]:
    names = set()
    for package in metadata.distributions():
        name = canonical(package.metadata["Name"] or "")
        if not name or name in names:
            continue
        names.add(name)
        dependencies = []
        for requirement in package.requires or ():
            match = REQUIREMENT.match(requirement)
            if match and "extra ==" not in requirement:
                dependencies.append(canonical(match[0]))
        yield name, package.version, sorted(set(dependencies))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def system_packages() -> Iterator[tuple[str, str, list[str]]]:
    """The installed packages of a Debian or Ubuntu system; none elsewhere."""
    try:
        text = DPKG_STATUS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for block in text.split("\n\n"):
        fields = dict(
            line.split(": ", 1)
            for line in block.splitlines()
            if ": " in line and not line.startswith(" ")
        )
        if "install ok installed" not in fields.get("Status", ""):
            continue
        depends = ", ".join(filter(None, (fields.get("Depends"), fields.get("Pre-Depends"))))
        dependencies = {
            match[0]
            for part in depends.split(", ")
            if (match := REQUIREMENT.match(part.split("|")[0].strip()))
        }
        yield fields["Package"], fields.get("Version", ""), sorted(dependencies)
