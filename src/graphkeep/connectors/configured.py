"""Connectors that the environment and `config.json` define; their credentials stay there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from graphkeep.connectors.models import Connector


@dataclass(frozen=True, kw_only=True)
class ConfiguredConnector:
    """A connector as the configuration defines it; `origins`: where each value is set, for people."""

    name: str
    kind: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    limits: Mapping[str, int] = field(default_factory=dict)
    slot: str = ""
    origins: tuple[str, ...] = ()


def configured_connectors() -> tuple[ConfiguredConnector, ...]:
    """Those of this process's configuration."""
    return tuple(ConfiguredConnector(**entry) for entry in settings.CONFIGURED_CONNECTORS)


def configured_secrets(connector: Connector) -> dict[str, str]:
    """The secrets of a connector whose origin is the configuration."""
    if connector.is_managed:
        return {}
    for entry in configured_connectors():
        if (entry.name, entry.kind) == (connector.name, connector.kind):
            return dict(entry.secrets)
    return {}


def configured_origins(connector: Connector) -> tuple[str, ...]:
    """Where the values of a connector are set, such as `SPLUNK_HOST in custom.env`."""
    if connector.is_managed:
        return ()
    for entry in configured_connectors():
        if (entry.name, entry.kind) == (connector.name, connector.kind):
            return entry.origins
    return ()
