"""The check of a query's tree: every node is one that is known, every table one that is allowed."""

import re
import unicodedata
from collections.abc import Iterator

from sqlglot import exp

from graphkeep.sources.databases.sql.dialect import SqlDialect, fold
from graphkeep.sources.databases.sql.nodes import (
    ALLOWED,
    ARGUMENTS,
    FORMATTING,
    MAX_LENGTH,
    REPEATING,
    TABLE_FUNCTIONS,
)
from graphkeep.sources.databases.sql.refusals import did_you_mean, refusal
from graphkeep.sources.databases.sql.tables import TableRules

ROOTS = (exp.Select, exp.SetOperation, exp.Values, exp.Subquery)
FORBIDDEN_TYPES = frozenset({"USERDEFINED", "OBJECT_IDENTIFIER", "UNKNOWN"})
# Clauses by the argument of sqlglot that holds them, as people know them.
CLAUSES = {
    "into": "INTO", "locks": "a locking clause (FOR UPDATE, FOR SHARE)", "settings": "SETTINGS",
    "format": "FORMAT", "hint": "an optimizer hint", "hints": "an index hint", "match": "MATCH_RECOGNIZE",
    "operation_modifiers": "a modifier of SELECT", "connect": "CONNECT BY", "pivots": "PIVOT",
    "version": "time travel", "when": "time travel", "search": "SEARCH", "cycle": "CYCLE",
}  # fmt: skip
PADDED_TYPES = frozenset({"CHAR", "NCHAR", "BPCHAR", "BIT", "BINARY", "FIXEDSTRING"})
MAX_DEPTH = 150
LONG_WIDTH = re.compile(r"\d{5}|\*")


