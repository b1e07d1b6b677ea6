"""Awards of many at once, while they go on and afterwards."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AwardRun(models.Model):
    """One look at everybody who finished and was not awarded yet: how far it is, and what went wrong with whom."""

    personal_data: ClassVar[tuple[str, ...]] = ("started_by", "problems")

    started_at = models.DateTimeField(_("started at"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    waiting = models.PositiveIntegerField(_("people to look at"), default=0)
    looked_at = models.PositiveIntegerField(default=0)
    awarded = models.PositiveIntegerField(_("issued"), default=0)
    problems = models.JSONField(
        default=dict, blank=True, help_text=_("By registration, what stopped its award.")
    )
    moved_at = models.DateTimeField(help_text=_("A sign of life while it goes on."))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        verbose_name = _("award of many")
        verbose_name_plural = _("awards of many")

    def __str__(self) -> str:
        return f"{self.looked_at}/{self.waiting}"
