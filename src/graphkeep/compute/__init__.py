"""Layouts, metrics and summaries on arrays, and queries, which run in a sandbox.

Programs outside the server only need `from graphkeep.compute import force_layout`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphkeep.compute.force.layout import force_layout

__all__ = ["force_layout"]


def __getattr__(name: str) -> Any:
    # Lazy import: numba takes a third of a second, and most processes that import this package do not need it.
    if name == "force_layout":
        from graphkeep.compute.force.layout import force_layout

        return force_layout
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
