"""By which rules somebody is judged, and how far she is with them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q

from accounts.models import User
from certification.models import Achievement, AchievementVersion, SupervisorSignOff, VersionChoice
from certification.requirements import (
    Answer,
    CourseDone,
    Learned,
    Policy,
    StoryDone,
    Version,
    answers,
    version_for,
)
from certification.validity import Validity
from courses.models import CheckAttempt, Registration
from courses.move_on import COUNTS_FOR
from scenarios.models import Attempt

DEFAULT_MONTHS = 12

# Apps above tell which sessions with an instructor somebody attended, by code. Each source is asked in turn.
attendance_sources: list[Callable[[User, datetime], Mapping[str, datetime]]] = []


def achievement_for(registration: Registration) -> Achievement | None:
    """What a registration leads to: through its course, or through the shorter course for renewing. One query."""
    course = registration.course_version.course_id
    return (
        Achievement.objects.select_related("issuer", "course", "jurisdiction", "professional_role")
        .filter(
            Q(course=course) | Q(renewal_course=course),
            professional_role=registration.professional_role_id,
            jurisdiction=registration.jurisdiction_id,
        )
        .first()
    )


def is_shorter_way(registration: Registration, achievement: Achievement) -> bool:
    return registration.course_version.course_id != achievement.course_id


def _chosen(registration: Registration, versions: Sequence[AchievementVersion]) -> int | None:
    if not any(row.policy == Policy.CHOOSE for row in versions):
        return None
    mine = VersionChoice.objects.filter(registration_uuid=registration.uuid, version__in=versions)
    return max(mine.values_list("version__number", flat=True), default=None)


def version_of(registration: Registration, achievement: Achievement) -> AchievementVersion | None:
    """The rules that hold for this registration. None where nobody has set any: the course alone decides."""
    versions = list(achievement.versions.all())
    number = version_for(
        [Version(row.number, row.made_at, Policy(row.policy)) for row in versions],
        begun_at=registration.registered_at,
        chosen=_chosen(registration, versions),
    )
    return next((row for row in versions if row.number == number), None)


def newer_choice(registration: Registration, achievement: Achievement) -> AchievementVersion | None:
    """Newer rules that the learner may choose and has not."""
    held = version_of(registration, achievement)
    newest = achievement.versions.last()
    if newest is None or held is None or newest.number <= held.number:
        return None
    return newest if newest.policy == Policy.CHOOSE else None


def validity_of(registration: Registration, version: AchievementVersion | None) -> Validity:
    if version is not None:
        return version.rules()
    months = int(registration.course_version.rules.get("validity_months", DEFAULT_MONTHS))
    return Validity(months=months, window_days=min(60, months * 28 - 1))


def learned(user: User, *, since: datetime) -> Learned:
    """What a rule may ask about this person, no older than `since`. Four queries, and those of the sources of attendance."""
    done = list(
        Registration.objects.filter(user=user, satisfied_at__gte=since).select_related(
            "course_version__course"
        )
    )
    best = dict(
        CheckAttempt.objects.filter(registration__in=done, passed=True, purpose=CheckAttempt.Purpose.CHECK)
        .order_by()
        .values_list("registration_id")
        .annotate(best=Max("score"))
    )
    courses = [
        CourseDone(
            row.course_version.course.code,
            row.course_version.number,
            float(row.course_version.rules.get("credit_hours", 0)),
            row.satisfied_at,
            float(best[row.pk]) if best.get(row.pk) is not None else None,
        )
        for row in done
        if row.satisfied_at is not None
    ]
    played = Attempt.objects.of(user).filter(
        practice_of__isnull=True,
        state=Attempt.State.FINISHED,
        has_open_flag=False,
        finished_at__gte=since,
    )
    stories = [
        StoryDone(
            slug, at, None if is_text else {key: share for key, share in results.items() if share is not None}
        )
        for slug, at, is_text, results in played.values_list(
            "scenario__slug", "finished_at", "is_text", "results"
        )
        if at is not None
    ]
    signed = SupervisorSignOff.objects.in_force().filter(user=user, at__gte=since)
    sessions: dict[str, datetime] = {}
    for source in attendance_sources:
        sessions |= source(user, since)
    return Learned(
        courses=courses,
        stories=stories,
        sessions=sessions,
        sign_offs=dict(signed.values_list("code", "at")),
    )


def counts_since(registration: Registration) -> datetime:
    """What was done in the twelve months before somebody began counts, as lessons do."""
    return registration.registered_at - COUNTS_FOR


@dataclass(frozen=True)
class Way:
    """Where a registration leads, by which rules, and what is still open."""

    registration: Registration
    achievement: Achievement
    version: AchievementVersion
    answers: Sequence[Answer]
    newer: AchievementVersion | None
    validity: Validity

    @property
    def is_open(self) -> bool:
        return any(not one.is_met for one in self.answers)


def way_of(registration: Registration) -> Way | None:
    """None where the course alone decides."""
    achievement = achievement_for(registration)
    version = version_of(registration, achievement) if achievement is not None else None
    if achievement is None or version is None:
        return None
    found = answers(version.requirements, learned(registration.user, since=counts_since(registration)))
    return Way(
        registration,
        achievement,
        version,
        found,
        newer_choice(registration, achievement),
        version.rules(),
    )
