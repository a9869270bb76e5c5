from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    name = "graphkeep.datasets"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from graphkeep.accounts.authentication import register_reader
        from graphkeep.datasets import tasks
        from graphkeep.datasets.sharing.view_tokens import authenticate_view_token

        register_reader("pass", authenticate_view_token)
        user_logged_in.connect(tasks.create_samples_once, dispatch_uid="samples")
