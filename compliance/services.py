"""The only functions that change assignments and statuses."""

from contextlib import suppress
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ProfessionalRole, User
from agencies.models import Agency, Membership
from agencies.selectors import current_membership, current_memberships, working_as
from compliance import selectors
from compliance.exceptions import ComplianceError, NothingToRenew, RoleIsMissing
from compliance.models import Assignment, ComplianceStatus
from compliance.status import EXPIRING_DAYS, standing
from courses.exceptions import CourseError, GateIsOpen
from courses.models import Course, Registration
from courses.services import refuse_open_gates, register


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
    if version is not None and not Assignment.objects.filter(agency=agency, course=course).exists():
        refuse_open_gates(version, agency=agency, on=timezone.localdate(at))
    assignment, _created = Assignment.objects.update_or_create(
        agency=agency,
        course=course,
        professional_role=professional_role,
        defaults={"due_on": due_on, "days": days},
    )
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
            if found.is_enough() or selectors.open_registration(user, course=course, agency=agency):
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
        found = selectors.counts(held, course=requirement.course, membership=membership, role=role)
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


@transaction.atomic
def refresh_status(user_id: int, *, at: datetime) -> list[ComplianceStatus]:
    """Work out again where a person stands with each employer. May be called at any time, any number of times."""
    on = timezone.localdate(at)
    user = User.objects.select_related("professional_role", "jurisdiction").get(pk=user_id)
    memberships = [one for one in current_memberships(user, on) if not one.agency.is_independent]
    ComplianceStatus.objects.filter(user=user).exclude(membership__in=memberships).delete()
    if not memberships:
        return []
    held = selectors.held_by(user, on=on)
    rows: list[ComplianceStatus] = []
    for membership in memberships:
        role = working_as(user, on, membership).professional_role
        wanted = selectors.requirements(membership, role)
        for requirement in wanted:
            course = requirement.course
            counted = selectors.counts(held, course=course, membership=membership, role=role)
            registration = selectors.open_registration(user, course=course, agency=membership.agency)
            started_at = registration.started_at if registration else None
            found = standing(
                certificate=counted.certificate,
                joined_on=membership.started_on,
                started_on=timezone.localdate(started_at) if started_at else None,
                on=on,
                waiver=counted.waiver,
                waiting=counted.waiting,
            )
            due_on = (
                selectors.more_time(held, course=course, agency=membership.agency)
                or (registration and registration.due_on)
                or requirement.due_on
            )
            row, _created = ComplianceStatus.objects.update_or_create(
                membership=membership,
                course=course,
                defaults={
                    "user": user,
                    "agency": membership.agency,
                    "state": found.state.value,
                    "since": found.since,
                    "valid_until": found.valid_until,
                    "due_on": None if counted.is_enough() and registration is None else due_on,
                },
            )
            rows.append(row)
        ComplianceStatus.objects.filter(membership=membership).exclude(
            course__in=[requirement.course for requirement in wanted]
        ).delete()
    return rows


def follow_up(user_id: int, *, at: datetime) -> None:
    """After any news about a person: register what is asked of her and work out where she stands."""
    user = User.objects.get(pk=user_id)
    if user.deleted_at is None:
        register_required(user, at=at)
    refresh_status(user_id, at=at)


def refresh_all(*, at: datetime) -> int:
    """Every night: days have passed, and news may have been lost. How many people that were.

    One transaction for each person, so that it can be stopped and begun again at any point.
    """
    on = timezone.localdate(at)
    people = set(Membership.objects.current(on=on).values_list("user_id", flat=True))
    people |= set(ComplianceStatus.objects.values_list("user_id", flat=True))
    for user_id in sorted(people):
        follow_up(user_id, at=at)
    return len(people)
