"""`graphkeep egress` and `graphkeep firewall`: where the server connects to, and who may reach it."""

import json
import socket
from typing import Literal

import click

from graphkeep.graph.errors import UserInputError
from graphkeep.server.process.start import set_up_django


@click.group()
def egress() -> None:
    """Where the server connects to."""


@egress.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_ways(*, as_json: bool) -> None:
    """Every part that can connect elsewhere, where to, and whether it may now."""
    set_up_django()
    from graphkeep.site.egress_endpoints import list_endpoints

    if as_json:
        click.echo(json.dumps([vars(one) for one in list_endpoints()], indent=2))
        return
    for one in list_endpoints():
        place = f"{one.host}:{one.port}" if one.host else "(not named)"
        click.echo(f"{one.component:<10} {place:<32} {one.state:<20} {one.purpose}")


@click.group()
def firewall() -> None:
    """Firewall rules that follow from how the server is set up."""


@firewall.command("print")
@click.option("--mode", type=click.Choice(["vpn", "vpc", "public"]), required=True)
@click.option("--vpn-cidr", multiple=True, help="Networks of the VPN.")
@click.option("--lb-cidr", multiple=True, help="Networks of the load balancer.")
@click.option("--bastion-cidr", multiple=True, help="Where administrators come from.")
@click.option("--ssh", type=click.Choice(["always", "manual"]), default="always", show_default=True)
@click.option(
    "--http", type=click.Choice(["always", "manual"]), default="always", show_default=True
)
@click.option(
    "--extra-ports", default="", help="A range for other applications of the machine: 8500-8509."
)
@click.option(
    "--offloaded", is_flag=True, help="A load balancer does TLS: port 443 stays closed here."
)
@click.option(
    "--outbound", is_flag=True, help="Close everything out but what egress list shows as on."
)
@click.option(
    "--format", "form", type=click.Choice(["nft", "ufw", "json"]), default="nft", show_default=True
)
def print_rules(
    mode: Literal["vpn", "vpc", "public"], vpn_cidr: tuple[str, ...], lb_cidr: tuple[str, ...],
    bastion_cidr: tuple[str, ...], ssh: Literal["always", "manual"], http: Literal["always", "manual"],
    extra_ports: str, form: str, *, offloaded: bool, outbound: bool,
) -> None:  # fmt: skip
    """Print rules for nftables, ufw or a cloud; nothing is changed here."""
    from graphkeep.upkeep.firewall import render
    from graphkeep.upkeep.firewall.rules import FirewallRequest
    from graphkeep.upkeep.firewall.rules import firewall as worked_out

    wall = worked_out(
        FirewallRequest(
            mode=mode,
            vpn=vpn_cidr,
            load_balancer=lb_cidr,
            bastion=bastion_cidr,
            ssh=ssh,
            http=http,
            extra_ports=extra_ports,
            is_offloaded=offloaded,
            endpoints=endpoints() if outbound else None,
        )
    )
    writers = {"nft": render.as_nftables, "ufw": render.as_ufw, "json": render.as_cloud}
    click.echo(writers[form](wall), nl=False)


def endpoints() -> tuple[tuple[str, str, int], ...]:
    """The addresses, as they are today, of what the server connects to."""
    set_up_django()
    from graphkeep.site.egress_endpoints import list_endpoints

    found = []
    for one in list_endpoints():
        if one.state != "on" or not one.host:
            continue
        try:
            answers = socket.getaddrinfo(one.host, one.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise UserInputError(
                f"{one.component}: {one.host} has no address here: {error}"
            ) from error
        found += [(one.component, str(place[0]), one.port) for *_, place in answers]
    return tuple(dict.fromkeys(found))
