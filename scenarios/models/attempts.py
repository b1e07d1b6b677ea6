"""What a learner did in a story."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from scenarios.models.graph import Scenario
from scenarios.models.versions import ScenarioVersion


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def of(self, user: Any) -> Self:
        return self.filter(user=user)

    def for_play(self) -> Self:
        """With what a page needs, without the whole story."""
        return self.select_related("scenario", "version", "agency", "practice_of").defer("version__snapshot")


class Attempt(models.Model):
    """One learner in one story. Where she stands is the fold of its events; the columns here are only a summary.

    Nothing in this table is ever shown to an employer: completion reaches her through the course.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        FINISHED = "finished", _("Finished")
        SKIPPED = "skipped", _("Skipped")

    personal_data: ClassVar[tuple[str, ...]] = (
        "user",
        "state",
        "ending",
        "has_open_flag",
        "is_text",
        "is_coached",
        "begun_at",
        "paused_at",
        "finished_at",
        "results",
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scenario_attempts"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="attempts")
    version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, related_name="attempts")
    registration_uuid = models.UUIDField(null=True, blank=True, db_index=True)
    # The finished attempt of which one moment is played again here, for practice.
    practice_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="practice"
    )
    jurisdiction_code = models.CharField(max_length=8)
    seed = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    is_coached = models.BooleanField(_("coach mode"), default=False)
    is_text = models.BooleanField(_("read as text"), default=False)
    ending = models.CharField(max_length=8, blank=True)
    has_open_flag = models.BooleanField(default=False)
    results = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [models.Index(fields=["user", "scenario", "state"], name="scn_attempt_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="finished") | Q(finished_at__isnull=False), name="scn_finished_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def is_resolved(self) -> bool:
        """Counts for the course: at an ending without an open critical flag, or read as text."""
        return self.state == self.State.FINISHED and not self.has_open_flag


class AttemptEvent(models.Model):
    """What happened, in order, never changed. A step (a decision or going back) happens once, whatever is sent twice."""

    personal_data: ClassVar[tuple[str, ...]] = ("data", "at")

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="events")
    sequence = models.PositiveIntegerField()
    step = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=16)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["sequence"]
        verbose_name = _("event of an attempt")
        verbose_name_plural = _("events of attempts")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "sequence"], name="scn_event_sequence_once"),
            models.UniqueConstraint(
                fields=["attempt", "step"], condition=Q(step__isnull=False), name="scn_event_step_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.sequence} {self.kind}"
