"""Questions about who has to do what, and who stands where."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Concat, Lower
from django.utils.translation import gettext as _

from accounts.models import ProfessionalRole, User
from agencies.models import Agency, Membership
from agencies.selectors import WorkingAs, current_memberships, root_path, working_as
from certification.models import Achievement, AchievementCredential, Recognition
from certification.recognition import counting, recognitions_of
from certification.selectors import credential_state, credentials_of
from certification.validity import Span, last_renewal_day, window_opens
from compliance.asked import Asking, asked_of, counts_until, late_from
from compliance.models import (
    OPEN_STATES,
    READY_STATES,
    Assignment,
    ComplianceStatus,
    ComplianceStatusQuerySet,
    SavedView,
    StatusPeriod,
    StatusPeriodQuerySet,
)
from compliance.status import EXPIRING_DAYS, Certificate, State, Waiver
from courses.gate_selectors import GatesHere, gates_here, lessons_of_courses
from courses.models import Course, Registration
from courses.selectors import ESSENTIAL, LearningPath, course_by_code, learning_path, minutes_of
from ui.spreadsheets import csv_line


@dataclass(frozen=True)
class Requirement:
    """A course that somebody has to hold, who says so, and by when."""

    course: Course
    due_on: date | None
    is_set_by_agency: bool
    grace_days: int = 0
    renew_months: int | None = None


def requirements(membership: Membership, role: ProfessionalRole | None) -> list[Requirement]:
    """What the role asks of everybody, and what the agency asks of its own. Two queries.

    `asked.asked_of` says which assignment decides where several ask for the same course.
    """
    essential = course_by_code(ESSENTIAL)
    courses = {essential.pk: essential} if essential is not None else {}
    rows = assignments_over(membership.agency)
    courses |= {row.course_id: row.course for row in rows}
    asked = asked_of(
        askings_of(rows),
        path=membership.agency.path,
        role_id=role.pk if role else None,
        joined_on=membership.started_on,
        of_everybody=[essential.pk] if essential is not None else [],
    )
    return [
        Requirement(
            courses[one.course_id], one.due_on, one.is_set_by_agency, one.grace_days, one.renew_months
        )
        for one in asked.values()
    ]


def assignments_over(agency: Agency) -> list[Assignment]:
    """What an agency and those above it ask for. One query, none for people without an agency."""
    if agency.is_independent:
        return []
    return list(Assignment.objects.in_force().over(agency).select_related("course", "agency"))


def askings_of(rows: Iterable[Assignment]) -> list[Asking]:
    return [asking_of(row) for row in rows if row.ended_at is None]


def asking_of(row: Assignment) -> Asking:
    return Asking(
        row.agency.path,
        row.course_id,
        row.professional_role_id,
        row.due_on,
        row.days,
        row.grace_days,
        row.renew_months,
        row.priority,
        row.joined_from,
        row.joined_before,
        row.starts_on,
        row.pk,
    )


def gates_of_agency(agency: Agency, *, on: date) -> GatesHere:
    """What the content that an agency's people are asked for waits for. Seven queries at most, however many courses."""
    steps = range(Agency.steplen, len(agency.path) + 1, Agency.steplen)
    if not settings.REVIEW_GATES_BIND:
        return GatesHere()
    asked = Assignment.objects.in_force().filter(
        Q(agency__path__in=[agency.path[:step] for step in steps]) | Q(agency__path__startswith=agency.path)
    )
    courses = Course.objects.filter(Q(code=ESSENTIAL) | Q(pk__in=asked.values("course")))
    return gates_here(lessons_of_courses(courses), agency=agency, on=on)


def gates_before_start(training: "Training", *, on: date) -> GatesHere:
    """For somebody who could begin what is required of her: why she cannot yet."""
    membership = training.working.membership
    if not settings.REVIEW_GATES_BIND or not training.can_start or membership is None:
        return GatesHere()
    courses = [one.course for one in requirements(membership, training.working.professional_role)]
    return gates_here(lessons_of_courses(courses), agency=membership.agency, on=on)


def counts_for(
    credential: AchievementCredential, membership: Membership, role: ProfessionalRole | None
) -> bool:
    """Whether a certificate proves something to this employer: earned under it, or shared with its lead by the holder;
    and for the role that the person has there."""
    if role is not None and credential.role_code != role.code:
        return False
    return bool(credential.agency.path.startswith(root_path(membership.agency))) or credential.shows("lead")


