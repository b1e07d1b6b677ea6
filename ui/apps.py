from django.apps import AppConfig
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "ui"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Design system")

    def ready(self) -> None:
        # Every text field of every form, ours and allauth's, makes its own of these without a message.
        ProhibitNullCharactersValidator.message = _(
            "There is a character in it that cannot be seen or kept, often from copying. Type the words instead."
        )
