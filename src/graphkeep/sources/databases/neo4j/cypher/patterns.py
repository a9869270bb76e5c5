"""Patterns of Cypher: nodes, relationships and paths, held to the labels and types that are allowed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeVar

from graphkeep.graph.errors import nearest_name
from graphkeep.sources.databases.neo4j.cypher.functions import FUNCTIONS, PROCEDURES
from graphkeep.sources.databases.neo4j.cypher.policy import LabelPolicy
from graphkeep.sources.databases.neo4j.cypher.reader import TokenReader
from graphkeep.sources.databases.neo4j.cypher.tokens import printed_name
from graphkeep.sources.databases.stages import QueryRefusedError

T = TypeVar("T")


class PatternParser(TokenReader):
    """`scope`: the variables that hold a node which is held to the allowed labels.

    A variable that may be null is not among them: some servers read it as a new one. `pattern_scope` is the scope before the
    pattern that is read; `conditions`: what the clause that is read must also demand.
    """

    def __init__(self, text: str, labels: LabelPolicy) -> None:
        super().__init__(text)
        self.labels = labels
        self.scope: set[str] = set()
        self.pattern_scope: set[str] = set()
        self.bare_patterns = 0
        self.conditions: list[str] = []
        self.names: list[str] = []
        self.generated = 0
        self.failed: set[tuple[int, str]] = set()

    def expression(self) -> None:
        raise NotImplementedError

    def map(self) -> None:
        raise NotImplementedError

    def attempt(self, read: Callable[[], T]) -> T | None:
        """What `read` gives, or None with nothing read where it fails; what failed once is not tried again."""
        key = (self.index, read.__name__)
        if key in self.failed:
            return None
        state = (
            set(self.scope),
            list(self.conditions),
            list(self.names),
            self.generated,
            self.pattern_scope,
        )
        result = super().attempt(read)
        if result is None:
            self.failed.add(key)
            self.scope, self.conditions, self.names, self.generated, self.pattern_scope = state
        return result

    @contextmanager
    def inner_scope(self) -> Iterator[None]:
        outer = set(self.scope)
        try:
            yield
        finally:
            self.scope = outer

    @contextmanager
    def new_pattern(self) -> Iterator[None]:
        before, self.pattern_scope = self.pattern_scope, set(self.scope)
        try:
            yield
        finally:
            self.pattern_scope = before

    def shadow(self, name: str) -> None:
        """A variable holds something else than a node from here on."""
        self.scope.discard(name)

    def new_name(self) -> str:
        self.generated += 1
        return f"_gkv{self.generated}"

    def pattern_list(self, *, in_match: bool) -> None:
        with self.new_pattern():
            self.path_pattern(in_match=in_match)
            while self.accept_symbol(","):
                self.path_pattern(in_match=in_match)

    def path_pattern(self, *, in_match: bool) -> None:
        name = ""
        if self.at_variable() and self.peek().is_symbol("="):
            name = self.expect_name("A path")
            self.expect_symbol("=")
        start = len(self.out)
        if self.at_word("SHORTESTPATH", "ALLSHORTESTPATHS"):
            is_variable = self.shortest_path(in_match=in_match)
        else:
            self.node(in_match=in_match)
            is_variable = self.chain(in_match=in_match)
        if is_variable and self.labels.is_restricted:
            if not name:
                self.out.insert(start, f" {(name := self.new_name())} = ")
            self.conditions.append(self.labels.path_condition(printed_name(name)))
        self.shadow(name)

    def shortest_path(self, *, in_match: bool) -> bool:
        self.expect_word("SHORTESTPATH", "ALLSHORTESTPATHS")
        self.out[-1] = self.out[-1].replace("ALLSHORTESTPATHS", "allShortestPaths").replace(
            "SHORTESTPATH", "shortestPath"
        )  # fmt: skip
        self.expect_symbol("(")
        self.node(in_match=in_match)
        is_variable = self.chain(in_match=in_match)
        self.expect_symbol(")")
        return is_variable

    def chain(self, *, in_match: bool) -> bool:
        """Relationships and nodes that follow a node; whether any is of a variable length."""
        is_variable = False
        while self.at("-", "<"):
            is_variable |= self.relationship(in_match=in_match)
            self.node(in_match=in_match)
        return is_variable

    def node(self, *, in_match: bool) -> None:
        position = self.token.position
        self.expect_symbol("(")
        name = self.expect_name("A variable") if self.at_variable() else ""
        place = len(self.out)
        is_named = self.label_expression("label") if self.at(":") else False
        self.own_conditions(name if is_named else "", is_open=not is_named)
        self.expect_symbol(")")
        if self.labels.is_restricted and not is_named:
            if in_match:
                if not name:
                    self.out.insert(place, name := self.new_name())
                self.conditions.append(self.labels.label_condition(printed_name(name)))
            elif name not in self.scope:
                self.refuse_open("node", "label", position)
        if name:
            self.scope.add(name)

    def own_conditions(self, name: str, *, is_open: bool) -> None:
        """The properties and the WHERE inside a node or relationship: they see what was there before the pattern, and itself."""
        with self.inner_scope():
            self.scope = self.pattern_scope | ({name} - {""})
            self.properties()
            if self.at_word("WHERE"):
                if self.labels.is_restricted and is_open:
                    self.refuse(
                        "A WHERE inside a pattern needs a label or type before it here.",
                        f"Write the condition after the pattern; allowed: {self.labels.listed}.",
                    )
                self.expect_word("WHERE")
                self.expression()

    def relationship(self, *, in_match: bool) -> bool:
        """A relationship; whether it is of a variable length."""
        position = self.token.position
        has_left = self.accept_symbol("<")
        self.expect_symbol("-")
        name, is_named, is_variable, place = "", False, False, len(self.out)
        has_brackets = self.accept_symbol("[")
        if has_brackets:
            name = self.expect_name("A variable") if self.at_variable() else ""
            place = len(self.out)
            is_named = self.label_expression("relationship type") if self.at(":") else False
            is_variable = self.length()
            self.own_conditions("", is_open=not is_named)
            self.expect_symbol("]")
        self.expect_symbol("-")
        if self.at(">") and not has_left:
            self.advance()
        if self.labels.is_restricted and not in_match and (is_variable or not is_named):
            self.refuse_open("relationship", "type and a length of one", position)
        if self.labels.is_restricted and not is_named and not is_variable:
            if not name:
                name = self.new_name()
                self.out.insert(place, name if has_brackets else f"[{name}]")
            self.conditions.append(self.labels.type_condition(printed_name(name)))
        self.shadow(name)
        return is_variable

    def length(self) -> bool:
        if not self.accept_symbol("*"):
            return False
        if self.token.kind == "number":
            self.expect_integer()
        if self.accept_symbol("..") and self.token.kind == "number":
            self.expect_integer()
        return True

    def expect_integer(self) -> None:
        if not self.token.value.isdigit():
            self.fail("A whole number is expected")
        self.advance()

    def properties(self) -> None:
        if self.at("{"):
            self.map()
        elif self.token.kind == "parameter":
            self.advance()

    def label_predicate(self) -> None:
        self.label_expression("label or type")

    def label_expression(self, what: str) -> bool:
        """`:A:B`, `:A|B`, `:A&(B|!C)`; whether what matches has one of the labels that it names, each of them allowed."""
        self.expect_symbol(":")
        return self.label_terms(what, (":", "|", "&"))

    def label_terms(self, what: str, operators: tuple[str, ...]) -> bool:
        terms = [self.label_term(what)]
        is_either = False
        while self.at(*operators):
            if self.advance().value == "|":
                is_either = True
                self.accept_symbol(":")
            terms.append(self.label_term(what))
        return all(terms) if is_either else any(terms)

    def label_term(self, what: str) -> bool:
        if self.accept_symbol("!"):
            self.label_term(what)
            return False
        if self.accept_symbol("%"):
            return False
        if self.accept_symbol("("):
            is_positive = self.label_terms(what, ("|", "&"))
            self.expect_symbol(")")
            return is_positive
        position = self.token.position
        name = self.expect_name(f"A {what}")
        self.labels.check(name, what, position)
        self.names.append(name)
        return True

    def refuse_open(self, what: str, missing: str, position: int) -> NoReturn:
        raise QueryRefusedError(
            f"A {what} in a condition or a comprehension needs a {missing} here; allowed: {self.labels.listed}.",
            position=position,
        )

    def refuse_name(self, what: str, name: str, position: int) -> NoReturn:
        known = sorted(FUNCTIONS) if what == "function" else list(PROCEDURES.values())
        nearest = nearest_name(name, known)
        raise QueryRefusedError(
            f"The {what} `{name}` is not allowed.",
            advice=f"Did you mean `{nearest}`?" if nearest else "",
            position=position,
        )
