"""The egress gateway: every connection to another machine is made here.

The name is resolved once, every answer is checked, and the connection goes to the very address that was
checked, so a name that changes its answer in between (DNS rebinding) gains nothing.
"""

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from graphkeep.egress.audit_hook import allow_connections
from graphkeep.egress.policy import EgressForbiddenError, Endpoint, check_endpoint_address
from graphkeep.telemetry import metrics

AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]  # as socket.getaddrinfo returns it
Report = Callable[[], None]
deferred: ContextVar[list[Report] | None] = ContextVar("deferred_refusals", default=None)
logger = logging.getLogger(__name__)


@contextmanager
def defer_refusals(reports: list[Report]) -> Iterator[None]:
    """Append the reports of this thread's refusals to `reports` instead of making them.

    A report may write to a database, on the connection and in the transaction of the thread that makes it. So a helper
    thread defers its reports, and the thread that waits for it makes them.
    """
    token = deferred.set(reports)
    try:
        yield
    finally:
        deferred.reset(token)


class Gateway:
    """`is_air_gapped` is checked before any name is looked up; `report_refusal` gets each refusal.

    Under air gap only endpoints that must be inside are reached.
    """

    def __init__(
        self,
        is_air_gapped: Callable[[], bool],
        report_refusal: Callable[[str, str], None] | None = None,
    ) -> None:
        self.is_air_gapped = is_air_gapped
        self.report_refusal = report_refusal
        self.endpoints: dict[str, tuple[Endpoint, ...]] = {}

    def allow(self, *endpoints: Endpoint) -> None:
        """Allow a component exactly these endpoints, in place of those it had."""
        for component in {endpoint.component for endpoint in endpoints}:
            self.endpoints[component] = tuple(
                endpoint for endpoint in endpoints if endpoint.component == component
            )

    def forbid(self, component: str) -> None:
        """Allow a component nothing any more."""
        self.endpoints.pop(component, None)

    def connect(self, component: str, host: str, port: int, *, timeout_s: float) -> socket.socket:
        """A connected TCP socket.

        Raises:
            EgressForbiddenError: air gap is on, or the host is not the component's own.
            OSError: the host does not answer.
        """
        with self._report_refusals(component), allow_connections():
            return self._connect(component, host, port, timeout_s)

    def addresses(self, component: str, host: str, port: int) -> tuple[str, ...]:
        """The checked IP addresses of a host, for a library that connects to an address by itself.

        Raises:
            EgressForbiddenError: as `connect`.
            OSError: the name cannot be resolved.
        """
        with self._report_refusals(component), allow_connections():
            return tuple(str(address[0]) for *_, address in self._resolve(component, host, port))

    @contextmanager
    def _report_refusals(self, component: str) -> Iterator[None]:
        try:
            yield
        except EgressForbiddenError as error:
            metrics.inc("egress_connections_total", component=component, outcome="refused")
            if self.report_refusal is not None:
                report = partial(self.report_refusal, component, str(error))
                reports = deferred.get()
                if reports is None:
                    report()
                else:
                    reports.append(report)
            raise

    def _resolve(self, component: str, host: str, port: int) -> list[AddressInfo]:
        endpoint = next(
            (
                endpoint
                for endpoint in self.endpoints.get(component, ())
                if (endpoint.host.lower(), endpoint.port) == (host.lower(), port)
            ),
            None,
        )
        is_held_inside = endpoint is not None and endpoint.must_be_inside
        if self.is_air_gapped() and not is_held_inside:
            raise EgressForbiddenError(f"Air gap is on: {component} does not connect to {host}.")
        if endpoint is None:
            raise EgressForbiddenError(f"{component} may not connect to {host}:{port}.")
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, address in addresses:
            check_endpoint_address(str(address[0]), endpoint)
        return addresses

    def _connect(self, component: str, host: str, port: int, timeout_s: float) -> socket.socket:
        addresses = self._resolve(component, host, port)
        failure: OSError | None = None
        for family, kind, protocol, _, address in addresses:
            connection = socket.socket(family, kind, protocol)
            connection.settimeout(timeout_s)
            try:
                connection.connect(address)
            except OSError as error:
                connection.close()
                failure = error
            else:
                metrics.inc("egress_connections_total", component=component, outcome="connected")
                logger.info("%s connected to %s:%d", component, host, port)
                return connection
        metrics.inc("egress_connections_total", component=component, outcome="not answered")
        raise failure or OSError(f"{host} has no address")
