"""Documents of each vocabulary with a wrong type in each of their fields: read, or refused in words."""

import copy
import gzip
import itertools
import json

import pytest

from graphkeep.graph.errors import GraphkeepError
from graphkeep.sources.plain import plain_table

from .reading import Drawn, read
from .test_cases import CASES
from .test_databases import KNOWS, feature, uri
from .test_graph_libraries import CYJS
from .test_security import collection, misp_event, stix, thing
from .test_software import BOM, SPDX

WRONG = (
    None, 7, "x", "", [], {}, [[]], [None, 1], [{}], {"a": {"b": []}}, True, -1.5, 10**30, "\ud800", {"id": {"id": 1}},
)  # fmt: skip


def of_case(name):
    content = (CASES / name).read_bytes()
    text = (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8-sig")
    try:
        return json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line]


DOCUMENTS = {
    name: of_case(name)
    for name in (
        "J01/cloudtrail.json.gz", "J02/bom.json", "J04/bundle.json", "J06/node_link.json", "J07/d3v3.json", "J10/sysmon.jsonl",
        "J11/neo4j_query.json", "J12/apoc.json", "J17/bh.json", "J18/graphology.json", "J19/jgf.json", "J20/opengraph.json",
        "J22/pretty.json", "J23/okta.ndjson", "J24/conn.json",
    )
} | {
    "stix": stix(thing("sighting", 1, sighting_of_ref="a", where_sighted_refs=["b"], observed_data_refs=["c"]), thing("file", 2, name="x", contains_refs=["d"])),
    "computers": collection(
        "computers",
        {"ObjectIdentifier": "C", "Properties": {"name": "PC"}, "Sessions": {"Results": [{"UserSID": "U", "ComputerSID": "C"}]},
         "LocalGroups": [{"ObjectIdentifier": "C-544", "Name": "A", "Results": [{"ObjectIdentifier": "U"}]}], "AllowedToAct": [{"ObjectIdentifier": "D"}],
         "UserRights": [{"Privilege": "P", "Results": [{"ObjectIdentifier": "U"}]}], "ContainedBy": {"ObjectIdentifier": "O"}},
    ),
    "domains": collection(
        "domains",
        {"ObjectIdentifier": "D", "Trusts": [{"TargetDomainSid": "E", "TrustDirection": 3}], "Links": [{"GUID": "G", "IsEnforced": True}],
         "GPOChanges": {"LocalAdmins": [{"ObjectIdentifier": "U"}], "AffectedComputers": [{"ObjectIdentifier": "C"}]}},
    ),
    "misp": misp_event(
        "e", "Case", [{"uuid": "a", "type": "ip", "value": "1", "Tag": [{"name": "t", "colour": "#fff"}]}],
        [{"uuid": "o", "name": "file", "Attribute": [{"type": "md5", "value": "2"}], "ObjectReference": [{"referenced_uuid": "a", "relationship_type": "r"}]}],
        Galaxy=[{"name": "g", "GalaxyCluster": [{"value": "v"}]}], RelatedEvent=[{"Event": {"uuid": "f", "info": "i"}}],
    ),
    "npm": {"name": "app", "lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {"name": "a"}}},
    "old npm": {"lockfileVersion": 1, "dependencies": {"a": {"requires": {"b": "1"}, "dependencies": {"b": {"version": "1"}}}}},
    "pipdeptree": [{"package": {"key": "a", "package_name": "A"}, "dependencies": [{"key": "b", "required_version": "1"}]}],
    "graphson": [{"id": {"@type": "g:Int32", "@value": 1}, "label": "p", "outE": {"k": [{"id": 7, "inV": 2}]}, "properties": {"name": [{"value": "m"}]}}],
    "tigergraph": {"results": [{"a": [{"v_id": "1", "v_type": "p", "attributes": {"name": "n"}}],
                                "b": [{"e_type": "f", "from_id": "1", "from_type": "p", "to_id": "2", "to_type": "p", "attributes": {}}]}]},
    "cyclonedx": {**BOM, "components": [{"bom-ref": "a", "components": [{"name": "b"}]}], "services": [{"bom-ref": "s"}],
                  "vulnerabilities": [{"id": "V", "affects": [{"ref": "a"}]}], "metadata": {"component": {"name": "m"}}},
    "spdx": SPDX,
    "spdx3": {"@context": "https://spdx.org/rdf/3.0.1", "@graph": [{"type": "SpdxDocument", "spdxId": "d", "rootElement": ["a"]}, {"type": "Relationship", "from": "a", "to": ["b"], "relationshipType": "r"}]},
    "cytoscape": CYJS,
    "neo4j": [{"r": KNOWS}],
    "sparql": {"head": {"vars": ["s", "sLabel", "o"]}, "results": {"bindings": [{"s": uri("a"), "sLabel": {"type": "literal", "value": "A"}, "o": uri("b")}]}},
    "json-ld": {"@context": {}, "@graph": [{"@id": "a", "@type": "T", "knows": [{"@id": "b"}, {"@value": 1}]}]},
    "geojson": {"type": "FeatureCollection", "features": [feature("LineString", [[1, 2], [3, 4]], name="l"), feature("Polygon", [[[0, 0], [1, 0], [1, 1]]]), {"type": "Feature", "id": 1, "properties": {}, "geometry": {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}]}}]},
    "cx": [{"CXVersion": "2.0"}, {"nodes": [{"id": 1, "v": {"n": 1}}]}, {"edges": [{"s": 1, "t": 1}]}, {"nodeAttributes": [{"po": 1, "n": "a", "v": 1}]}, {"cartesianLayout": [{"node": 1, "x": 1, "y": 2}]}],
    "hyperedges": {"graph": {"nodes": {"a": {}}, "edges": [], "hyperedges": [{"nodes": ["a"], "metadata": {}}, {"source": ["a"], "target": ["a"]}]}},
    "adjacency": {"a": ["b", "a"], "b": ["a"]},
    "networkx": {"directed": False, "nodes": [{"id": 1}, {"id": 2}], "adjacency": [[{"id": 2}], [{"id": 1}]]},
    "tree": {"name": "a", "children": [{"name": "b", "children": [{"name": "c"}]}]},
    "winlog": [{"winlog": {"event_id": 1, "computer_name": "c", "event_data": {"a": 1}}, "@timestamp": "2026-01-02"}],
    "evtx": [{"Event": {"System": {"EventID": {"#text": 1}}, "EventData": {"Data": [{"@Name": "a", "#text": "b"}]}}}],
    "elasticsearch": {"hits": {"total": 1, "hits": [{"_id": 1, "_source": {"a": 1}}]}},
    "references": [{"id": 1, "to": [2]}, {"id": 2, "to": [1]}],
    "split": {"columns": ["a", "b"], "index": [0], "data": [[1, 2]]},
    "columns": {"a": {"0": 1}, "b": {"0": 2}},
}  # fmt: skip


def paths_of(value, path=()):
    yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield from paths_of(inner, (*path, key))


def replaced(document, path, value):
    if not path:
        return value
    copied = copy.deepcopy(document)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return copied


def variants(document, each):
    """The document with every one of its values replaced; `each` wrong values in turn for every path."""
    wrong = itertools.cycle(WRONG)
    for path in paths_of(document):
        for value in itertools.islice(wrong, each):
            yield path, value, replaced(document, path, value)


def check(content):
    try:
        result = read(json.dumps(content))
    except GraphkeepError:
        return
    for named in result.tables:
        plain_table(named.table, []).validate(full=True)
    for number, interpretation in enumerate(result.interpretations):
        assert interpretation.score >= 2
        assert interpretation.reason.endswith(".")
        Drawn(result, number)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_wrong_type_in_any_field_is_read_or_refused(name):
    for _, _, content in variants(DOCUMENTS[name], 2):
        check(content)
