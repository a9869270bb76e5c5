"""Layouts, metrics and summaries: arrays in, arrays out; and queries, which run in a sandbox.

`from graphkeep.compute import force_layout` is all that a program of somebody's own needs.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphkeep.compute.force.layout import force_layout

__all__ = ["force_layout"]


def __getattr__(name: str) -> Any:
    # Late: numba takes a third of a second, and most processes that import this room need none of it.
    if name == "force_layout":
        from graphkeep.compute.force.layout import force_layout

        return force_layout
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
