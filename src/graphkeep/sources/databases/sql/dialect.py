"""What the policy of SQL knows about one dialect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Literal

from sqlglot import Dialect

from graphkeep.sources.databases.query import Restriction

NameFolding = Literal["lower", "lower-unquoted", "exact"]
TextComparison = Literal["exact", "bytes", "binary-collation"]
PlaceholderStyle = Literal["dollar-number", "pyformat", "colon", "dollar-name", "typed-braces"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SqlDialect:
    """`parser` is sqlglot's dialect, if it is not the one of this name. Functions are allowed by name; what is in no list is refused.

    `functions` are names beyond those that sqlglot knows as a class of their own, lower case; `table_functions` are
    allowed in FROM. `types` are those beyond the ones that sqlglot knows.
    `system_containers` and `system_tables` are refused unless the policy names them; an entry of
    `system_tables` may end in `*`. `container` and `catalog` are the restrictions of `container.table` and of
    `catalog.container.table`. `text_comparison` says how texts are compared letter by letter. `file_characters` never occur in the name of a table, for where a file is read as one.
    """

    name: str
    title: str
    parser: type[Dialect] | None = None
    container: Restriction
    catalog: Restriction | None = None
    folding: NameFolding = "lower"
    cte_folding: NameFolding = "lower"
    placeholders: PlaceholderStyle = "colon"
    functions: frozenset[str] = frozenset()
    table_functions: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    known_functions: frozenset[str] = frozenset()
    system_containers: frozenset[str] = frozenset()
    system_tables: frozenset[str] = frozenset()
    file_characters: frozenset[str] = frozenset()
    first_words: frozenset[str] = frozenset({"SELECT", "WITH", "VALUES", "("})
    bare_functions: frozenset[str] = frozenset()
    has_quoted_bare_functions: bool = False
    has_executable_comments: bool = False
    has_substitution: bool = False
    reads_tables_after_in: bool = False
    has_dollar_parameters: bool = False
    text_comparison: TextComparison = "exact"
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def fold(name: str, folding: NameFolding, *, is_quoted: bool) -> str:
    """A name as the database compares it. Only ASCII is folded, so no other letter becomes one of ASCII."""
    if folding == "exact" or (folding == "lower-unquoted" and is_quoted):
        return name
    return "".join(chr(ord(letter) + 32) if "A" <= letter <= "Z" else letter for letter in name)


@cache
def sqlglot_dialect(dialect: SqlDialect) -> Dialect:
    return dialect.parser() if dialect.parser else Dialect.get_or_raise(dialect.name)
