"""`graphkeep secrets`: generate, check, rotate and escrow the server's own secrets."""

import sys
from collections import Counter
from pathlib import Path

import click

from graphkeep.server.config.env import Environment, home_folder
from graphkeep.server.config.escrow import read_escrow, secret_lines, write_escrow
from graphkeep.server.config.rotation import (
    DJANGO,
    ENCRYPTION,
    SIGNING,
    retire_django_key,
    rotate_django_key,
    rotate_encryption_key,
    rotate_signing_key,
)
from graphkeep.server.config.secrets import MADE
from graphkeep.server.process.running import restart_server, running_server
from graphkeep.server.process.start import set_up_django

KINDS = {"django": DJANGO, "encryption": ENCRYPTION, "signing": SIGNING}


@click.group()
def secrets() -> None:
    """Generate, check, rotate and escrow the server's own secrets."""


@secrets.command()
def generate() -> None:
    """Print new secrets, ready to paste into data/config/custom.env."""
    for name, make in MADE.items():
        click.echo(f"{name}='{make()}'")


@secrets.command()
def check() -> None:
    """Show where each secret is stored and how much each key encrypts, without showing any secret."""
    set_up_django()
    from graphkeep.accounts.operations.reencrypt import stored_ciphertexts
    from graphkeep.accounts.secret_box import key_id_of, keyring

    environment = Environment(home_folder(), {})
    for name in MADE:
        value = environment.find(name)
        click.echo(f"{name}: strong, from {value.origin if value else 'the process'}")
    counts = Counter(key_id_of(text) for text in stored_ciphertexts())
    for index, key in enumerate(keyring()):
        use = "seals" if index == 0 else "still opens"
        click.echo(f"  key {key}: {use}; {counts.pop(key, 0)} stored secrets are encrypted with it")
    for key, count in counts.items():
        click.echo(
            f"  {count} stored secrets were encrypted before keys had names ({key or 'unnamed'})"
        )


@secrets.command()
@click.argument("kind", type=click.Choice(list(KINDS)))
def rotate(kind: str) -> None:
    """Rotate a secret while the server runs; sessions stay valid and encrypted data stays readable."""
    server_folder = home_folder()
    match kind:
        case "django":
            rotate_django_key(server_folder, reload_server)
            click.echo("Signatures of the former key stay valid until  graphkeep secrets retire")
        case "encryption":
            rotate_encryption_key(server_folder, reload_server, reencrypt_secrets)
        case _:
            rotate_signing_key(server_folder, reload_server)
    record("secrets.rotated", KINDS[kind])
    click.echo(f"{KINDS[kind]} was rotated")


@secrets.command()
def retire() -> None:
    """Stop accepting what former DJANGO_SECRET_KEYs signed; run it a day after a rotation, so that users are not affected."""
    count = retire_django_key(home_folder(), reload_server)
    record("secrets.retired", DJANGO)
    click.echo(f"{count} former keys were retired")


@secrets.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--recipient", "recipients", multiple=True, help="An age public key; may be repeated."
)
@click.option("--passphrase-stdin", is_flag=True, help="Read a passphrase from standard input.")
def escrow(file: Path, recipients: tuple[str, ...], *, passphrase_stdin: bool) -> None:
    """Write the secrets into an encrypted file: without custom.env, what its keys encrypted is unreadable."""
    passphrase = read_answer() if passphrase_stdin else ""
    set_up_django()
    text = secret_lines(Environment(home_folder(), {}))
    write_escrow(text, file, recipients=recipients, passphrase=passphrase)
    record("secrets.put-away", file.name)
    click.echo(f"Written to {file}. Store it on another machine.")


@secrets.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--identity",
    type=click.Path(path_type=Path, exists=True),
    help="A file with an age secret key.",
)
@click.option("--passphrase-stdin", is_flag=True, help="Read the passphrase from standard input.")
def recover(file: Path, identity: Path | None, *, passphrase_stdin: bool) -> None:
    """Print the secrets from a file that `escrow` wrote, as lines for data/config/custom.env."""
    key = ""
    if identity is not None:
        key = next(
            (
                line
                for line in identity.read_text().splitlines()
                if line.startswith("AGE-SECRET-KEY")
            ),
            "",
        ).strip()
    text = read_escrow(file, identity=key, passphrase=read_answer() if passphrase_stdin else "")
    click.echo(text, nl=False)


def read_answer() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def reload_server() -> None:
    """Restart the running server, if any, so that each step of a rotation takes effect at once."""
    running = running_server()
    if running is not None:
        restart_server(running)


def reencrypt_secrets() -> None:
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.reencrypt import reencrypt_secrets

    click.echo(f"{reencrypt_secrets(actor=CONSOLE)} stored secrets were encrypted with the new key")


def record(event: str, target: str) -> None:
    set_up_django()
    from graphkeep.accounts import audit
    from graphkeep.accounts.actor import CONSOLE

    audit.record(event, actor=CONSOLE, target=target)
