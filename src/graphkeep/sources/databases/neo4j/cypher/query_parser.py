"""The clauses of Cypher that only read. What is no clause of these is refused."""

from graphkeep.sources.databases.neo4j.cypher.expressions import ExpressionParser
from graphkeep.sources.databases.neo4j.cypher.functions import PROCEDURES
from graphkeep.sources.databases.neo4j.cypher.policy import LabelPolicy

WRITES = frozenset(
    [
        "CREATE",
        "MERGE",
        "SET",
        "REMOVE",
        "DELETE",
        "DETACH",
        "NODETACH",
        "FOREACH",
        "INSERT",
        "DROP",
        "ALTER",
        "GRANT",
        "DENY",
        "REVOKE",
        "RENAME",
        "START",
        "STOP",
    ]
)


class QueryParser(ExpressionParser):
    """`max_rows`: the limit that the last RETURN gets; `None`, where several queries are joined, leaves it to the reader."""

    def __init__(self, text: str, labels: LabelPolicy, max_rows: int) -> None:
        super().__init__(text, labels)
        self.max_rows = max_rows
        self.is_outermost = True
        self.imported: set[str] = set()

    def query(self) -> str:
        """Read all of the text. The query as it is sent.

        Raises:
            QueryRefusedError: it is not a query that only reads what is allowed.
        """
        self.is_outermost = not any(token.word == "UNION" for token in self.tokens)
        self.joined_queries()
        if self.at(";"):
            self.index += 1
        if self.token.kind != "end":
            self.fail("The end of the query is expected")
        return self.printed_text()

    def joined_queries(self, *, must_return: bool = True) -> None:
        """Queries that UNION joins. Each begins in the scope before them; after them is what all of them leave."""
        before = set(self.scope)
        self.single_query(must_return=must_return)
        after = self.scope
        while self.accept_word("UNION"):
            self.accept_word("ALL", "DISTINCT")
            self.scope = set(before)
            self.single_query(must_return=must_return)
            after = after & self.scope
        self.scope = after

    def inner_query(self) -> None:
        was_outermost, self.is_outermost = self.is_outermost, False
        self.joined_queries(must_return=False)
        self.is_outermost = was_outermost

    def single_query(self, *, must_return: bool) -> None:
        clauses = 0
        imported, self.imported = self.imported, set()
        if imported and self.at_word("WITH"):
            self.scope = imported
        while not (self.token.kind == "end" or self.at("}", ";") or self.at_word("UNION")):
            if self.at_word("RETURN"):
                self.return_clause()
                return
            self.clause()
            clauses += 1
        if must_return or not clauses:
            self.fail("RETURN is expected")

    def clause(self) -> None:
        word = self.token.word
        if word == "OPTIONAL" and self.peek().word == "MATCH":
            self.expect_word("OPTIONAL")
            before = set(self.scope)
            self.match_clause()
            self.scope &= before  # the others may be null
        elif word == "MATCH":
            self.match_clause()
        elif word == "WITH":
            self.with_clause()
        elif word == "UNWIND":
            self.unwind_clause()
        elif word == "CALL":
            self.call_clause()
        elif word in WRITES:
            self.refuse(
                f"`{word}` is not allowed: queries only read.",
                "Allowed: MATCH, WHERE, WITH, UNWIND, UNION, ORDER BY, SKIP, LIMIT, RETURN.",
            )
        else:
            self.fail("A clause is expected")

    def match_clause(self) -> None:
        outer, self.conditions = self.conditions, []
        self.expect_word("MATCH")
        self.pattern_list(in_match=True)
        conditions, self.conditions = self.conditions, []
        if self.accept_word("WHERE"):
            self.guarded_condition(conditions)
        elif conditions:
            self.insert("WHERE " + " AND ".join(conditions))
        self.conditions = outer

    def guarded_condition(self, conditions: list[str]) -> None:
        """A WHERE that is worked out where the other conditions hold only: an error would tell about other nodes."""
        if not conditions:
            self.expression()
            return
        patterns = self.bare_patterns
        self.insert(f"(CASE WHEN {' AND '.join(conditions)} THEN (")
        self.expression()
        self.insert(") ELSE false END) = true")
        if self.bare_patterns > patterns:  # ArcadeDB does not work one out inside CASE
            self.refuse(
                "A pattern as a condition needs labels in the MATCH before it here.",
                f"Write EXISTS {{ … }}, or name labels; allowed: {self.labels.listed}.",
            )

    def unwind_clause(self) -> None:
        self.expect_word("UNWIND")
        self.expression()
        self.expect_word("AS")
        self.shadow(self.expect_name("A variable"))

    def with_clause(self) -> None:
        self.expect_word("WITH")
        self.projection(is_last=False)
        if self.accept_word("WHERE"):
            self.expression()

    def return_clause(self) -> None:
        self.expect_word("RETURN")
        self.projection(is_last=self.is_outermost and self.depth == 0)

    def projection(self, *, is_last: bool) -> None:
        self.accept_word("DISTINCT")
        names = self.projected_items()
        self.scope = names
        if self.at_words("ORDER", "BY"):
            self.expect_words("ORDER", "BY")
            self.sort_item()
            while self.accept_symbol(","):
                self.sort_item()
        self.scope = set()
        if self.accept_word("SKIP", "OFFSET"):
            self.expression()
        if self.accept_word("LIMIT"):
            self.limit(is_last=is_last)
        elif is_last:
            self.insert(f"LIMIT {self.max_rows}")
        self.scope = names

    def projected_items(self) -> set[str]:
        """The names that hold a node of the scope after the clause."""
        names: set[str] = set()
        if self.accept_symbol("*"):
            names |= self.scope
            if not self.accept_symbol(","):
                return names
        while True:
            name, is_node = self.projected_item()
            names = names | {name} if is_node else names - {name}
            if not self.accept_symbol(","):
                return names

    def projected_item(self) -> tuple[str, bool]:
        """The alias of an item, or the variable that it is, and whether it is one of the scope."""
        start = self.index
        self.expression()
        is_variable = self.index == start + 1 and self.tokens[start].kind in {"name", "quoted name"}
        variable = self.tokens[start].value if is_variable else ""
        name = self.expect_name("A name") if self.accept_word("AS") else variable
        return name, variable in self.scope

    def sort_item(self) -> None:
        self.expression()
        self.accept_word("ASC", "DESC", "ASCENDING", "DESCENDING")

    def limit(self, *, is_last: bool) -> None:
        is_end = self.peek().kind == "end" or self.peek().is_symbol(";")
        is_plain = self.token.kind == "number" and self.token.value.isdigit() and is_end
        if is_plain and is_last and int(self.token.value) > self.max_rows:
            self.emit(str(self.max_rows))
            self.index += 1
            return
        self.expression()

    def call_clause(self) -> None:
        self.expect_word("CALL")
        if self.at("{"):
            self.subquery(set(), imported_by_with=set(self.scope))
        elif self.at("("):
            self.subquery(self.imported_names())
        else:
            self.procedure()

    def imported_names(self) -> set[str]:
        names: set[str] = set()
        self.expect_symbol("(")
        while not self.at(")"):
            if self.accept_symbol("*"):
                names |= self.scope
            else:
                names |= self.scope & {self.expect_name("A variable")}
            if not self.accept_symbol(","):
                break
        self.expect_symbol(")")
        return names

    def subquery(self, imported: set[str], imported_by_with: set[str] | None = None) -> None:
        outer, self.scope = self.scope, imported
        self.imported = imported_by_with or set()
        was_outermost, self.is_outermost = self.is_outermost, False
        self.expect_symbol("{")
        self.joined_queries()
        self.expect_symbol("}")
        self.is_outermost = was_outermost
        self.imported = set()
        self.scope = outer | self.scope
        if self.at_word("IN"):
            self.refuse("`CALL { … } IN TRANSACTIONS` is not allowed: queries only read.")

    def procedure(self) -> None:
        position = self.token.position
        parts = []
        while True:
            if self.token.kind != "name":
                self.fail("The name of a procedure is expected")
            parts.append(self.advance().value)
            if not self.accept_symbol("."):
                break
        name = ".".join(parts)
        if not name.isascii() or name.lower() not in PROCEDURES:
            self.refuse_name("procedure", name, position)
        if self.labels.is_restricted:
            self.refuse(
                f"The procedure `{name}` is not allowed where labels are restricted.",
                f"Use MATCH with these labels and types: {self.labels.listed}.",
            )
        if self.accept_symbol("("):
            self.expressions_until(")")
        if self.accept_word("YIELD"):
            self.yielded()

    def yielded(self) -> None:
        if not self.accept_symbol("*"):
            while True:
                name = self.expect_name("A column")
                self.shadow(self.expect_name("A name") if self.accept_word("AS") else name)
                if not self.accept_symbol(","):
                    break
        if self.accept_word("WHERE"):
            self.expression()
