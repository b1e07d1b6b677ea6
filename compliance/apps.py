from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    name = "compliance"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Compliance")

    def ready(self) -> None:
        from agencies.audit import register_words
        from compliance import receivers  # noqa: F401

        register_words(
            {
                "assignment.made": _("asked for a course"),
                "assignment.changed": _("changed what is asked for"),
                "assignment.ended": _("no longer asks for a course"),
                "people.looked": _("looked at the list of people"),
                "people.exported": _("exported the list of people"),
                "person.looked": _("looked at one person"),
            }
        )
