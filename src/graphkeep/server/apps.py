"""The Django app of the server; its job kinds are registered when Django starts."""

from django.apps import AppConfig


class ServerConfig(AppConfig):
    name = "graphkeep.server"

    def ready(self) -> None:
        from graphkeep.server.pages import invitation_mail  # noqa: F401  # registers a job kind
