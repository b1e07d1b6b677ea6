"""Answers to questionnaires, under pseudonyms that only the site can make and nobody can turn back.

No row points to a person, names an hour, or comes in the order in which it was given.
"""

import secrets
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from courses.evaluation import BEFORE, END, LATER, WORKLOAD
from courses.models.taking import Course


def new_key() -> str:
    return secrets.token_hex(32)


class EvaluationWave(models.Model):
    """Half a year's answers. Its key pairs the answers of one person, and is destroyed when no more are to come."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    starts_on = models.DateField(unique=True)
    # Of no use without SECRET_KEY, which is not in the database. Empty once destroyed.
    key = models.CharField(max_length=64, default=new_key, blank=True, editable=False)

    class Meta:
        ordering = ["-starts_on"]
        verbose_name = _("evaluation wave")
        verbose_name_plural = _("evaluation waves")
        permissions = [("read_evaluation", "Can read the evaluation")]

    def __str__(self) -> str:
        return self.starts_on.isoformat()


class AnonymousAnswer(models.Model):
    """`agency` is the whole agency, never the unit; nothing for people without one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(EvaluationWave, on_delete=models.PROTECT, related_name="+")
    pseudonym = models.CharField(max_length=64)
    week = models.DateField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Said no: kept so that she is not asked again, and counted nowhere.
    declined = models.BooleanField(default=False)

    class Meta:
        abstract = True


class AttitudeAnswer(AnonymousAnswer):
    """Agreement, 1 to 5, with the statements of courses.evaluation, by their codes; what was left empty is not there."""

    POINTS: ClassVar = [(BEFORE, _("Before")), (END, _("At the end")), (LATER, _("Six months later"))]
    personal_data: ClassVar[tuple[str, ...]] = ("pseudonym", "answers")

    point = models.CharField(max_length=8, choices=POINTS)
    answers = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("answer on attitudes")
        verbose_name_plural = _("answers on attitudes")
        constraints = [
            models.UniqueConstraint(fields=["pseudonym", "point"], name="one_attitude_answer_per_point")
        ]

    def __str__(self) -> str:
        return str(self.id)


class ReactionAnswer(AnonymousAnswer):
    """What somebody thought of a course: agreement from 1 to 5, workload, and what should change."""

    personal_data: ClassVar[tuple[str, ...]] = ("pseudonym", "answers", "workload", "change")

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    workload = models.CharField(max_length=8, choices=WORKLOAD, blank=True)
    change = models.TextField(blank=True)

    class Meta:
        verbose_name = _("reaction to a course")
        verbose_name_plural = _("reactions to courses")
        constraints = [models.UniqueConstraint(fields=["pseudonym"], name="one_reaction_per_course")]

    def __str__(self) -> str:
        return str(self.id)


class PracticeAudit(models.Model):
    """What an agency found in its own records, as numbers. No record, no person and no name is kept."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    looked_on = models.DateField(_("looked on"))
    records = models.PositiveSmallIntegerField(_("records looked at"))
    private_offered = models.PositiveSmallIntegerField(_("time alone offered"))
    interpreter_needed = models.PositiveSmallIntegerField(_("interpreter needed"))
    interpreter_used = models.PositiveSmallIntegerField(_("interpreter used"))
    consent_recorded = models.PositiveSmallIntegerField(_("agreement recorded"))

    class Meta:
        ordering = ["-looked_on"]
        verbose_name = _("self-audit")
        verbose_name_plural = _("self-audits")
        constraints = [
            models.UniqueConstraint(fields=["agency", "looked_on"], name="one_audit_per_agency_and_day"),
            models.CheckConstraint(
                condition=Q(private_offered__lte=F("records"))
                & Q(consent_recorded__lte=F("records"))
                & Q(interpreter_needed__lte=F("records"))
                & Q(interpreter_used__lte=F("interpreter_needed")),
                name="audit_parts_within_wholes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.looked_on}"
