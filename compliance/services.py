"""The only functions that change assignments and statuses."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import fields
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ProfessionalRole, User
from agencies.audit import note_change
from agencies.isolation import on_behalf_of
from agencies.models import Agency, Membership
from agencies.selectors import current_membership, current_memberships, working_as
from compliance import selectors
from compliance.exceptions import ComplianceError, NothingToRenew, RoleIsMissing
from compliance.models import (
    OPEN_STATES,
    READY_STATES,
    Assignment,
    ComplianceStatus,
    ReadinessPoint,
    SavedView,
    StatusPeriod,
    StatusTally,
    UnitCount,
)
from compliance.past import past_of
from compliance.standings import Ground, Line, ground, people_asked, standings_of
from compliance.status import EXPIRING_DAYS, Certificate, State
from courses.exceptions import CourseError, GateIsOpen
from courses.models import Course, Registration
from courses.services import refuse_open_gates, register, set_due


@transaction.atomic
def assign(
    agency: Agency,
    *,
    course: Course,
    professional_role: ProfessionalRole | None = None,
    due_on: date | None = None,
    days: int | None = None,
    at: datetime,
) -> Assignment:
    """Ask the staff of an agency for a course, by a day or within days of joining. Again changes the day.

    Everybody concerned is registered and her status worked out at once. Raises GateIsOpen while the course waits for a review that
    nobody answers for; what is asked for already stays, and its day can be changed.
    """
    if agency.is_independent:
        raise ComplianceError(_("Nobody sets tasks for people without an agency."))
    version = course.versions.first()
    if (
        version is not None
        and not Assignment.objects.in_force().filter(agency=agency, course=course).exists()
    ):
        refuse_open_gates(version, agency=agency, on=timezone.localdate(at))
    assignment, _created = Assignment.objects.in_force().update_or_create(
        agency=agency,
        course=course,
        professional_role=professional_role,
        joined_from=None,
        joined_before=None,
        defaults={"due_on": due_on, "days": days},
        create_defaults={"due_on": due_on, "days": days, "made_at": at},
    )
    note_change("assignment.made", agency, details={"course": course.code})
    people = (
        Membership.objects.current(on=timezone.localdate(at)).within(agency).values_list("user_id", flat=True)
    )
    for user_id in set(people):
        follow_up(user_id, at=at)
    return assignment


@transaction.atomic
def register_required(user: User, *, at: datetime) -> list[Registration]:
    """Register the person for what her role and her agency ask and she has never earned there.

    A course that is open stays as it is; one that waits for a review is left for later. Renewals are begun by the person herself. Calling again changes nothing.
    """
    on = timezone.localdate(at)
    made: list[Registration] = []
    days: dict[int, tuple[Registration, list[date]]] = {}
    held = None
    for membership in current_memberships(user, on):
        working = working_as(user, on, membership)
        role, law = working.professional_role, working.jurisdiction
        if role is None or law is None:
            continue
        held = selectors.held_by(user, on=on, with_paused=True) if held is None else held
        for requirement in selectors.requirements(membership, role):
            course, agency = requirement.course, membership.agency
            found = selectors.counts(held, course=course, membership=membership, role=role)
            if found.is_enough():
                continue
            begun = selectors.open_registration(user, course=course, agency=agency)
            if begun is not None:
                if requirement.is_set_by_agency:
                    _row, wanted = days.setdefault(begun.pk, (begun, []))
                    wanted += [requirement.due_on] if requirement.due_on else []
                continue
            if not requirement.course.versions.exists():
                continue
            # It is registered as soon as the reviews are there: this runs every night.
            with suppress(GateIsOpen):
                made.append(
                    register(
                        user,
                        course=requirement.course,
                        agency=agency,
                        professional_role=role,
                        jurisdiction=law,
                        due_on=requirement.due_on,
                        at=at,
                    )
                )
    for begun, wanted in days.values():
        # Of two units that both ask the earlier day holds, whichever was looked at first.
        set_due(begun, due_on=min(wanted, default=None))
    return made


@transaction.atomic
def start_module(user: User, *, code: str, at: datetime) -> Registration:
    """The open registration for a module, or a new one: anybody with a role may take any module that is there.

    Raises RoleIsMissing, and CourseError where there is no such module to take.
    """
    membership = current_membership(user, timezone.localdate(at))
    if membership is None:
        raise RoleIsMissing
    working = working_as(user, timezone.localdate(at), membership)
    if working.professional_role is None or working.jurisdiction is None:
        raise RoleIsMissing
    course = Course.objects.filter(code=code, tier__in=("practitioner", "specialist")).first()
    if course is None:
        raise CourseError(f"There is no module {code} to take yet.")
    return selectors.open_registration(user, course=course, agency=membership.agency) or register(
        user,
        course=course,
        agency=membership.agency,
        professional_role=working.professional_role,
        jurisdiction=working.jurisdiction,
        at=at,
    )


@transaction.atomic
def start_required(user: User, *, at: datetime) -> Registration:
    """The person asks to begin or to renew. Returns what is open already.

    Raises RoleIsMissing, and NothingToRenew while the certificate holds for long.
    """
    on = timezone.localdate(at)
    membership = current_membership(user, on)
    if membership is None:
        raise RoleIsMissing
    working = working_as(user, on, membership)
    role, law = working.professional_role, working.jurisdiction
    if role is None or law is None:
        raise RoleIsMissing
    wanted = selectors.requirements(membership, role)
    for requirement in wanted:
        begun = selectors.open_registration(user, course=requirement.course, agency=membership.agency)
        if begun is not None:
            return begun
    held = selectors.held_by(user, on=on, with_paused=True)
    for requirement in wanted:
        found = selectors.counts(
            held,
            course=requirement.course,
            membership=membership,
            role=role,
            renew_months=requirement.renew_months,
        )
        best = found.certificate
        if best is None or (best.valid_until - on).days <= EXPIRING_DAYS:
            return register(
                user,
                course=selectors.course_to_take(requirement.course, found, on=on),
                agency=membership.agency,
                professional_role=role,
                jurisdiction=law,
                due_on=best.valid_until if best and best.valid_until >= on else requirement.due_on,
                at=at,
            )
    raise NothingToRenew


def refresh_status(user_id: int, *, at: datetime) -> list[ComplianceStatus]:
    """Work out again where a person stands with each employer. May be called at any time, any number of times."""
    with on_behalf_of(user_id):
        refresh_statuses([user_id], at=at)
        return list(ComplianceStatus.objects.filter(user=user_id))


@transaction.atomic
def refresh_statuses(user_ids: Sequence[int], *, at: datetime, known: Ground | None = None) -> set[int]:
    """Work out again where people stand, write what differs, and close the periods that ended by it.

    Returns who still has to be registered for something. The same number of queries however many people.
    """
    with on_behalf_of(*user_ids):
        return _refresh_statuses(user_ids, at=at, known=known)


def _refresh_statuses(user_ids: Sequence[int], *, at: datetime, known: Ground | None) -> set[int]:
    on = timezone.localdate(at)
    # One after another for the same people, or two of these would both begin a period.
    list(User.objects.select_for_update(no_key=True).filter(pk__in=user_ids).order_by("pk").values_list("pk"))
    found = standings_of(user_ids, on=on, known=known)
    lines = {(line.membership_id, line.course_id): line for line in found.lines}
    rows = {
        (row.membership_id, row.course_id): row for row in ComplianceStatus.objects.filter(user__in=user_ids)
    }
    new = [line for key, line in lines.items() if key not in rows]
    changed = [line for key, line in lines.items() if key in rows and not _says(rows[key], line)]
    gone = [row for key, row in rows.items() if key not in lines]
    for line in changed:
        row = rows[line.membership_id, line.course_id]
        for name, value in vars(line).items():
            setattr(row, name, value)
    ComplianceStatus.objects.bulk_create([ComplianceStatus(**vars(line)) for line in new])
    ComplianceStatus.objects.bulk_update(
        [rows[line.membership_id, line.course_id] for line in changed], _LINE_FIELDS, batch_size=500
    )
    ComplianceStatus.objects.filter(pk__in=[row.pk for row in gone]).delete()
    _keep_history([*new, *changed], gone, former=found.former, at=at)
    units = {line.agency_id for line in [*new, *changed]} | {row.agency_id for row in gone}
    if units:
        UnitCount.objects.filter(agency__in=units, is_stale=False).update(is_stale=True)
    return found.unregistered


_LINE_FIELDS = [field.name for field in fields(Line) if field.name not in ("membership_id", "course_id")]
_PERIOD_FIELDS = (
    "membership_id", "course_id", "user_id", "agency_id", "root", "professional_role_id", "state", "valid_until",
    "due_on", "late_from",
)  # fmt: skip
_TELLING = ("state", "valid_until", "due_on", "late_from", "professional_role_id", "agency_id")


def _says(row: ComplianceStatus, line: Line) -> bool:
    return all(getattr(row, name) == value for name, value in vars(line).items())


def _keep_history(
    lines: Sequence[Line],
    gone: Sequence[ComplianceStatus],
    *,
    former: dict[tuple[int, int], list[Certificate]],
    at: datetime,
) -> None:
    """Close the periods that something ended, and begin those that follow.

    A period begins on the day on which what it says became true, where that lies within the one before it: what ran out on
    Friday is found on Monday. What takes something back (a certificate that was withdrawn) holds from today.
    """
    on = timezone.localdate(at)
    memberships = {line.membership_id for line in lines} | {row.membership_id for row in gone}
    if not memberships:
        return
    open_periods = {
        (row.membership_id, row.course_id): row
        for row in StatusPeriod.objects.filter(membership__in=memberships, ends_on__isnull=True)
    }
    known_before = set(
        StatusPeriod.objects.filter(membership__in=memberships).values_list("membership_id", "course_id")
    )
    joined = dict(Membership.objects.filter(pk__in=memberships).values_list("pk", "started_on"))
    ended = dict(
        Membership.objects.filter(pk__in=memberships, ended_on__lte=on).values_list("pk", "ended_on")
    )
    closed: list[StatusPeriod] = []
    begun: list[StatusPeriod] = []

    def close(period: StatusPeriod, day: date) -> None:
        period.ends_on, period.closed_at = max(day, period.starts_on), at
        closed.append(period)

    for line in lines:
        period = open_periods.get((line.membership_id, line.course_id))
        said = {name: getattr(line, name) for name in _PERIOD_FIELDS}
        if period is None:
            key = (line.membership_id, line.course_id)
            starts_on = min(max(line.since, joined[line.membership_id]), on)
            if key not in known_before:
                begun += [
                    StatusPeriod(
                        **{**said, **vars(one), "due_on": None, "late_from": None},
                        recorded_at=at,
                        closed_at=at,
                    )
                    for one in past_of(
                        former.get(key, []), joined_on=joined[line.membership_id], until=starts_on
                    )
                ]
        elif all(getattr(period, name) == getattr(line, name) for name in _TELLING):
            continue
        else:
            starts_on = line.since if period.starts_on < line.since <= on else max(on, period.starts_on)
            close(period, starts_on)
        begun.append(StatusPeriod(**said, starts_on=starts_on, recorded_at=at))
    for row in gone:
        period = open_periods.get((row.membership_id, row.course_id))
        if period is not None:
            close(period, ended.get(row.membership_id) or on)
    StatusPeriod.objects.bulk_update(closed, ["ends_on", "closed_at"], batch_size=500)
    StatusPeriod.objects.bulk_create(begun)


def follow_up(user_id: int, *, at: datetime) -> None:
    """After any news about a person: register what is asked of her and work out where she stands."""
    with on_behalf_of(user_id):
        user = User.objects.get(pk=user_id)
        if user.is_active and user.deleted_at is None:
            register_required(user, at=at)
        refresh_status(user_id, at=at)


CHUNK = 1_000


def refresh_all(*, at: datetime, chunk: int = CHUNK) -> int:
    """Every night: days have passed, and news may have been lost. How many people that were.

    One transaction for each thousand people, so that it can be stopped and begun again at any point.
    """
    on = timezone.localdate(at)
    known = ground()
    looked_at = last = 0
    while people := people_asked(on, after=last, most=chunk):
        for user_id in refresh_statuses(people, at=at, known=known):
            follow_up(user_id, at=at)
        looked_at, last = looked_at + len(people), people[-1]
    return looked_at


@transaction.atomic
def count_units(agency: Agency, *, on: date) -> int:
    """Count again those units of an agency, itself included, where something has changed or a day has passed.

    How many that were. Two queries when nothing has.
    """
    units = list(Agency.objects.filter(path__startswith=agency.path).values_list("pk", "path"))
    fresh = UnitCount.objects.filter(agency__path__startswith=agency.path, counted_on=on, is_stale=False)
    done = set(fresh.values_list("agency_id", flat=True))
    stale = {pk: path for pk, path in units if pk not in done}
    if not stale:
        return 0
    UnitCount.objects.bulk_create(
        [UnitCount(agency_id=pk, counted_on=on) for pk in stale], ignore_conflicts=True
    )
    # Held until the figures are written: who changes a status meanwhile waits, and marks the unit again.
    list(UnitCount.objects.select_for_update().filter(agency__in=stale).order_by("agency").values_list("pk"))
    ends = Q(state__in=READY_STATES)
    counted = (
        ComplianceStatus.objects.current(on=on)
        .filter(agency__in=stale)
        .order_by()
        .values("agency_id", "course_id", "professional_role_id", "state")
        .annotate(
            people=Count("pk"),
            overdue=Count("pk", filter=Q(late_from__lte=on, state__in=OPEN_STATES)),
            ends_in_30=Count("pk", filter=ends & Q(valid_until__lte=on + timedelta(days=30))),
            ends_in_60=Count("pk", filter=ends & Q(valid_until__lte=on + timedelta(days=60))),
            ends_in_90=Count("pk", filter=ends & Q(valid_until__lte=on + timedelta(days=90))),
        )
    )
    StatusTally.objects.filter(agency__in=stale).delete()
    StatusTally.objects.bulk_create(
        [StatusTally(root=stale[row["agency_id"]][: Agency.steplen], **row) for row in counted],
        batch_size=2_000,
    )
    UnitCount.objects.filter(agency__in=stale).update(is_stale=False, counted_on=on)
    return len(stale)


@transaction.atomic
def note_readiness(root: Agency, *, on: date) -> int:
    """Keep this week's share of certified people for an agency and each of its units, those below included."""
    count_units(root, on=on)
    rows = StatusTally.objects.within(root).values_list("agency__path", "course_id", "state", "people")
    units = dict(Agency.objects.filter(path__startswith=root.path).values_list("path", "pk"))
    points = _points(rows, units=units, week=on - timedelta(days=on.weekday()))
    ReadinessPoint.objects.bulk_create(
        points,
        update_conflicts=True,
        unique_fields=["agency", "course", "week"],
        update_fields=["people", "ready"],
        batch_size=2_000,
    )
    return len(points)


