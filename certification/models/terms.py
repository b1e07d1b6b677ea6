"""What stands behind an award beside courses: a supervisor's word, and the choice of one's rules."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from certification.exceptions import FrozenRecord
from certification.models.achievements import AchievementVersion


class VersionChoice(models.Model):
    """Somebody on the way takes newer rules. The highest of her choices counts."""

    personal_data: ClassVar[tuple[str, ...]] = ("registration_uuid", "at")

    registration_uuid = models.UUIDField(_("registration"))
    version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="choices")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration_uuid", "version"], name="one_choice_of_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_uuid}: {self.version_id}"


class SignOffQuerySet(models.QuerySet["SupervisorSignOff"]):
    def in_force(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise FrozenRecord("Sign-offs are withdrawn, never deleted.")


class SupervisorSignOff(models.Model):
    """A supervisor has seen somebody do a thing at work, and says so."""

    personal_data: ClassVar[tuple[str, ...]] = (
        "user",
        "code",
        "title",
        "by",
        "at",
        "withdrawn_at",
        "withdrawn_by",
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sign_offs")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    title = models.CharField(_("what was seen"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("signed at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("supervisor's sign-off")
        verbose_name_plural = _("supervisors' sign-offs")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "code"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_sign_off_of_a_task",
            ),
            models.CheckConstraint(condition=~Q(user=models.F("by")), name="nobody_signs_for_herself"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.code}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and set(kwargs.get("update_fields") or ["all"]) != {
            "withdrawn_at",
            "withdrawn_by",
        }:
            raise FrozenRecord("A sign-off says what it said. Withdraw it and sign anew.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise FrozenRecord("Sign-offs are withdrawn, never deleted.")
