"""Sessions with the source of a connector: its endpoints at the egress gateway, its credentials, its limits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings

from graphkeep.accounts.actor import Actor
from graphkeep.connectors import this_server
from graphkeep.connectors.bridge.session import BridgeSourceSession
from graphkeep.connectors.credentials import read_secrets
from graphkeep.connectors.kinds import kind_of
from graphkeep.connectors.models import Connector
from graphkeep.connectors.policy import limits_of
from graphkeep.egress.gateway import Gateway
from graphkeep.egress.inside import connector_endpoint, parse_inside_entries
from graphkeep.egress.outbound import Outbound
from graphkeep.egress.policy import EgressForbiddenError, Endpoint
from graphkeep.site.events import report_refusal
from graphkeep.site.runtime_settings import runtime_setting
from graphkeep.sources.databases.connector_kind import ConnectionContext, SourceSession
from graphkeep.sources.databases.query import QueryLimits, SourceQuery
from graphkeep.sources.databases.stages import ConnectorError


@cache
def connector_gateway() -> Gateway:
    """The egress gateway of all connectors. Under air gap an endpoint is reached if it is inside and named."""
    return Gateway(lambda: bool(runtime_setting("IS_AIR_GAPPED")), report_refusal)


def endpoints_of(connector: Connector) -> tuple[Endpoint, ...]:
    """The hosts and ports that a connector may reach, and whether they may be inside this network."""
    entries = parse_inside_entries(runtime_setting("CONNECTOR_NETWORKS"))
    is_air_gapped = bool(runtime_setting("IS_AIR_GAPPED"))
    return tuple(
        connector_endpoint(connector.component, host, port, entries, is_air_gapped=is_air_gapped)
        for host, port in kind_of(connector).endpoints(connector.settings)
    )


def open_session(
    connector: Connector,
    *,
    actor: Actor,
    limits: QueryLimits | None = None,
    query: SourceQuery | None = None,
    query_id: str = "",
    bridge_instance: str = "",
    on_bridge_ask: Callable[[str], None] | None = None,
) -> SourceSession:
    """A session with the credentials of the actor, if they have a personal token, else the connector's.

    `query` is what the session will be asked to run, as it was asked: a data bridge checks it again, and runs it once
    for a `query_id`. `bridge_instance`: the bridge that was asked for it by an earlier process; `on_bridge_ask` gets the
    bridge before it is asked for the first time.

    Raises:
        ConnectorError: the source cannot be reached or does not accept the credentials.
        UnavailableError: a `secret://` reference cannot be resolved, or the kind is not installed.
    """
    kind = kind_of(connector)
    limits = limits or limits_of(connector).of_a_query()
    if connector.slot:
        return BridgeSourceSession(
            slot=connector.slot,
            kind=connector.kind,
            settings=connector.settings,
            secrets=read_secrets(connector, actor.user),
            limits=limits,
            query=query,
            query_id=query_id,
            instance=bridge_instance,
            on_ask=on_bridge_ask,
        )
    if kind.name == this_server.KIND.name:
        return this_server.ThisServerSession(actor)
    gateway = connector_gateway()
    endpoints = endpoints_of(connector)
    # Replaced at once: another session of this connector may be connecting.
    if endpoints:
        gateway.allow(*endpoints)
    else:
        gateway.forbid(connector.component)
    context = ConnectionContext(
        settings=connector.settings,
        secrets=read_secrets(connector, actor.user),
        outbound=Outbound(gateway, connector.component),
        limits=limits,
        files_folder=Path(settings.CONNECTOR_FILES_DIR) if settings.CONNECTOR_FILES_DIR else None,
        scratch_folder=settings.TMP_DIR,
    )
    with connector_errors():
        return kind.open(context)


@contextmanager
def source_session(connector: Connector, *, actor: Actor) -> Iterator[SourceSession]:
    """A session for the block, closed at its end. Raises ConnectorError, as `open_session`."""
    session = open_session(connector, actor=actor)
    try:
        with connector_errors():
            yield session
    finally:
        session.close()


@contextmanager
def connector_errors() -> Iterator[None]:
    """Raises ConnectorError for what the gateway refuses, wherever a driver let it through."""
    try:
        yield
    except EgressForbiddenError as error:
        raise ConnectorError("policy", str(error), advice=error.advice) from error
