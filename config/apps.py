from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The whole project's commands live here: the one layer that sees every app."""

    name = "config"
