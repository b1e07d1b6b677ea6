from django.apps import AppConfig
from django.db.backends.signals import connection_created


class ConfigConfig(AppConfig):
    """The whole project's commands live here: the one layer that sees every app."""

    name = "config"

    def ready(self) -> None:
        from agencies.isolation import protect, watch_connection
        from config import checks, working  # noqa: F401
        from config.isolation import PROTECTED

        protect(PROTECTED)
        connection_created.connect(watch_connection, dispatch_uid="agencies.isolation")
