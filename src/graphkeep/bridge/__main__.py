"""`python -m graphkeep.bridge`: the agent as a process of its own, without Django and without a database."""

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import click

from graphkeep.bridge.agent.agent import Agent
from graphkeep.bridge.config.connector_env import OWN_NAMES, BridgeConfig, bridge_config
from graphkeep.bridge.config.env_text import parse_env
from graphkeep.bridge.config.slot_config import SlotConfig
from graphkeep.egress.audit_hook import install_audit_hook
from graphkeep.graph.errors import GraphkeepError, UserInputError
from graphkeep.sources.databases.registry import connector_kinds

FROM_ENVIRONMENT = ("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "BRIDGE_STATE_DIR")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "WARN", "ERROR")
config_option = click.option(
    "--config", "path", default="connector.env", show_default=True, type=click.Path(path_type=Path)
)


@click.group()
def commands() -> None:
    """The data bridge: runs queries beside a source, for a server to which it dials out."""


@commands.command()
@config_option
def run(path: Path) -> None:
    """Run the bridge until it is stopped."""
    config = read_config(path)
    log_to_stderr(config.log_level)
    install_audit_hook()
    agent = Agent(lambda: read_config(path))
    require_slots(config, path)
    stopping = threading.Event()
    for stop_signal in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop_signal, lambda *_: stopping.set())
    signal.signal(signal.SIGHUP, lambda *_: threading.Thread(target=agent.reload).start())
    pid_file = config.state_dir / "pid"
    pid_file.write_text(str(os.getpid()))
    try:
        agent.run(stopping)
    finally:
        pid_file.unlink(missing_ok=True)


@commands.command()
@config_option
def reload(path: Path) -> None:
    """Make the running bridge read its configuration again; a slot without keys is released."""
    config = read_config(path)
    try:
        pid = int((config.state_dir / "pid").read_text())
        os.kill(pid, signal.SIGHUP)
    except (OSError, ValueError) as error:
        raise UserInputError(f"No bridge runs with the state folder {config.state_dir}.") from error
    click.echo("The bridge reads its configuration again; its log says what changed.")


@commands.command()
@config_option
def check(path: Path) -> None:
    """Check the configuration, and show what the bridge would allow."""
    config = read_config(path)
    require_slots(config, path)
    click.echo(f"server {config.base_url}")
    for slot in config.slots:
        click.echo("\n".join(slot_lines(slot)))


def require_slots(config: BridgeConfig, path: Path) -> None:
    """Raises UserInputError: there is nothing to serve."""
    if not config.slots:
        raise UserInputError(
            f"{path} has no slot: a prefix with both keys, such as SPLUNK_SERVER_KEY and SPLUNK_PROXY_KEY; "
            "`graphkeep bridge keys splunk` at the server shows them."
        )


def slot_lines(slot: SlotConfig) -> list[str]:
    """What a slot's bridge would ask, in words."""
    hosts = ", ".join(f"{host}:{port}" for host, port in slot.allowed_hosts)
    has_hosts = any(each.kind == "host" for each in slot.kind.fields)
    place = f" at {hosts or 'no host yet'}" if has_hosts else ""
    lines = [f"slot {slot.slot}: {slot.kind.title}{place}"]
    for restriction in slot.kind.restrictions:
        allowed = slot.policy.allowed.get(restriction)
        names = "all that the account may read" if allowed is None else ", ".join(allowed)
        lines.append(f"  {restriction}: {names or 'none'}")
    limits = slot.limits
    lines.append(
        f"  at most {limits.max_rows:,} rows, {limits.max_bytes >> 20:,} MiB and {limits.max_seconds:g} s a query, "
        f"{slot.max_parallel} queries at once"
    )
    return lines


def read_config(path: Path) -> BridgeConfig:
    """The configuration of a file, or of the process environment if there is no such file.

    A unit or a container sets FROM_ENVIRONMENT for a file that does not.

    Raises:
        UserInputError: a value is missing or invalid.
    """
    try:
        values: Mapping[str, str] = parse_env(path.read_text(), str(path))
    except FileNotFoundError:
        values = bridge_names(os.environ)
        if not values.get("GRAPHISTRY_HOST"):
            raise UserInputError(f"There is no file {path}; --config names another.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserInputError(f"{path} cannot be read.") from error
    inherited = {
        name: os.environ.get(name) or os.environ.get(name.lower(), "") for name in FROM_ENVIRONMENT
    }
    return bridge_config(
        {**inherited, **values}, host_name=socket.gethostname(), kinds=connector_kinds()
    )


def bridge_names(environment: Mapping[str, str]) -> dict[str, str]:
    """Of a process environment, what belongs to the bridge: its own names, and those of slots with a key."""
    suffixes = ("_SERVER_KEY", "_SERVER_KEY_FILE")
    prefixes = {
        name.removesuffix(suffix) + "_"
        for suffix in suffixes
        for name in environment
        if name.endswith(suffix)
    }
    return {
        name: value
        for name, value in environment.items()
        if name in OWN_NAMES or name.startswith(tuple(prefixes))
    }


def log_to_stderr(level: str) -> None:
    if level not in LOG_LEVELS:
        raise UserInputError(f"GRAPHISTRY_LOG_LEVEL is one of {', '.join(LOG_LEVELS)}.")
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("websockets").setLevel(logging.WARNING)  # its debug log holds payloads


def main() -> None:
    try:
        with contextlib.suppress(BrokenPipeError):
            commands()
    except GraphkeepError as error:
        click.echo(f"graphkeep bridge: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
