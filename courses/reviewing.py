"""What reviewers read of a lesson: its words, and the questions that are asked about it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Workflow

from content.keeping import digest
from content.models import ReviewGateTask, ReviewSignOff
from content.rechecks import Recheck
from content.reviewing import Reading, Review, ReviewState, reviews
from courses.models import LessonPage, Question
from courses.words import words_of_lesson, words_of_question

# What is on the page. Minutes, version and dates are the editors' own book-keeping.
TAUGHT = ("title", "content_note", "by_the_end", "summary", "use_tomorrow", "body")


def lesson_readings(pages: Sequence[LessonPage]) -> list[Reading]:
    """One query for the questions of all of them."""
    asked: dict[str, list[Question]] = defaultdict(list)
    for question in Question.objects.filter(
        lesson_code__in=[page.code for page in pages], live=True, retired=False
    ).order_by("code"):
        asked[question.lesson_code].append(question)
    return [_reading(page, asked[page.code]) for page in pages]


def lesson_reading(page: LessonPage) -> Reading:
    return lesson_readings([page])[0]


def _reading(page: LessonPage, questions: Iterable[Question]) -> Reading:
    """Of words alone: ids of blocks, marks of the editor and line breaks change nothing."""
    words = words_of_lesson(page)
    taught = {name: words[name] for name in TAUGHT}
    taught["questions"] = [words_of_question(one) for one in questions]
    return Reading(f"lesson:{page.code}", digest(taught), tuple(page.gates))


def lesson_reviews(pages: Sequence[LessonPage]) -> dict[str, tuple[Review, ...]]:
    """For each lesson's code where the reviews that it asks for stand. Two queries."""
    found = reviews(lesson_readings(pages))
    return {page.code: found[f"lesson:{page.code}"] for page in pages}


def _lapsed(pages: Sequence[LessonPage]) -> dict[str, list[Review]]:
    """Only lessons that somebody has once signed are read through."""
    signed = set(
        ReviewSignOff.objects.filter(subject__startswith="lesson:").values_list("subject", flat=True)
    )
    once = [page for page in pages if f"lesson:{page.code}" in signed]
    if not once:
        return {}
    return {
        code: [one for one in found if one.state == ReviewState.LAPSED]
        for code, found in lesson_reviews(once).items()
    }


def review_rechecks() -> Iterable[Recheck]:
    """Sign-offs that no longer hold, since the day on which the words were changed."""
    pages = {page.code: page for page in LessonPage.objects.live().select_related("module")}
    for code, found in _lapsed(list(pages.values())).items():
        page = pages[code]
        for one in found:
            assert one.signed_on is not None  # noqa: S101 - lapsed
            yield Recheck(
                _("Review"),
                f"{page.code} {page.title}",
                _("Reviewed by %(reader)s, and changed since") % {"reader": one.reader},
                one.signed_on,
                reverse("wagtailadmin_pages:edit", args=[page.pk]),
            )


@transaction.atomic
def ask_again(page: LessonPage) -> bool:
    """Send a published lesson back to those whose sign-off its change has ended; Wagtail writes to them.

    Nothing where a review is under way, or where no step of the workflow would ask anybody.
    """
    lapsed = {one.gate for one in _lapsed([page]).get(page.code, ())}
    if not lapsed or page.workflow_in_progress:
        return False
    workflow: Workflow | None = page.get_workflow()
    if workflow is None:
        return False
    asks = ReviewGateTask.objects.filter(workflow_tasks__workflow=workflow, active=True, gate__in=lapsed)
    if not asks.exists():
        return False
    if page.latest_revision is None:
        page.save_revision(clean=False)
    workflow.start(page, None)
    return True


def ask_again_for_lesson(code: str) -> bool:
    page = LessonPage.objects.live().filter(code=code).first()
    return page is not None and ask_again(page)


__all__ = [
    "ask_again",
    "ask_again_for_lesson",
    "lesson_reading",
    "lesson_readings",
    "lesson_reviews",
    "review_rechecks",
]
