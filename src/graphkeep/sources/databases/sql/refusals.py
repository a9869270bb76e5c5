"""Sentences for queries that are refused: what was wrong, and what would be right."""

from collections.abc import Iterable, Sequence

from sqlglot import exp

from graphkeep.graph.errors import nearest_name
from graphkeep.sources.databases.stages import QueryRefusedError

MAX_NAMES = 8


def refusal(message: str, *, node: exp.Expr | None = None, advice: str = "") -> QueryRefusedError:
    """An error that names the position of `node` in the query, if it is known."""
    position = None if node is None else position_of(node)
    return QueryRefusedError(message, advice=advice, position=position)


def position_of(node: exp.Expr) -> int | None:
    """The first character of a node, from 0."""
    starts = [each.meta["start"] for each in node.walk() if each.meta and "start" in each.meta]
    return min(starts, default=None)


def allowed_names(
    kind: str, name: str, allowed: Sequence[str], *, node: exp.Expr
) -> QueryRefusedError:
    """`kind` `name` is not in the policy's list."""
    listed = ", ".join(sorted(allowed)[:MAX_NAMES]) + (", …" if len(allowed) > MAX_NAMES else "")
    exact = [entry for entry in allowed if not entry.endswith("*")]
    return refusal(
        f"{kind} `{name}` is not allowed here; allowed: {listed or 'none'}",
        node=node,
        advice=did_you_mean(name, exact) or did_you_mean(name.rpartition(".")[2], exact),
    )


def did_you_mean(name: str, names: Iterable[str]) -> str:
    nearest = nearest_name(name, sorted(names))
    return f"Did you mean `{nearest}`?" if nearest else ""
