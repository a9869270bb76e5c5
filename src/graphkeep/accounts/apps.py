from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "graphkeep.accounts"

    def ready(self) -> None:
        from graphkeep.accounts.signals import listen

        listen()
