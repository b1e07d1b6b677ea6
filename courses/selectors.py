"""Questions about courses, and about how far somebody is."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from time import monotonic

from django.db.models import Prefetch
from django.urls import reverse

from accounts.models import User
from content.models import JurisdictionPack, ReviewSignOff
from courses.models import (
    AssignableUnit,
    CheckAttempt,
    CheckItem,
    Course,
    LessonPage,
    Module,
    Registration,
    RolePath,
    UnitProgress,
)
from courses.move_on import COUNTS_FOR, UnitState, is_done
from courses.parallel_forms import LessonWaiver, Standing, open_purpose
from courses.plan import plan_minutes
from courses.reviewing import lesson_reviews
from scenarios.selectors import attempts_for_registration, scenario_titles, slugs_finished_by

ESSENTIAL = "ESSENTIAL"


@dataclass(frozen=True)
class PathUnit:
    """One stop on the way. `state` is done, here, skipped or todo."""

    code: str
    kind: str
    title: str
    minutes: int
    state: str
    url: str
    completed_at: datetime | None
    is_tested_out: bool = False

    @property
    def is_done(self) -> bool:
        return self.state == "done"


@dataclass(frozen=True)
class LearningPath:
    registration: Registration
    units: tuple[PathUnit, ...]

    @property
    def minutes_total(self) -> int:
        return sum(unit.minutes for unit in self.units)

    @property
    def minutes_done(self) -> int:
        return sum(unit.minutes for unit in self.units if unit.is_done)

    @property
    def percent(self) -> int:
        return round(100 * self.minutes_done / self.minutes_total) if self.minutes_total else 0

    @property
    def next_unit(self) -> PathUnit | None:
        """What to do now: the first stop still open, and what was skipped once nothing else is."""
        return next((unit for unit in self.units if unit.state == "here"), None)

    @property
    def is_satisfied(self) -> bool:
        return self.registration.satisfied_at is not None


def unit_url(registration: Registration, unit: AssignableUnit) -> str:
    match unit.kind:
        case AssignableUnit.Kind.LESSON:
            return reverse("courses:lesson", args=[registration.uuid, unit.code])
        case AssignableUnit.Kind.CHECK:
            return reverse("courses:check", args=[registration.uuid])
    return reverse("courses:scenario", args=[registration.uuid])


def learning_path(registration: Registration, *, here: str | None = None) -> LearningPath:
    """The way through one registration. Two queries, however long the course is.

    `here` is the code of the unit that is open on screen; without it, the first one still open is here.
    """
    units = list(AssignableUnit.objects.filter(course_version_id=registration.course_version_id))
    progress = {row.unit_id: row for row in UnitProgress.objects.filter(registration=registration)}

    def state(unit: AssignableUnit) -> str:
        row = progress.get(unit.pk)
        if row is None:
            return "todo"
        if is_done(UnitState(unit.move_on, row.completed_at is not None, row.passed_at is not None)):
            return "done"
        return "skipped" if row.mode == UnitProgress.Mode.SKIPPED else "todo"

    states = {unit.code: state(unit) for unit in units}
    if here is None:
        here = next((code for code, one in states.items() if one == "todo"), None) or next(
            (code for code, one in states.items() if one == "skipped"), None
        )
    return LearningPath(
        registration,
        tuple(
            PathUnit(
                unit.code,
                unit.kind,
                unit.title,
                unit.minutes,
                "here" if unit.code == here else states[unit.code],
                unit_url(registration, unit),
                progress[unit.pk].completed_at if unit.pk in progress else None,
                unit.pk in progress and progress[unit.pk].mode == UnitProgress.Mode.TESTED_OUT,
            )
            for unit in units
        ),
    )


@dataclass(frozen=True)
class ModuleStop:
    """One module of a role's path. `state` is missing (not written yet), todo, begun or done."""

    code: str
    title: str
    minutes: int
    state: str
    lessons_done: int
    lessons: int
    registration_uuid: uuid.UUID | None


