"""`graphkeep up`, `stop`, `restart`, `ps`, `logs` and `worker`, which `up` starts with the server."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque

import click

from graphkeep.egress.audit_hook import install_audit_hook
from graphkeep.server.compose.containers import claim, refuse_other_kind
from graphkeep.server.compose.stack import compose, is_stack, restart_stack, start_stack
from graphkeep.server.config.env import home_folder
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.config.fingerprint import fingerprint
from graphkeep.server.process.running import (
    is_healthy,
    log_file,
    noted_server,
    restart_server,
    running_server,
    stop_server,
)
from graphkeep.server.process.start import (
    end_with_parent,
    follow_parent,
    prepare_configuration,
    set_up_django,
)
from graphkeep.server.process.supervise import ListenAddress, Supervisor

logger = logging.getLogger(__name__)
SWEEP_S = 3600.0
GRAPHKEEP = [sys.executable, "-m", "graphkeep"]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("-d", "--detach", is_flag=True, help="Run in the background.")
@click.option(
    "--without-worker", is_flag=True, help="Start no worker; another process runs the jobs."
)
@click.option("--compose", "by_compose", is_flag=True, help="Start the containers of compose.yml.")
def up(host: str, port: int, *, detach: bool, without_worker: bool, by_compose: bool) -> None:
    """Start the server."""
    if by_compose:
        refuse_other_kind(home_folder(), "compose")
        sys.exit(start_stack(home_folder(), detach=detach))
    kind = "compose" if without_worker else "plain"
    refuse_other_kind(home_folder(), kind)
    running = running_server()
    if running is not None:
        raise ConfigurationError(
            f"A server is already running at {running.url}/ (process {running.pid}); "
            "stop it with  graphkeep stop"
        )
    if detach:
        up_detached(host, port)
        return
    prepare_configuration()
    claim(home_folder(), kind)
    from graphkeep.server import settings
    from graphkeep.server.telemetry.logs import log_everything

    log_everything()
    address = ListenAddress(host=host, port=port)
    sys.exit(Supervisor(address, processes=settings.WORKERS, has_worker=not without_worker).run())


def up_detached(host: str, port: int) -> None:
    log = log_file()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [*GRAPHKEEP, "up", "--host", host, "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    for _ in range(600):
        running = running_server()
        if running is not None and is_healthy(running.url):
            click.echo(f"Graphkeep serves {running.url}/  (stop it with graphkeep stop)")
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    click.echo(last_lines(20), err=True)
    raise ConfigurationError(f"The server did not start; its log is {log}")


@click.command()
def stop() -> None:
    """Stop the server of this folder."""
    if is_stack(home_folder()):
        sys.exit(compose(home_folder(), "stop"))
    running = running_server()
    if running is None:
        click.echo("No server is running.")
        return
    stop_server(running)
    click.echo("Stopped.")


@click.command()
def ps() -> None:
    """Show whether a server runs in this folder, and its health."""
    if is_stack(home_folder()):
        sys.exit(compose(home_folder(), "ps"))
    running = running_server()
    if running is None:
        click.echo("No server is running; start it with  graphkeep up")
        sys.exit(1)
    health = "healthy" if is_healthy(running.url) else "not answering"
    minutes = (time.time() - running.started_at) / 60
    click.echo(f"{running.url}/  {health}  up {minutes:.0f} min")
    web_pids = ", ".join(map(str, running.web_pids))
    click.echo(f"supervisor {running.pid}, web {web_pids}, worker {running.worker_pid}")
    if running.fingerprint != fingerprint(home_folder()):
        click.echo("The configuration has changed: graphkeep restart applies it")


@click.command()
@click.argument("part", type=click.Choice(["web"]), required=False)
def restart(part: str | None) -> None:
    """Apply a changed configuration without downtime: start new processes, then stop the former ones."""
    if is_stack(home_folder()):
        sys.exit(restart_stack(home_folder()))
    running = running_server()
    if running is None:
        raise ConfigurationError("No server is running; start it with  graphkeep up -d")
    prepare_configuration()
    from graphkeep.server import settings  # noqa: F401  # reports an invalid setting before any process stops

    restarted = restart_server(running)
    click.echo(f"Restarted; {restarted.url}/ runs with the new configuration")


@click.command()
@click.option("-f", "--follow", is_flag=True, help="Follow the log as lines are added.")
@click.option("-n", "--lines", default=100, show_default=True)
def logs(lines: int, *, follow: bool) -> None:
    """Show the log of a background server."""
    if is_stack(home_folder()):
        options = ["--follow"] if follow else []
        sys.exit(compose(home_folder(), "logs", "--tail", str(lines), *options))
    if not log_file().exists():
        click.echo("There is no log file: only  graphkeep up -d  writes one.")
        return
    click.echo(last_lines(lines), nl=False)
    if follow:
        with log_file().open() as source:
            source.seek(0, os.SEEK_END)
            while True:
                line = source.readline()
                if line:
                    click.echo(line, nl=False)
                else:
                    time.sleep(0.3)


def last_lines(count: int) -> str:
    with log_file().open(errors="replace") as source:
        return "".join(deque(source, maxlen=count))


@click.command()
@click.option(
    "--beside-a-server", is_flag=True, help="Exit when that server loads another configuration."
)
def worker(*, beside_a_server: bool) -> None:
    """Run jobs: layouts, thumbnails, imports. `up` starts one worker itself."""
    if not beside_a_server:
        end_with_parent()
    set_up_django()
    from graphkeep.jobs.worker import run_worker
    from graphkeep.server.telemetry.logs import log_everything
    from graphkeep.server.telemetry.process_metrics import report_metrics

    log_everything()
    report_metrics("worker")
    install_audit_hook()

    stopping = threading.Event()
    for stop_signal in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop_signal, lambda *_: stopping.set())
    follow = follow_configuration if beside_a_server else follow_parent
    threading.Thread(target=follow, args=(stopping,), daemon=True).start()
    threading.Thread(target=sweep_each_hour, args=(stopping,), daemon=True).start()
    run_worker(stopping, is_alone=not beside_a_server)


def sweep_each_hour(stopping: threading.Event) -> None:
    from django.db import DatabaseError, close_old_connections

    from graphkeep.jobs.queue import submit

    while True:
        try:
            submit("sweep", {}, dedupe_key="sweep")
        except DatabaseError as error:
            logger.warning("the cleanup is postponed: %s", error)
        close_old_connections()
        if stopping.wait(SWEEP_S):
            return


def follow_configuration(stopping: threading.Event) -> None:
    """Stop this worker, to be restarted, once the server runs with another configuration."""
    own = fingerprint(home_folder())
    while not stopping.wait(1.0):
        server = noted_server()
        if server is not None and server.fingerprint not in {"", own}:
            stopping.set()
