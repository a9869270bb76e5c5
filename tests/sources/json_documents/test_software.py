"""CycloneDX and SPDX: packages as nodes, what they depend on and hold as edges."""

from .reading import Drawn, codes, drawn, read, tables

BOM = {"bomFormat": "CycloneDX", "specVersion": "1.6"}


def test_cyclonedx_components_hold_others():
    graph = drawn(
        {**BOM, "components": [{"type": "framework", "name": "a", "version": "1", "bom-ref": "a",
                                "components": [{"type": "library", "name": "b", "bom-ref": "b", "components": [{"name": "c", "bom-ref": "c"}]}]}]}
    )  # fmt: skip

    assert graph.titles == ["a", "b", "c"]
    assert graph.edges == [("a", "b", "contains"), ("b", "c", "contains")]


def test_cyclonedx_services_and_vulnerabilities_are_nodes():
    graph = drawn(
        {
            **BOM, "components": [{"bom-ref": "lib", "name": "lib", "type": "library"}],
            "services": [{"bom-ref": "api", "name": "API", "services": [{"bom-ref": "sub", "name": "Sub"}]}],
            "dependencies": [{"ref": "api", "dependsOn": ["lib"], "provides": ["spec"]}],
            "vulnerabilities": [{"id": "CVE-2026-1", "bom-ref": "v", "ratings": [{"score": 9.8, "severity": "critical"}], "affects": [{"ref": "lib"}]}],
        }
    )  # fmt: skip

    assert graph.edges == [
        ("API", "Sub", "contains"), ("API", "lib", "dependsOn"), ("API", "spec", "provides"), ("CVE-2026-1", "lib", "affects"),
    ]  # fmt: skip


def test_cyclonedx_components_without_a_reference_are_known_by_name_and_version():
    result = read(
        {
            **BOM,
            "components": [
                {"name": "a", "version": "1", "group": "org"},
                {"name": "b", "purl": "pkg:npm/b@2"},
                {},
            ],
        }
    )

    assert [node["id"] for node in tables(result)["nodes"]] == ["org/a@1", "pkg:npm/b@2"]
    assert codes(result) == ["entry-left-out"]


def test_cyclonedx_licenses_and_hashes_stay_with_the_component():
    result = read(
        {
            **BOM,
            "components": [
                {
                    "bom-ref": "a",
                    "name": "a",
                    "licenses": [{"license": {"id": "MIT"}}],
                    "hashes": [{"alg": "MD5", "content": "x"}, {"alg": "SHA-1", "content": "y"}],
                }
            ],
        }
    )

    assert tables(result)["nodes"] == [
        {"id": "a", "name": "a", "type": "component", "licenses.license.id": "MIT",
         "hashes": '[{"alg": "MD5", "content": "x"}, {"alg": "SHA-1", "content": "y"}]'}
    ]  # fmt: skip


