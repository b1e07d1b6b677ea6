from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificationConfig(AppConfig):
    name = "certification"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Certification")

    def ready(self) -> None:
        from agencies.audit import register_words
        from certification import checks, receivers  # noqa: F401

        register_words(
            {
                "recognition.given": _("recognised something in place of a certificate"),
                "recognition.withdrawn": _("took a recognition back"),
                "recognition.looked": _("looked at what is recognised"),
                "template.saved": _("changed how certificates look"),
                "sign-off.given": _("signed for work that was seen"),
                "sign-off.withdrawn": _("took a signature back"),
                "sign-off.looked": _("looked at what is to be signed"),
            }
        )
