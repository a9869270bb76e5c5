"""The Django app of the server; its kinds of jobs are registered when Django starts."""

from django.apps import AppConfig


class ServerConfig(AppConfig):
    name = "graphkeep.server"

    def ready(self) -> None:
        from graphkeep.server.pages import account_mail, invitation_mail  # noqa: F401  # register job kinds
