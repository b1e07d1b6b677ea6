"""Where many people stand, worked out together: the same number of queries for one person or for two thousand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import ProfessionalRole, User
from agencies.models import INDEPENDENT_SLUG, Agency, Membership
from certification.models import Achievement, AchievementCredential, CredentialEvent, Recognition
from compliance.asked import Asking, asked_of, late_from
from compliance.models import OPEN_STATES, Assignment
from compliance.selectors import URGENCY, Held, askings_of, counts, counts_for, more_time
from compliance.status import Certificate, standing
from courses.models import Course, CourseVersion, Registration
from courses.selectors import ESSENTIAL

_STANDING_EVENTS = (
    CredentialEvent.Kind.REVOKED,
    CredentialEvent.Kind.SUPERSEDED,
    CredentialEvent.Kind.RESTORED,
    CredentialEvent.Kind.SUSPENDED,
    CredentialEvent.Kind.REINSTATED,
)
_CREDENTIAL_FIELDS = (
    "user_id",
    "achievement_id",
    "agency_id",
    "role_code",
    "shares",
    "issued_on",
    "valid_until",
)


@dataclass(frozen=True)
class Line:
    """What a status says. Its fields are those of `ComplianceStatus`, which it is written into as it stands."""

    membership_id: int
    course_id: int
    user_id: int
    agency_id: int
    root: str
    professional_role_id: int | None
    state: str
    since: date
    valid_until: date | None
    due_on: date | None
    late_from: date | None
    search_key: str
    urgency: int
    matters_on: date


@dataclass(frozen=True)
class Standings:
    """`unregistered` are people who are asked for something that they hold nothing for and have not been registered for."""

    lines: list[Line]
    unregistered: set[int]
    # By membership and course: all that counted there at some time, what was renewed since included.
    former: dict[tuple[int, int], list[Certificate]]


@dataclass(frozen=True)
class Ground:
    """What is the same for everybody, read once for a whole night: agencies, roles, courses and what is asked."""

    agencies: dict[int, Agency]
    roles: dict[int, ProfessionalRole]
    courses: dict[int, Course]
    essential: tuple[int, ...]
    askings: Sequence[Asking]
    achievements: dict[int, Achievement]
    # A course and those that it renews, by the version somebody is registered for.
    taught_by: dict[int, set[int]]
    # Course, role and law: done with the course, one still waits for something else there.
    asks_more: set[tuple[int, int, int]]
    has_versions: set[int]
    _over: dict[str, list[Asking]] = field(default_factory=dict)

    def asking_over(self, agency: Agency) -> list[Asking]:
        found = self._over.get(agency.path)
        if found is None:
            found = [one for one in self.askings if agency.path.startswith(one.path)]
            self._over[agency.path] = found
        return found


def ground() -> Ground:
    """Seven queries."""
    courses = Course.objects.in_bulk()
    achievements = Achievement.objects.in_bulk()
    renews: dict[int, set[int]] = defaultdict(set)
    for course_id, renewal_id in Achievement.objects.filter(renewal_course__isnull=False).values_list(
        "course_id", "renewal_course_id"
    ):
        renews[renewal_id].add(course_id)
    versions = dict(CourseVersion.objects.values_list("pk", "course_id"))
    more = Achievement.objects.filter(versions__isnull=False).exclude(versions__requirements=[])
    return Ground(
        agencies=Agency.objects.in_bulk(),
        roles=ProfessionalRole.objects.in_bulk(),
        courses=courses,
        essential=tuple(pk for pk, course in courses.items() if course.code == ESSENTIAL),
        askings=askings_of(Assignment.objects.in_force().select_related("agency")),
        achievements=achievements,
        taught_by={pk: {course_id} | renews[course_id] for pk, course_id in versions.items()},
        asks_more=set(more.values_list("course_id", "professional_role_id", "jurisdiction_id")),
        has_versions=set(versions.values()),
    )


def standings_of(user_ids: Sequence[int], *, on: date, known: Ground | None = None) -> Standings:
    """Everything that employers' lists say about these people on a day. Seven queries beside those of the ground."""
    known = known or ground()
    users = {
        user.pk: user
        for user in User.objects.filter(pk__in=user_ids).only(
            "pk", "name", "professional_role_id", "deleted_at", "is_active"
        )
    }
    memberships = list(
        Membership.objects.current(on=on).filter(user__in=user_ids).exclude(agency__slug=INDEPENDENT_SLUG)
    )
    if not memberships:
        return Standings([], set(), {})
    held, former_of = _held(user_ids, on=on, known=known)
    former: dict[tuple[int, int], list[Certificate]] = {}
    registered = _registered(user_ids, known=known)
    lines: list[Line] = []
    unregistered: set[int] = set()
    for membership in memberships:
        user, agency = users[membership.user_id], known.agencies[membership.agency_id]
        membership.agency = agency
        role_id = (
            membership.professional_role_id if agency.sets_roles else None
        ) or user.professional_role_id
        role = known.roles[role_id] if role_id is not None else None
        root = agency.path[: Agency.steplen]
        asked = asked_of(
            known.asking_over(agency),
            path=agency.path,
            role_id=role_id,
            joined_on=membership.started_on,
            of_everybody=known.essential,
        )
        for one in asked.values():
            course = known.courses[one.course_id]
            counted = counts(
                held[user.pk], course=course, membership=membership, role=role, renew_months=one.renew_months
            )
            former[membership.pk, one.course_id] = [
                Certificate(row.issued_on, row.valid_until)
                for row in former_of[user.pk]
                if row.achievement.course_id == one.course_id and counts_for(row, membership, role)
            ]
            registration = next(
                (row for row in registered[user.pk, one.course_id] if row.agency.path.startswith(root)), None
            )
            if registration is None and not counted.is_enough() and one.course_id in known.has_versions:
                unregistered.add(user.pk)
            started_at = registration.started_at if registration else None
            found = standing(
                certificate=counted.certificate,
                joined_on=membership.started_on,
                started_on=timezone.localdate(started_at) if started_at else None,
                on=on,
                waiver=counted.waiver,
                waiting=counted.waiting,
            )
            due_on = None
            if not counted.is_enough() or registration is not None:
                due_on = (
                    more_time(held[user.pk], course=course, agency=agency)
                    or (registration.due_on if registration else None)
                    or one.due_on
                )
            late = late_from(due_on, grace_days=one.grace_days)
            is_late = late is not None and late <= on and found.state in OPEN_STATES
            lines.append(
                Line(
                    membership_id=membership.pk,
                    course_id=one.course_id,
                    user_id=user.pk,
                    agency_id=agency.pk,
                    root=root,
                    professional_role_id=role_id,
                    state=found.state.value,
                    since=found.since,
                    valid_until=found.valid_until,
                    due_on=due_on,
                    late_from=late,
                    search_key=f"{user.name.casefold()[:200]} {membership.staff_number.casefold()}".strip(),
                    urgency=URGENCY["overdue" if is_late else found.state.value],
                    matters_on=found.valid_until or due_on or date.max,
                )
            )
    # Who was invited and has not come yet is registered when she comes.
    can_begin = {pk for pk in unregistered if users[pk].is_active and users[pk].deleted_at is None}
    return Standings(lines, can_begin, former)


