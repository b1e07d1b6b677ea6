"""By which rules somebody is judged, and how far she is with them."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency, Membership
from certification.models import (
    Achievement,
    AchievementCredential,
    AchievementVersion,
    SupervisorSignOff,
    VersionChoice,
)
from certification.requirements import (
    Answer,
    CourseDone,
    Kind,
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
from courses.refresher_selectors import refreshers_of
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
    return _version(registration, versions, _chosen(registration, versions))


def _version(
    registration: Registration, versions: Sequence[AchievementVersion], chosen: int | None
) -> AchievementVersion | None:
    number = version_for(
        [Version(row.number, row.made_at, Policy(row.policy)) for row in versions],
        begun_at=registration.registered_at,
        chosen=chosen,
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
    """What a rule may ask about this person, no older than `since`. Seven queries, and those of the sources of attendance."""
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
        refreshed_at=_refreshed_at(user, since=since),
    )


def _refreshed_at(user: User, *, since: datetime) -> datetime | None:
    """When the last refresher was done, where none is due; the beginning of what counts where none was ever due."""
    if any(one.due for one in refreshers_of(user, on=timezone.localdate())):
        return None
    done = CheckAttempt.objects.filter(
        registration__user=user, purpose=CheckAttempt.Purpose.REFRESHER, submitted_at__gte=since
    )
    return done.aggregate(last=Max("submitted_at"))["last"] or since


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


def ways_of(user: User) -> list[Way]:
    """Of every course that is open, or finished and still waiting for something. Those without rules are left out."""
    awarded = AchievementCredential.objects.filter(user=user).values("registration_uuid")
    rows = (
        Registration.objects.filter(user=user)
        .exclude(uuid__in=awarded)
        .select_related("course_version__course", "professional_role", "jurisdiction", "agency", "user")
    )
    return [way for row in rows if (way := way_of(row)) is not None]


def way_for(user: User, registration_uuid: uuid.UUID) -> Way | None:
    """One's own."""
    return next((way for way in ways_of(user) if way.registration.uuid == registration_uuid), None)


@dataclass(frozen=True)
class Task:
    """Something that a supervisor may sign for somebody."""

    user: User
    code: str
    title: str
    help: str
    signed: SupervisorSignOff | None


def _tasks_in(rule: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for one in rule:
        if one["kind"] == Kind.SIGN_OFF:
            yield one
        for way in one.get("of", []):
            yield from _tasks_in(way)


def asks_sign_offs() -> bool:
    """Whether any rules ask that something is seen at work. One query."""
    rules = AchievementVersion.objects.exclude(requirements=[]).values_list("requirements", flat=True)
    return any(True for rule in rules for _ in _tasks_in(rule))


def tasks_within(agency: Agency, *, on: date) -> list[Task]:
    """What is to be seen at work of everybody who works in a unit or below it, by name. Five queries, whatever its size;
    two where no rules ask for it.

    Of the rules that hold for each person's open or waiting course; those with a certificate are not asked again.
    """
    found = [
        row
        for row in Achievement.objects.prefetch_related("versions")
        if any(True for version in row.versions.all() for _ in _tasks_in(version.requirements))
    ]
    if not found:
        return []
    here = Membership.objects.current(on=on).filter(agency__path__startswith=agency.path)
    people = here.values("user")
    awarded = AchievementCredential.objects.filter(user__in=people).values("registration_uuid")
    rows = (
        Registration.objects.filter(user__in=people)
        .filter(
            course_version__course__in=[
                c for row in found for c in (row.course_id, row.renewal_course_id) if c
            ]
        )
        .exclude(uuid__in=awarded)
        .select_related("course_version", "user")
        .order_by("user__name", "user_id", "registered_at")
    )
    by_place = {
        (course, row.professional_role_id, row.jurisdiction_id): row
        for row in found
        for course in (row.renewal_course_id, row.course_id)
        if course is not None
    }
    chosen: dict[uuid.UUID, int] = {}
    for registration_uuid, number in VersionChoice.objects.values_list(
        "registration_uuid", "version__number"
    ):
        chosen[registration_uuid] = max(number, chosen.get(registration_uuid, 0))
    signed = {
        (row.user_id, row.code): row
        for row in SupervisorSignOff.objects.in_force().filter(user__in=people).select_related("by", "agency")
    }
    tasks: dict[tuple[int, str], Task] = {}
    for row in rows:
        achievement = by_place.get(
            (row.course_version.course_id, row.professional_role_id, row.jurisdiction_id)
        )
        version = (
            _version(row, list(achievement.versions.all()), chosen.get(row.uuid)) if achievement else None
        )
        for one in _tasks_in(version.requirements if version else []):
            key = (row.user_id, one["code"])
            tasks.setdefault(
                key, Task(row.user, one["code"], one["title"], one.get("help", ""), signed.get(key))
            )
    return list(tasks.values())
