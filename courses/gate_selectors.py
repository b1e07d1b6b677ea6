"""Which reviews stand between content and an agency, and who has taken them on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from agencies.models import Agency
from content.models import ReviewSignOff
from content.reviewing import Review
from courses.gate_rules import OpenGate, uncovered
from courses.models import AssignableUnit, Course, CourseVersion, GateTakeover, LessonPage
from courses.reviewing import lesson_reviews

Reviews = Mapping[str, Sequence[Review]]


def lessons_of(version: CourseVersion) -> list[LessonPage]:
    """The published pages of a course's lessons, with their modules. One query."""
    codes = AssignableUnit.objects.filter(course_version=version, kind=AssignableUnit.Kind.LESSON).values(
        "code"
    )
    return list(LessonPage.objects.live().filter(code__in=codes).select_related("module").order_by("code"))


def open_gates_of(pages: Sequence[LessonPage], *, reviews: Reviews | None = None) -> tuple[OpenGate, ...]:
    """By module, in the order of the gates. Two queries, none where the reviews are known."""
    found: dict[tuple[str, str], list[str]] = {}
    if reviews is None:
        reviews = lesson_reviews(pages) if pages else {}
    for page in pages:
        for review in reviews[page.code]:
            if review.is_open:
                found.setdefault((page.module.code, review.gate), []).append(page.code)
    order = {gate: place for place, gate in enumerate(ReviewSignOff.Gate.values)}
    return tuple(
        OpenGate(module, gate, tuple(lessons))
        for (module, gate), lessons in sorted(found.items(), key=lambda one: (one[0][0], order[one[0][1]]))
    )


def takeovers(*, on: date | None = None) -> list[GateTakeover]:
    """The newest first; those in force on a day, where one is given. One query."""
    rows = GateTakeover.objects.select_related("agency", "taken_by", "withdrawal")
    if on is not None:
        rows = rows.filter(withdrawal=None, taken_on__lte=on, until__gte=on)
    return list(rows)


def gates_in_the_way(version: CourseVersion, *, agency: Agency, on: date) -> tuple[OpenGate, ...]:
    """Why a course cannot be given to the people of an agency now; empty where it can.

    Nothing stands in the way where the site does not bind itself (on trial sites), nor for people without an agency: nobody assigns
    them anything, and every lesson says what it waits for. Five queries.
    """
    if not settings.REVIEW_GATES_BIND or agency.is_independent:
        return ()
    gaps = open_gates_of(lessons_of(version))
    if not gaps:
        return ()
    return uncovered(gaps, [row.as_rule() for row in takeovers(on=on)], agency_path=agency.path, on=on)


def taken_on_for(
    gaps: Iterable[OpenGate], *, agency: Agency, on: date
) -> list[tuple[GateTakeover, tuple[OpenGate, ...]]]:
    """Who answers for which of these open reviews at an agency, the newest first. One query."""
    left = list(gaps)
    found = []
    if not left or agency.is_independent:
        return []
    for row in takeovers(on=on):
        rule = row.as_rule()
        covered = tuple(gap for gap in left if rule.covers(gap, agency_path=agency.path, on=on))
        if covered:
            found.append((row, covered))
            left = [gap for gap in left if gap not in covered]
    return found


@dataclass(frozen=True)
class GatesHere:
    """What an agency's content waits for: what keeps it away, and what somebody answers for."""

    waiting: tuple[OpenGate, ...] = ()
    taken: tuple[tuple[GateTakeover, tuple[OpenGate, ...]], ...] = ()


def gates_here(
    pages: Sequence[LessonPage], *, agency: Agency, on: date, reviews: Reviews | None = None
) -> GatesHere:
    """Nothing where the site does not bind itself or the people have no agency. Three queries, one where the reviews are known."""
    if not settings.REVIEW_GATES_BIND or agency.is_independent:
        return GatesHere()
    gaps = open_gates_of(pages, reviews=reviews)
    taken = tuple(taken_on_for(gaps, agency=agency, on=on))
    covered = {gap for _row, found in taken for gap in found}
    return GatesHere(tuple(gap for gap in gaps if gap not in covered), taken)


def lessons_of_courses(courses: Iterable[Course]) -> list[LessonPage]:
    """The lessons of their newest versions, each once. Two queries."""
    versions = CourseVersion.objects.filter(course__in=list(courses)).order_by("course_id", "-pk")
    newest: dict[int, int] = {}
    for pk, course_id in versions.values_list("pk", "course_id"):
        newest.setdefault(course_id, pk)
    codes = AssignableUnit.objects.filter(
        course_version__in=newest.values(), kind=AssignableUnit.Kind.LESSON
    ).values("code")
    return list(LessonPage.objects.live().filter(code__in=codes).select_related("module").order_by("code"))
