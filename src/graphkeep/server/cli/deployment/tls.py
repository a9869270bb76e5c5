"""`graphkeep tls`: write the Caddyfile for TLS and the settings that belong to it."""

from pathlib import Path

import click

from graphkeep.server.compose.certificates import check_certificate, find_pair, fingerprint_of
from graphkeep.server.compose.containers import is_compose, write_caddyfile
from graphkeep.server.config.env import home_folder
from graphkeep.server.config.envfile import ConfigurationError, write_config_file
from graphkeep.server.config.secrets import change_lines
from graphkeep.server.config.setting_values import parse_domain, parse_networks
from graphkeep.server.process.start import prepare_configuration


@click.group()
def tls() -> None:
    """Set up TLS: write data/config/caddy/Caddyfile and the settings that belong to it."""


@tls.command()
@click.argument("domain")
def auto(domain: str) -> None:
    """Let Caddy obtain and renew a certificate (from Let's Encrypt, or your certificate authority)."""
    set_up("auto", domain)


@tls.command()
@click.argument("domain")
def internal(domain: str) -> None:
    """Use Caddy's own certificate authority: for networks without internet."""
    set_up("internal", domain)


@tls.command()
@click.argument("domain")
@click.option("--certificate", type=click.Path(path_type=Path), help="PEM, with its chain.")
@click.option("--key", type=click.Path(path_type=Path), help="PEM, without a passphrase.")
def own(domain: str, certificate: Path | None, key: Path | None) -> None:
    """Use your own certificate; it is checked and copied next to the Caddyfile."""
    name = checked_domain(domain)
    if certificate is None or key is None:
        if certificate is not None or key is not None:
            raise ConfigurationError("Give both --certificate and --key")
        certificate, key = find_pair(home_folder())
        click.echo(f"Found {certificate} and {key}")
    expiry = check_certificate(certificate, key, name)
    folder = caddy_folder() / "tls"
    folder.mkdir(parents=True, exist_ok=True)
    contents = [
        (suffix, path.read_bytes()) for suffix, path in (("crt", certificate), ("key", key))
    ]
    for suffix, content in contents:
        write_config_file(folder / f"server.{suffix}", content)
    set_up("own", name, certificate=fingerprint_of(folder / "server.crt"))
    click.echo(f"The certificate is valid until {expiry}")


@tls.command()
@click.argument("domain")
@click.option(
    "--proxies", required=True, help="Networks of the load balancer, separated by commas."
)
def offload(domain: str, proxies: str) -> None:
    """Let a load balancer terminate TLS; forwarded address and scheme are trusted only from it."""
    try:
        networks = parse_networks(proxies)
    except ValueError as error:
        raise ConfigurationError(f"--proxies: {error}") from error
    if not networks:
        raise ConfigurationError("--proxies: name at least one network")
    set_up("offload", domain, proxies=" ".join(networks))


@tls.command()
def plain() -> None:
    """Serve without TLS: for use on one machine only."""
    write_caddyfile(caddy_folder(), "plain", {})
    change_lines(home_folder(), {"COOKIE_SECURE": "false", "REQUIRE_TLS": "false"})
    print_next_commands()


def set_up(kind: str, domain: str, **words: str) -> None:
    name = checked_domain(domain)
    prepare_configuration()
    port = name.partition(":")[2] or "443"
    write_caddyfile(caddy_folder(), kind, {"domain": name, "port": port, **words})
    lines: dict[str, str | None] = {
        "COOKIE_SECURE": "true",
        "REQUIRE_TLS": "true",
        "SITE_DOMAIN": name,
    }
    if not is_compose(home_folder()):
        lines["TRUSTED_PROXIES"] = "127.0.0.1/32,::1/128"
    change_lines(home_folder(), lines)
    print_next_commands()


def checked_domain(domain: str) -> str:
    try:
        name = parse_domain(domain)
    except ValueError as error:
        raise ConfigurationError(f"'{domain}' is not {error}") from error
    if not name:
        raise ConfigurationError("Give the server's domain name")
    return name


def caddy_folder() -> Path:
    folder = home_folder() / "data/config/caddy"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def print_next_commands() -> None:
    folder = caddy_folder()
    click.echo(f"{folder}/Caddyfile is written; the former one is Caddyfile.bak")
    if is_compose(home_folder()):
        click.echo("Apply it:  docker compose up -d --force-recreate caddy nexus")
    else:
        click.echo(
            "Apply it:  graphkeep up -d  or  graphkeep restart; start Caddy, if it is not running\n"
            f"  caddy run --watch --adapter caddyfile --config {folder}/Caddyfile"
        )
