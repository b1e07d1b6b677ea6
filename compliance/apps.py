from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    name = "compliance"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Compliance")

    def ready(self) -> None:
        from compliance import receivers  # noqa: F401
