"""Which settings and limits hold: those of the bridge come before those that the server sends."""

from collections.abc import Mapping
from typing import Any

from graphkeep.bridge.config.slot_config import SlotConfig
from graphkeep.bridge.protocol.source_request import SourceRequest
from graphkeep.sources.databases.query import QueryLimits
from graphkeep.sources.databases.stages import QueryRefusedError


def own_or_sent_settings(config: SlotConfig, request: SourceRequest) -> Mapping[str, Any]:
    """The bridge's own settings, or else the server's, if they lead to a host that the bridge allows.

    Raises:
        QueryRefusedError: the bridge does not allow this host, or a file of this machine.
    """
    if config.settings is not None:
        return config.settings
    prefix = config.slot.upper().replace("-", "_")
    for each in config.kind.fields:
        if each.kind == "file" and request.settings.get(each.name):
            raise QueryRefusedError(
                f"Files of the bridge's machine are named by the bridge only: {prefix}_{each.name.upper()}."
            )
    try:
        config.kind.check_settings(request.settings)
        endpoints = config.kind.endpoints(request.settings)
    except (KeyError, TypeError, AttributeError) as error:
        raise QueryRefusedError("The settings that the server sent are not complete.") from error
    for host, port in endpoints:
        if (host.lower(), port) not in config.allowed_hosts:
            allowed = ", ".join(f"{name}:{number}" for name, number in config.allowed_hosts)
            raise QueryRefusedError(
                f"The bridge does not connect to {host}:{port}; allowed: {allowed or 'nothing'}.",
                advice=f"Add {prefix}_HOST or {prefix}_ALLOWED_HOSTS to connector.env of the bridge.",
            )
    return request.settings


def lower_limits(own: QueryLimits, sent: QueryLimits) -> QueryLimits:
    return QueryLimits(
        max_rows=min(own.max_rows, sent.max_rows),
        max_bytes=min(own.max_bytes, sent.max_bytes),
        max_seconds=min(own.max_seconds, sent.max_seconds),
    )