class TreeCheck:
    """Visits each node once. A name is a CTE only where the language's own lexical scope says so; else it is a table."""

    def __init__(self, dialect: SqlDialect, rules: TableRules) -> None:
        self.dialect = dialect
        self.rules = rules
        self.tables: dict[str, None] = {}

    def check(self, tree: exp.Expr) -> None:
        """Raises QueryRefusedError: something in the tree is unknown, or not allowed."""
        if not isinstance(tree, ROOTS):
            raise refusal(
                f"`{spoken(tree)}` is not a query",
                node=tree,
                advice="Write SELECT, WITH or VALUES.",
            )
        self.visit(tree, frozenset(), 0)

    def visit(self, node: exp.Expr, ctes: frozenset[str], depth: int) -> None:
        if depth > MAX_DEPTH:
            raise refusal("The query is nested too deeply", node=node)
        self.check_node(node)
        match node:
            case exp.Table():
                self.check_table(node, ctes)
            case exp.Dot():
                self.check_dot(node)
            case exp.In():
                self.check_in(node)
            case exp.Lateral():
                self.check_table_function(node.this)
            case exp.From() | exp.Join():
                self.check_source(node)
            case exp.Column():
                self.check_column(node)
            case exp.PropertyEQ() if not isinstance(node.parent, exp.Struct):
                raise refusal("Assignments (`:=`) are not allowed", node=node)
            case exp.DataType():
                self.check_type(node)
        with_ = node.args.get("with_")
        if with_ is not None:
            ctes = self.visit_with(with_, ctes, depth)
        for key, child in children(node):
            if key != "with_":
                self.visit(child, ctes, depth + 1)

    def visit_with(self, with_: exp.Expr, ctes: frozenset[str], depth: int) -> frozenset[str]:
        """The CTEs that the query below sees. One sees those before it, and itself only where it is recursive."""
        self.check_node(with_)
        for cte in with_.expressions:
            if not isinstance(cte, exp.CTE):
                raise refusal(f"`{spoken(cte)}` is not allowed in WITH", node=cte)
            alias = cte.args.get("alias")
            if not isinstance(alias, exp.TableAlias) or not isinstance(alias.this, exp.Identifier):
                raise refusal("A query of WITH needs a name", node=cte)
            is_query = isinstance(
                cte.this, (exp.Select, exp.SetOperation, exp.Values, exp.Subquery)
            )
            if not is_query and not cte.args.get("scalar"):
                raise refusal(f"`{spoken(cte.this)}` is not allowed in WITH", node=cte)
            name = self.cte_name(alias.this)
            inner = ctes | {name} if is_query and with_.args.get("recursive") else ctes - {name}
            self.visit(cte, inner, depth + 1)
            ctes = ctes | {name} if is_query else ctes
        return ctes

    def cte_name(self, identifier: exp.Identifier) -> str:
        quoted = bool(identifier.args.get("quoted"))
        return fold(identifier.name, self.dialect.cte_folding, is_quoted=quoted)

    def check_node(self, node: exp.Expr) -> None:
        kind = type(node).__name__
        if kind not in ALLOWED and kind not in self.dialect.known_functions:
            raise self.refused_node(node)
        arguments = ARGUMENTS.get(kind)
        if arguments is not None:
            for key, value in node.args.items():
                if value and key not in arguments:
                    clause = CLAUSES.get(key, key.rstrip("_").upper())
                    raise refusal(f"{clause} is not allowed in a query", node=node)
        if isinstance(node, exp.Anonymous):
            self.check_function(node)
        elif isinstance(node, exp.Var) and not node.name.replace("_", "").isalnum():
            raise refusal(f"`{node.name[:40]}` is not allowed here", node=node)
        elif kind in REPEATING:
            self.check_length(node, node.args.get(REPEATING[kind]))
        elif isinstance(node, exp.Identifier):
            self.check_identifier(node)
        if isinstance(node, (exp.Format, exp.Anonymous)):
            self.check_format(node)

    def refused_node(self, node: exp.Expr) -> Exception:
        if isinstance(node, (exp.Parameter, exp.SessionParameter)):
            return refusal(
                "Variables and numbered parameters are not allowed", node=node,
                advice="Name a parameter as `:name`.",
            )  # fmt: skip
        if isinstance(node, exp.Func):
            name = node.sql_name() if hasattr(node, "sql_name") else spoken(node)
            return self.refused_function(node, name.lower())
        return refusal(f"`{spoken(node)}` is not allowed in a query", node=node)

    def check_function(self, node: exp.Anonymous) -> None:
        if not isinstance(node.this, str):
            raise refusal(
                f"The function `{node.name}` is quoted",
                node=node,
                advice="Write it without quotes.",
            )
        name = node.name.lower()
        is_table = isinstance(node.parent, (exp.Table, exp.Lateral))
        functions = self.dialect.functions | (self.dialect.table_functions if is_table else set())
        if name not in functions:
            raise self.refused_function(node, name)

    def refused_function(self, node: exp.Expr, name: str) -> Exception:
        reason = self.dialect.reasons.get(name, "")
        return refusal(
            f"function `{name}` is not allowed here" + (f": {reason}" if reason else ""),
            node=node,
            advice=did_you_mean(name, self.dialect.functions)
            or f"Only functions of {self.dialect.title} that read nothing but their arguments are allowed.",
        )

    def check_table(self, table: exp.Table, ctes: frozenset[str]) -> None:
        if not isinstance(table.this, exp.Identifier):
            if table.args.get("db") is not None:
                raise refusal("Functions of a schema are not allowed", node=table)
            self.check_table_function(table.this)
            return
        is_bare = table.args.get("db") is None and table.args.get("catalog") is None
        if is_bare and self.cte_name(table.this) in ctes:
            return
        self.tables[self.rules.check(table)] = None

    def check_table_function(self, node: exp.Expr) -> None:
        """What stands in FROM in place of a table."""
        if isinstance(node, (exp.Subquery, exp.Values, exp.Select, exp.SetOperation)):
            return
        if type(node).__name__ in TABLE_FUNCTIONS or (
            isinstance(node, exp.Anonymous) and node.name.lower() in self.dialect.table_functions
        ):
            return
        if isinstance(node, exp.Placeholder):
            raise refusal("A parameter is a value; it cannot name a table", node=node)
        if isinstance(node, exp.Func):
            self.check_node(node)
            raise refusal(
                f"function `{(node.name or spoken(node)).lower()}` is not allowed in FROM",
                node=node,
            )
        raise refusal(f"`{spoken(node)}` is not allowed in FROM", node=node)

    def check_source(self, node: exp.Expr) -> None:
        """In an ARRAY JOIN sqlglot makes columns of all tables, those of its subqueries among them."""
        if node.args.get("kind") == "ARRAY":
            if node.find(exp.Query) is not None:
                raise refusal("A query inside ARRAY JOIN is not allowed", node=node)
        elif isinstance(node.this, (exp.Column, exp.Dot, exp.Identifier)):
            raise refusal(f"`{spoken(node)}` needs the name of a table", node=node)

    def check_column(self, node: exp.Column) -> None:
        """A function that is called by its bare name looks like a column."""
        is_plain = not node.table and isinstance(node.this, exp.Identifier)
        if not is_plain or node.name.lower() not in self.dialect.bare_functions:
            return
        if node.this.args.get("quoted") and not self.dialect.has_quoted_bare_functions:
            return
        raise refusal(
            f"function `{node.name}` is not allowed here: it tells about the account or the session",
            node=node,
            advice=f"For a column of this name write its table before it, as in `t.{node.name}`.",
        )

    def check_dot(self, node: exp.Dot) -> None:
        if not isinstance(node.expression, (exp.Identifier, exp.Star)):
            self.check_node(node.expression)
            raise refusal(
                "Functions of a schema are not allowed", node=node,
                advice="Call the function by its bare name.",
            )  # fmt: skip

    def check_in(self, node: exp.In) -> None:
        values = [value.unnest() for value in node.expressions]
        is_name = len(values) == 1 and isinstance(
            values[0], (exp.Column, exp.Identifier, exp.Dot, exp.Alias)
        )
        reads_table = self.dialect.reads_tables_after_in and is_name
        if node.args.get("field") is not None or reads_table:
            raise refusal(
                "A name after IN could mean a table", node=node,
                advice="Write IN (SELECT …), or `=` for one column.",
            )  # fmt: skip

    def check_type(self, node: exp.DataType) -> None:
        kind = node.this
        name = str(node.args.get("kind") or "").lower()
        if (
            isinstance(kind, exp.DType)
            and kind.name in FORBIDDEN_TYPES
            and name not in self.dialect.types
        ):
            raise refusal(
                "Types that the database defines by name are not allowed", node=node.parent
            )
        if isinstance(kind, exp.DType) and kind.name in PADDED_TYPES:
            for parameter in node.expressions:
                self.check_length(node, parameter.this)

    def check_length(self, node: exp.Expr, length: exp.Expr | None) -> None:
        is_small = (
            isinstance(length, exp.Literal) and not length.is_string
            and length.name.isdigit() and int(length.name) <= MAX_LENGTH
        )  # fmt: skip
        if not is_small:
            raise refusal(
                f"The length in `{spoken(node)}` has to be a number of at most {MAX_LENGTH:,}",
                node=node,
            )

    def check_identifier(self, node: exp.Identifier) -> None:
        """Typographic quotes look like quotes, and are letters of a name."""
        if node.args.get("quoted") or node.name.isascii():
            return
        if any(
            unicodedata.category(letter)[0] in "PS" for letter in node.name if letter not in "_$#@"
        ):
            raise refusal(
                f"`{node.name[:40]}` is not a name", node=node,
                advice="Quote a text with straight quotes: 'text'.",
            )  # fmt: skip

    def check_format(self, node: exp.Func) -> None:
        """A width in a format makes a text as long as it says."""
        if isinstance(node, exp.Anonymous) and node.name.lower() not in FORMATTING:
            return
        text = node.this if isinstance(node, exp.Format) else next(iter(node.expressions), None)
        if not isinstance(text, exp.Literal) or LONG_WIDTH.search(text.name):
            raise refusal("A format has to be a text without long widths", node=node)


def children(node: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    for key, value in node.args.items():
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, exp.Expr):
                yield key, child


def spoken(node: exp.Expr) -> str:
    """What a node is called in SQL."""
    return node.key.upper()
