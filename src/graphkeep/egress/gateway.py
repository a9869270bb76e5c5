"""The one way out: every connection to another machine is made here.

The name is resolved once, every answer is checked, and the connection goes to the very address that was
checked, so a name that changes its answer in between (DNS rebinding) gains nothing.
"""

import logging
import socket
from collections.abc import Callable

from graphkeep.egress.audit_hook import passage
from graphkeep.egress.policy import EgressForbiddenError, Endpoint, check_address
from graphkeep.telemetry import metrics

logger = logging.getLogger(__name__)


class Gateway:
    """`is_air_gapped` is asked before any name is looked up; `tell` hears of each refusal."""

    def __init__(
        self,
        is_air_gapped: Callable[[], bool],
        tell: Callable[[str, str], None] | None = None,
    ) -> None:
        self.is_air_gapped = is_air_gapped
        self.tell = tell
        self.endpoints: dict[str, Endpoint] = {}

    def allow(self, endpoint: Endpoint) -> None:
        self.endpoints[endpoint.component] = endpoint

    def connect(self, component: str, host: str, port: int, *, timeout_s: float) -> socket.socket:
        """A connected TCP socket.

        Raises:
            EgressForbiddenError: air gap is on, or the place is not the component's own.
            OSError: nobody answers there.
        """
        try:
            with passage():
                return self._connect(component, host, port, timeout_s)
        except EgressForbiddenError as error:
            metrics.inc("egress_connections_total", component=component, outcome="refused")
            if self.tell is not None:
                self.tell(component, str(error))
            raise

    def _connect(self, component: str, host: str, port: int, timeout_s: float) -> socket.socket:
        if self.is_air_gapped():
            raise EgressForbiddenError(f"Air gap is on: {component} does not connect to {host}.")
        known = self.endpoints.get(component)
        if known is None or (known.host.lower(), known.port) != (host.lower(), port):
            raise EgressForbiddenError(f"{component} may not connect to {host}:{port}.")
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, place in found:
            check_address(
                str(place[0]),
                may_be_inside=known.may_be_inside,
                may_be_metadata=known.may_be_metadata,
                must_be_inside=known.must_be_inside,
            )
        failure: OSError | None = None
        for family, kind, protocol, _, place in found:
            made = socket.socket(family, kind, protocol)
            made.settimeout(timeout_s)
            try:
                made.connect(place)
            except OSError as error:
                made.close()
                failure = error
            else:
                metrics.inc("egress_connections_total", component=component, outcome="connected")
                logger.info("%s connected to %s:%d", component, host, port)
                return made
        metrics.inc("egress_connections_total", component=component, outcome="not answered")
        raise failure or OSError(f"{host} has no address")
