"""Limits of a query and of its result. The sandbox limits time and memory."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class QueryLimits:
    """`most_hops` counts the hops of all edges of a query together."""

    most_hops: int = 32
    most_rows: int = 5_000_000


MOST_OPERATIONS = 200
MOST_BINDINGS = 50
MOST_REMOTE_GRAPHS = 4
MOST_OPTIONS = 100_000
DEEPEST = 12
LONGEST_NAME = 500
LONGEST_TEXT = 10_000
LONGEST_EXPRESSION = 5_000
LONGEST_PATTERN = 300
MOST_REPEATS = 1_000
MOST_OPEN_REPEATS = 4
