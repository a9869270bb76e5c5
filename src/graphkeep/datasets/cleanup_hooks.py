"""What packages above have in the graph store, and how they clean it; loads nothing, as every command loads it."""

from collections.abc import Callable, Iterable

OTHER_RECORDS: list[Callable[[], Iterable[str]]] = []
"""Of packages above: the ids under which they have files in the graph store."""
OTHER_CLEANUPS: list[Callable[[], int]] = []
"""Of packages above: each deletes what is too old and returns its number."""
