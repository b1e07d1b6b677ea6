from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from content.fact_uses import register_fact_uses
        from content.rechecks import register_rechecks
        from content.reviewing import register_reading
        from content.role_outline import register_outline
        from content.subjects import register_subject
        from courses import receivers  # noqa: F401
        from courses.fact_uses import lesson_rechecks, lesson_uses, question_uses
        from courses.models import LessonPage
        from courses.outline import essential_outline
        from courses.reviewing import lesson_reading, review_rechecks
        from courses.search import register
        from courses.selectors import lesson_titles
        from courses.subjects import lesson_subject, question_subject
        from scenarios.lesson_links import use_titles_from

        use_titles_from(lesson_titles)
        register_outline(essential_outline)
        for finder in (lesson_uses, question_uses):
            register_fact_uses(finder)
        register_rechecks(lesson_rechecks)
        register_rechecks(review_rechecks)
        register_reading(LessonPage, lesson_reading)
        register_subject("lesson", lesson_subject)
        register_subject("question", question_subject)
        register()
