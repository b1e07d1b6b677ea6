"""Questions about refreshers: what is due, for whom, and what went wrong before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from courses.models import AssignableUnit, CheckAttempt, CheckItem, Registration
from courses.refreshers import LAST_DAY, Missed, Step, due_step, next_step


def days_of(registration: Registration) -> list[int]:
    """The days after its end on which a course asks again, as its rules have them."""
    return [int(day) for day in registration.course_version.rules.get("refreshers", [])]


def with_refreshers(*, on: date) -> QuerySet[Registration]:
    """Courses finished within the year that ask again, only ever the last time that somebody finished each."""
    later = Registration.objects.filter(
        user=OuterRef("user"),
        course_version__course=OuterRef("course_version__course"),
        satisfied_at__gt=OuterRef("satisfied_at"),
    )
    return (
        Registration.objects.filter(
            course_version__rules__has_key="refreshers",
            satisfied_at__date__gte=on - timedelta(days=LAST_DAY + 1),
        )
        .exclude(Exists(later))
        .select_related("course_version__course", "user", "professional_role", "jurisdiction", "agency")
        .order_by("satisfied_at", "pk")
    )


@dataclass(frozen=True)
class Refreshing:
    """Where somebody stands with the refreshers of one course."""

    registration: Registration
    due: Step | None
    next: Step | None
    is_begun: bool

    def is_overdue(self, on: date) -> bool:
        return self.due is not None and on >= self.due.waits_from


def refreshing(registrations: Iterable[Registration], *, on: date) -> list[Refreshing]:
    """For each of these. Two queries together."""
    rows = list(registrations)
    attempts = CheckAttempt.objects.filter(
        registration__in=rows, purpose=CheckAttempt.Purpose.REFRESHER
    ).values_list("registration_id", "number", "submitted_at")
    done: dict[int, set[int]] = {}
    begun: set[tuple[int, int]] = set()
    for pk, day, submitted_at in attempts:
        if submitted_at is not None:
            done.setdefault(pk, set()).add(day)
        else:
            begun.add((pk, day))
    found = []
    for row in rows:
        if row.satisfied_at is None:
            continue
        days, satisfied_on = days_of(row), timezone.localdate(row.satisfied_at)
        due = due_step(days, satisfied_on=satisfied_on, done=done.get(row.pk, set()), on=on)
        coming = next_step(days, satisfied_on=satisfied_on, on=on)
        found.append(Refreshing(row, due, coming, is_begun=due is not None and (row.pk, due.day) in begun))
    return found


def refreshers_of(user: User, *, on: date) -> list[Refreshing]:
    """What is due for a person, and what comes next. Two queries."""
    mine = with_refreshers(on=on).filter(user=user)
    return [one for one in refreshing(mine, on=on) if one.due or one.next]


def refreshing_of(registration: Registration, *, on: date) -> Refreshing | None:
    """The same for one course; None where it asks nothing again, or was taken again since. Two queries."""
    row = with_refreshers(on=on).filter(pk=registration.pk).first()
    return refreshing([row], on=on)[0] if row is not None else None


def missed_by(registration: Registration) -> list[Missed]:
    """Answers of this person on the lessons of this course that did not earn all, in the order given. One query.

    Those around a course do not count: nothing that is told about them may change what is asked.
    """
    lessons = lessons_of(registration)
    rows = CheckItem.objects.filter(
        attempt__registration__user=registration.user_id,
        attempt__purpose__in=[CheckAttempt.Purpose.CHECK, CheckAttempt.Purpose.REFRESHER],
        question_version__question__lesson_code__in=lessons,
        answer__isnull=False,
    ).order_by("answered_at")
    return missed_in(rows.select_related("question_version__question"))


def missed_in(items: Iterable[CheckItem]) -> list[Missed]:
    """Of these, in their order."""
    return [
        Missed(item.question_version.question_id, item.question_version.question.lesson_code, 1 - item.earned)
        for item in items
        if item.earned < 1
    ]


def lessons_of(registration: Registration) -> Sequence[str]:
    return list(
        AssignableUnit.objects.filter(
            course_version=registration.course_version_id, kind=AssignableUnit.Kind.LESSON
        )
        .order_by("order")
        .values_list("code", flat=True)
    )