@dataclass(frozen=True)
class TierPath:
    """What a role takes above Essential: the starred lessons of these modules, and scenarios."""

    modules: tuple[ModuleStop, ...]

    @property
    def minutes(self) -> int:
        return sum(stop.minutes for stop in self.modules)

    @property
    def done(self) -> int:
        return sum(stop.state == "done" for stop in self.modules)

    @property
    def missing(self) -> tuple[ModuleStop, ...]:
        return tuple(stop for stop in self.modules if stop.state == "missing")


def practitioner_path(user: User, role_code: str, *, at: datetime) -> TierPath | None:
    """Where somebody stands in the Practitioner tier of a role; None for a role that has none. Five queries.

    A lesson done anywhere in the time that it counts (services.registrations) is done here too.
    """
    path = RolePath.objects.filter(role_code=role_code).first()
    if path is None:
        return None
    modules = {module.code: module for module in Module.objects.filter(code__in=path.practitioner)}
    there = set(Course.objects.filter(code__in=path.practitioner).values_list("code", flat=True))
    mine = {
        row.course_version.course.code: row
        for row in Registration.objects.filter(user=user, course_version__course__code__in=path.practitioner)
        .select_related("course_version__course")
        .order_by("registered_at")
    }
    read = set(
        UnitProgress.objects.filter(
            registration__user=user, unit__kind=AssignableUnit.Kind.LESSON, completed_at__gte=at - COUNTS_FOR
        ).values_list("unit__code", flat=True)
    )
    stops = []
    for code in path.practitioner:
        module = modules.get(code)
        if module is None:
            continue
        lessons = [one["id"] for one in module.plan.get("lessons", []) if one.get("core")]
        done = [one for one in lessons if one in read]
        registration = mine.get(code)
        if code not in there:
            state = "missing"
        elif registration is not None and registration.satisfied_at is not None:
            state = "done"
        else:
            state = "begun" if registration is not None or done else "todo"
        stops.append(
            ModuleStop(
                code,
                module.title,
                plan_minutes(module.plan, core=True),
                state,
                len(done),
                len(lessons),
                registration.uuid if registration is not None else None,
            )
        )
    return TierPath(tuple(stops))


def registration_for(user: User, registration_uuid: uuid.UUID) -> Registration | None:
    """The person's own registration and no one else's. One query."""
    return (
        Registration.objects.filter(user=user, uuid=registration_uuid)
        .select_related("course_version__course", "professional_role", "jurisdiction", "agency", "user")
        .first()
    )


def current_registration(user: User, *, course_code: str = ESSENTIAL) -> Registration | None:
    """The newest registration of a person for a course, open ones first."""
    mine = Registration.objects.filter(user=user, course_version__course__code=course_code).select_related(
        "course_version__course", "professional_role", "jurisdiction", "agency", "user"
    )
    return mine.filter(satisfied_at__isnull=True).first() or mine.first()


def course_by_code(code: str) -> Course | None:
    return Course.objects.filter(code=code).first()


def minutes_of(course: Course) -> int:
    """How long the newest version takes. Two queries."""
    version = course.versions.first()
    units = AssignableUnit.objects.filter(course_version=version)
    return sum(units.values_list("minutes", flat=True))


def scenario_slugs(registration: Registration) -> list[str]:
    """The scenarios among which this registration's role chooses."""
    rules = registration.course_version.rules
    choices = rules.get("scenarios", {})
    slugs = list(choices.get(registration.professional_role.code) or choices.get("ALLIED", ()))
    if not rules.get("new_scenario"):
        return slugs
    # One that she has not been through before; whoever has been through all of them chooses freely.
    known = slugs_finished_by(registration.user, besides=registration.uuid)
    return [slug for slug in slugs if slug not in known] or slugs


def latest_attempt(registration: Registration) -> CheckAttempt | None:
    return (
        CheckAttempt.objects.filter(registration=registration, purpose=CheckAttempt.Purpose.CHECK)
        .prefetch_related(Prefetch("items"), "items__question_version__question")
        .first()
    )


