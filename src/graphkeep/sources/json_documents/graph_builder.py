"""Collects the nodes and edges that a vocabulary reads, and makes two tables and their interpretation of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.types

from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import NamedTable, ReadResult
from graphkeep.sources.json_documents.context import ReadContext
from graphkeep.sources.json_documents.roles import EDGE_ROLES, NODE_ROLES, bind_roles
from graphkeep.sources.json_documents.scalars import id_of, json_text

KNOWN_SCORE = 3.0
EDGE_TYPES = (
    "type", "relation", "relationship", "kind", "interaction", "predicate", "pred", "edge_type", "label", "name", "title",
)  # fmt: skip


@dataclass(kw_only=True)
class GraphBuilder:
    """`label` names the vocabulary; `reason` is a sentence for the user."""

    context: ReadContext
    label: str
    reason: str
    nodes: list[dict[str, Any]] = field(default_factory=list)
    edges: list[dict[str, Any]] = field(default_factory=list)
    node_ids: set[Any] = field(default_factory=set)
    left_out: dict[str, list[Any]] = field(default_factory=dict)

    def add_node(
        self, node_id: Any, *attributes: Any, within: str = "properties", **fixed: Any
    ) -> Any:
        """A node with the fixed columns first; a name of `attributes` that is taken gets `within` before it.

        Returns its id, or None where that is no text or number: the node is then left out, with a repair.
        """
        usable = id_of(node_id)
        if usable is None:
            self.leave_out("nodes without an id", {**fixed, **first_mapping(attributes)})
            return None
        self.node_ids.add(usable)
        self.nodes.append(combined({"id": usable, **fixed}, attributes, within))
        return usable

    def add_new_node(self, node_id: Any, *attributes: Any, **fixed: Any) -> Any:
        """A node that may have been added before, and then is not added again."""
        usable = id_of(node_id)
        if usable is not None and usable in self.node_ids:
            return usable
        return self.add_node(node_id, *attributes, **fixed)

    def add_edge(
        self,
        source: Any,
        target: Any,
        *attributes: Any,
        within: str = "properties",
        **fixed: Any,
    ) -> None:
        """An edge; one without two ends is left out, with a repair."""
        ends = {"source": id_of(source), "target": id_of(target)}
        if ends["source"] is None or ends["target"] is None:
            self.leave_out("edges without two ends", {**fixed, **first_mapping(attributes)})
            return
        self.edges.append(combined({**ends, **fixed}, attributes, within))

    def leave_out(self, what: str, entry: Any) -> None:
        self.left_out.setdefault(what, []).append(entry)

    def result(
        self,
        *,
        title: Iterable[str] = ("name", "label", "title"),
        extra: Iterable[NamedTable] = (),
    ) -> ReadResult:
        """The tables `edges` and `nodes`, with the interpretation that joins them; `extra` tables follow."""
        self.report_left_out()
        edges = self.table_of(self.edges, "edges", ("source", "target"))
        nodes = self.table_of(self.nodes, "nodes", ("id",))
        edge_bindings = bind_roles(edges, EDGE_ROLES)
        node_bindings = bind_roles(nodes, NODE_ROLES)
        names = {name.lower(): name for name in reversed(nodes.column_names)}
        for candidate in title:
            name = names.get(candidate)
            if name is not None and nodes[name].null_count < nodes.num_rows:
                node_bindings["node_title"] = name
                break
        for name in EDGE_TYPES:
            if name in edges.column_names and edges[name].null_count < edges.num_rows:
                edge_bindings = {"edge_label": name, **edge_bindings, "edge_title": name}
                break
        if not self.edges:
            return self.nodes_alone(nodes, node_bindings, extra)
        interpretation = TableInterpretation(
            kind="edges+nodes",
            label=self.label,
            reason=self.reason,
            source="source",
            destination="target",
            node="id",
            edge_tables=(0,),
            node_tables=(1,),
            edge_bindings=edge_bindings,
            node_bindings=node_bindings,
            score=KNOWN_SCORE,
        )
        return ReadResult(
            tables=(
                NamedTable(name="edges", table=edges),
                NamedTable(name="nodes", table=nodes),
                *extra,
            ),
            repairs=tuple(self.context.repairs),
            interpretations=(interpretation,),
        )

    def nodes_alone(
        self, nodes: pa.Table, bindings: Mapping[str, str], extra: Iterable[NamedTable]
    ) -> ReadResult:
        """The nodes of a document without edges, such as a map of places."""
        interpretation = TableInterpretation(
            kind="nodes",
            label=f"{self.label}: nodes alone",
            reason=f"{self.reason.rstrip('.')}; there are no edges.",
            node="id",
            edge_tables=(),
            node_tables=(0,),
            node_bindings=bindings,
            score=KNOWN_SCORE,
        )
        return ReadResult(
            tables=(NamedTable(name="nodes", table=nodes), *extra),
            repairs=tuple(self.context.repairs),
            interpretations=(interpretation,),
        )

    def table_of(
        self, rows: list[dict[str, Any]], name: str, required: tuple[str, ...]
    ) -> pa.Table:
        table = self.context.records_table(rows, name=name)
        for column in required:
            if column not in table.column_names:
                table = table.append_column(column, pa.nulls(table.num_rows, pa.string()))
        return table

    def report_left_out(self) -> None:
        for what, entries in self.left_out.items():
            self.context.repairs.append(
                Repair(
                    code="entry-left-out",
                    message=f"{len(entries)} {what} are left out.",
                    count=len(entries),
                    before=json_text(entries[0])[:200],
                )
            )


def first_mapping(attributes: Iterable[Any]) -> Mapping[str, Any]:
    return next((each for each in attributes if isinstance(each, dict)), {})


def combined(fixed: dict[str, Any], attributes: Iterable[Any], within: str) -> dict[str, Any]:
    """One row of fixed columns and of the objects among `attributes`, with no value lost."""
    row = fixed
    for content in attributes:
        if not isinstance(content, dict):
            if content is not None and content != []:
                row.setdefault(within, content)
            continue
        for name, value in content.items():
            if name not in row or row[name] is None:
                row[name] = value
            elif row[name] != value:
                row[f"{within}.{name}"] = value
    return row
