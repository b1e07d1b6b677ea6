"""Courses, registrations, and how far they are."""

import uuid
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Jurisdiction, ProfessionalRole
from agencies.models import Agency


class MoveOn(models.TextChoices):
    """cmi5, section 10.2.4: when an assignable unit counts as done."""

    PASSED = "Passed", _("Passed")
    COMPLETED = "Completed", _("Completed")
    COMPLETED_AND_PASSED = "CompletedAndPassed", _("Completed and passed")
    COMPLETED_OR_PASSED = "CompletedOrPassed", _("Completed or passed")
    NOT_APPLICABLE = "NotApplicable", _("Not applicable")


class Course(models.Model):
    """Something that can be taken and earned: the Essential tier, say. Its rules live in versions that never change."""

    RENEWAL: ClassVar[str] = "renewal"

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=32, unique=True)
    slug = models.SlugField(_("slug"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    tier = models.CharField(_("tier"), max_length=16, default="essential")
    description = models.TextField(_("description"), blank=True)
    renewed_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="usually_renews",
        verbose_name=_("usually renewed by"),
        help_text=_("A shorter course. An achievement may name another."),
    )

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def __str__(self) -> str:
        return self.title


class CourseVersion(models.Model):
    """The rules of a course as they stand from a day on. A registration keeps the version that it started under.

    `rules` holds what is not a row: check size and blueprint, pass mark, credit hours, validity (courses.rules reads it).
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    label = models.CharField(_("label"), max_length=32, help_text=_("As on a certificate: 2026.1"))
    rules = models.JSONField(_("rules"))
    digest = models.CharField(max_length=64, editable=False)
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        ordering = ["-number"]
        verbose_name = _("course version")
        verbose_name_plural = _("course versions")
        constraints = [models.UniqueConstraint(fields=["course", "number"], name="one_version_of_a_number")]

    def __str__(self) -> str:
        return f"{self.course_id} {self.label}"


class AssignableUnit(models.Model):
    """One launchable part of a course version (cmi5 AU): a lesson, a check or a scenario."""

    class Kind(models.TextChoices):
        LESSON = "lesson", _("Lesson")
        CHECK = "check", _("Check")
        SCENARIO = "scenario", _("Scenario")

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course_version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="units")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(
        max_length=64, help_text=_("A lesson's code, or a word for the check or scenario.")
    )
    title = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    move_on = models.CharField(max_length=20, choices=MoveOn.choices, default=MoveOn.COMPLETED)
    mastery_score = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("assignable unit")
        verbose_name_plural = _("assignable units")
        constraints = [models.UniqueConstraint(fields=["course_version", "code"], name="one_unit_of_a_code")]

    def __str__(self) -> str:
        return self.code


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def within(self, agency: Agency) -> Self:
        """Taken under this agency or a unit below it."""
        return self.filter(agency__path__startswith=agency.path)

    def open(self) -> Self:
        return self.filter(satisfied_at__isnull=True)

    def overdue(self, *, on: date) -> Self:
        return self.open().filter(due_on__lt=on)


class Registration(models.Model):
    """One person takes one course under one agency (cmi5 registration; its UUID is `context.registration`)."""

    personal_data: ClassVar[tuple[str, ...]] = (
        "user",
        "professional_role",
        "jurisdiction",
        "due_on",
        "satisfied_at",
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="registrations")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="registrations")
    course_version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="registrations")
    professional_role = models.ForeignKey(ProfessionalRole, on_delete=models.PROTECT, related_name="+")
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("due on"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registered at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    satisfied_at = models.DateTimeField(_("satisfied at"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["-registered_at"]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [
            # Whose training is open, and whose is due, in one agency?
            models.Index(fields=["agency", "satisfied_at", "due_on"], name="registration_by_agency"),
            models.Index(fields=["user", "-registered_at"], name="registration_by_user"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class UnitProgress(models.Model):
    """How far a registration is in one assignable unit. How a lesson was read stays between the learner and us."""

    class Mode(models.TextChoices):
        READ = "read", _("Read")
        SUMMARY = "summary", _("Read as its summary")
        TEXT = "text", _("Read as text")
        SKIPPED = "skipped", _("Skipped")
        TESTED_OUT = "tested", _("Tested out")

    personal_data: ClassVar[tuple[str, ...]] = ("registration", "mode", "completed_at", "passed_at")

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="progress")
    unit = models.ForeignKey(AssignableUnit, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.READ)
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)
    last_opened_at = models.DateTimeField(null=True, blank=True)
    # Of the lesson that was tested out: when its meaning changes, it has to be taken after all.
    lesson_version = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        constraints = [models.UniqueConstraint(fields=["registration", "unit"], name="one_progress_per_unit")]

    def __str__(self) -> str:
        return f"{self.registration_id}/{self.unit_id}"


class ActivityResponse(models.Model):
    """What a learner put into an activity. Hers alone: in no report, no statement, and she may delete it."""

    personal_data: ClassVar[tuple[str, ...]] = ("user", "answer", "note")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="activity_responses"
    )
    lesson_code = models.CharField(max_length=16)
    activity_id = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("activity response")
        verbose_name_plural = _("activity responses")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "lesson_code", "activity_id"], name="one_response_per_activity"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lesson_code}#{self.activity_id}"