def finish_night(*, at: datetime) -> None:
    """After `refresh_all`: count every unit for the new day and keep the week's shares."""
    for root in Agency.get_root_nodes():
        if not root.is_independent:
            note_readiness(root, on=timezone.localdate(at))


@transaction.atomic
def rebuild_readiness(root: Agency, *, on: date, weeks: int = 52) -> int:
    """The weekly shares of an agency worked out again from the history, from `weeks` back until the last Monday."""
    units = dict(Agency.objects.filter(path__startswith=root.path).values_list("path", "pk"))
    monday = on - timedelta(days=on.weekday())
    ReadinessPoint.objects.filter(
        agency__in=units.values(), week__gt=monday - timedelta(weeks=weeks)
    ).delete()
    points: list[ReadinessPoint] = []
    for back in range(weeks):
        day = monday - timedelta(weeks=back)
        rows = (
            StatusPeriod.objects.within(root)
            .on(day)
            .order_by()
            .values_list("agency__path", "course_id", "state")
            .annotate(Count("pk"))
        )
        points += _points(rows, units=units, week=day)
    ReadinessPoint.objects.bulk_create(points, batch_size=2_000)
    return len(points)


def _points(
    rows: Iterable[tuple[str, int, str, int]], *, units: dict[str, int], week: date
) -> list[ReadinessPoint]:
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for path, course_id, state, people in rows:
        if state == State.WAIVED:
            continue
        for step in range(Agency.steplen, len(path) + 1, Agency.steplen):
            if path[:step] in units:
                pair = sums[path[:step], course_id]
                pair[0] += people
                pair[1] += people if state in READY_STATES else 0
    return [
        ReadinessPoint(agency_id=units[path], course_id=course_id, week=week, people=people, ready=ready)
        for (path, course_id), (people, ready) in sums.items()
    ]


@transaction.atomic
def save_view(user: User, agency: Agency, *, page: str, name: str, query: str) -> SavedView:
    """Keep filters under a name; the same name again replaces them. Raises ComplianceError with too many."""
    mine = SavedView.objects.filter(user=user, agency=agency, page=page)
    if not mine.filter(name=name).exists() and mine.count() >= SavedView.MOST:
        raise ComplianceError(
            _("You have %(most)s saved views here. Remove one first.") % {"most": SavedView.MOST}
        )
    view, _created = SavedView.objects.update_or_create(
        user=user, agency=agency, page=page, name=name.strip(), defaults={"query": query.lstrip("?")}
    )
    return view


@transaction.atomic
def remove_view(user: User, *, pk: int) -> str:
    """Forget a view of one's own. Returns the page it was of, or nothing where there is no such view."""
    view = SavedView.objects.filter(user=user, pk=pk).first()
    if view is None:
        return ""
    view.delete()
    return view.page
