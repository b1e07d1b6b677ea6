"""What an agency takes in place of a certificate: learning from elsewhere, a waiver, more time."""

import uuid
from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from certification.exceptions import FrozenRecord
from courses.models import Course


class RecognitionQuerySet(models.QuerySet["Recognition"]):
    def in_force(self, *, on: date) -> Self:
        return self.filter(withdrawn_at__isnull=True, starts_on__lte=on, ends_on__gte=on)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise FrozenRecord("What was recognised is withdrawn, never deleted.")


class Recognition(models.Model):
    """One person, one course, one agency: what counts there in place of a certificate, who said so, why, until when.

    It holds for the agency that gave it and the units below, and is no certificate: nobody else is shown it.
    """

    class Kind(models.TextChoices):
        EQUIVALENCE = "equivalence", _("Equivalent training")
        PRIOR = "prior", _("Earlier completion")
        WAIVER = "waiver", _("Waiver")
        EXTENSION = "extension", _("Extension")

    COUNTS_AS_CERTIFIED: ClassVar[tuple[str, ...]] = (Kind.EQUIVALENCE, Kind.PRIOR)

    personal_data: ClassVar[tuple[str, ...]] = (
        "user",
        "kind",
        "starts_on",
        "ends_on",
        "reason",
        "evidence",
        "by",
        "withdrawn_by",
        "withdrawn_reason",
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recognitions")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="recognitions")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("course"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), help_text=_("The last day on which it counts."))
    reason = models.TextField(_("reason"))
    evidence = models.TextField(_("evidence"), blank=True)
    at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.TextField(blank=True)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("recognition")
        verbose_name_plural = _("recognitions")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="recognition_has_an_end"),
            models.CheckConstraint(condition=~Q(user=F("by")), name="nobody_recognises_herself"),
            # An import that is sent twice adds nothing.
            models.UniqueConstraint(
                fields=["user", "agency", "course", "kind", "starts_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_recognition_from_a_day",
            ),
        ]
        indexes = [
            # What counts for this person today?
            models.Index(fields=["user", "course", "ends_on"], name="recognition_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.course_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        changed = set(kwargs.get("update_fields") or ["all"])
        if not self._state.adding and changed != {"withdrawn_at", "withdrawn_by", "withdrawn_reason"}:
            raise FrozenRecord("What was recognised says what it said. Withdraw it and record it anew.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise FrozenRecord("What was recognised is withdrawn, never deleted.")
