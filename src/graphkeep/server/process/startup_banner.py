"""The startup banner: URL, first sign-up and security warnings, on the console."""

from urllib.parse import urlsplit

import click


def print_banner(url: str, code: str) -> None:
    from django.conf import settings

    from graphkeep.accounts.credentials.tokens import get_instance
    from graphkeep.site.runtime_settings import runtime_setting

    click.echo(f"Graphkeep serves {url}/  (Ctrl+C stops it)")
    instance = get_instance()
    if not instance.is_claimed:
        if settings.BOOTSTRAP_MODE == "cli":
            click.echo("There is no account yet. Create the first one with  graphkeep user create")
        else:
            click.echo(
                f"There is no account yet. The first one becomes Admin: {url}/accounts/signup/"
            )
    if code:
        until = instance.open_until
        minutes = settings.BOOTSTRAP_WINDOW // 60
        when = "" if settings.BOOTSTRAP_MODE == "code" else f", needed from {until:%H:%M} UTC on"
        click.echo(
            f"One-time code for it{when} (in {minutes} min): {code}"
            if when
            else f"One-time code for it: {code}"
        )
    if not settings.COOKIE_SECURE and not is_this_machine(url):
        click.echo(
            "WARNING: without TLS, passwords and tokens are exposed to the network. Set it up with\n"
            "  graphkeep tls auto NAME  (or own, internal, offload; docs/how-to/deploy/set-up-tls.md)"
        )
    is_open_to_others = settings.COOKIE_SECURE and settings.COOKIE_SAMESITE == "None"
    if is_open_to_others and not runtime_setting("EMBED_ORIGINS"):
        click.echo("warning: COOKIE_SAMESITE=None, but EMBED_ORIGINS is empty")


def is_this_machine(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
