"""Lessons and questions as something that a report can be about."""

from django.urls import reverse
from django.utils.translation import gettext as _

from content.fact_uses import cited_in
from content.subjects import Subject
from courses.models import LessonPage, Question


def lesson_subject(code: str) -> Subject | None:
    page = LessonPage.objects.live().filter(code=code).select_related("module").first()
    if page is None:
        return None
    return Subject(
        name=f"lesson:{code}",
        title=_("Lesson %(code)s %(title)s") % {"code": code, "title": page.title},
        module=page.module.code,
        url=reverse("courses:lesson_by_code", args=[code]),
        edit_url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
        facts=tuple(dict.fromkeys(code for code, _who in cited_in([page.body.raw_data, page.summary]))),
    )


def question_subject(code: str) -> Subject | None:
    question = Question.objects.filter(code=code, live=True).first()
    if question is None:
        return None
    page = LessonPage.objects.filter(code=question.lesson_code).select_related("module").first()
    return Subject(
        name=f"question:{code}",
        title=_("Question %(code)s of lesson %(lesson)s") % {"code": code, "lesson": question.lesson_code},
        module=page.module.code if page is not None else "",
        edit_url=reverse("wagtailsnippets_courses_question:edit", args=[question.pk]),
        facts=tuple(dict.fromkeys(code for code, _who in cited_in(question.options.raw_data))),
    )
