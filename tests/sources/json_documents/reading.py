"""Reads JSON as an upload does, and makes the graph of its first interpretation."""

import io
import json

import polars as pl
import pyarrow as pa

from graphkeep.graph.bindings import Bindings
from graphkeep.graph.hypergraph import hypergraph
from graphkeep.graph.interpretations.derivation.derive import derive, needs_derived_tables
from graphkeep.graph.normalize import bind
from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.json_documents.json import JSON
from graphkeep.sources.plain import plain_table


def read(content, **parser_options):
    """The result of bytes, of a text, or of values that are written as one document."""
    if not isinstance(content, bytes | str):
        content = json.dumps(content)
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    return JSON.read(io.BytesIO(content), ReadOptions(parser_options=parser_options))


def tables(result):
    """The rows of each table by its name."""
    return {named.name: named.table.to_pylist() for named in result.tables}


def rows(content, **parser_options):
    (named,) = read(content, **parser_options).tables
    return named.table.to_pylist()


def codes(result):
    return [repair.code for repair in result.repairs]


def together(all_tables, numbers):
    frames = [pl.DataFrame(pl.from_arrow(all_tables[number])) for number in numbers]
    return pl.concat(frames, how="diagonal_relaxed").to_arrow()


class Drawn:
    """The graph of an interpretation: titles of nodes, and edges as pairs of titles with the edge's title."""

    def __init__(self, result, number=0):
        self.interpretation = interpretation = result.interpretations[number]
        all_tables = [plain_table(named.table, []) for named in result.tables]
        edges = nodes = None
        if interpretation.edge_tables:
            edges = together(all_tables, interpretation.edge_tables)
        if interpretation.node_tables:
            nodes = together(all_tables, interpretation.node_tables)
        if needs_derived_tables(interpretation):
            derived = derive(interpretation, all_tables)
            edges, nodes = derived.edges, derived.nodes
            bindings = Bindings(
                source=derived.source, destination=derived.destination, node=derived.node,
                **derived.edge_bindings, **derived.node_bindings,
            )  # fmt: skip
        elif interpretation.kind == "hypergraph":
            edges, nodes, bindings = hypergraph(edges, interpretation.columns)
        else:
            bindings = Bindings(
                source=interpretation.source,
                destination=interpretation.destination,
                node=interpretation.node,
                **interpretation.edge_bindings,
                **interpretation.node_bindings,
            )
        bound = bind(edges, nodes, bindings)
        self.repairs = [repair.code for repair in bound.repairs]
        self.graph = graph = bound.graph
        ids = graph.node_ids.to_pylist()
        names = column(graph.nodes, graph.bindings.node_title, len(ids))
        self.titles = [
            str(node_id if name is None else name) for node_id, name in zip(ids, names, strict=True)
        ]
        kinds = column(graph.edges, graph.bindings.edge_title, graph.edge_count)
        self.weights = column(graph.edges, graph.bindings.edge_weight, graph.edge_count)
        self.edges = [
            (self.titles[source], self.titles[destination], kind)
            for source, destination, kind in zip(
                graph.source_index, graph.destination_index, kinds, strict=True
            )
        ]

    @property
    def pairs(self):
        return [edge[:2] for edge in self.edges]


def column(table: pa.Table, name, length):
    return table[name].to_pylist() if name in table.column_names else [None] * length


def drawn(content, **parser_options):
    return Drawn(read(content, **parser_options))
