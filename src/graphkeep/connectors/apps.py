from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "graphkeep.connectors"

    def ready(self) -> None:
        from graphkeep.accounts.encrypted_columns import register_encrypted_columns
        from graphkeep.connectors.models import ConnectorSecret, QueryRun

        register_encrypted_columns(ConnectorSecret, "ciphertext")
        register_encrypted_columns(QueryRun, "asked", "sent")
