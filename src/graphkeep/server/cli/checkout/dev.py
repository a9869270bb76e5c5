"""`graphkeep dev`: run the server and Vite, both of which reload as files are saved."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from graphkeep.server.cli.checkout import BIN, ROOT, checkout_env
from graphkeep.server.cli.checkout.tools import install_page_modules
from graphkeep.server.config.envfile import ConfigurationError

SOURCE = ROOT / "src/graphkeep"
WATCHED = (".py", ".html", ".css", ".toml")
GRAPHKEEP = [sys.executable, "-m", "graphkeep"]


@click.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--vite-port", default=5173, show_default=True)
def dev(port: int, vite_port: int) -> None:
    """Serve on loopback for development; the server restarts, and the page reloads, as files are saved."""
    install_page_modules(checkout_env())
    env = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "GRAPHKEEP_VITE_URL": f"http://127.0.0.1:{vite_port}",
    }
    vite = [
        "node_modules/.bin/vite",
        "--host",
        "127.0.0.1",
        "--port",
        str(vite_port),
        "--strictPort",
    ]
    up = [*GRAPHKEEP, "up", "--port", str(port)]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    click.echo(f"http://127.0.0.1:{port}/  (reloads on save; Ctrl-C stops it)")
    with child(vite, env, "workbench") as page, child(up, env, ".") as server:
        for changes in watch():
            if page.poll() is not None:
                raise ConfigurationError("Vite exited; see its last lines")
            if server.poll() is not None:
                raise ConfigurationError("the server exited; see its last lines")
            if changes:
                click.echo(f"restarting after a change of {', '.join(changes)}")
                # An invalid configuration or a broken module leaves the former processes running.
                subprocess.run([*GRAPHKEEP, "restart"], cwd=ROOT, env=env, check=False)


def watch() -> Iterator[list[str]]:
    """Yield the paths of changed files, relative to the checkout; an empty list after 2 s without a change."""
    from watchfiles import watch as watch_files

    for changes in watch_files(
        SOURCE,
        watch_filter=lambda _, path: path.endswith(WATCHED) and "/static/" not in path,
        rust_timeout=2000,
        yield_on_timeout=True,
    ):
        yield sorted({path.removeprefix(f"{ROOT}/") for _, path in changes})


@contextmanager
def child(
    command: list[str], env: dict[str, str], folder: str
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=ROOT / folder, env=env)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)
