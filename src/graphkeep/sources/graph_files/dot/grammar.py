"""The DOT language: statements of graphs, with defaults, subgraphs, chains and ports."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.graph_files.dot.tokens import Token, Tokens

MAX_DEPTH = 100
MAX_EDGES_OF_STATEMENT = 5_000_000

DotAttributes = dict[str, Token]


NO_ATTRIBUTES: DotAttributes = {}


@dataclass
class Scope:
    """Defaults that hold inside braces, and the nodes that they name."""

    name: str
    node_defaults: DotAttributes
    edge_defaults: DotAttributes
    nodes: dict[str, None] = field(default_factory=dict)


class End(NamedTuple):
    node: str
    port: str | None


@dataclass(slots=True)
class DotEdge:
    source: End
    target: End
    attributes: DotAttributes
    line: int


@dataclass
class DotGraph:
    name: str
    is_directed: bool
    is_strict: bool
    nodes: dict[str, DotAttributes] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    edges: list[DotEdge] = field(default_factory=list)
    attributes: DotAttributes = field(default_factory=dict)


class DotParser:
    """Parses all graphs of a file.

    Raises:
        UnreadableFileError: it is no DOT; the sentence names the line.
    """

    def __init__(self, text: str) -> None:
        self.tokens = Tokens(text)
        self.scopes: list[Scope] = []
        self.line = 1
        self.counted_to = 0

    def graphs(self) -> list[DotGraph]:
        graphs = []
        while self.tokens.next.kind != "end":
            graphs.append(self.parse_graph())
        return graphs

    def parse_graph(self) -> DotGraph:
        is_strict = self.tokens.next.is_word("strict")
        if is_strict:
            self.tokens.take()
        token = self.tokens.take()
        if not token.is_word("graph", "digraph"):
            raise self.tokens.error(token.start, "'graph' or 'digraph' is expected")
        name = "" if self.tokens.next.is_mark("{") else self.name()
        self.graph = DotGraph(name, token.text.lower() == "digraph", is_strict)
        self.scopes = [Scope("", {}, {})]
        self.statements()
        return self.graph

    def statements(self) -> None:
        self.expect("{")
        while not self.tokens.next.is_mark("}"):
            if self.tokens.next.kind == "end":
                raise self.tokens.error(self.tokens.next.start, "a '}' is missing")
            self.statement()
            while self.tokens.next.is_mark(";", ","):
                self.tokens.take()
        self.tokens.take()

    def statement(self) -> None:
        token = self.tokens.next
        if token.is_word("node", "edge", "graph"):
            self.tokens.take()
            if self.tokens.next.is_mark("="):  # such as `node = 1`, which is no default
                self.tokens.take()
                self.value()
                return
            attributes = self.attribute_lists()
            scope = self.scopes[-1]
            if token.is_word("node"):
                scope.node_defaults |= attributes
            elif token.is_word("edge"):
                scope.edge_defaults |= attributes
            elif len(self.scopes) == 1:
                self.graph.attributes |= attributes
            return
        line = self.line_of(token)
        is_subgraph = token.is_mark("{") or token.is_word("subgraph")
        ends = self.operand()
        if not is_subgraph and self.tokens.next.is_mark("="):
            self.tokens.take()
            value = self.value()
            if len(self.scopes) == 1:
                self.graph.attributes[token.text] = value
            return
        chain = [ends]
        while self.tokens.next.is_mark("->", "--"):
            self.tokens.take()
            chain.append(self.operand())
        attributes = self.attribute_lists()
        for ends in chain if not is_subgraph or len(chain) > 1 else ():
            for end in ends:
                self.touch(end.node, line)
        if len(chain) > 1:
            self.add_edges(chain, attributes, line)
        elif not is_subgraph:
            self.graph.nodes[ends[0].node] |= attributes

    def operand(self) -> list[End]:
        """The ends that a node or a subgraph stands for."""
        token = self.tokens.next
        if token.is_mark("{") or token.is_word("subgraph"):
            return [End(node, None) for node in self.subgraph()]
        node = self.name()
        port = None
        if self.tokens.next.is_mark(":"):
            self.tokens.take()
            port = self.name()
            if self.tokens.next.is_mark(":"):
                self.tokens.take()
                port = f"{port}:{self.name()}"
        return [End(node, port)]

    def subgraph(self) -> list[str]:
        name = ""
        if self.tokens.next.is_word("subgraph"):
            self.tokens.take()
            if not self.tokens.next.is_mark("{"):
                name = self.name()
        outer = self.scopes[-1]
        if len(self.scopes) > MAX_DEPTH:
            raise UnreadableFileError(f"The DOT nests more than {MAX_DEPTH} subgraphs.")
        if not self.tokens.next.is_mark("{"):
            return []
        scope = Scope(name or outer.name, dict(outer.node_defaults), dict(outer.edge_defaults))
        self.scopes.append(scope)
        self.statements()
        self.scopes.pop()
        outer.nodes |= scope.nodes
        return list(scope.nodes)

    def touch(self, node: str, line: int) -> None:
        """Make a node with the defaults that hold, where there is none."""
        scope = self.scopes[-1]
        scope.nodes[node] = None
        if node not in self.graph.nodes:
            self.graph.nodes[node] = dict(scope.node_defaults)
            self.graph.lines[node] = line
        if scope.name:
            self.graph.parents.setdefault(node, scope.name)

    def add_edges(self, chain: list[list[End]], attributes: DotAttributes, line: int) -> None:
        defaults = self.scopes[-1].edge_defaults
        values = (
            defaults | attributes if attributes else defaults.copy() if defaults else NO_ATTRIBUTES
        )
        for sources, targets in pairwise(chain):
            if len(sources) * len(targets) > MAX_EDGES_OF_STATEMENT:
                raise UnreadableFileError(
                    f"Line {line} joins {len(sources):,} nodes with {len(targets):,}: at most "
                    f"{MAX_EDGES_OF_STATEMENT:,} edges are made of one statement."
                )
            self.graph.edges += [
                DotEdge(source, target, values, line) for source in sources for target in targets
            ]

    def attribute_lists(self) -> DotAttributes:
        attributes: DotAttributes = {}
        while self.tokens.next.is_mark("["):
            self.tokens.take()
            while not self.tokens.next.is_mark("]"):
                name = self.name()
                if self.tokens.next.is_mark("="):
                    self.tokens.take()
                    attributes[name] = self.value()
                else:
                    attributes[name] = Token("id", "true", 0)
                while self.tokens.next.is_mark(",", ";"):
                    self.tokens.take()
            self.tokens.take()
        return attributes

    def name(self) -> str:
        return self.value().text

    def value(self) -> Token:
        token = self.tokens.take()
        if token.kind not in {"id", "string", "html"}:
            found = f"'{token.text}'" if token.text else "the end of the file"
            raise self.tokens.error(token.start, f"a name is expected, not {found}")
        while token.kind == "string" and self.tokens.next.is_mark("+"):
            self.tokens.take()
            token = Token("string", token.text + self.value().text, token.start)
        return token

    def expect(self, mark: str) -> None:
        token = self.tokens.take()
        if not token.is_mark(mark):
            raise self.tokens.error(token.start, f"'{mark}' is expected")

    def line_of(self, token: Token) -> int:
        self.line += self.tokens.text.count("\n", self.counted_to, token.start)
        self.counted_to = token.start
        return self.line
