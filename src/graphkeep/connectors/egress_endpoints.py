"""The hosts that connectors ask, for the list of egress endpoints and the firewall."""

from graphkeep.connectors.kinds import kind_of
from graphkeep.connectors.models import Connector
from graphkeep.graph.errors import UnavailableError
from graphkeep.site.egress_endpoints import INSIDE_ONLY, EgressEndpoint
from graphkeep.site.runtime_settings import runtime_setting


def connector_endpoints() -> list[EgressEndpoint]:
    """The endpoints of all connectors, by name; a data bridge asks for its own, so they are none of this server's."""
    endpoints = []
    for connector in Connector.objects.filter(slot="").order_by("name", "pk"):
        try:
            kind = kind_of(connector)
        except UnavailableError:
            continue  # nothing can open it
        defaults = {field.name: field.default for field in kind.fields if not field.is_secret}
        endpoints += [
            EgressEndpoint(
                component=connector.component,
                purpose=f"queries of the connector {connector.name} ({kind.title})",
                host=host,
                port=port,
                state=state_of(connector),
            )
            for host, port in kind.endpoints({**defaults, **connector.settings})
        ]
    return endpoints


def state_of(connector: Connector) -> str:
    if not connector.is_enabled:
        return "off"
    return INSIDE_ONLY if runtime_setting("IS_AIR_GAPPED") else "on"
