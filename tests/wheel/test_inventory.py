"""The inventory names every part, as its lock and its maker say it, in a form that scanners take."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from graphkeep.upkeep.supply.cyclonedx import as_document, read_components
from graphkeep.upkeep.supply.inventory import CHECKOUT, components, installed
from graphkeep.upkeep.supply.locks import locked_components, page_components, read_pins

LOCKS = sorted((CHECKOUT / "requirements").glob("*.txt"))
NPM_LOCKS = [CHECKOUT / f"{one}/package-lock.json" for one in ("workbench", "tests/clients", "tests/observatory")]  # fmt: skip


def said_by(document):
    return {one["purl"]: one for one in document["components"]}


def test_sh17_the_command_tells_every_part_with_licence_and_hash(tmp_path):
    place = tmp_path / "sbom.json"
    words = [sys.executable, "-m", "graphkeep", "sbom", "--output", str(place)]
    subprocess.run(words, check=True, capture_output=True)
    text = place.read_text()

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    said = said_by(json.loads(text))
    django = next(one for one in said.values() if one["name"] == "django")
    assert django["purl"] == f"pkg:pypi/django@{django['version']}"
    assert django["licenses"] == [{"expression": "BSD-3-Clause"}]
    svelte = next(one for one in said.values() if one["name"] == "svelte")
    assert (svelte["scope"], svelte["licenses"]) == ("required", [{"expression": "MIT"}])
    vite = next(one for one in said.values() if one["name"] == "vite")
    assert vite["scope"] == "excluded"
    assert [one["purl"] for one in said.values() if not one.get("licenses")] == []
    locked = {one.purl for one in locked_components(CHECKOUT)}
    unhashed = {purl for purl, one in said.items() if not one.get("hashes")}
    assert unhashed & locked == set()


def test_sh17_nothing_that_the_server_runs_on_is_left_out():
    here = {one.name for one in components() if one.ecosystem == "PyPI"}
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]

    asked = {canonicalize_name(Requirement(one).name) for one in project["dependencies"]}
    assert asked <= here
    pinned = {
        one.name
        for one in read_pins((CHECKOUT / "requirements/runtime.txt").read_text())
        if not one.marker or Requirement(f"x ; {one.marker}").marker.evaluate()
    }
    assert pinned <= here


def test_what_a_document_says_is_read_again():
    before = components()

    after = read_components(json.loads(json.dumps(as_document(before, "2026.1.0"))))

    assert {one.purl: one.hashes for one in after} == {one.purl: one.hashes for one in before}
    assert {one.purl for one in after if one.is_shipped} == {
        one.purl for one in before if one.is_shipped
    }


def test_a_package_is_found_where_node_finds_it():
    packages = {
        "": {"name": "page"},
        "node_modules/a": {"version": "1.0.0", "integrity": "sha512-AA==", "dependencies": {"b": "*"}},
        "node_modules/a/node_modules/b": {"version": "2.0.0", "integrity": "sha512-AA=="},
        "node_modules/b": {"version": "3.0.0", "integrity": "sha512-AA==", "dependencies": {"a": "*"}},
    }  # fmt: skip

    found = page_components(packages, {"a"})

    assert [(one.purl, one.needs, one.is_shipped) for one in found] == [
        ("pkg:npm/a@1.0.0", ("pkg:npm/b@2.0.0",), True),
        ("pkg:npm/b@2.0.0", (), True),
        ("pkg:npm/b@3.0.0", ("pkg:npm/a@1.0.0",), False),
    ]


def test_what_is_needed_and_not_there_is_named():
    with pytest.raises(Exception, match=r"^no-such-part is needed, and is not installed\.$"):
        installed(["no-such-part>=1"])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda one: one.name)
def test_ad10_a_lock_holds_every_part_to_its_hashes_and_names_no_host(lock: Path):
    text = lock.read_text()

    pins = read_pins(text)
    assert pins
    assert [one.name for one in pins if not one.hashes] == []
    said = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    assert [line for line in said if "://" in line or line.startswith("-")] == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("django==5.2.19", "django==5.2.19"),
        ("django>=5.2 \\", "django>=5.2"),
        ("--index-url https://packages.example.org", "--index-url"),
        ("a @ https://packages.example.org/a.whl \\", "a @ https"),
    ],
)
def test_ad10_a_line_without_pin_or_hash_is_no_lock(line: str, told: str):
    with pytest.raises(ValueError, match="not a pin with hashes: ") as refused:
        read_pins(f"{line}\n")
    assert told in str(refused.value)


def test_ad10_the_locks_satisfy_the_ranges():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    asked = {
        "runtime.txt": project["project"]["dependencies"],
        "build.txt": [*extras["dev"], *project["build-system"]["requires"]],
        "test.txt": extras["test"],
        "bench.txt": extras["bench"],
    }
    wrong = []
    for name, ranges in asked.items():
        pins = read_pins((CHECKOUT / "requirements" / name).read_text())
        for one in map(Requirement, ranges):
            versions = [pin.version for pin in pins if pin.name == canonicalize_name(one.name)]
            if not versions or not all(one.specifier.contains(Version(text)) for text in versions):
                wrong.append((name, str(one), versions))

    assert set(asked) == {one.name for one in LOCKS}
    assert wrong == []


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=lambda one: one.parent.name)
def test_ad10_an_npm_lock_holds_every_part_to_its_hash_and_names_no_host(lock: Path):
    packages = json.loads(lock.read_text())["packages"]

    loose = [
        (path, one.get("integrity", ""), one.get("resolved", ""))
        for path, one in packages.items()
        if path and (not one.get("integrity", "").startswith("sha512-") or "resolved" in one)
    ]
    assert loose == []
