"""`graphkeep up`, `stop`, `ps`, `logs` and the worker that `up` starts beside the server."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque

import click

from graphkeep.server.cli.running import (
    Running,
    end,
    is_healthy,
    log_file,
    note,
    running_server,
    write_note,
)
from graphkeep.server.cli.start import ready
from graphkeep.server.env import ConfigurationError

logger = logging.getLogger(__name__)
GRAPHKEEP = [sys.executable, "-m", "graphkeep"]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("-d", "--detach", is_flag=True, help="Run in the background.")
def up(host: str, port: int, *, detach: bool) -> None:
    """Start the server."""
    already = running_server()
    if already is not None:
        raise ConfigurationError(
            f"A server runs here already, at {already.url}/ (process {already.pid}); "
            "end it with  graphkeep stop"
        )
    if detach:
        up_detached(host, port)
        return
    ready()
    import uvicorn
    from django.conf import settings

    from graphkeep.accounts.operations.bootstrap import open_bootstrap
    from graphkeep.accounts.operations.first_admin import init_admin

    init_admin()
    code = open_bootstrap(is_local=host in {"127.0.0.1", "localhost", "::1"})
    over = threading.Event()
    keeper = threading.Thread(target=keep_worker, args=(over, host, port))
    keeper.start()
    greet(f"http://{host}:{port}", code)
    try:
        uvicorn.run(
            "graphkeep.server.asgi:application",
            host=host,
            port=port,
            log_level="warning",
            lifespan="off",
            workers=settings.WORKERS if settings.WORKERS > 1 else None,
            ws_max_size=1 << 14,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
    finally:
        over.set()
        keeper.join()
        note().unlink(missing_ok=True)


def keep_worker(over: threading.Event, host: str, port: int) -> None:
    """Have a worker running until the server is over; one that dies is followed by another."""
    started_at = time.time()
    while not over.is_set():
        worker = subprocess.Popen([*GRAPHKEEP, "worker"])
        write_note(
            Running(
                pid=os.getpid(), worker_pid=worker.pid, host=host, port=port, started_at=started_at
            )
        )
        while not over.wait(0.5) and worker.poll() is None:
            pass
        if over.is_set():
            worker.terminate()
        else:
            logger.warning("the worker ended with %s; starting another", worker.returncode)
            over.wait(1.0)
        worker.wait()


def greet(url: str, code: str) -> None:
    from django.conf import settings

    from graphkeep.accounts.live import live
    from graphkeep.accounts.tokens import instance

    click.echo(f"Graphkeep serves {url}/  (Ctrl+C stops it)")
    row = instance()
    if not row.is_claimed:
        if settings.BOOTSTRAP_MODE == "cli":
            click.echo("There is no account yet. Make the first one by  graphkeep user create")
        else:
            click.echo(
                f"There is no account yet. The first one becomes Admin: {url}/accounts/signup/"
            )
    if code:
        until = row.open_until
        minutes = settings.BOOTSTRAP_WINDOW // 60
        when = "" if settings.BOOTSTRAP_MODE == "code" else f", needed from {until:%H:%M} UTC on"
        click.echo(
            f"One-time code for it{when} (in {minutes} min): {code}"
            if when
            else f"One-time code for it: {code}"
        )
    is_open_to_others = settings.COOKIE_SECURE and settings.COOKIE_SAMESITE == "None"
    if is_open_to_others and not live("EMBED_ORIGINS"):
        click.echo(
            "warning: COOKIE_SAMESITE=None, but EMBED_ORIGINS names no site that may frame graphs"
        )


def up_detached(host: str, port: int) -> None:
    log = log_file()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        started = subprocess.Popen(
            [*GRAPHKEEP, "up", "--host", host, "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    for _ in range(600):
        running = running_server()
        if running is not None and is_healthy(running.url):
            click.echo(f"Graphkeep serves {running.url}/  (graphkeep stop ends it)")
            return
        if started.poll() is not None:
            break
        time.sleep(0.1)
    click.echo(last_lines(20), err=True)
    raise ConfigurationError(f"The server did not start; its log is {log}")


@click.command()
def stop() -> None:
    """Stop the server that runs here."""
    running = running_server()
    if running is None:
        click.echo("No server runs here.")
        return
    end(running)
    click.echo("Stopped.")


@click.command()
def ps() -> None:
    """Tell whether a server runs here, and how it is."""
    running = running_server()
    if running is None:
        click.echo("No server runs here; start one with  graphkeep up")
        sys.exit(1)
    health = "healthy" if is_healthy(running.url) else "not answering"
    minutes = (time.time() - running.started_at) / 60
    click.echo(f"{running.url}/  {health}  up {minutes:.0f} min")
    click.echo(f"server process {running.pid}, worker process {running.worker_pid}")


@click.command()
@click.option("-f", "--follow", is_flag=True, help="Go on as lines are added.")
@click.option("-n", "--lines", default=100, show_default=True)
def logs(lines: int, *, follow: bool) -> None:
    """Show the log of a server in the background."""
    if not log_file().exists():
        click.echo("There is no log: only  graphkeep up -d  writes one.")
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
def worker() -> None:
    """Do the long work: layouts, thumbnails, imports. `up` starts one by itself."""
    ready()
    from graphkeep.jobs.pool import run_worker

    over = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: over.set())
    threading.Thread(target=follow_parent, args=(over,), daemon=True).start()
    run_worker(over)


def follow_parent(over: threading.Event) -> None:
    """A worker whose server died without a word ends too."""
    parent = os.getppid()
    while not over.wait(1.0):
        if os.getppid() != parent:
            over.set()
