"""`graphkeep bridge`: pair, list and revoke data bridges at the server; run and reload one beside its source."""

import os
import sys

import click

from graphkeep.server.process.start import set_up_django

PASS_ON = {"ignore_unknown_options": True, "help_option_names": []}


@click.group()
def bridge() -> None:
    """Pair, list and revoke data bridges, or run one."""


@bridge.command("keys")
@click.argument("slot")
def keys(slot: str) -> None:
    """Make new keys for a slot and show them once; former keys stop working."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.bridge.operations import pair_slot

    keys = pair_slot(slot, actor=CONSOLE)
    prefix = slot.upper().replace("-", "_")
    click.echo("# For connector.env of the bridge. These keys are shown this once.")
    click.echo(f"{prefix}_USE_PROXY=true")
    click.echo(f"{prefix}_SERVER_KEY={keys.server_key}")
    click.echo(f"{prefix}_PROXY_KEY={keys.proxy_key}")


@bridge.command("list")
def list_bridges() -> None:
    """List the slots: which bridge holds each, and when it was heard."""
    set_up_django()
    from graphkeep.connectors.bridge.operations import slots_of_server

    slots = slots_of_server()
    if not slots:
        click.echo("There is no slot; make one with  graphkeep bridge keys NAME")
    for row in slots:
        heard = f", heard {row.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC" if row.heartbeat_at else ""
        by = f" {row.bridge_name} ({row.agent}) from {row.address}" if row.bridge_name else ""
        click.echo(f"{row.slot}: {row.state}{by}{heard}")


@bridge.command("revoke")
@click.argument("slot")
def revoke(slot: str) -> None:
    """End a slot: its bridge is disconnected within a second, and its keys are deleted."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.connectors.bridge.operations import revoke_slot

    revoke_slot(slot, actor=CONSOLE)
    click.echo(f"The bridge of the slot {slot} is revoked.")


@bridge.command("run", context_settings=PASS_ON)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def run(options: tuple[str, ...]) -> None:
    """Run a bridge by connector.env (--config PATH) until it is stopped."""
    hand_over("run", options)


@bridge.command("reload", context_settings=PASS_ON)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def reload(options: tuple[str, ...]) -> None:
    """Make a running bridge read connector.env again (--config PATH)."""
    hand_over("reload", options)


@bridge.command("check", context_settings=PASS_ON)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def check(options: tuple[str, ...]) -> None:
    """Check connector.env (--config PATH), and show what the bridge would allow."""
    hand_over("check", options)


def hand_over(word: str, options: tuple[str, ...]) -> None:
    """Go on as the bridge's own process, which loads neither Django nor the server's settings."""
    os.execv(  # noqa: S606  # our own program, from a list
        sys.executable, [sys.executable, "-m", "graphkeep.bridge", word, *options]
    )
