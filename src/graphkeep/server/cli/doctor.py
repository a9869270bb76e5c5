"""`graphkeep doctor` and `graphkeep preset`: check and apply the hardening guide."""

import sys
from importlib.metadata import version

import click

from graphkeep.server.config.env import Environment, home_folder
from graphkeep.server.config.envfile import ConfigurationError
from graphkeep.server.process.start import set_up_django

PROFILES = ("laptop", "team-vpn", "internet-facing", "air-gapped")
TOPICS = (
    "out-of-the-box", "server", "network", "secrets", "connectors", "api", "air-gap", "data",
)  # fmt: skip


@click.command()
@click.option("--profile", type=click.Choice(PROFILES), help="Default: GRAPHKEEP_PROFILE.")
@click.option(
    "--topic",
    type=click.Choice((*TOPICS, "auth")),
    default=None,
    help="Run the checks of one topic only; auth selects every check about authentication.",
)
@click.option(
    "--url", "--vantage", "url", default="", help="Run external checks too, against this URL."
)
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text")
@click.option("-v", "--verbose", is_flag=True, help="Show passed checks, too.")
@click.option("--fix", is_flag=True, help="Apply the fixes that need no decision.")
@click.option("--undo", is_flag=True, help="Revert the last --fix or preset.")
def doctor(
    profile: str | None,
    topic: str | None,
    url: str,
    form: str,
    *,
    verbose: bool,
    fix: bool,
    undo: bool,
) -> None:
    """Check this server against the hardening guide; exit with 1 if an error is found."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.server.config import apply_fixes
    from graphkeep.server.process.collect_deployment import collect_deployment
    from graphkeep.upkeep.doctor.report import as_json, as_sarif, as_text
    from graphkeep.upkeep.doctor.run import is_clean, run_checks

    if undo:
        click.echo(
            f"{apply_fixes.undo_fixes(actor=CONSOLE)} changes reverted; graphkeep restart applies it"
        )
        return
    findings = run_checks(collect_deployment(profile=profile or "", url=url), topic=topic or "")
    if form == "json":
        click.echo(as_json(findings))
    elif form == "sarif":
        click.echo(as_sarif(findings, version("graphkeep")))
    else:
        click.echo(as_text(findings, verbose=verbose))
    if fix:
        proposed_fixes = [
            proposed_fix
            for finding in findings
            if finding.is_bad
            for proposed_fix in finding.result.fixes
        ]
        applied = apply_fixes.apply_fixes(proposed_fixes, actor=CONSOLE)
        for message in applied:
            click.echo(f"done: {message}", err=True)
        if applied:
            click.echo("graphkeep restart applies it; graphkeep doctor --undo reverts it", err=True)
    if not is_clean(findings):
        sys.exit(1)


@click.group()
def preset() -> None:
    """Presets of settings for four kinds of deployment."""


@preset.command("list")
def list_presets() -> None:
    """List the presets and the deployments they are for."""
    from graphkeep.upkeep.presets import all_presets

    for known_preset in all_presets():
        click.echo(f"{known_preset.name:<16} {known_preset.summary}")


@preset.command()
@click.argument("name", type=click.Choice(PROFILES))
def diff(name: str) -> None:
    """Show what a preset would change on this server, and why."""
    set_up_django()
    from graphkeep.server.process.collect_deployment import collect_deployment
    from graphkeep.upkeep.presets import read_preset

    deployment = collect_deployment()
    for setting in read_preset(name).settings.values():
        current_value = deployment.setting(setting.name).text
        if not setting.holds(current_value):
            new_value = setting.value or "(to be set by you)"
            click.echo(
                f"{setting.name}: {current_value or '(empty)'} -> {new_value}\n    {setting.why}"
            )


@preset.command()
@click.argument("name", type=click.Choice(PROFILES))
@click.option(
    "--set", "values", multiple=True, metavar="NAME=VALUE", help="A value that only you know."
)
def apply(name: str, values: tuple[str, ...]) -> None:
    """Write a preset's settings into custom.env; stricter values are not changed."""
    set_up_django()
    from graphkeep.accounts.actor import CONSOLE
    from graphkeep.server.config.apply_fixes import apply_fixes
    from graphkeep.server.process.collect_deployment import collect_deployment
    from graphkeep.upkeep.doctor.check import Fix, SetLine
    from graphkeep.upkeep.presets import read_preset

    deployment = collect_deployment()
    settings = read_preset(name).settings
    chosen_values = dict(said_value(text, set(settings)) for text in values)
    fixes: list[Fix] = [SetLine(name="GRAPHKEEP_PROFILE", value=name)]
    fixes += [SetLine(name=key, value=value) for key, value in chosen_values.items()]
    undecided = []
    for setting in settings.values():
        if setting.name in chosen_values or setting.holds(deployment.setting(setting.name).text):
            continue
        if setting.rule == "set":
            undecided.append(setting)
        else:
            fixes.append(SetLine(name=setting.name, value=setting.value))
    for message in apply_fixes(fixes, actor=CONSOLE):
        click.echo(message)
    for setting in undecided:
        click.echo(f"to be set by you: {setting.name}  ({setting.why})")
    if Environment(home_folder(), {}).text_of("COOKIE_SECURE") == "true":
        click.echo(
            "Sign-in now requires TLS: set it up with  graphkeep tls, then  graphkeep restart"
        )


def said_value(text: str, known: set[str]) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or name not in known:
        raise ConfigurationError(
            f"--set {text}: use NAME=VALUE with one of {', '.join(sorted(known))}"
        )
    return name, value