def form_standing(registration: Registration) -> Standing:
    """Which of the questions around a course are answered. Two queries."""
    answered = CheckAttempt.objects.filter(submitted_at__isnull=False, purpose__in=CheckAttempt.AROUND)
    return Standing(
        done=set(answered.filter(registration=registration).values_list("purpose", flat=True)),
        asked_before=answered.filter(
            registration__user=registration.user_id,
            registration__course_version__course=registration.course_version.course_id,
        )
        .exclude(registration=registration)
        .exists(),
        started_at=registration.started_at,
        satisfied_at=registration.satisfied_at,
    )


def lesson_versions(codes: Iterable[str]) -> dict[str, str]:
    return dict(LessonPage.objects.filter(code__in=list(codes)).values_list("code", "version"))


def titles_of(codes: Iterable[str]) -> dict[str, str]:
    """What lessons and scenarios are called today, by code; nothing for those that are gone. Two queries."""
    wanted = list(codes)
    lessons = LessonPage.objects.filter(code__in=wanted).values_list("code", "title")
    return dict(lessons) | scenario_titles(wanted)


def lessons_to_leave_out(registration: Registration) -> list[str]:
    """Codes of the lessons still open to her that her answers before the course showed her to know. Two queries."""
    rules = registration.course_version.rules
    if "test_out" not in rules or registration.satisfied_at is not None:
        return []
    rule = LessonWaiver.from_json(rules["test_out"])
    answers = CheckItem.objects.filter(
        attempt__registration=registration,
        attempt__purpose=CheckAttempt.Purpose.BEFORE,
        attempt__submitted_at__isnull=False,
    )
    if not rule.is_met([one or Decimal(0) for one in answers.values_list("credit", flat=True)]):
        return []
    done = set(
        UnitProgress.objects.filter(registration=registration, completed_at__isnull=False).values_list(
            "unit__code", flat=True
        )
    )
    return [code for code in rule.lessons if code not in done]


@dataclass(frozen=True)
class QuestionsAround:
    """One line on "My training": questions before or after a course, which nobody has to answer."""

    registration: Registration
    purpose: str
    count: int
    opens_at: datetime | None
    is_begun: bool
    lessons_to_leave_out: tuple[str, ...] = ()


def questions_around(user: User, *, at: datetime) -> list[QuestionsAround]:
    """What is open to her now, and on which day the last questions open. Two queries, and two for each module whose lessons
    she may be able to leave out.
    """
    mine = list(
        Registration.objects.filter(user=user, course_version__rules__has_key="forms")
        .select_related("course_version__course", "user")
        .order_by("registered_at")
    )
    if not mine:
        return []
    attempts: dict[int, dict[str, CheckAttempt]] = {}
    asked: dict[int, set[int]] = {}
    course_of = {row.pk: row.course_version.course_id for row in mine}
    for attempt in CheckAttempt.objects.filter(registration__in=mine, purpose__in=CheckAttempt.AROUND):
        attempts.setdefault(attempt.registration_id, {})[attempt.purpose] = attempt
        if attempt.submitted_at is not None:
            asked.setdefault(course_of[attempt.registration_id], set()).add(attempt.registration_id)
    found = []
    for row in mine:
        own = attempts.get(row.pk, {})
        standing = Standing(
            done={purpose for purpose, one in own.items() if one.submitted_at is not None},
            asked_before=bool(asked.get(row.course_version.course_id, set()) - {row.pk}),
            started_at=row.started_at,
            satisfied_at=row.satisfied_at,
        )
        count = int(row.course_version.rules["forms"]["items"])
        purpose = open_purpose(standing, at=at)
        if purpose is not None:
            found.append(QuestionsAround(row, purpose, count, None, purpose in own))
        if standing.later_on is not None and at < standing.later_on:
            found.append(
                QuestionsAround(row, CheckAttempt.Purpose.LATER, count, standing.later_on, is_begun=False)
            )
        if CheckAttempt.Purpose.BEFORE in standing.done and (codes := lessons_to_leave_out(row)):
            found.append(QuestionsAround(row, CheckAttempt.Purpose.BEFORE, count, None, True, tuple(codes)))
    return found


@dataclass(frozen=True)
class ModuleScore:
    """Of one module, or of all together where it has no title: for each purpose that was answered the credit earned and of how many
    questions.
    """

    title: str
    scores: Mapping[str, tuple[Decimal, int]]


