from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from content.role_outline import register_outline
        from courses import receivers  # noqa: F401
        from courses.outline import essential_outline
        from courses.selectors import lesson_titles
        from scenarios.lesson_links import use_titles_from

        use_titles_from(lesson_titles)
        register_outline(essential_outline)
