"""Expressions of Cypher: operators, literals, comprehensions, functions that are allowed, and patterns within them."""

from graphkeep.sources.databases.neo4j.cypher.functions import FUNCTIONS
from graphkeep.sources.databases.neo4j.cypher.patterns import PatternParser
from graphkeep.sources.databases.neo4j.cypher.reader import MAX_DEPTH

QUANTIFIERS = frozenset({"ALL", "ANY", "NONE", "SINGLE"})
BLOCKS = frozenset({"EXISTS", "COUNT", "COLLECT"})


class ExpressionParser(PatternParser):
    def expression(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse("The query is nested too deeply.")
        self.operand()
        while self.binary_operator():
            self.operand()
        self.depth -= 1

    def binary_operator(self) -> bool:
        """Read an operator between two operands; their order of binding is the server's business."""
        if self.at_word("STARTS", "ENDS"):
            self.advance()
            self.expect_word("WITH")
            return True
        if self.at("!"):
            self.fail("An operator is expected")
        return self.accept_word("AND", "OR", "XOR", "IN", "CONTAINS") or self.accept_symbol(
            "+", "-", "*", "/", "%", "^", "=", "<>", "<", ">", "<=", ">=", "=~"
        )

    def operand(self) -> None:
        while self.accept_word("NOT") or self.accept_symbol("+", "-"):
            pass
        self.atom()
        while self.postfix():
            pass

    def postfix(self) -> bool:
        if self.accept_symbol("."):
            self.expect_name("A property")
        elif self.accept_symbol("["):
            self.index_or_slice()
        elif self.at(":"):
            self.label_predicate()
        elif self.accept_word("IS"):
            self.accept_word("NOT")
            self.expect_word("NULL")
        else:
            return False
        return True

    def index_or_slice(self) -> None:
        if not self.at(".."):
            self.expression()
        if self.accept_symbol("..") and not self.at("]"):
            self.expression()
        self.expect_symbol("]")

    def atom(self) -> None:
        token = self.token
        if token.kind in {"string", "number", "parameter"}:
            self.advance()
        elif token.word in {"TRUE", "FALSE", "NULL"}:
            self.expect_word(token.word)
        elif token.word == "CASE":
            self.case()
        elif token.word in BLOCKS and self.peek().is_symbol("{"):
            self.block()
        elif token.word in {"SHORTESTPATH", "ALLSHORTESTPATHS"}:
            with self.inner_scope(), self.new_pattern():
                self.shortest_path(in_match=False)
        elif token.word in QUANTIFIERS and self.peek().is_symbol("("):
            self.quantifier()
        elif token.word == "REDUCE" and self.peek().is_symbol("("):
            self.reduce()
        elif self.at("("):
            self.parenthesis()
        elif self.at("["):
            self.list()
        elif self.at("{"):
            self.map()
        elif self.at_function():
            self.function()
        elif self.at_variable():
            self.variable()
        else:
            self.fail("An expression is expected")

    def variable(self) -> None:
        self.expect_name("A variable")
        if self.at("{"):
            self.map_projection()

    def at_function(self) -> bool:
        """Whether a name, with dots perhaps, and then `(` comes."""
        ahead = 0
        while self.peek(ahead).kind in {"name", "quoted name"}:
            following = self.peek(ahead + 1)
            if following.is_symbol("("):
                return True
            if not following.is_symbol("."):
                return False
            ahead += 2
        return False

    def function(self) -> None:
        position = self.token.position
        parts = []
        while True:
            if self.token.kind == "quoted name":
                self.refuse("The name of a function is written without quotes here.")
            parts.append(self.token.value)
            self.advance()
            if not self.accept_symbol("."):
                break
        name = ".".join(parts)
        if not name.isascii() or name.lower() not in FUNCTIONS:
            self.refuse_name("function", name, position)
        self.expect_symbol("(")
        if self.accept_symbol("*"):
            if name.lower() != "count":
                self.fail("An expression is expected")
            self.expect_symbol(")")
            return
        self.accept_word("DISTINCT")
        if name.lower() == "exists" and self.attempt(self.pattern_expression) is not None:
            self.expect_symbol(")")
            return
        self.expressions_until(")")

    def expressions_until(self, end: str) -> None:
        if not self.at(end):
            self.expression()
            while self.accept_symbol(","):
                self.expression()
        self.expect_symbol(end)

    def parenthesis(self) -> None:
        if self.attempt(self.pattern_expression) is not None:
            return
        self.expect_symbol("(")
        self.expression()
        self.expect_symbol(")")

    def pattern_expression(self) -> bool:
        """A pattern with at least one relationship, as a condition: what it names holds nothing after it."""
        with self.inner_scope():
            self.pattern_steps()
        self.bare_patterns += 1
        return True

    def pattern_steps(self) -> None:
        with self.new_pattern():
            self.node(in_match=False)
            if not self.at("-", "<"):
                self.fail("A relationship is expected")
            self.chain(in_match=False)

    def list(self) -> None:
        self.expect_symbol("[")
        if self.at_variable() and self.peek().word == "IN":
            if self.attempt(self.list_comprehension) is not None:
                return
        elif self.attempt(self.pattern_comprehension) is not None:
            return
        self.expressions_until("]")

    def list_comprehension(self) -> bool:
        with self.inner_scope():
            self.bound_filter()
            if self.accept_symbol("|"):
                self.expression()
        self.expect_symbol("]")
        return True

    def pattern_comprehension(self) -> bool:
        with self.inner_scope():
            if self.at_variable() and self.peek().is_symbol("="):
                self.shadow(self.expect_name("A path"))
                self.expect_symbol("=")
            self.pattern_steps()
            if self.accept_word("WHERE"):
                self.expression()
            self.expect_symbol("|")
            self.expression()
        self.expect_symbol("]")
        return True

    def bound_filter(self) -> None:
        """`x IN list [WHERE condition]`."""
        name = self.expect_name("A variable")
        self.expect_word("IN")
        self.expression()
        self.shadow(name)
        if self.accept_word("WHERE"):
            self.expression()

    def quantifier(self) -> None:
        self.advance()
        self.expect_symbol("(")
        with self.inner_scope():
            self.bound_filter()
        self.expect_symbol(")")

    def reduce(self) -> None:
        self.advance()
        self.expect_symbol("(")
        with self.inner_scope():
            self.shadow(self.expect_name("A variable"))
            self.expect_symbol("=")
            self.expression()
            self.expect_symbol(",")
            self.shadow(self.expect_name("A variable"))
            self.expect_word("IN")
            self.expression()
            self.expect_symbol("|")
            self.expression()
        self.expect_symbol(")")

    def map(self) -> None:
        self.expect_symbol("{")
        while not self.at("}"):
            self.expect_name("A key")
            self.expect_symbol(":")
            self.expression()
            if not self.accept_symbol(","):
                break
        self.expect_symbol("}")

    def map_projection(self) -> None:
        self.expect_symbol("{")
        while not self.at("}"):
            if self.accept_symbol("."):
                if not self.accept_symbol("*"):
                    self.expect_name("A property")
            else:
                self.expect_name("A key")
                if self.accept_symbol(":"):
                    self.expression()
            if not self.accept_symbol(","):
                break
        self.expect_symbol("}")

    def case(self) -> None:
        self.expect_word("CASE")
        if not self.at_word("WHEN"):
            self.expression()
        while self.accept_word("WHEN"):
            self.expression()
            self.expect_word("THEN")
            self.expression()
        if self.accept_word("ELSE"):
            self.expression()
        self.expect_word("END")

    def block(self) -> None:
        """`EXISTS { … }`, `COUNT { … }`, `COLLECT { … }` with a pattern or a query within."""
        self.advance()
        self.expect_symbol("{")
        with self.inner_scope():
            if self.at("("):
                self.pattern_list(in_match=False)
                if self.accept_word("WHERE"):
                    self.expression()
            else:
                self.inner_query()
        self.expect_symbol("}")

    def inner_query(self) -> None:
        raise NotImplementedError
