from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "records"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Records")

    def ready(self) -> None:
        from records import own_data  # noqa: F401
