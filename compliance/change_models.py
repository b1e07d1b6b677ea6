"""Changes of what an agency asks: who made them, what they were, and how far they have reached its people."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AssignmentChange(models.Model):
    """One assignment made, changed or ended. The row stays as the log; while it goes on it says how far it is.

    `last_user` is the last person whose training was looked at: people are taken by number, so whoever goes on after a worker
    was stopped begins right behind her.
    """

    class Kind(models.TextChoices):
        MADE = "made", _("Made")
        CHANGED = "changed", _("Changed")
        ENDED = "ended", _("Ended")

    personal_data: ClassVar[tuple[str, ...]] = ("by", "last_user", "problems")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey("compliance.Assignment", on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    figures = models.JSONField(default=dict, blank=True, help_text=_("What the preview said."))
    waiting = models.PositiveIntegerField(_("people to look at"), default=0)
    looked_at = models.PositiveIntegerField(default=0)
    last_user = models.PositiveBigIntegerField(default=0)
    problems = models.JSONField(default=dict, blank=True, help_text=_("By person, what went wrong."))
    moved_at = models.DateTimeField(help_text=_("A sign of life while it goes on."))
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("change of an assignment")
        verbose_name_plural = _("changes of assignments")

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.kind}: {self.looked_at}/{self.waiting}"
