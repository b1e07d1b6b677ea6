"""Which facts the live words of lessons and questions cite, and when a lesson is due for a re-check."""

from collections.abc import Collection, Iterable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from content.fact_uses import FactUse, cited_in, collect
from content.rechecks import Recheck
from courses.models import LessonPage, Question


def lesson_uses(codes: Collection[str] | None) -> Mapping[str, list[FactUse]]:
    pages = LessonPage.objects.only("code", "title", "live", "body", "summary", "use_tomorrow").order_by(
        "code"
    )
    return collect(
        (
            (
                FactUse(
                    _("Lesson"),
                    f"{page.code} {page.title}",
                    reverse("wagtailadmin_pages:edit", args=[page.pk]),
                    is_live=page.live,
                ),
                cited_in([page.body.raw_data, page.summary, page.use_tomorrow.raw_data]),
            )
            for page in pages
        ),
        codes,
    )


def question_uses(codes: Collection[str] | None) -> Mapping[str, list[FactUse]]:
    """Questions as they are drawn now. What was drawn before stays as it was and is nobody's to mend."""
    questions = Question.objects.filter(retired=False, live=True, current__isnull=False)
    return collect(
        (
            (
                FactUse(
                    _("Question"),
                    f"{question.code}: {question.stem[:80]}",
                    reverse("wagtailsnippets_courses_question:edit", args=[question.pk]),
                ),
                _cited_by(question),
            )
            for question in questions.select_related("current")
        ),
        codes,
    )


def _cited_by(question: Question) -> Iterable[tuple[str, str]]:
    version = question.current
    assert version is not None  # noqa: S101 - filtered
    where = ", ".join([*version.role_codes, *version.pack_codes])
    for option in version.options:
        yield from ((code, where) for code in option.get("facts", ()))
        yield from cited_in([option.get("text", ""), option.get("rationale", "")], where)
    yield from cited_in([version.stem, version.case_text], where)


def lesson_rechecks() -> Iterable[Recheck]:
    pages = LessonPage.objects.live().only("code", "title", "recheck_by", "version")
    for page in pages:
        yield Recheck(
            _("Lesson"),
            f"{page.code} {page.title}",
            _("Version %(version)s") % {"version": page.version},
            page.recheck_by,
            reverse("wagtailadmin_pages:edit", args=[page.pk]),
        )
