from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "graphkeep.accounts"

    def ready(self) -> None:
        from graphkeep.accounts.signals import connect_receivers

        connect_receivers()
