"""The kinds of connectors by name: the built-in ones, then those of other installed packages."""

from functools import cache
from importlib import import_module

from graphkeep.graph.errors import UserInputError, nearest_name
from graphkeep.plugins import CONNECTORS, load_plugins
from graphkeep.sources.databases.connector_kind import ConnectorKind

BUILT_IN: tuple[str, ...] = (
    "postgresql",
    "mysql",
    "clickhouse",
    "databricks",
    "neo4j",
    "sqlite",
    "duckdb",
    "opensearch",
    "splunk",
    "http",
    "virustotal",
    "misp",
    "whois",
    "taxii",
    "enter_data",
    "sample_data",
)
"""Folders of this package, each with a KIND; in the order in which people are offered them."""


_kinds_of_packages: list[ConnectorKind] = []


def register_kind(kind: ConnectorKind) -> None:
    """Offer a kind of a package above this one, which needs more than this layer knows."""
    if kind not in _kinds_of_packages:
        _kinds_of_packages.append(kind)
        connector_kinds.cache_clear()


@cache
def connector_kinds() -> dict[str, ConnectorKind]:
    """All kinds by name. Importing a kind imports no driver: `open` does."""
    kinds = [import_module(f"graphkeep.sources.databases.{name}").KIND for name in BUILT_IN]
    kinds += _kinds_of_packages
    names = {kind.name for kind in kinds}
    kinds += load_plugins(CONNECTORS, ConnectorKind, names)
    return {kind.name: kind for kind in kinds}


def connector_kind(name: str) -> ConnectorKind:
    """Raises UserInputError: there is no such kind."""
    kinds = connector_kinds()
    if name not in kinds:
        nearest = nearest_name(name, list(kinds))
        advice = f" Did you mean '{nearest}'?" if nearest else ""
        raise UserInputError(f"There is no kind of connector '{name}'.{advice}")
    return kinds[name]