def standing_credentials(user: User, *, with_paused: bool = False) -> list[AchievementCredential]:
    """Those neither withdrawn, replaced nor paused, longest-lived first. One query."""
    rows = (
        AchievementCredential.objects.filter(user=user).with_history().select_related("achievement", "agency")
    )
    rows = rows.standing() if with_paused else rows.in_force()
    return list(rows.order_by("-valid_until", "-id"))


def open_registration(user: User, *, course: Course, agency: Agency) -> Registration | None:
    """Under this agency or anywhere in the same tree: who moves to another unit goes on where she was. One query.

    Also in the shorter course that renews this one, and a course that is done while its certificate waits for the rest.
    """
    awarded = AchievementCredential.objects.filter(user=user).values("registration_uuid")
    asks_more = Achievement.objects.filter(
        course=course,
        professional_role=OuterRef("professional_role"),
        jurisdiction=OuterRef("jurisdiction"),
        versions__isnull=False,
    ).exclude(versions__requirements=[])
    waits = ~Q(uuid__in=awarded) & Exists(asks_more)
    return (
        Registration.objects.filter(Q(satisfied_at__isnull=True) | waits)
        .filter(Q(course_version__course=course) | Q(course_version__course__renews__course=course))
        .filter(user=user, agency__path__startswith=root_path(agency))
        .select_related("course_version__course", "professional_role", "jurisdiction", "agency", "user")
        .order_by(F("satisfied_at").asc(nulls_first=True), "-registered_at")
        .first()
    )


@dataclass(frozen=True)
class Held:
    """What a person has that may count for an employer: certificates, and what agencies recognised."""

    credentials: Sequence[AchievementCredential]
    waiting: Sequence[AchievementCredential]
    recognitions: Sequence[Recognition]


def held_by(user: User, *, on: date, with_paused: bool = False) -> Held:
    """Three queries. What is paused proves nothing, but nobody is sent back to the start by a pause."""
    waiting = AchievementCredential.objects.filter(user=user).waiting_for_refresher()
    return Held(
        standing_credentials(user, with_paused=with_paused),
        list(waiting.select_related("achievement", "agency").order_by("-valid_until")),
        recognitions_of(user, on=on),
    )


@dataclass(frozen=True)
class Counts:
    """What stands for one course at one employer."""

    credential: AchievementCredential | None
    certificate: Certificate | None
    waiver: Waiver | None
    waiting: Certificate | None

    def is_enough(self) -> bool:
        """Nobody is sent back to the start who holds it, held it, or need not."""
        return self.certificate is not None or self.waiver is not None


def counts(
    held: Held,
    *,
    course: Course,
    membership: Membership,
    role: ProfessionalRole | None,
    renew_months: int | None = None,
) -> Counts:
    """The certificate that holds longest there, more time added, or what the agency took in its place. No query.

    With `renew_months` a certificate counts no longer than that after its issue, however long it holds elsewhere.
    """

    def first(rows: Sequence[AchievementCredential]) -> AchievementCredential | None:
        mine = (row for row in rows if row.achievement.course_id == course.pk)
        return next((row for row in mine if counts_for(row, membership, role)), None)

    credential, waiting = first(held.credentials), first(held.waiting)

    def recognised(*kinds: str) -> Recognition | None:
        return counting(held.recognitions, course=course, agency=membership.agency, kinds=kinds)

    found = (
        [
            Certificate(
                credential.issued_on,
                counts_until(credential.issued_on, credential.valid_until, renew_months=renew_months),
            )
        ]
        if credential
        else []
    )
    if (instead := recognised(*Recognition.COUNTS_AS_CERTIFIED)) is not None:
        found.append(Certificate(instead.starts_on, instead.ends_on))
    best = max(found, key=lambda one: one.valid_until, default=None)
    extension = recognised(Recognition.Kind.EXTENSION)
    if best is not None and extension is not None:
        best = Certificate(best.issued_on, max(best.valid_until, extension.ends_on))
    waiver = recognised(Recognition.Kind.WAIVER)
    return Counts(
        credential,
        best,
        Waiver(waiver.starts_on, waiver.ends_on) if waiver else None,
        Certificate(waiting.issued_on, waiting.valid_until) if waiting else None,
    )


def more_time(held: Held, *, course: Course, agency: Agency) -> date | None:
    """Until when somebody who holds nothing yet was given time."""
    row = counting(held.recognitions, course=course, agency=agency, kinds=[Recognition.Kind.EXTENSION])
    return row.ends_on if row is not None else None


