"""What agencies ask of their staff, and where everybody stands."""

import uuid
from datetime import date
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import ProfessionalRole
from agencies.models import Agency, Membership
from compliance.status import State
from courses.models import Course


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def within(self, agency: Agency) -> Self:
        """Of this agency and every unit below it."""
        return self.filter(agency__path__startswith=agency.path)

    def over(self, agency: Agency) -> Self:
        """Of this agency and those above it: what is asked of somebody who works there."""
        steps = range(Agency.steplen, len(agency.path) + 1, Agency.steplen)
        return self.filter(agency__path__in=[agency.path[:step] for step in steps])


class Assignment(models.Model):
    """An agency asks everybody in it and below, or everybody in one role there, to hold a course's certificate.

    Ended, never deleted: an auditor may ask what was asked. `compliance.asked` says which one decides where several ask.
    """

    class Priority(models.IntegerChoices):
        FIRST = 1, _("First")
        NORMAL = 2, _("Normal")
        LATER = 3, _("After the others")

    personal_data: ClassVar[tuple[str, ...]] = ("made_by", "ended_by")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("agency")
    )
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("course")
    )
    professional_role = models.ForeignKey(
        ProfessionalRole,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("professional role"),
        help_text=_("Leave empty for every role."),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(
        _("days to finish"),
        null=True,
        blank=True,
        help_text=_("Counted from the day on which somebody joins."),
    )
    starts_on = models.DateField(
        _("counted from"),
        null=True,
        blank=True,
        help_text=_("Days are counted from here for people who joined earlier."),
    )
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=0)
    renew_months = models.PositiveSmallIntegerField(_("renew every (months)"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.NORMAL
    )
    joined_from = models.DateField(_("joined on or after"), null=True, blank=True)
    joined_before = models.DateField(_("joined before"), null=True, blank=True)
    made_at = models.DateTimeField(null=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["agency__path", "course__title"]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(
                "agency",
                "course",
                Coalesce("professional_role", Value(0)),
                Coalesce("joined_from", Value(date.min, output_field=models.DateField())),
                Coalesce("joined_before", Value(date.max, output_field=models.DateField())),
                condition=Q(ended_at__isnull=True),
                name="one_assignment_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.course}"


OPEN_STATES = (State.NOT_STARTED.value, State.IN_PROGRESS.value)
READY_STATES = (State.CERTIFIED.value, State.EXPIRING.value)
_Rows = TypeVar("_Rows", bound=models.QuerySet[Any])


def _within(rows: _Rows, agency: Agency) -> _Rows:
    """Rows that carry `root` and `agency`: by the one for a whole agency, which an index leads with, else by the other."""
    if agency.depth == 1:
        return rows.filter(root=agency.path)
    return rows.filter(agency__in=Agency.objects.filter(path__startswith=agency.path))


class ComplianceStatusQuerySet(models.QuerySet["ComplianceStatus"]):
    def within(self, agency: Agency) -> Self:
        """Of this agency and every unit below it."""
        return _within(self, agency)

    def current(self, *, on: date) -> Self:
        """Of people who work there on that day, whether or not their status was worked out since they left."""
        return self.filter(membership__started_on__lte=on).filter(
            Q(membership__ended_on__isnull=True) | Q(membership__ended_on__gt=on)
        )

    def overdue(self, *, on: date) -> Self:
        return self.filter(late_from__lte=on, state__in=OPEN_STATES)


class ComplianceStatus(models.Model):
    """Where one member of staff stands with one course. Worked out again whenever something changes, and every night.

    It holds what an employer may know and nothing else.
    """

    STATES: ClassVar[list[tuple[str, object]]] = [
        (State.NOT_STARTED.value, _("Not started")),
        (State.IN_PROGRESS.value, _("In progress")),
        (State.CERTIFIED.value, _("Certified")),
        (State.EXPIRING.value, _("Certified, expires soon")),
        (State.LAPSED.value, _("Lapsed")),
        (State.REFRESHER.value, _("Refresher due")),
        (State.WAIVED.value, _("Waived")),
    ]

    personal_data: ClassVar[tuple[str, ...]] = (
        "user",
        "membership",
        "state",
        "since",
        "valid_until",
        "due_on",
        "late_from",
        "professional_role",
        "search_key",
        "urgency",
        "matters_on",
    )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="compliance")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="compliance")
    root = models.CharField(max_length=16, default="", editable=False, help_text="Path of the whole agency.")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="compliance")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="compliance")
    state = models.CharField(_("status"), max_length=12, choices=STATES)
    since = models.DateField(_("since"))
    valid_until = models.DateField(_("certified until"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    late_from = models.DateField(_("overdue from"), null=True, blank=True)
    professional_role = models.ForeignKey(
        ProfessionalRole,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("professional role"),
    )
    # Copies that let a list of 150,000 be filtered and sorted without asking elsewhere; every refresh writes them.
    search_key = models.CharField(max_length=280, blank=True, editable=False)
    urgency = models.PositiveSmallIntegerField(default=0, editable=False)
    matters_on = models.DateField(default=date.max, editable=False)

    objects = ComplianceStatusQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        constraints = [models.UniqueConstraint(fields=["membership", "course"], name="one_status_per_course")]
        indexes = [
            # Who in this unit stands where with this course?
            models.Index(fields=["agency", "course", "state"], name="status_by_agency"),
            # The whole agency's list in the order in which it opens, page by page.
            models.Index(
                fields=["root", "course", "urgency", "matters_on", "search_key"], name="status_by_urgency"
            ),
            models.Index(fields=["root", "course", "search_key"], name="status_by_name"),
            # Whose certificate runs out in these days?
            models.Index(fields=["root", "course", "valid_until"], name="status_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}/{self.course_id}: {self.state}"


class StatusPeriodQuerySet(models.QuerySet["StatusPeriod"]):
    def within(self, agency: Agency) -> Self:
        return _within(self, agency)

    def on(self, day: date) -> Self:
        """As things stood on a day, by what is known now."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))

    def overdue(self, *, on: date) -> Self:
        return self.filter(late_from__lte=on, state__in=OPEN_STATES)


class StatusPeriod(models.Model):
    """Where a member of staff stood with a course from a day until another. What was true then stays written.

    A row is only ever closed, never changed and never deleted while its agency keeps records. `recorded_at` tells when we
    learned of it: a certificate from elsewhere may be recognised for days that have gone by.
    """

    personal_data: ClassVar[tuple[str, ...]] = (
        "user",
        "membership",
        "professional_role",
        "state",
        "starts_on",
        "ends_on",
        "valid_until",
        "due_on",
    )

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="status_periods"
    )
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="status_periods")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="status_periods")
    root = models.CharField(max_length=16, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    professional_role = models.ForeignKey(
        ProfessionalRole, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("status"), max_length=12, choices=ComplianceStatus.STATES)
    valid_until = models.DateField(_("certified until"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    late_from = models.DateField(_("overdue from"), null=True, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day on which it no longer held.")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = StatusPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "id"]
        verbose_name = _("past status")
        verbose_name_plural = _("past statuses")
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "course"],
                condition=Q(ends_on__isnull=True),
                name="one_open_period_per_course",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="period_ends_after_start",
            ),
        ]
        indexes = [
            # Who stood where on a day?
            models.Index(fields=["root", "course", "starts_on", "ends_on", "state"], name="period_by_agency"),
            models.Index(fields=["agency", "course", "starts_on"], name="period_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}/{self.course_id}: {self.state} from {self.starts_on}"


class UnitCount(models.Model):
    """When the people of one unit were last counted, and whether somebody's status has changed since."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="unit_count")
    counted_on = models.DateField()
    is_stale = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("count of a unit")
        verbose_name_plural = _("counts of units")

    def __str__(self) -> str:
        return f"{self.agency_id} on {self.counted_on}"


class StatusTallyQuerySet(models.QuerySet["StatusTally"]):
    def within(self, agency: Agency) -> Self:
        return _within(self, agency)


class StatusTally(models.Model):
    """How many people of one unit, in one role, stand where with one course. Its units below have their own."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="tallies")
    root = models.CharField(max_length=16, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    professional_role = models.ForeignKey(
        ProfessionalRole, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=12, choices=ComplianceStatus.STATES)
    people = models.PositiveIntegerField()
    overdue = models.PositiveIntegerField(default=0)
    ends_in_30 = models.PositiveIntegerField(default=0)
    ends_in_60 = models.PositiveIntegerField(default=0)
    ends_in_90 = models.PositiveIntegerField(default=0)

    objects = StatusTallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        indexes = [models.Index(fields=["root", "course"], name="tally_by_agency")]

    def __str__(self) -> str:
        return f"{self.agency_id}/{self.course_id} {self.state}: {self.people}"


class ReadinessPoint(models.Model):
    """How many of a unit and everything below it were certified in a week, for the line that shows where things go."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="readiness")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    week = models.DateField(help_text="Its Monday.")
    people = models.PositiveIntegerField()
    ready = models.PositiveIntegerField()

    class Meta:
        ordering = ["week"]
        verbose_name = _("readiness in a week")
        verbose_name_plural = _("readiness by week")
        constraints = [
            models.UniqueConstraint(fields=["agency", "course", "week"], name="one_point_a_week"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}/{self.course_id} {self.week}: {self.ready}/{self.people}"


class SavedView(models.Model):
    """Filters that a lead keeps under a name, for the list of people or the overview. Hers alone."""

    personal_data: ClassVar[tuple[str, ...]] = ("user", "name", "query")

    MOST: ClassVar[int] = 20
    PAGES: ClassVar[list[tuple[str, Any]]] = [("people", _("People")), ("overview", _("Overview"))]

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=12, choices=PAGES)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["user", "agency", "page", "name"], name="one_view_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


# At the end: they name what stands above.
from compliance.change_models import AssignmentChange as AssignmentChange  # noqa: E402
from compliance.reminder_models import AgencyReminders as AgencyReminders  # noqa: E402
from compliance.reminder_models import LateNote as LateNote  # noqa: E402
from compliance.reminder_models import ReminderChoice as ReminderChoice  # noqa: E402
from compliance.reminder_models import ReminderMail as ReminderMail  # noqa: E402
