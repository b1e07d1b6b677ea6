from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "content"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Content")

    def ready(self) -> None:
        from content import receivers  # noqa: F401
        from content.fact_uses import glossary_uses, register_fact_uses
        from content.rechecks import own_rechecks, register_rechecks
        from content.search.shelves import register
        from content.subjects import page_subject, register_subject

        register_fact_uses(glossary_uses)
        register_rechecks(own_rechecks)
        register_subject("page", page_subject)
        register()