def own_gain(registration: Registration) -> list[ModuleScore]:
    """What came of the questions around a course, for the learner's own eyes: by module, and together. Two queries."""
    rows = CheckItem.objects.filter(
        attempt__registration=registration,
        attempt__submitted_at__isnull=False,
        attempt__purpose__in=CheckAttempt.AROUND,
    )
    modules = module_of_lessons()
    sums: dict[str, dict[str, tuple[Decimal, int]]] = {}
    titles = {"": ""}
    for purpose, lesson, credit in rows.values_list(
        "attempt__purpose", "question_version__question__lesson_code", "credit"
    ):
        module = modules.get(lesson)
        code = module.code if module is not None else lesson
        titles[code] = module.title if module is not None else lesson
        for key in (code, ""):
            earned, count = sums.setdefault(key, {}).get(purpose, (Decimal(0), 0))
            sums[key][purpose] = (earned + (credit or Decimal(0)), count + 1)
    return [ModuleScore(titles[code], sums[code]) for code in sorted(sums, key=lambda code: (not code, code))]


def module_of_lessons() -> dict[str, Module]:
    """By code of lesson, as planned. One query."""
    return {
        str(lesson["id"]): module
        for module in Module.objects.all()
        for lesson in module.plan.get("lessons", [])
    }


@dataclass(frozen=True)
class ContentState:
    """What was learned, in which version, and who has not looked at it yet."""

    versions: dict[str, str]
    missing_reviews: tuple[str, ...]
    pack_version: str
    pack_name: str


def lesson_titles(codes: Sequence[str]) -> dict[str, str]:
    """Of those of these lessons that exist and are published. One query."""
    return dict(
        LessonPage.objects.live().filter(code__in=codes).order_by("code").values_list("code", "title")
    )


def missing_gates(pages: Sequence[LessonPage]) -> dict[str, list[str]]:
    """For each lesson the reviews asked for that nobody has signed for its present words. Two queries."""
    return {code: [one.gate for one in found if one.is_open] for code, found in lesson_reviews(pages).items()}


_LessonsState = tuple[dict[str, str], frozenset[str]]
# By course version, with when it was read; None outside of `lessons_read_once`.
_read: ContextVar[dict[int, tuple[float, _LessonsState]] | None] = ContextVar("lessons read", default=None)
READ_AGAIN_AFTER = 10.0


@contextmanager
def lessons_read_once() -> Iterator[None]:
    """Within it `content_state` reads the lessons of a course again only after ten seconds, for awards by the thousand."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def _lessons_state(course_version_id: int) -> _LessonsState:
    """Versions of a course's lessons, and the reviews that any of them lacks."""
    read = _read.get()
    if read is not None and course_version_id in read:
        at, known = read[course_version_id]
        if monotonic() - at < READ_AGAIN_AFTER:
            return known
    codes = AssignableUnit.objects.filter(
        course_version_id=course_version_id, kind=AssignableUnit.Kind.LESSON
    ).values_list("code", flat=True)
    pages = list(LessonPage.objects.filter(code__in=codes).order_by("code"))
    state = (
        {page.code: page.version for page in pages},
        frozenset(gate for gates in missing_gates(pages).values() for gate in gates),
    )
    if read is not None:
        read[course_version_id] = (monotonic(), state)
    return state


def content_state(registration: Registration) -> ContentState:
    """For a certificate: versions of lessons, scenario and pack, and the reviews that are still missing."""
    of_lessons, lacking = _lessons_state(registration.course_version_id)
    versions, missing = dict(of_lessons), set(lacking)
    for attempt in attempts_for_registration(registration.uuid):
        if attempt.is_resolved:
            versions[attempt.scenario.slug] = str(attempt.version.number)
            missing.add(ReviewSignOff.Gate.SURVIVOR.value)
    pack = JurisdictionPack.objects.filter(code=registration.jurisdiction.code).first()
    return ContentState(
        versions=versions,
        missing_reviews=tuple(gate for gate in ReviewSignOff.Gate.values if gate in missing),
        pack_version=pack.version if pack else "",
        pack_name=pack.name if pack else registration.jurisdiction.name,
    )
