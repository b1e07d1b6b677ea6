from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScenariosConfig(AppConfig):
    name = "scenarios"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Scenarios")

    def ready(self) -> None:
        from scenarios import receivers  # noqa: F401