def course_to_take(course: Course, found: Counts, *, on: date) -> Course:
    """The shorter course while the certificate can be renewed by it, and otherwise the course itself. One query."""
    if found.credential is None:
        return course
    achievement = found.credential.achievement
    version = achievement.versions.select_related("renewal_course").last()
    shorter = version.renewal_course if version else achievement.renewal_course
    if shorter is None:
        return course
    span = Span(found.credential.issued_on, found.credential.valid_until)
    rule = version.rules() if version else achievement.validity()
    is_in_time = window_opens(span, rule) <= on <= last_renewal_day(span, rule)
    return shorter if is_in_time and shorter.versions.exists() else course


@dataclass(frozen=True)
class Todo:
    """One row of the list of things to do."""

    what: str
    url: str
    why: str
    by: date | None
    state: str
    is_overdue: bool


@dataclass(frozen=True)
class HeldCertificate:
    credential: AchievementCredential
    state: str
    days_left: int


@dataclass(frozen=True)
class Training:
    """Everything on "My training"."""

    working: WorkingAs
    path: LearningPath | None
    todos: tuple[Todo, ...]
    certificates: tuple[HeldCertificate, ...]
    can_start: bool
    is_renewal: bool
    shorter: Course | None = None
    shorter_minutes: int = 0

    @property
    def is_begun(self) -> bool:
        return self.path is not None and any(unit.is_done for unit in self.path.units)


def my_training(user: User, *, on: date) -> Training:
    """The same number of queries whatever the person has done and earned."""
    memberships = current_memberships(user, on)
    membership = memberships[0] if memberships else None
    working = working_as(user, on, membership) if membership else WorkingAs(None, None, None)
    certificates = tuple(
        HeldCertificate(credential, str(credential_state(credential, on)), (credential.valid_until - on).days)
        for credential in credentials_of(user)
    )
    if membership is None or not working.is_complete:
        return Training(working, None, (), certificates, False, False)
    wanted = requirements(membership, working.professional_role)
    held = held_by(user, on=on, with_paused=True)
    todos: list[Todo] = []
    path: LearningPath | None = None
    can_start = is_renewal = False
    shorter: Course | None = None
    for requirement in wanted:
        course = requirement.course
        found = counts(
            held,
            course=course,
            membership=membership,
            role=working.professional_role,
            renew_months=requirement.renew_months,
        )
        certificate = found.certificate
        registration = open_registration(user, course=course, agency=membership.agency)
        why = _("Set by your agency") if requirement.is_set_by_agency else _("Your role asks for it")
        if registration is not None:
            way = learning_path(registration)
            path = path or way
            due = more_time(held, course=course, agency=membership.agency)
            due = due or registration.due_on or requirement.due_on
            late = late_from(due, grace_days=requirement.grace_days)
            todos += _open_stops(way, why=why, due=due, overdue=late is not None and late <= on)
        elif found.waiver is not None and (certificate is None or certificate.valid_until < on):
            continue
        elif certificate is None or (certificate.valid_until - on).days <= EXPIRING_DAYS:
            can_start = True
            is_renewal = certificate is not None
            to_take = course_to_take(course, found, on=on)
            shorter = to_take if to_take != course else shorter
            by = certificate.valid_until if certificate else requirement.due_on
            late = late_from(by, grace_days=requirement.grace_days)
            todos.append(
                Todo(
                    what=_("%(course)s, again") % {"course": course.title}
                    if certificate and to_take == course
                    else to_take.title,
                    url="",
                    why=_("Keeps your certificate valid") if certificate else why,
                    by=by,
                    state=State.NOT_STARTED,
                    is_overdue=late is not None and late <= on,
                )
            )
    return Training(
        working,
        path,
        tuple(todos),
        certificates,
        can_start,
        is_renewal,
        shorter,
        minutes_of(shorter) if shorter else 0,
    )


def _open_stops(path: LearningPath, *, why: str, due: date | None, overdue: bool) -> list[Todo]:
    """The course as one row, and the check and the scenario as one each while they are open."""
    title = path.registration.course_version.course.title
    begun = any(unit.is_done for unit in path.units)
    following = path.next_unit
    rows = [
        Todo(
            title,
            following.url if following else path.units[0].url if path.units else "",
            why,
            due,
            State.IN_PROGRESS if begun else State.NOT_STARTED,
            overdue,
        )
    ]
    part = _("Part of %(course)s") % {"course": title}
    rows += [
        Todo(unit.title, unit.url, part, due, State.NOT_STARTED, overdue)
        for unit in path.units
        if unit.kind != "lesson" and not unit.is_done
    ]
    return rows


@dataclass(frozen=True)
class StaffFilters:
    """What a lead asked for. Anything that is not on offer has been dropped already."""

    state: str = ""
    unit: Agency | None = None
    role: ProfessionalRole | None = None
    words: str = ""
    sort: str = "status"
    overdue: bool = False
    ends_within: int | None = None


