"""SPARQL results: a table of the variables, and the edges that its resources make."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.sources.file_format import NamedTable, ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.scalars import (
    clean_name,
    list_of,
    mapping_of,
    mappings_of,
    text_of,
)
from graphkeep.sources.json_documents.tables.flatten import Columns
from graphkeep.sources.json_documents.vocabulary import Vocabulary

INTEGERS = (
    "integer",
    "int",
    "long",
    "short",
    "nonNegativeInteger",
    "positiveInteger",
    "unsignedInt",
)
FLOATS = ("decimal", "double", "float")
TRIPLES = (("s", "p", "o"), ("subject", "predicate", "object"), ("s", "p", "t"), ("source", "edge", "target"),
           ("source", "type", "target"), ("from", "type", "to"))  # fmt: skip
RESOURCES = ("uri", "bnode", "triple")
SCORE = 2.5


def matches(documents: Sequence[Any]) -> bool:
    return bool(documents) and all(
        isinstance(mapping_of(each).get("head"), dict)
        and (
            isinstance(mapping_of(mapping_of(each).get("results")).get("bindings"), list)
            or isinstance(mapping_of(each).get("boolean"), bool)
        )
        for each in documents
    )


def read(documents: Sequence[Any], context: ReadContext) -> ReadResult:
    rows = [
        row
        for document in documents
        for row in mappings_of(mapping_of(document.get("results")).get("bindings"))
    ]
    variables: dict[str, None] = {}
    for document in documents:
        variables.update(dict.fromkeys(map(str, list_of(mapping_of(document["head"]).get("vars")))))
        if "boolean" in document:
            rows.append({"boolean": {"type": "literal", "value": document["boolean"]}})
            variables["boolean"] = None
    for row in rows:
        variables.update(dict.fromkeys(row))
    columns: Columns = {
        clean_name(name): [binding_value(row.get(name)) for row in rows] for name in variables
    }
    kinds = {clean_name(name): resource_share(rows, name) for name in variables}
    table = context.table(columns, name="results")
    tables = [NamedTable(name="results", table=table)]
    interpretations = interpretations_of(table, kinds, tables)
    return ReadResult(
        tables=tuple(tables), repairs=tuple(context.repairs), interpretations=tuple(interpretations)
    )


def binding_value(binding: Any) -> Any:
    content = mapping_of(binding)
    if not content:
        return binding if not isinstance(binding, dict) else None
    value = content.get("value")
    if content.get("type") == "bnode" and isinstance(value, str):
        return value if value.startswith("_:") else f"_:{value}"
    datatype = (text_of(content.get("datatype")) or "").rsplit("#", 1)[-1]
    if isinstance(value, str):
        try:
            if datatype in INTEGERS and len(value) < 4300:
                return int(value)
            if datatype in FLOATS:
                return float(value)
        except ValueError:
            return value
        if datatype == "boolean" and value in ("true", "false"):
            return value == "true"
    return value


def resource_share(rows: Sequence[dict[str, Any]], name: str) -> float:
    kinds = [mapping_of(row.get(name)).get("type") for row in rows if row.get(name) is not None]
    return sum(kind in RESOURCES for kind in kinds) / len(kinds) if kinds else 0.0


def interpretations_of(
    table: pa.Table, kinds: dict[str, float], tables: list[NamedTable]
) -> list[TableInterpretation]:
    for source, kind, target in TRIPLES:
        if {source, kind, target} <= kinds.keys():
            return [edges_between(table, source, target, kind, tables)]
    resources = [name for name, share in kinds.items() if share > 0.9]
    if len(resources) < 2:
        return []
    kind = resources[1] if len(resources) > 2 and "p" in (resources[1], resources[1][:1]) else ""
    target = resources[2] if kind else resources[1]
    return [edges_between(table, resources[0], target, kind, tables)]


def edges_between(
    table: pa.Table, source: str, target: str, kind: str, tables: list[NamedTable]
) -> TableInterpretation:
    nodes = labels_table(table, source, target)
    if nodes is not None:
        tables.append(NamedTable(name="names", table=nodes))
    return TableInterpretation(
        kind="edges" if nodes is None else "edges+nodes",
        label=f"{source} → {target}",
        reason=f"These are SPARQL results: each row joins its {source} with its {target}.",
        source=source,
        destination=target,
        node=None if nodes is None else "id",
        node_tables=() if nodes is None else (1,),
        node_bindings={} if nodes is None else {"node_title": "name"},
        edge_bindings={"edge_title": kind, "edge_label": kind} if kind else {},
        score=SCORE,
    )


def labels_table(table: pa.Table, *variables: str) -> pa.Table | None:
    """Names of resources, where a variable such as `itemLabel` stands beside `item`, as Wikidata has it."""
    names: dict[str, str] = {}
    for variable in variables:
        label = next((f"{variable}{end}" for end in ("Label", "_label", "Name") if f"{variable}{end}" in table.column_names), None)  # fmt: skip
        if label is not None:
            for node_id, name in zip(
                table[variable].to_pylist(), table[label].to_pylist(), strict=True
            ):
                if node_id is not None and name is not None:
                    names.setdefault(str(node_id), str(name))
    if not names:
        return None
    return pa.table({"id": list(names), "name": list(names.values())})


SPARQL = Vocabulary(name="sparql", matches=matches, read=read)
