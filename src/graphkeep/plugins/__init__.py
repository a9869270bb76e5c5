"""Layouts, metrics, file formats and connectors of other installed packages, by their entry points.

A package names its objects in the groups `graphkeep.layouts`, `graphkeep.metrics`, `graphkeep.formats` and
`graphkeep.connectors`; each registry reads its group once, when a process first imports it. A plugin that does not work is left out
and reported: in the log, by `graphkeep doctor`, and when the server starts.
"""

import logging
import re
from collections.abc import Container
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, TypeVar

logger = logging.getLogger(__name__)

LAYOUTS, METRICS, FORMATS = "graphkeep.layouts", "graphkeep.metrics", "graphkeep.formats"
CONNECTORS = "graphkeep.connectors"
NAMES = {
    LAYOUTS: re.compile(r"[a-z][a-z0-9_]{0,39}"),
    METRICS: re.compile(r"[a-z][a-z0-9_]{0,39}"),
    FORMATS: re.compile(r"[a-z]{1,10}"),  # it is part of addresses, and a short column
    CONNECTORS: re.compile(r"[a-z][a-z0-9_]{0,39}"),
}


class Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class PluginError(Exception):
    """A plugin that cannot be used; the text says why."""


@dataclass(frozen=True, kw_only=True)
class PluginProblem:
    group: str
    entry_point: str
    package: str
    reason: str

    def __str__(self) -> str:
        return (
            f"The plugin {self.entry_point} of {self.package} ({self.group}) is left out: "
            f"{self.reason}"
        )


PROBLEMS: list[PluginProblem] = []
"""Of the groups that this process has read."""


def load_plugins(group: str, kind: type[T], used_names: Container[str]) -> tuple[T, ...]:
    """The objects of a group, by the names of their entry points; none whose own name is in `used_names`."""
    loaded: dict[str, T] = {}
    for entry_point in sorted(entry_points(group=group), key=lambda item: item.name):
        try:
            plugin = load_plugin(entry_point, kind)
            if plugin.name in used_names or plugin.name in loaded:
                raise PluginError(f"the name '{plugin.name}' is taken")
        except PluginError as error:
            problem = PluginProblem(
                group=group,
                entry_point=entry_point.name,
                package=package_of(entry_point),
                reason=str(error),
            )
            PROBLEMS.append(problem)
            logger.exception("%s", problem)
            continue
        loaded[plugin.name] = plugin
    return tuple(loaded.values())


def load_plugin(entry_point: EntryPoint, kind: type[T]) -> T:
    """Raises PluginError: it cannot be imported, is of another kind, or has a name that cannot be used."""
    try:
        plugin = entry_point.load()
    except Exception as error:  # whatever another package's code raises
        raise PluginError(f"{type(error).__name__}: {error}") from error
    if not isinstance(plugin, kind):
        raise PluginError(
            f"{entry_point.value} is a {type(plugin).__name__}, not a {kind.__name__}"
        )
    pattern = NAMES[entry_point.group]
    if not pattern.fullmatch(plugin.name):
        raise PluginError(f"the name '{plugin.name}' does not match {pattern.pattern}")
    return plugin


def package_of(entry_point: EntryPoint) -> str:
    package = entry_point.dist
    return f"{package.name} {package.version}" if package is not None else "an unknown package"
