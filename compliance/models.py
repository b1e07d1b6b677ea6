"""What agencies ask of their staff, and where everybody stands."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ProfessionalRole
from agencies.models import Agency, Membership
from compliance.status import State
from courses.models import Course


class Assignment(models.Model):
    """An agency asks everybody in it and below, or everybody in one role there, to hold a course's certificate."""

    personal_data: ClassVar[tuple[str, ...]] = ()

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

    class Meta:
        ordering = ["agency__path", "course__title"]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "course", "professional_role"],
                condition=Q(professional_role__isnull=False),
                name="one_assignment_per_role",
            ),
            models.UniqueConstraint(
                fields=["agency", "course"],
                condition=Q(professional_role__isnull=True),
                name="one_assignment_for_everybody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.course}"


class ComplianceStatusQuerySet(models.QuerySet["ComplianceStatus"]):
    def within(self, agency: Agency) -> Self:
        """Of this agency and every unit below it."""
        return self.filter(agency__path__startswith=agency.path)


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
    )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="compliance")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="compliance")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="compliance")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="compliance")
    state = models.CharField(_("status"), max_length=12, choices=STATES)
    since = models.DateField(_("since"))
    valid_until = models.DateField(_("certified until"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)

    objects = ComplianceStatusQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        constraints = [models.UniqueConstraint(fields=["membership", "course"], name="one_status_per_course")]
        indexes = [
            # Who in this unit stands where with this course?
            models.Index(fields=["agency", "course", "state"], name="status_by_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}/{self.course_id}: {self.state}"