def _held(
    user_ids: Sequence[int], *, on: date, known: Ground
) -> tuple[dict[int, Held], dict[int, list[AchievementCredential]]]:
    """As `selectors.held_by`, for many: which certificates stand is read from their events once instead of asked for each.

    And all that were ever issued to them and not withdrawn.
    """
    gone: set[int] = set()
    replaced: dict[int, str] = {}
    paused: dict[int, tuple[str, object]] = {}
    events = CredentialEvent.objects.filter(credential__user__in=user_ids, kind__in=_STANDING_EVENTS)
    for pk, kind, detail in events.order_by("id").values_list("credential_id", "kind", "detail"):
        if kind == CredentialEvent.Kind.REVOKED:
            gone.add(pk)
        elif kind in (CredentialEvent.Kind.SUPERSEDED, CredentialEvent.Kind.RESTORED):
            replaced[pk] = kind
        else:
            paused[pk] = (kind, (detail or {}).get("why"))
    in_force: dict[int, list[AchievementCredential]] = defaultdict(list)
    waiting: dict[int, list[AchievementCredential]] = defaultdict(list)
    former: dict[int, list[AchievementCredential]] = defaultdict(list)
    rows = AchievementCredential.objects.filter(user__in=user_ids).only(*_CREDENTIAL_FIELDS)
    for row in rows.order_by("-valid_until", "-id"):
        if row.pk in gone:
            continue
        row.achievement, row.agency = known.achievements[row.achievement_id], known.agencies[row.agency_id]
        former[row.user_id].append(row)
        if replaced.get(row.pk) == CredentialEvent.Kind.SUPERSEDED:
            continue
        kind, why = paused.get(row.pk, ("", None))
        if kind != CredentialEvent.Kind.SUSPENDED:
            in_force[row.user_id].append(row)
        elif why == "refresher":
            waiting[row.user_id].append(row)
    recognised: dict[int, list[Recognition]] = defaultdict(list)
    for recognition in Recognition.objects.in_force(on=on).filter(user__in=user_ids).order_by("-ends_on"):
        recognition.agency = known.agencies[recognition.agency_id]
        recognised[recognition.user_id].append(recognition)
    return {pk: Held(in_force[pk], waiting[pk], recognised[pk]) for pk in user_ids}, former


def _registered(
    user_ids: Iterable[int], *, known: Ground
) -> defaultdict[tuple[int, int], list[Registration]]:
    """Open registrations by person and course, in the order of `selectors.open_registration`."""
    awarded = AchievementCredential.objects.filter(
        user=OuterRef("user_id"), registration_uuid=OuterRef("uuid")
    )
    asking = {course_id for course_id, _role, _law in known.asks_more}
    more = [pk for pk, taught in known.taught_by.items() if taught & asking]
    waits = Q(~Exists(awarded), course_version__in=more)
    rows = Registration.objects.filter(user__in=user_ids).filter(Q(satisfied_at__isnull=True) | waits)
    found: defaultdict[tuple[int, int], list[Registration]] = defaultdict(list)
    for row in rows.order_by(F("satisfied_at").asc(nulls_first=True), "-registered_at"):
        row.agency = known.agencies[row.agency_id]
        for course_id in known.taught_by[row.course_version_id]:
            place = (course_id, row.professional_role_id, row.jurisdiction_id)
            if row.satisfied_at is not None and place not in known.asks_more:
                continue
            found[row.user_id, course_id].append(row)
    return found


def people_asked(on: date, *, after: int, most: int) -> list[int]:
    """The next people by number whom any agency has today or a list still shows. For walking through all of them."""
    here = Membership.objects.current(on=on).filter(user=OuterRef("pk"))
    shown = Q(compliance__isnull=False)
    rows = User.objects.filter(pk__gt=after).filter(Exists(here) | shown).order_by("pk").distinct()
    return list(rows.values_list("pk", flat=True)[:most])
