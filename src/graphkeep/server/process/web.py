"""A web process: answers requests on a listening socket that its parent owns.

Since the parent keeps the socket open, a successor can start beside this process: no connection is refused in
between.
"""

import argparse
import asyncio
import os
import signal
import socket
import threading

import click
import uvicorn

from graphkeep.egress.audit_hook import install_audit_hook
from graphkeep.graph.arrow_without_pandas import load_arrow_without_pandas
from graphkeep.server.config.env import home_folder
from graphkeep.server.process.group_permissions import set_umask
from graphkeep.server.process.header_timeout import HeaderTimeoutProtocol
from graphkeep.server.process.path_limited_socket import PathLimitedSocket
from graphkeep.server.process.running import REPLACED
from graphkeep.server.process.start import end_with_parent, follow_parent, set_up_django
from graphkeep.server.process.startup_banner import print_banner

DRAIN_S = 30
LINGER_S = 0.5
QUERIES_S = 35.0  # a little more than the seconds that a query has unless its connector allows more


class Web(uvicorn.Server):
    """A uvicorn server that reports to its parent when it is ready."""

    def __init__(self, config: uvicorn.Config, tell: int) -> None:
        super().__init__(config)
        self.tell = tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            os.write(self.tell, b"1")
            os.close(self.tell)
            threading.Thread(target=warm_file_parser, daemon=True).start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain: open connections may send one more request, whose response has `Connection: close`."""
        for server in self.servers:
            server.close()
        if self.server_state.connections:
            self.server_state.default_headers.append((b"connection", b"close"))
            await asyncio.sleep(LINGER_S)
        await super().shutdown(sockets)


def main() -> None:
    set_umask(home_folder())
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", type=int, required=True)
    parser.add_argument("--tell", type=int, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--is-local", action="store_true")
    parser.add_argument("--is-first", action="store_true")
    arguments = parser.parse_args()
    end_with_parent()
    if os.getppid() != arguments.parent:
        return  # the parent died before end_with_parent took effect
    load_arrow_without_pandas()
    set_up_django()
    from graphkeep.server.telemetry.logs import log_everything
    from graphkeep.server.telemetry.process_metrics import report_metrics

    log_everything()
    if arguments.is_first:
        from graphkeep.accounts.operations.bootstrap import open_bootstrap
        from graphkeep.accounts.operations.first_admin import init_admin
        from graphkeep.datasets.operations.garbage_collection import delete_partial_uploads

        delete_partial_uploads()
        start_connectors()
        init_admin()
        print_banner(arguments.url, open_bootstrap(is_local=arguments.is_local))
        report_problems()
    report_metrics("web")
    install_audit_hook()
    config = uvicorn.Config(
        "graphkeep.server.asgi:application",
        log_config=None,  # the settings configure the log
        http=HeaderTimeoutProtocol,
        lifespan="off",
        ws=PathLimitedSocket,
        ws_max_size=1 << 14,
        ws_per_message_deflate=False,  # positions hardly compress, and deflating blocks the event loop
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_S,
    )
    stopping = threading.Event()
    threading.Thread(target=follow_parent, args=(stopping,), daemon=True).start()
    threading.Thread(target=terminate_on, args=(stopping,), daemon=True).start()
    from graphkeep.server.compose.caddy_air_gap import follow_air_gap

    threading.Thread(target=follow_air_gap, args=(stopping,), daemon=True).start()
    run_until_stopped(
        Web(config, arguments.tell), [socket.socket(fileno=arguments.listen)], stopping
    )


def run_until_stopped(web: Web, sockets: list[socket.socket], stopping: threading.Event) -> None:
    """Serve until SIGTERM. Queries of connectors run to their end if a successor took over, else they are interrupted."""
    from graphkeep.connectors.execution.monitor import monitor
    from graphkeep.connectors.operations.resume_queries import resume_queries_for_a_while

    is_replaced, is_terminated, is_over = (threading.Event() for _ in range(3))
    threading.Thread(target=resume_queries_for_a_while, args=(is_over,), daemon=True).start()
    signal.signal(REPLACED, lambda *_: is_replaced.set())
    # uvicorn raises the signal again once it is shut down, which would end the process at once.
    signal.signal(signal.SIGTERM, lambda *_: is_terminated.set())
    try:
        web.run(sockets=sockets)
    finally:
        is_over.set()
        if is_replaced.is_set():
            monitor.hand_over()
            monitor.wait_until_idle(QUERIES_S, stopping)
        monitor.end_all()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if is_terminated.is_set():
        signal.raise_signal(signal.SIGTERM)


def warm_file_parser() -> None:
    """Start the sandbox of the first upload, which would wait a second for it."""
    from graphkeep.datasets.storage import file_parser

    file_parser().warm()


def start_connectors() -> None:
    """Record the connectors of the configuration, and queries of a process that died."""
    from datetime import timedelta

    from graphkeep.connectors.execution.monitor import HEARTBEAT_S, end_stale_runs
    from graphkeep.connectors.operations.adopt import record_configured_connectors

    end_stale_runs(older_than=timedelta(seconds=4 * HEARTBEAT_S))
    for problem in record_configured_connectors():
        click.echo(f"warning: {problem}", err=True)


def report_problems() -> None:
    """Print the errors that the doctor's fast checks find, one line each."""
    from graphkeep.server.process.collect_deployment import collect_deployment
    from graphkeep.upkeep.doctor.run import run_checks

    problems = [
        finding
        for finding in run_checks(collect_deployment(), only_fast=True)
        if finding.result.state == "error"
    ]
    for finding in problems:
        click.echo(f"doctor: {finding.check.check_id}: {finding.result.evidence}", err=True)
    if problems:
        click.echo("graphkeep doctor  shows the reason and the fix", err=True)


def terminate_on(stopping: threading.Event) -> None:
    stopping.wait()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    from graphkeep.graph.errors import GraphkeepError
    from graphkeep.server.config.envfile import ConfigurationError

    try:
        main()
    except (ConfigurationError, GraphkeepError) as error:
        click.echo(f"graphkeep: {error}", err=True)
        raise SystemExit(2) from error
