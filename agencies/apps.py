from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    name = "agencies"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Agencies")

    def ready(self) -> None:
        from accounts import setters
        from agencies import (
            receivers,  # noqa: F401
            selectors,
        )

        setters.register(selectors.set_by_agency)
