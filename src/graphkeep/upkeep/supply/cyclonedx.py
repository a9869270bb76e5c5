"""CycloneDX 1.6 SBOM, the inventory format for vulnerability scanners."""

import hashlib
import json
import uuid
from typing import Any
from urllib.parse import unquote

from graphkeep.upkeep.supply.component import Component, Ecosystem, purl, spdx

ECOSYSTEMS: dict[str, Ecosystem] = {"pypi": "PyPI", "npm": "npm"}


def as_document(components: list[Component], version: str, *, made_at: str = "") -> dict[str, Any]:
    """Build the CycloneDX document; the same components give the same document, except for the timestamp."""
    ordered = sorted(
        {component.purl: component for component in components}.values(),
        key=lambda component: component.purl,
    )
    known = {component.purl for component in ordered}
    own = purl("PyPI", "graphkeep", version)
    needed = {dependency for component in ordered for dependency in component.needs}
    body = [as_value(component) for component in ordered]
    digest = hashlib.sha256(json.dumps([own, body], sort_keys=True).encode()).hexdigest()
    metadata: dict[str, Any] = {"timestamp": made_at} if made_at else {}
    metadata["tools"] = {
        "components": [{"type": "application", "name": "graphkeep", "version": version}]
    }
    metadata["component"] = {
        "type": "application", "bom-ref": own, "name": "graphkeep", "version": version,
        "purl": own, "licenses": [{"expression": "Apache-2.0"}],
    }  # fmt: skip
    depends = [{"ref": own, "dependsOn": sorted(known - needed)}]
    depends += [
        {"ref": component.purl, "dependsOn": sorted(known.intersection(component.needs))}
        for component in ordered
    ]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": metadata,
        "components": body,
        "dependencies": depends,
    }


def as_value(component: Component) -> dict[str, Any]:
    value: dict[str, Any] = {
        "type": "library",
        "bom-ref": component.purl,
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
        "scope": "required" if component.is_shipped else "excluded",
    }
    if component.license:
        expression = spdx(component.license)
        value["licenses"] = (
            [{"expression": expression}]
            if expression
            else [{"license": {"name": component.license}}]
        )
    if component.hashes:
        value["hashes"] = [{"alg": name, "content": text} for name, text in component.hashes]
    return value


def read_components(document: dict[str, Any]) -> list[Component]:
    """Parse the components of a CycloneDX document written by `as_document`."""
    needs = {
        dependency["ref"]: tuple(dependency.get("dependsOn", ()))
        for dependency in document["dependencies"]
    }
    components = []
    for entry in document["components"]:
        kind, _, rest = entry["purl"].removeprefix("pkg:").partition("/")
        name, _, version = rest.rpartition("@")
        components.append(
            Component(
                ecosystem=ECOSYSTEMS[kind],
                name=unquote(name),
                version=unquote(version),
                license=license_of(entry.get("licenses", [])),
                hashes=tuple(
                    (digest["alg"], digest["content"]) for digest in entry.get("hashes", [])
                ),
                needs=needs.get(entry["bom-ref"], ()),
                is_shipped=entry["scope"] == "required",
            )
        )
    return components


def license_of(choices: list[dict[str, Any]]) -> str:
    if not choices:
        return ""
    return str(choices[0].get("expression") or choices[0]["license"]["name"])