# What presses most comes first. Copied into each status, so that a long list is sorted by an index.
URGENCY = {
    State.LAPSED.value: 0,
    "overdue": 1,
    State.REFRESHER.value: 2,
    State.EXPIRING.value: 3,
    State.NOT_STARTED.value: 4,
    State.IN_PROGRESS.value: 5,
    State.WAIVED.value: 6,
    State.CERTIFIED.value: 7,
}
SORTS: dict[str, tuple[str, ...]] = {
    "status": ("urgency", "matters_on", "search_key", "id"),
    "name": ("search_key", "id"),
    "-name": ("-search_key", "-id"),
    "date": ("matters_on", "search_key", "id"),
    "unit": ("agency__name", "search_key", "id"),
}


def staff(agency: Agency, *, course: Course, on: date) -> ComplianceStatusQuerySet:
    """Everybody who works in the agency or below it today, with her status and nothing finer."""
    return (
        ComplianceStatus.objects.within(agency)
        .current(on=on)
        .filter(course=course)
        .select_related("user", "agency", "membership", "professional_role")
    )


def staff_on(agency: Agency, *, course: Course, day: date) -> StatusPeriodQuerySet:
    """The same list as it stood on a past day: who worked where then, and her status then."""
    urgency = Case(
        When(late_from__lte=day, state__in=OPEN_STATES, then=Value(URGENCY["overdue"])),
        *(When(state=state.value, then=Value(URGENCY[state.value])) for state in State),
        output_field=IntegerField(),
    )
    return (
        StatusPeriod.objects.within(agency)
        .on(day)
        .filter(course=course)
        .select_related("user", "agency", "membership", "professional_role")
        .annotate(
            urgency=urgency,
            search_key=Lower(Concat("user__name", Value(" "), "membership__staff_number")),
            matters_on=Coalesce("valid_until", "due_on", Value(date.max)),
        )
    )


Staff = ComplianceStatusQuerySet | StatusPeriodQuerySet


def filter_staff(rows: Staff, filters: StaffFilters, *, on: date) -> Staff:
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.overdue:
        rows = rows.overdue(on=on)
    if filters.unit is not None:
        rows = rows.within(filters.unit)
    if filters.role is not None:
        rows = rows.filter(professional_role=filters.role)
    if filters.ends_within is not None:
        last = on + timedelta(days=filters.ends_within)
        rows = rows.filter(state__in=READY_STATES, valid_until__lte=last)
    for word in filters.words.casefold().split():
        # A column today, and worked out for a past day.
        rows = rows.filter(**{"search_key__contains": word})
    return rows.order_by(*SORTS[filters.sort])


def count_states(rows: ComplianceStatusQuerySet | StatusPeriodQuerySet) -> dict[str, int]:
    """How many are where. One query."""
    counted = dict(rows.order_by().values_list("state").annotate(Count("id")))
    return {state.value: counted.get(state.value, 0) for state in State}


def my_statuses(user: User, *, on: date) -> list[ComplianceStatus]:
    """What each of the person's employers sees of her: the very rows of their lists. One query."""
    rows = ComplianceStatus.objects.current(on=on).filter(user=user)
    return list(
        rows.select_related("user", "agency", "membership", "professional_role", "course").order_by(
            "agency__name", "course__title"
        )
    )


def role_name(row: ComplianceStatus | StatusPeriod) -> str:
    return row.professional_role.name if row.professional_role else ""


def _since(row: ComplianceStatus | StatusPeriod) -> str:
    return (row.starts_on if isinstance(row, StatusPeriod) else row.since).isoformat()


def staff_csv(rows: Iterable[ComplianceStatus | StatusPeriod], *, course: Course) -> Iterator[str]:
    """The list as a file, line by line, with the columns of the screen and no others."""
    states = dict(ComplianceStatus.STATES)
    yield "\ufeff"
    yield csv_line(
        [
            _("Name"),
            _("Staff number"),
            _("Unit"),
            _("Role"),
            _("Course"),
            _("Status"),
            _("Since"),
            _("Certified until"),
            _("Due"),
        ]
    )
    for row in rows:
        yield csv_line(
            [
                row.user.name, row.membership.staff_number, row.agency.name, role_name(row), course.title,
                states[row.state], _since(row), row.valid_until, row.due_on,
            ]
        )  # fmt: skip


def saved_views(user: User, agency: Agency, *, page: str) -> list[SavedView]:
    return list(SavedView.objects.filter(user=user, agency=agency, page=page))
