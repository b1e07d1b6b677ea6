"""Reviews that are missing and that an administrator answers for, in writing."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from courses.gate_rules import TakenOn


class AppendOnly(models.Model):
    """Written once. Whoever thinks better of it writes a withdrawal."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("What was taken on in writing is not rewritten. Withdraw it.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("What was taken on in writing is not deleted. Withdraw it.")


class GateTakeover(AppendOnly):
    """An administrator lets content be assigned before its reviews. `texts` holds the digests of the lessons as they were."""

    personal_data: ClassVar[tuple[str, ...]] = ("taken_by", "taken_by_name", "reason")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency")
    )
    modules = models.JSONField(_("modules"))
    gates = models.JSONField(_("reviews"))
    texts = models.JSONField(default=dict)
    reason = models.TextField(_("reason"))
    until = models.DateField(_("until"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken on by")
    )
    taken_by_name = models.CharField(_("name"), max_length=200)
    taken_on = models.DateField(_("taken on"))

    class Meta:
        ordering = ["-taken_on", "-pk"]
        verbose_name = _("review taken on")
        verbose_name_plural = _("reviews taken on")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("taken_on")), name="takeover_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.modules)}: {', '.join(self.gates)}"

    @property
    def is_withdrawn(self) -> bool:
        return hasattr(self, "withdrawal")

    def as_rule(self) -> TakenOn:
        """No query where agency and withdrawal were read along."""
        return TakenOn(
            self.agency.path if self.agency is not None else "",
            frozenset(self.modules),
            frozenset(self.gates),
            self.taken_on,
            self.until,
            self.is_withdrawn,
        )


class TakeoverWithdrawal(AppendOnly):
    personal_data: ClassVar[tuple[str, ...]] = ("withdrawn_by",)

    takeover = models.OneToOneField(GateTakeover, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("withdrawn by")
    )
    withdrawn_on = models.DateField(_("withdrawn on"))

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")

    def __str__(self) -> str:
        return str(self.withdrawn_on)
