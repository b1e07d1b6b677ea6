"""Assignments made, changed and ended by leads: looked at before, written at once, and carried to people in the background.

Services, beside `compliance.services`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from accounts.models import ProfessionalRole, User
from agencies.audit import note_change
from agencies.models import Agency, Membership
from agencies.selectors import root_path
from certification.models import AchievementCredential, Recognition
from compliance.asked import Asked, Asking, asked_of, counts_until, late_from
from compliance.exceptions import ComplianceError
from compliance.models import Assignment, AssignmentChange
from compliance.selectors import asking_of
from compliance.services import follow_up, refresh_statuses
from compliance.standings import Ground, ground
from courses.models import Course, Registration
from courses.services import refuse_open_gates, set_due

# A worker that gave no sign of life for so long was stopped.
STILL = timedelta(minutes=2)
CHUNK = 200
LONGEST_GRACE = 366
LONGEST_RENEWAL = 60


@dataclass(frozen=True)
class Rule:
    """What can be changed of an assignment. Its fields are those of the model."""

    due_on: date | None = None
    days: int | None = None
    starts_on: date | None = None
    grace_days: int = 0
    renew_months: int | None = None
    priority: int = Assignment.Priority.NORMAL
    joined_from: date | None = None
    joined_before: date | None = None

    def said(self) -> dict[str, str]:
        return {name: str(value) for name, value in asdict(self).items() if value not in (None, "")}


def rule_of(row: Assignment) -> Rule:
    return Rule(**{field.name: getattr(row, field.name) for field in fields(Rule)})


@dataclass(frozen=True)
class Preview:
    """How many people a change would touch. Nobody is counted twice in `gain`, `moved`, `lose` and `same`.

    Of those who are asked anew, `certified` need do nothing now, and `exempt` are waived. `late` are people who would be
    overdue at once.
    """

    gain: int
    certified: int
    exempt: int
    moved: int
    lose: int
    same: int
    late: int

    @property
    def seal(self) -> str:
        """What is saved is what was seen, or it is shown again."""
        return sha256(repr(asdict(self)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class _Person:
    user_id: int
    path: str
    role_id: int | None
    joined_on: date


def _people(agency: Agency, *, on: date) -> list[_Person]:
    rows = (
        Membership.objects.current(on=on)
        .within(agency)
        .filter(user__deleted_at__isnull=True)
        .order_by()
        .values_list(
            "user_id",
            "agency__path",
            "agency__sets_roles",
            "professional_role_id",
            "user__professional_role_id",
            "started_on",
        )
    )
    return [
        _Person(user_id, path, (role if sets else None) or own, joined)
        for user_id, path, sets, role, own, joined in rows
    ]


def preview(
    agency: Agency,
    *,
    course: Course,
    professional_role: ProfessionalRole | None,
    rule: Rule | None,
    existing: Assignment | None = None,
    on: date,
) -> Preview:
    """What would become of it; a rule of None ends `existing`. Five queries however many people."""
    rows = list(
        Assignment.objects.in_force()
        .filter(Q(pk__in=Assignment.objects.over(agency)) | Q(agency__path__startswith=agency.path))
        .filter(course=course)
        .select_related("agency")
    )
    before = [asking_of(row) for row in rows]
    after = [asking_of(row) for row in rows if existing is None or row.pk != existing.pk]
    if rule is not None:
        after.append(
            Asking(
                path=agency.path,
                course_id=course.pk,
                role_id=professional_role.pk if professional_role else None,
                pk=existing.pk if existing else None,
                **asdict(rule),
            )
        )

    def asked(askings: Iterable[Asking], person: _Person) -> Asked | None:
        return asked_of(
            askings,
            path=person.path,
            role_id=person.role_id,
            joined_on=person.joined_on,
            of_everybody=[],
        ).get(course.pk)

    gain: set[int] = set()
    moved: set[int] = set()
    lose: set[int] = set()
    same: set[int] = set()
    late: set[int] = set()
    certified, exempt = _needs_nothing(agency, course=course, on=on)
    certified_gain: set[int] = set()
    exempt_gain: set[int] = set()
    for person in _people(agency, on=on):
        was, will = asked(before, person), asked(after, person)
        if will is None:
            if was is not None:
                lose.add(person.user_id)
            continue
        late_was = late_from(was.due_on, grace_days=was.grace_days) if was else None
        late_will = late_from(will.due_on, grace_days=will.grace_days)
        holds = any(
            counts_until(issued, until, renew_months=will.renew_months) >= on
            and (role is None or role == person.role_id)
            for issued, until, role in certified.get(person.user_id, ())
        )
        if was is None:
            gain.add(person.user_id)
            if holds:
                certified_gain.add(person.user_id)
            elif person.user_id in exempt:
                exempt_gain.add(person.user_id)
        elif (was.due_on, late_was, was.renew_months) != (will.due_on, late_will, will.renew_months):
            moved.add(person.user_id)
        else:
            same.add(person.user_id)
        is_new = late_was is None or late_was > on
        if (
            late_will is not None
            and late_will <= on
            and is_new
            and not holds
            and person.user_id not in exempt
        ):
            late.add(person.user_id)
    moved -= gain
    lose -= gain | moved
    same -= gain | moved | lose
    return Preview(
        len(gain), len(certified_gain), len(exempt_gain), len(moved), len(lose), len(same), len(late)
    )


_Held = dict[int, list[tuple[date, date, int | None]]]


def _needs_nothing(agency: Agency, *, course: Course, on: date) -> tuple[_Held, set[int]]:
    """Certificates that count here by person (issued, until, for which role), and who is waived. Two queries."""
    here = Membership.objects.current(on=on).within(agency).values("user_id")
    held: _Held = {}
    credentials = (
        AchievementCredential.objects.in_force()
        .filter(user__in=here, achievement__course=course, valid_until__gte=on)
        .select_related("agency", "achievement")
    )
    root = root_path(agency)
    for row in credentials:
        if row.agency.path.startswith(root) or row.shows("lead"):
            held.setdefault(row.user_id, []).append(
                (row.issued_on, row.valid_until, row.achievement.professional_role_id)
            )
    exempt: set[int] = set()
    recognised = Recognition.objects.in_force(on=on).filter(
        user__in=here, course=course, agency__path__startswith=root
    )
    for user_id, kind, starts_on, ends_on in recognised.values_list(
        "user_id", "kind", "starts_on", "ends_on"
    ):
        if kind == Recognition.Kind.WAIVER:
            exempt.add(user_id)
        elif kind in Recognition.COUNTS_AS_CERTIFIED:
            held.setdefault(user_id, []).append((starts_on, ends_on, None))
    return held, exempt


def check(
    agency: Agency,
    *,
    course: Course,
    professional_role: ProfessionalRole | None,
    rule: Rule,
    existing: Assignment | None,
    on: date,
) -> None:
    """Raises ComplianceError with what is wrong and what would be right."""
    if agency.is_independent:
        raise ComplianceError(_("Nobody sets tasks for people without an agency."))
    if rule.due_on is not None and rule.days is not None:
        raise ComplianceError(_("Choose a day or a number of days, not both."))
    if rule.due_on is not None and rule.due_on < on and (existing is None or existing.due_on != rule.due_on):
        raise ComplianceError(_("This day has gone by. Choose today or a later day."))
    if rule.grace_days > LONGEST_GRACE:
        raise ComplianceError(_("Grace is a year at most."))
    if rule.renew_months is not None and not 1 <= rule.renew_months <= LONGEST_RENEWAL:
        raise ComplianceError(_("Renewal lies between 1 and 60 months."))
    if rule.joined_from and rule.joined_before and rule.joined_from >= rule.joined_before:
        raise ComplianceError(_("“Joined before” has to be later than “joined on or after”."))
    others = Assignment.objects.in_force().filter(
        agency=agency, course=course, professional_role=professional_role
    )
    if existing is not None:
        others = others.exclude(pk=existing.pk)
    for other in others:
        if _window(other) == (None, None) and (rule.joined_from, rule.joined_before) == (None, None):
            raise ComplianceError(_("The same people are asked for this already. Change that assignment."))
        if _window(other) != (None, None) and (rule.joined_from, rule.joined_before) != (None, None):
            first, last = _window(other)
            apart = (last and rule.joined_from and rule.joined_from >= last) or (
                first and rule.joined_before and rule.joined_before <= first
            )
            if not apart:
                raise ComplianceError(
                    _(
                        "Another assignment is for people who joined in some of these days. Let them not overlap."
                    )
                )


def _window(row: Assignment) -> tuple[date | None, date | None]:
    return row.joined_from, row.joined_before


@transaction.atomic
def make_assignment(
    agency: Agency,
    *,
    course: Course,
    professional_role: ProfessionalRole | None,
    rule: Rule,
    figures: Preview | None = None,
    by: User,
    at: datetime,
) -> AssignmentChange:
    """Ask for a course from now on; people hear of it in the background. Raises ComplianceError, and GateIsOpen."""
    on = timezone.localdate(at)
    check(agency, course=course, professional_role=professional_role, rule=rule, existing=None, on=on)
    version = course.versions.first()
    if version is None:
        raise ComplianceError(_("There is nothing to take in this course yet."))
    if not Assignment.objects.in_force().filter(agency=agency, course=course).exists():
        refuse_open_gates(version, agency=agency, on=on)
    assignment = Assignment.objects.create(
        agency=agency,
        course=course,
        professional_role=professional_role,
        made_at=at,
        made_by=by,
        **asdict(rule),
    )
    return _note(assignment, "made", before={}, after=rule.said(), figures=figures, by=by, at=at)


@transaction.atomic
def change_assignment(
    assignment: Assignment, *, rule: Rule, figures: Preview | None = None, by: User, at: datetime
) -> AssignmentChange | None:
    """Other days or other people who joined. None where nothing differs. Raises ComplianceError."""
    row = Assignment.objects.select_for_update(of=("self",)).select_related("agency").get(pk=assignment.pk)
    if row.ended_at is not None:
        raise ComplianceError(_("This assignment has ended. Make a new one."))
    on = timezone.localdate(at)
    before = rule_of(row)
    if before == rule:
        return None
    check(
        row.agency,
        course=row.course,
        professional_role=row.professional_role,
        rule=rule,
        existing=row,
        on=on,
    )
    for name, value in asdict(rule).items():
        setattr(row, name, value)
    row.save()
    return _note(row, "changed", before=before.said(), after=rule.said(), figures=figures, by=by, at=at)


@transaction.atomic
def end_assignment(
    assignment: Assignment, *, figures: Preview | None = None, by: User, at: datetime
) -> AssignmentChange | None:
    """It asks for nothing from now on, and stays as a record. Again changes nothing."""
    row = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    if row.ended_at is not None:
        return None
    row.ended_at, row.ended_by = at, by
    row.save(update_fields=["ended_at", "ended_by"])
    return _note(row, "ended", before=rule_of(row).said(), after={}, figures=figures, by=by, at=at)


def _note(
    row: Assignment,
    kind: str,
    *,
    before: dict[str, str],
    after: dict[str, str],
    figures: Preview | None,
    by: User,
    at: datetime,
) -> AssignmentChange:
    note_change(f"assignment.{kind}", row.agency, by=by, details={"course": row.course.code, **after})
    change = AssignmentChange.objects.create(
        assignment=row,
        kind=kind,
        by=by,
        at=at,
        before=before,
        after=after,
        figures=asdict(figures) if figures else {},
        waiting=_concerned(row, on=timezone.localdate(at), after=0).count(),
        moved_at=at,
    )
    transaction.on_commit(lambda: carry.enqueue(change.pk))
    return change


def _concerned(row: Assignment, *, on: date, after: int) -> Any:
    """Everybody who works under the unit, by number."""
    return (
        Membership.objects.current(on=on)
        .within(row.agency)
        .filter(user_id__gt=after)
        .order_by("user_id")
        .values_list("user_id", flat=True)
        .distinct()
    )


def continue_changes(*, at: datetime) -> int:
    """Set a worker to each change that stopped halfway. How many that were."""
    stopped = 0
    for change in AssignmentChange.objects.filter(finished_at__isnull=True, moved_at__lt=at - STILL):
        # Only who moves the sign on sets a worker to it.
        if AssignmentChange.objects.filter(pk=change.pk, moved_at=change.moved_at).update(moved_at=at):
            carry.enqueue(change.pk)
            stopped += 1
    return stopped


@task()  # type: ignore[untyped-decorator]
def carry(change_pk: int) -> None:
    """Register and look again at everybody under the unit, some at a time.

    What it does to people can be done again without effect, so a worker that was stopped within some of them loses nothing and
    doubles nothing.
    """
    change = AssignmentChange.objects.select_related("assignment__agency", "assignment__course").get(
        pk=change_pk
    )
    if change.finished_at is not None:
        return
    while True:
        now = timezone.now()
        people = list(
            _concerned(change.assignment, on=timezone.localdate(now), after=change.last_user)[:CHUNK]
        )
        if not people:
            break
        _tell(change, people, at=now)
        change.last_user = people[-1]
        change.looked_at += len(people)
        change.waiting = max(change.waiting, change.looked_at)
        change.moved_at = timezone.now()
        change.save(update_fields=["last_user", "looked_at", "waiting", "problems", "moved_at"])
    change.finished_at = change.moved_at = timezone.now()
    # Who left meanwhile is not waited for.
    change.waiting = change.looked_at
    change.save(update_fields=["finished_at", "moved_at", "waiting"])


def _tell(change: AssignmentChange, people: Sequence[int], *, at: datetime) -> None:
    """Together; where that fails one by one, so that one person's trouble stops nobody else."""
    known = ground()
    try:
        with transaction.atomic():
            _tell_together(change.assignment, people, known=known, at=at)
        return
    except Exception as error:  # noqa: BLE001 - whoever is in trouble is found below
        problem = error
    if len(people) == 1:
        change.problems[str(people[0])] = f"{type(problem).__name__}: {problem}"[:200]
        return
    for user_id in people:
        _tell(change, [user_id], at=at)


