"""Collects the nodes and edges of a graph file, and becomes its two tables and their interpretation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.interpretations.interpretation import TableInterpretation
from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import NamedTable, ReadResult
from graphkeep.sources.graph_files import roles
from graphkeep.sources.graph_files.attribute_types import Kind, typed_column
from graphkeep.sources.graph_files.colors import with_color
from graphkeep.sources.graph_files.columns import ColumnSpec, ColumnSpecs, EdgeColumns, NodeColumns

SCORE = 3.0
ATTRIBUTE = "@"  # before the key of an attribute, which may have the name of any other column
MAX_GRAPHS = 100
NODE_COLUMNS: dict[str, Kind] = {
    "id": "text", "label": "text", "x": "float", "y": "float", "z": "float", "size": "float",
    "color": "text", "opacity": "float", "shape": "text", "width": "float", "height": "float",
    "type": "text", "mode": "integer", "number": "integer", "parent": "text", "start": "time",
    "end": "time", "spells": "text",
}  # fmt: skip
EDGE_COLUMNS: dict[str, Kind] = {
    "source": "text", "target": "text", "id": "text", "label": "text", "type": "text",
    "weight": "number", "directed": "boolean", "color": "text", "opacity": "float",
    "thickness": "float", "shape": "text", "start": "time", "end": "time", "spells": "text",
    "source_port": "text", "target_port": "text",
}  # fmt: skip


class GraphBuilder:
    """`declares_nodes`: the format lists its nodes, so that one named only by an edge is a repair.

    Attributes come under `@key`; `declare` gives them a name, a type and a default. All values are texts.
    """

    def __init__(
        self,
        label: str,
        *,
        name: str = "",
        declares_nodes: bool = True,
        attribute_kind: Kind = "text",
        log: RepairLog | None = None,
    ) -> None:
        self.label = label
        self.name = name
        self.declares_nodes = declares_nodes
        self.log = log or RepairLog()
        self.node_rows: dict[str, int] = {}
        self.node_specs = ColumnSpecs("node", attribute_kind)
        self.edge_specs = ColumnSpecs("edge", attribute_kind)
        for specs, columns in ((self.node_specs, NODE_COLUMNS), (self.edge_specs, EDGE_COLUMNS)):
            for column, kind in columns.items():
                specs.declare(column, ColumnSpec(name=column, kind=kind, is_attribute=False))
        self.nodes = NodeColumns(self.node_specs)
        self.edges = EdgeColumns(self.edge_specs)
        self.undeclared: dict[str, int] = {}

    def declare(
        self,
        table: Literal["node", "edge"],
        key: str,
        *,
        name: str,
        kind: Kind,
        default: str | None = None,
    ) -> None:
        specs = self.node_specs if table == "node" else self.edge_specs
        specs.declare(ATTRIBUTE + key, ColumnSpec(name=name or key, kind=kind, default=default))

    def add_node(self, node_id: str, values: Mapping[str, str | None], *, line: int = 0) -> None:
        """Add a node, or what is new of a node that is there; other values than before are a repair."""
        row = self.node_rows.setdefault(node_id, len(self.node_rows))
        if self.undeclared:
            self.undeclared.pop(node_id, None)
        for key, value in values.items():
            if value is None:
                continue
            present = self.nodes.set(row, key, value)
            if present is not None:
                self.log.add(
                    "duplicate-node",
                    "Nodes are described several times with different values; the first is used: {count}.",
                    line=line,
                    table="node",
                    column=self.node_specs.specs[key].name,
                    before=f"{node_id}: {value}",
                    after=f"{node_id}: {present}",
                )

    def add_edge(
        self,
        source: str | None,
        target: str | None,
        values: Mapping[str, str | None],
        *,
        line: int = 0,
    ) -> None:
        """Add an edge; one without an end is a repair."""
        if not source or not target:
            missing = "source" if not source else "target"
            self.log.add(
                f"edge-without-{missing}",
                f"Edges without a {missing} are left out: {{count}}.",
                line=line,
                table="edge",
                column=missing,
                before=f"{source or ''} → {target or ''}",
            )
            return
        rows = self.node_rows
        if source not in rows or target not in rows:
            for end in (source, target):
                if end not in rows:
                    rows[end] = len(rows)
                    if self.declares_nodes:
                        self.undeclared[end] = line
        self.edges.append({"source": source, "target": target, **values})

    def count_node_without_id(self, before: str, *, line: int) -> None:
        """Count a node that is left out because nothing names it."""
        self.log.add(
            "node-without-id",
            "Nodes without an id are left out: {count}.",
            line=line,
            table="node",
            column="id",
            before=before,
        )

    def set_default_weight(self, weight: str) -> None:
        """Edges without a weight have this one, as the format says."""
        spec = ColumnSpec(name="weight", kind="number", default=weight, is_attribute=False)
        self.edge_specs.declare("weight", spec)

    def add_graph_values(self, values: Iterable[tuple[str, str]], *, line: int = 0) -> None:
        """Values of the graph itself, which no table can hold."""
        for name, value in values:
            self.log.add(
                "graph-attribute",
                f"The graph itself has a value '{name}', which no table can hold; it is left out.",
                line=line,
                column=name,
                before=value,
            )

    def result(self) -> ReadResult:
        """Both tables and how they bind.

        Raises:
            UnreadableFileError: there is neither a node nor an edge.
        """
        if not self.node_rows:
            raise UnreadableFileError(f"This {self.label} file has no nodes and no edges.")
        for node_id, line in self.undeclared.items():
            self.log.add(
                "node-added",
                "Nodes that only edges name are added: {count}.",
                line=line,
                table="node",
                column="id",
                before=node_id,
            )
        nodes = self.node_table()
        edges = self.edge_table()
        interpretation = self.interpretation(nodes, edges)
        prefix = f"{self.name} " if self.name else ""
        tables = (
            NamedTable(name=f"{prefix}edges", table=edges),
            NamedTable(name=f"{prefix}nodes", table=nodes),
        )
        return ReadResult(
            tables=tables, repairs=self.log.repairs(), interpretations=(interpretation,)
        )

    def node_table(self) -> pa.Table:
        ids = list(self.node_rows)
        columns = self.nodes.finish(len(ids))
        node_ids = pa.chunked_array([pa.array(ids, pa.string())])
        nodes = self.table("node", {"id": node_ids, **columns}, self.node_specs)
        return with_color(nodes)

    def edge_table(self) -> pa.Table:
        columns = self.edges.finish()
        if not columns:
            columns = dict.fromkeys(("source", "target"), pa.chunked_array([], pa.string()))
        return with_color(self.table("edge", columns, self.edge_specs))

    def table(
        self, table: str, columns: Mapping[str, pa.ChunkedArray], specs: ColumnSpecs
    ) -> pa.Table:
        """Columns under their names and types; an attribute with the name of another gets a number."""
        named: dict[str, pa.ChunkedArray] = {}
        row_count = len(next(iter(columns.values())))
        keys = [
            key
            for key, spec in specs.specs.items()
            if key in columns or (spec.is_attribute and spec.default is not None)
        ]
        for key in sorted(keys, key=lambda key: specs.specs[key].is_attribute):
            spec = specs.specs[key]
            texts = columns.get(key)
            if texts is None:
                texts = pa.chunked_array([pa.nulls(row_count, pa.string())])
            if spec.default is not None:
                texts = pc.fill_null(texts, spec.default)
            is_number = (
                spec.kind == "text" and spec.is_attribute and spec.name.lower() in roles.NUMBERS
            )
            values = typed_column(texts, "any" if is_number else spec.kind)
            name, copy = spec.name, 2
            while name in named and not values.equals(named[name]):
                name = f"{spec.name}_{copy}"
                copy += 1
            if name != spec.name:
                self.log.add(
                    "column-renamed",
                    f"The attribute '{spec.name}' is called '{name}': its name was taken.",
                    table=table,
                    column=name,
                )
            if pa.types.is_string(values.type) and spec.kind in {"integer", "float", "boolean"}:
                self.log.add(
                    "mixed-types",
                    f"'{name}' is declared as {spec.kind}, but not all its values are; all stay text.",
                    table=table,
                    column=name,
                    count=len(values) - values.null_count,
                )
            named[name] = values
        return pa.table(named)

    def interpretation(self, nodes: pa.Table, edges: pa.Table) -> TableInterpretation:
        if edges.num_rows == 0:
            return TableInterpretation(
                kind="nodes",
                label=f"{self.label}: {nodes.num_rows:,} nodes without edges",
                reason=f"The {self.label} file lists nodes and no edges.",
                node="id",
                edge_tables=(),
                node_tables=(1,),
                node_bindings=roles.node_bindings(nodes),
                score=SCORE,
            )
        return TableInterpretation(
            kind="edges+nodes",
            label="source → target, nodes by id",
            reason=f"{self.label} files say which are their nodes and edges.",
            source="source",
            destination="target",
            node="id",
            edge_tables=(0,),
            node_tables=(1,),
            edge_bindings=roles.edge_bindings(edges),
            node_bindings=roles.node_bindings(nodes),
            score=SCORE,
        )


def merged(builders: Sequence[GraphBuilder], log: RepairLog) -> ReadResult:
    """Several graphs of one file, whose builders share a log: each is an interpretation of its own.

    Raises:
        UnreadableFileError: they are too many, or all are empty.
    """
    if len(builders) > MAX_GRAPHS:
        raise UnreadableFileError(
            f"The file holds {len(builders):,} graphs: at most {MAX_GRAPHS} are read."
        )
    filled = [builder for builder in builders if builder.node_rows] or list(builders[:1])
    tables: list[NamedTable] = []
    interpretations: list[TableInterpretation] = []
    for rank, builder in enumerate(filled):
        if len(filled) == 1:
            builder.name = ""
        result = builder.result()
        interpretations += [
            replace(
                interpretation,
                label=f"{builder.name}: {interpretation.label}"
                if builder.name
                else interpretation.label,
                edge_tables=tuple(number + len(tables) for number in interpretation.edge_tables),
                node_tables=tuple(number + len(tables) for number in interpretation.node_tables),
                score=interpretation.score - rank / MAX_GRAPHS / 2,
            )
            for interpretation in result.interpretations
        ]
        tables += result.tables
    return ReadResult(
        tables=tuple(tables), repairs=log.repairs(), interpretations=tuple(interpretations)
    )
