from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScenariosConfig(AppConfig):
    name = "scenarios"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Scenarios")

    def ready(self) -> None:
        from content.fact_uses import register_fact_uses
        from content.subjects import register_subject
        from scenarios import receivers  # noqa: F401
        from scenarios.fact_uses import scenario_uses
        from scenarios.search import register
        from scenarios.subjects import scenario_subject

        register_fact_uses(scenario_uses)
        register_subject("scenario", scenario_subject)
        register()