SPDX = {
    "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "doc", "documentDescribes": ["SPDXRef-A"],
    "packages": [{"SPDXID": "SPDXRef-A", "name": "app", "versionInfo": "1"}, {"SPDXID": "SPDXRef-B", "name": "lib", "hasFiles": ["SPDXRef-F"]}],
    "files": [{"SPDXID": "SPDXRef-F", "fileName": "./lib.so"}],
    "relationships": [
        {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-A"},
        {"spdxElementId": "SPDXRef-A", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-B"},
        {"spdxElementId": "SPDXRef-B", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "NOASSERTION"},
    ],
}  # fmt: skip


def test_spdx_2_is_its_packages_files_and_relationships():
    result = read(SPDX)
    graph = Drawn(result)

    assert graph.titles == ["doc", "app", "lib", "./lib.so"]
    assert sorted(graph.edges) == [
        ("app", "lib", "DEPENDS_ON"),
        ("doc", "app", "DESCRIBES"),
        ("lib", "./lib.so", "CONTAINS"),
    ]
    assert [repair.message for repair in result.repairs] == [
        "1 relationships to nothing (NONE, NOASSERTION) are left out."
    ]


def test_the_sbom_of_github_is_spdx():
    assert len(drawn({"sbom": SPDX}).edges) == 3


def test_spdx_3_is_its_elements_and_relationships():
    graph = drawn(
        {
            "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
            "@graph": [
                {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1"},
                {"type": "SpdxDocument", "spdxId": "urn:doc", "name": "doc", "rootElement": ["urn:a"]},
                {"type": "software_Package", "spdxId": "urn:a", "name": "app", "creationInfo": "_:c"},
                {"type": "software_Package", "spdxId": "urn:b", "name": "lib"},
                {"type": "Relationship", "spdxId": "urn:r", "from": "urn:a", "to": ["urn:b", "urn:c"], "relationshipType": "dependsOn"},
                {"type": "LifecycleScopedRelationship", "from": "urn:b", "to": ["https://spdx.org/rdf/3.0.1/terms/Core/NoneElement"], "relationshipType": "contains"},
            ],
        }
    )  # fmt: skip

    assert graph.titles == ["doc", "app", "lib", "urn:c"]
    assert graph.edges == [
        ("doc", "app", "rootElement"),
        ("app", "lib", "dependsOn"),
        ("app", "urn:c", "dependsOn"),
    ]


def test_a_lock_file_of_npm_joins_packages_to_the_nearest_folder():
    result = read(
        {
            "name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": True,
            "packages": {
                "": {"name": "app", "version": "1.0.0", "dependencies": {"a": "^1.0.0"}, "devDependencies": {"b": "1"}},
                "node_modules/a": {"version": "1.0.1", "dependencies": {"b": "~2.0.0", "gone": "1"}},
                "node_modules/a/node_modules/b": {"version": "2.0.3", "dependencies": {"a": "1"}},
                "node_modules/b": {"version": "1.0.0", "dev": True},
            },
        }
    )  # fmt: skip

    assert tables(result)["edges"] == [
        {"source": "app", "target": "node_modules/a", "type": "dependencies", "version": "^1.0.0"},
        {"source": "app", "target": "node_modules/b", "type": "devDependencies", "version": "1"},
        {"source": "node_modules/a", "target": "node_modules/a/node_modules/b", "type": "dependencies", "version": "~2.0.0"},
        {"source": "node_modules/a/node_modules/b", "target": "node_modules/a", "type": "dependencies", "version": "1"},
    ]  # fmt: skip
    assert Drawn(result).titles == ["app", "a", "b", "b"]
    assert codes(result) == ["entry-left-out"]


def test_a_lock_file_of_old_npm_joins_packages_to_what_is_nested_in_them_first():
    graph = drawn(
        {
            "name": "app", "lockfileVersion": 1,
            "dependencies": {
                "a": {"version": "1", "requires": {"b": "2", "c": "1"}, "dependencies": {"b": {"version": "2", "requires": {"c": "1"}}}},
                "b": {"version": "1"}, "c": {"version": "1"},
            },
        }
    )  # fmt: skip

    edges = graph.graph.edges.select(["source", "target"]).to_pylist()
    assert sorted((edge["source"], edge["target"]) for edge in edges) == [
        ("app", "node_modules/a"),
        ("app", "node_modules/b"),
        ("node_modules/a", "node_modules/a/node_modules/b"),
        ("node_modules/a", "node_modules/c"),
        ("node_modules/a/node_modules/b", "node_modules/c"),
    ]


def test_a_tree_of_pipdeptree_joins_packages_to_what_they_require():
    graph = drawn(
        [
            {"package": {"key": "flask", "package_name": "Flask", "installed_version": "3.0"},
             "dependencies": [{"key": "jinja2", "package_name": "Jinja2", "installed_version": "3.1", "required_version": ">=3"}]},
            {"package": {"key": "jinja2", "package_name": "Jinja2", "installed_version": "3.1"}, "dependencies": []},
        ]
    )  # fmt: skip

    assert graph.titles == ["Flask", "Jinja2"]
    assert graph.edges == [("Flask", "Jinja2", "requires")]
