"""Registering for a course, reading lessons, and being done."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import Jurisdiction, ProfessionalRole, User
from agencies.models import Agency
from courses import signals, statements
from courses.exceptions import CourseError, GateIsOpen
from courses.gate_selectors import gates_in_the_way
from courses.gate_words import refusal
from courses.models import AssignableUnit, Course, CourseVersion, Registration, UnitProgress
from courses.move_on import COUNTS_FOR, UnitState, is_done, is_satisfied
from records.vocabulary import adl, cmi5
from scenarios.selectors import attempts_for_registration, registrations_played


def _announce(signal: Signal, registration: Registration, *, at: datetime) -> None:
    news = {"registration_uuid": registration.uuid, "user_id": registration.user_id, "at": at}
    transaction.on_commit(lambda: signal.send(sender=Registration, **news))


@transaction.atomic
def register(
    user: User,
    *,
    course: Course,
    agency: Agency,
    professional_role: ProfessionalRole,
    jurisdiction: Jurisdiction,
    due_on: date | None = None,
    at: datetime,
) -> Registration:
    """Start one person on the newest version of a course.

    While she has an open registration for that course under that agency, this returns it and changes nothing.
    Raises CourseError when the course has no published version, and GateIsOpen while it waits for a review that nobody answers for.
    """
    User.objects.select_for_update().get(pk=user.pk)
    existing = (
        Registration.objects.open()
        .filter(user=user, agency=agency, course_version__course=course)
        .select_related("course_version__course", "user", "agency")
        .first()
    )
    if existing is not None:
        return existing
    version = course.versions.first()
    if version is None:
        raise CourseError(f"{course.code} has no published version yet. Load or publish it first.")
    refuse_open_gates(version, agency=agency, on=timezone.localdate(at))
    registration = Registration.objects.create(
        user=user,
        agency=agency,
        course_version=version,
        professional_role=professional_role,
        jurisdiction=jurisdiction,
        due_on=due_on,
        registered_at=at,
    )
    statements.say_about_course(registration, adl.REGISTERED, at=at, key="registered")
    _announce(signals.registration_created, registration, at=at)
    _take_over(registration, at=at)
    return registration


@transaction.atomic
def set_due(registration: Registration, *, due_on: date | None) -> None:
    """By when an open course is to be done. What is finished keeps the day that it had."""
    if registration.due_on == due_on or registration.satisfied_at is not None:
        return
    registration.due_on = due_on
    registration.save(update_fields=["due_on"])


def refuse_open_gates(version: CourseVersion, *, agency: Agency, on: date) -> None:
    """Raises GateIsOpen. What is under way already is not asked about."""
    gaps = gates_in_the_way(version, agency=agency, on=on)
    if gaps:
        raise GateIsOpen(refusal(version.course.title, gaps), gaps)


def _take_over(registration: Registration, *, at: datetime) -> None:
    """What she has done in another course in the last twelve months counts here: each tier counts towards the next.

    Not what she did in this course before: a renewal takes the lessons as they are now, and so does the shorter course that
    renews another. Nor what she tested out of: that counts where she did.
    """
    course = registration.course_version.course
    if course.tier == Course.RENEWAL:
        return
    done = (
        UnitProgress.objects.filter(
            registration__user=registration.user_id,
            completed_at__gte=at - COUNTS_FOR,
            completed_at__isnull=False,
        )
        .exclude(registration__course_version__course=course)
        .exclude(mode=UnitProgress.Mode.TESTED_OUT)
        .filter(unit__kind=AssignableUnit.Kind.LESSON)
    )
    codes = set(done.values_list("unit__code", flat=True))
    for unit in AssignableUnit.objects.filter(
        course_version_id=registration.course_version_id, kind=AssignableUnit.Kind.LESSON, code__in=codes
    ):
        _count(registration, unit, at=at)


def _count(registration: Registration, unit: AssignableUnit, *, at: datetime) -> None:
    """A unit that was done elsewhere."""
    progress, _created = UnitProgress.objects.get_or_create(
        registration=registration, unit=unit, defaults={"started_at": at}
    )
    if progress.completed_at is None:
        progress.completed_at = at
        progress.mode = UnitProgress.Mode.READ
        progress.save(update_fields=["completed_at", "mode"])
        statements.say_about_unit(
            registration, unit, cmi5.WAIVED, at=at, key="waived", reason="Equivalent AU"
        )
        evaluate_move_on(registration, at=at)


def _pass_on(registration: Registration, *, code: str, at: datetime) -> None:
    """A lesson done in one course is done in every other that the same person has open."""
    others = (
        Registration.objects.open()
        .filter(user_id=registration.user_id)
        .exclude(pk=registration.pk)
        .select_related("course_version__course", "user", "agency")
    )
    for other in others:
        unit = AssignableUnit.objects.filter(
            course_version_id=other.course_version_id, kind=AssignableUnit.Kind.LESSON, code=code
        ).first()
        if unit is not None:
            _count(other, unit, at=at)


def _unit(registration: Registration, *, kind: str, code: str | None = None) -> AssignableUnit:
    units = AssignableUnit.objects.filter(course_version_id=registration.course_version_id, kind=kind)
    unit = units.filter(code=code).first() if code else units.first()
    if unit is None:
        raise CourseError(f"This course has no {kind} {code or ''}.".replace(" .", "."))
    return unit


def _touch(registration: Registration, unit: AssignableUnit, *, at: datetime) -> UnitProgress:
    progress, created = UnitProgress.objects.get_or_create(
        registration=registration, unit=unit, defaults={"started_at": at, "last_opened_at": at}
    )
    if created:
        statements.say_about_unit(registration, unit, adl.INITIALIZED, at=at, key="initialized")
    if registration.started_at is None:
        registration.started_at = at
        registration.save(update_fields=["started_at"])
        _announce(signals.registration_started, registration, at=at)
    return progress


@transaction.atomic
def open_lesson(registration: Registration, *, code: str, at: datetime) -> UnitProgress:
    """Note that a lesson was opened. The first time starts it; later times count as having looked again."""
    unit = _unit(registration, kind=AssignableUnit.Kind.LESSON, code=code)
    progress = _touch(registration, unit, at=at)
    if progress.last_opened_at != at:
        progress.last_opened_at = at
        progress.save(update_fields=["last_opened_at"])
    return progress


@transaction.atomic
def complete_lesson(
    registration: Registration, *, code: str, mode: str = UnitProgress.Mode.READ, at: datetime
) -> UnitProgress:
    """A lesson is done, read in whole or as its summary: nothing that leaves here tells which."""
    unit = _unit(registration, kind=AssignableUnit.Kind.LESSON, code=code)
    progress = _touch(registration, unit, at=at)
    if progress.completed_at is None:
        progress.completed_at = at
        progress.mode = mode
        progress.save(update_fields=["completed_at", "mode"])
        statements.say_about_unit(registration, unit, adl.COMPLETED, at=at, key="completed", completion=True)
        evaluate_move_on(registration, at=at)
        _pass_on(registration, code=code, at=at)
    return progress


@transaction.atomic
def skip_lesson(registration: Registration, *, code: str, at: datetime) -> UnitProgress:
    """Pass a lesson by for now. Nothing is recorded outside the learner's own path, and it stays open to her."""
    unit = _unit(registration, kind=AssignableUnit.Kind.LESSON, code=code)
    progress, _ = UnitProgress.objects.get_or_create(
        registration=registration, unit=unit, defaults={"started_at": at, "mode": UnitProgress.Mode.SKIPPED}
    )
    if progress.completed_at is None:
        progress.mode = UnitProgress.Mode.SKIPPED
        progress.save(update_fields=["mode"])
    return progress


