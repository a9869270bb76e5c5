"""Limits of a query and of its result. The sandbox limits time and memory."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class QueryLimits:
    """`most_hops` limits the total hops of all edges in a query."""

    most_hops: int = 32
    most_rows: int = 5_000_000


MAX_OPERATIONS = 200
MAX_BINDINGS = 50
MAX_REMOTE_GRAPHS = 4
MAX_OPTIONS = 100_000
DEEPEST = 12
MAX_NAME_LENGTH = 500
MAX_TEXT_LENGTH = 10_000
MAX_EXPRESSION_LENGTH = 5_000
MAX_PATTERN_LENGTH = 300
MAX_REPEATS = 1_000
MAX_OPEN_REPEATS = 4
