from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    name = "graphkeep.datasets"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from graphkeep.datasets import tasks

        user_logged_in.connect(tasks.create_samples_once, dispatch_uid="samples")