@transaction.atomic
def record_scenario(registration: Registration, *, at: datetime) -> None:
    """Take over what the scenarios say: played to an ending without an open critical flag, or read as text."""
    unit = _unit(registration, kind=AssignableUnit.Kind.SCENARIO)
    progress = _touch(registration, unit, at=at)
    if progress.completed_at is None and any(
        attempt.is_resolved for attempt in attempts_for_registration(registration.uuid)
    ):
        progress.completed_at = at
        progress.save(update_fields=["completed_at"])
        statements.say_about_unit(registration, unit, adl.COMPLETED, at=at, key="completed", completion=True)
        evaluate_move_on(registration, at=at)


def unit_states(registration: Registration) -> list[UnitState]:
    units = list(AssignableUnit.objects.filter(course_version_id=registration.course_version_id))
    progress = {row.unit_id: row for row in UnitProgress.objects.filter(registration=registration)}
    return [
        UnitState(
            move_on=unit.move_on,
            is_completed=unit.pk in progress and progress[unit.pk].completed_at is not None,
            is_passed=unit.pk in progress and progress[unit.pk].passed_at is not None,
        )
        for unit in units
    ]


@transaction.atomic
def evaluate_move_on(registration: Registration, *, at: datetime) -> bool:
    """Whether the course is satisfied; when it becomes so, say it once, and again to whoever listens if asked again."""
    locked = (
        Registration.objects.select_for_update()
        .select_related("course_version__course", "user", "agency")
        .get(pk=registration.pk)
    )
    states = unit_states(locked)
    if not states or not is_satisfied(states):
        return False
    if locked.satisfied_at is None:
        locked.satisfied_at = at
        locked.save(update_fields=["satisfied_at"])
        registration.satisfied_at = at
        statements.say_about_course(locked, adl.COMPLETED, at=at, key="completed")
        statements.say_about_course(locked, cmi5.SATISFIED, at=at, key="satisfied")
    _announce(signals.registration_satisfied, locked, at=locked.satisfied_at)
    return True


def reconcile_registrations(*, at: datetime) -> int:
    """Take over what a crash between commit and signal left behind. How many courses became satisfied by it."""
    # Asked of the database first: of a hundred thousand open registrations hardly one has nothing left to do.
    done = UnitProgress.objects.filter(registration=OuterRef(OuterRef("pk")), unit=OuterRef("pk")).filter(
        Q(completed_at__isnull=False) | Q(passed_at__isnull=False)
    )
    left = AssignableUnit.objects.filter(course_version=OuterRef("course_version")).exclude(Exists(done))
    waiting = (
        Registration.objects.open()
        .filter(started_at__isnull=False)
        .filter(~Exists(left) | Q(uuid__in=registrations_played()))
    )
    mended = 0
    for registration in waiting.select_related("course_version__course", "user", "agency").iterator():
        if any(attempt.is_resolved for attempt in attempts_for_registration(registration.uuid)):
            record_scenario(registration, at=at)
        mended += evaluate_move_on(registration, at=at)
    return mended


__all__ = [
    "complete_lesson",
    "evaluate_move_on",
    "is_done",
    "open_lesson",
    "reconcile_registrations",
    "record_scenario",
    "refuse_open_gates",
    "register",
    "skip_lesson",
]
