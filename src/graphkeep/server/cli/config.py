"""`graphkeep config`: show the settings with their sources, and change the live ones."""

import difflib
import sys
import textwrap
from collections.abc import Iterable, Mapping

import click

from graphkeep.server.config.env import KNOWN, LIVE, ONLY_COMPOSE, Environment, Setting, home_folder
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.config.fingerprint import fingerprint
from graphkeep.server.config.secrets import MADE
from graphkeep.server.process.running import running_server
from graphkeep.server.process.start import set_up_django


def declared_setting() -> Environment:
    """The environment of the settings; importing the settings module declares each of them."""
    from graphkeep.server import settings

    return settings.env


@click.group()
def config() -> None:
    """Show the settings, and change the live ones."""


@config.command("list")
@click.option("--security", is_flag=True, help="Only security settings, and how each changes.")
def list_settings(*, security: bool) -> None:
    """Show every setting, its value and its source."""
    env = declared_setting()
    portal: Mapping[str, str] = {}
    if security:
        set_up_django()
        from graphkeep.site.runtime_settings import stored_values

        portal = stored_values()
    for setting in KNOWN.values():
        if security and not setting.guards:
            continue
        value, origin = shown_with_origin(setting, env, portal)
        click.echo(
            f"{setting.name}={value}  [{origin}]{how_it_changes(setting, security=security)}"
        )


@config.command("status")
def status() -> None:
    """Show whether the server runs with the configuration in the files; exit with 1 if a restart is pending."""
    running = running_server()
    if running is None:
        click.echo("No server is running: the next start applies the configuration.")
        return
    if running.fingerprint != fingerprint(home_folder()):
        click.echo(
            "pending restart: data/config/custom.env or .env was changed since the server loaded it"
        )
        click.echo("graphkeep restart applies it; graphkeep config list shows the new values")
        sys.exit(1)
    click.echo(
        f"current: the server runs with the configuration in the files ({running.fingerprint})"
    )


@config.command("reference")
def reference() -> None:
    """Print the reference page of all settings, docs/reference/settings.md."""
    declared_setting()
    click.echo(settings_page(KNOWN.values()), nl=False)


@config.command("explain")
@click.argument("name")
def explain(name: str) -> None:
    """Show what a setting means, its value, and where it was set."""
    env = declared_setting()
    setting = KNOWN.get(name.upper())
    if setting is None:
        matches = difflib.get_close_matches(name.upper(), KNOWN, n=1)
        hint = f"; did you mean {matches[0]}?" if matches else "; graphkeep config list shows all"
        raise ConfigurationError(f"{name} is not a setting{hint}")
    value, origin = shown_with_origin(setting, env, {})
    click.echo(f"{setting.name} ({setting.kind})")
    click.echo(textwrap.fill(setting.help, 88))
    if setting.guards:
        click.echo(f"guards:  {setting.guards}")
    click.echo(f"value:   {value}")
    click.echo(f"from:    {origin}")
    click.echo(f"default: {setting.default or '(empty)'}")
    click.echo(
        f"changes: {'immediately, also in the portal' if setting.is_live else 'by a restart'}"
    )


@config.command("set")
@click.argument("name")
@click.argument("value")
def set_value(name: str, value: str) -> None:
    """Change a live setting from the console; it takes effect within seconds, even when nobody can sign in."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.runtime_settings import change_setting

    change_setting(name.upper(), value, actor=CONSOLE)
    click.echo(f"{name.upper()} is set")


def displayed_value(setting: Setting, env: Environment) -> str:
    """A setting's value; for a secret, only whether it is set."""
    source = env.find(setting.name)
    if setting.secret:
        return "(set)" if source is not None and source.text else "(not set)"
    return env.default_of(setting.name, setting.default) if source is None else source.text


def shown_with_origin(
    setting: Setting, env: Environment, portal: Mapping[str, str]
) -> tuple[str, str]:
    """A setting's value and its source; files and environment take precedence over the portal."""
    source = env.find(setting.name)
    if source is not None:
        return displayed_value(setting, env), source.origin
    live_setting = LIVE.get(setting.name)
    if live_setting is not None and live_setting.is_locked:  # air gap declared by another setting
        return str(live_setting.configured).lower(), live_setting.origin
    if setting.is_live and setting.name in portal:
        return " ".join(portal[setting.name].split()), "portal"
    is_from_older_release = env.default_of(setting.name, setting.default) != setting.default
    return displayed_value(
        setting, env
    ), "default of the release that created this folder" if is_from_older_release else "default"


def how_it_changes(setting: Setting, *, security: bool) -> str:
    if not security:
        return ""
    return "  live" if setting.is_live else "  restart"


def documented_defaults() -> str:
    """The text of `.env`: every setting, commented out, below its help."""
    declared_setting()
    lines = ["# Documented defaults. Put your own values into data/config/custom.env, not here."]
    for setting in KNOWN.values():
        lines += ["", *(f"# {line}" for line in textwrap.wrap(setting.help, 90))]
        value = "" if setting.secret else setting.default
        lines.append(f"#{setting.name}={value}")
    lines += [
        "",
        "# Read only by docker compose, from this file: ports, images, limits of each container.",
    ]
    lines += [f"#{name}={value}" for name, value in ONLY_COMPOSE.items()]
    return "\n".join(lines) + "\n"


PAGE_HEAD = """# Settings

*For the administrator.* Put your values into `data/config/custom.env`; see [how to configure](../how-to/operate/configure.md).
`graphkeep config list --security` shows the security settings of a server, `graphkeep config explain NAME` describes one setting.

- **live**: applies within seconds, and can be changed in the Admin portal, under *Settings*. A value in a file or in the
  process's environment takes precedence, and locks the setting in the portal.
- **restart**: `graphkeep restart` applies it; `graphkeep config status` shows whether one is pending.
- **Guards** is the threat that a security setting addresses. Each name can be set as `NAME_FILE=/path`, and a secret as
  [`secret://…`](../how-to/operate/keep-the-secrets.md#out-of-the-file).

This page is printed by `graphkeep config reference`.
"""


def settings_page(known: Iterable[Setting]) -> str:
    lines, section = [PAGE_HEAD], ""
    for setting in known:
        if setting.section != section:
            section = setting.section
            lines.append(f"## {section}\n")
        default = "made at first start" if setting.name in MADE else f"`{setting.default}`"
        default = default if setting.default or setting.name in MADE else "empty"
        kind = setting.kind.replace(" | ", ", ")
        change = "live" if setting.is_live else "restart"
        lines.append(f"### `{setting.name}`\n{setting.help}\n")
        lines.append(
            f"- {kind}; default: {default}; {change}{'; secret' if setting.secret else ''}"
        )
        if setting.guards:
            lines.append(f"- **Guards:** {setting.guards}")
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"
