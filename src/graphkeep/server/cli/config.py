"""`graphkeep config`: which settings there are, and where each value comes from."""

import difflib
import textwrap

import click

from graphkeep.server.cli.start import ready
from graphkeep.server.env import KNOWN, ONLY_COMPOSE, Environment, Setting
from graphkeep.server.envfile import ConfigurationError


def declared() -> Environment:
    """The settings, declared by reading them."""
    from graphkeep.server import settings

    return settings.env


@click.group()
def config() -> None:
    """Look at the settings, and change those that are live."""


@config.command("list")
def list_settings() -> None:
    """Show every setting, its value and where the value comes from."""
    env = declared()
    for setting in KNOWN.values():
        found = env.find(setting.name)
        click.echo(
            f"{setting.name}={shown(setting, env)}  [{found.origin if found else 'default'}]"
        )


@config.command("explain")
@click.argument("name")
def explain(name: str) -> None:
    """Tell what a setting means, what it is, and where it was said."""
    env = declared()
    setting = KNOWN.get(name.upper())
    if setting is None:
        near = difflib.get_close_matches(name.upper(), KNOWN, n=1)
        hint = f"; did you mean {near[0]}?" if near else "; graphkeep config list shows all"
        raise ConfigurationError(f"{name} is not a setting{hint}")
    found = env.find(setting.name)
    click.echo(f"{setting.name} ({setting.kind})")
    click.echo(textwrap.fill(setting.help, 88))
    click.echo(f"value:   {shown(setting, env)}")
    click.echo(f"from:    {found.origin if found else 'default'}")
    click.echo(f"default: {setting.default or '(empty)'}")


@config.command("set")
@click.argument("name")
@click.argument("value")
def set_value(name: str, value: str) -> None:
    """Change a live setting from the console; it holds within seconds, also where nobody can sign in."""
    ready()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.accounts.operations.site import change_setting

    change_setting(name.upper(), value, actor=CONSOLE)
    click.echo(f"{name.upper()} is set")


def shown(setting: Setting, env: Environment) -> str:
    """A value; of a secret only whether there is one."""
    found = env.find(setting.name)
    if setting.secret:
        return "(set)" if found is not None and found.text else "(not set)"
    return setting.default if found is None else found.text


def documented_defaults() -> str:
    """The text of `.env`: every setting, commented out, above its help."""
    declared()
    lines = ["# Documented defaults. Put your own values into data/config/custom.env, not here."]
    for setting in KNOWN.values():
        lines += ["", *(f"# {line}" for line in textwrap.wrap(setting.help, 90))]
        value = "" if setting.secret else setting.default
        lines.append(f"#{setting.name}={value}")
    lines += [
        "",
        "# Read by docker compose alone, and from this file: ports, images, bounds of each container.",
    ]
    lines += [f"#{name}={value}" for name, value in ONLY_COMPOSE.items()]
    return "\n".join(lines) + "\n"
