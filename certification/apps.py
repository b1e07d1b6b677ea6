from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificationConfig(AppConfig):
    name = "certification"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Certification")

    def ready(self) -> None:
        from certification import checks, receivers  # noqa: F401
