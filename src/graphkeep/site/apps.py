from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "graphkeep.site"
