"""`graphkeep egress` and `graphkeep firewall`: outgoing connections and firewall rules."""

import ipaddress
import json
import socket
from pathlib import Path
from typing import Literal

import click

from graphkeep.graph.errors import UserInputError
from graphkeep.server.process.start import set_up_django


@click.group()
def egress() -> None:
    """Show the server's outgoing connections."""


@egress.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_ways(*, as_json: bool) -> None:
    """Show every component that can open outgoing connections, its destinations, and whether it is enabled."""
    set_up_django()
    from graphkeep.site.egress_endpoints import list_endpoints

    if as_json:
        click.echo(json.dumps([vars(endpoint) for endpoint in list_endpoints()], indent=2))
        return
    listed = list_endpoints()
    width = max(len(endpoint.component) for endpoint in listed)
    for endpoint in listed:
        address = f"{endpoint.host}:{endpoint.port}" if endpoint.host else "(not named)"
        click.echo(
            f"{endpoint.component:<{width}} {address:<32} {endpoint.state:<20} {endpoint.purpose}"
        )


@click.group()
def firewall() -> None:
    """Print firewall rules for the server's deployment."""


@firewall.command("print")
@click.option("--mode", type=click.Choice(["vpn", "vpc", "public"]), required=True)
@click.option("--vpn-cidr", multiple=True, help="Networks of the VPN.")
@click.option("--lb-cidr", multiple=True, help="Networks of the load balancer.")
@click.option("--bastion-cidr", multiple=True, help="Networks of the administrators.")
@click.option("--ssh", type=click.Choice(["always", "manual"]), default="always", show_default=True)
@click.option(
    "--http", type=click.Choice(["always", "manual"]), default="always", show_default=True
)
@click.option(
    "--extra-ports", default="", help="A range for other applications of the machine: 8500-8509."
)
@click.option(
    "--offloaded",
    is_flag=True,
    help="A load balancer terminates TLS: close port 443 on this machine.",
)
@click.option(
    "--outbound",
    is_flag=True,
    help="Deny outgoing connections but those that egress list shows as on, and name servers.",
)
@click.option(
    "--format", "form", type=click.Choice(["nft", "ufw", "json"]), default="nft", show_default=True
)
def print_rules(
    mode: Literal["vpn", "vpc", "public"], vpn_cidr: tuple[str, ...], lb_cidr: tuple[str, ...],
    bastion_cidr: tuple[str, ...], ssh: Literal["always", "manual"], http: Literal["always", "manual"],
    extra_ports: str, form: str, *, offloaded: bool, outbound: bool,
) -> None:  # fmt: skip
    """Print rules for nftables, ufw or a cloud; nothing is changed."""
    from graphkeep.upkeep.firewall import render
    from graphkeep.upkeep.firewall.rules import FirewallRequest
    from graphkeep.upkeep.firewall.rules import firewall as worked_out

    if outbound:
        set_up_django()
    rules = worked_out(
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
            name_servers=name_servers() if outbound else (),
        )
    )
    writers = {"nft": render.as_nftables, "ufw": render.as_ufw, "json": render.as_cloud}
    click.echo(writers[form](rules), nl=False)


def endpoints() -> tuple[tuple[str, str, int], ...]:
    """Component, current IP address and port of every enabled outgoing connection.

    Raises:
        UserInputError: a host name does not resolve.
    """
    from graphkeep.egress.policy import INSIDE, is_in
    from graphkeep.site.egress_endpoints import INSIDE_ONLY, list_endpoints

    addresses = []
    for endpoint in list_endpoints():
        if not endpoint.is_used:
            continue
        try:
            answers = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise UserInputError(
                f"{endpoint.component}: {endpoint.host} cannot be resolved: {error}"
            ) from error
        addresses += [
            (endpoint.component, str(address[0]), endpoint.port)
            for *_, address in answers
            if endpoint.state != INSIDE_ONLY or is_in(ipaddress.ip_address(address[0]), INSIDE)
        ]
    return tuple(dict.fromkeys(addresses))


def name_servers() -> tuple[str, ...]:
    """The addresses of this machine's name servers, without those on the machine itself."""
    try:
        lines = Path("/etc/resolv.conf").read_text().splitlines()
    except OSError:
        return ()
    words = [line.split() for line in lines]
    named = [
        each[1].partition("%")[0] for each in words if len(each) > 1 and each[0] == "nameserver"
    ]
    return tuple(each for each in named if not ipaddress.ip_address(each).is_loopback)
