"""Django, made ready: secrets made, settings read, database current."""

import os

import click

from graphkeep.server.env import home_folder
from graphkeep.server.secrets import ensure_secrets


def ready() -> None:
    ensure_secrets(home_folder())
    os.environ["DJANGO_SETTINGS_MODULE"] = "graphkeep.server.settings"
    import django
    from django.core.management import call_command

    django.setup()
    from graphkeep.server import settings

    for warning in settings.env.strange_names():
        click.echo(f"warning: {warning}", err=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