def _tell_together(row: Assignment, people: Sequence[int], *, known: Ground, at: datetime) -> None:
    _mend_days(row, people, known=known, on=timezone.localdate(at))
    for user_id in sorted(refresh_statuses(people, at=at, known=known)):
        follow_up(user_id, at=at)


def _mend_days(row: Assignment, people: Sequence[int], *, known: Ground, on: date) -> None:
    """By when what they have begun is due: the earliest day that any unit of the agency asks, or none where nobody asks.

    Whoever holds or held the certificate goes by the day on which it runs out. Four queries, and one for each day that moves.
    """
    root = root_path(row.agency)
    begun = list(
        Registration.objects.open().filter(
            user__in=people, course_version__course=row.course, agency__path__startswith=root
        )
    )
    if not begun:
        return
    with_certificate = set(
        AchievementCredential.objects.filter(
            user__in=people, achievement__course=row.course, agency__path__startswith=root
        ).values_list("user_id", flat=True)
    )
    days: dict[int, list[date]] = defaultdict(list)
    memberships = (
        Membership.objects.current(on=on)
        .filter(user__in=[one.user_id for one in begun], agency__path__startswith=root)
        .select_related("user")
    )
    for membership in memberships:
        agency = known.agencies[membership.agency_id]
        role_id = membership.professional_role_id if agency.sets_roles else None
        asked = asked_of(
            known.asking_over(agency),
            path=agency.path,
            role_id=role_id or membership.user.professional_role_id,
            joined_on=membership.started_on,
            of_everybody=[],
        ).get(row.course_id)
        if asked is not None and asked.due_on is not None:
            days[membership.user_id].append(asked.due_on)
    for registration in begun:
        if registration.user_id not in with_certificate:
            set_due(registration, due_on=min(days[registration.user_id], default=None))
