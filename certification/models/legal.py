"""A law has changed: what that means for certificates that were earned before, and who has caught up."""

import uuid
from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from accounts.models import Jurisdiction
from certification.exceptions import FrozenRecord
from content.models import Fact


class LegalUpdate(models.Model):
    """The law of one jurisdiction has changed. It touches the legal part of certificates earned before, and nothing else."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, related_name="+", verbose_name=_("jurisdiction")
    )
    pack_version = models.CharField(
        _("new pack version"), max_length=32, help_text=_("As on certificates from then on: 2027.1")
    )
    title = models.CharField(_("what changed, in a line"), max_length=200)
    text = models.TextField(
        _("what changed"), help_text=_("In plain words, and what it means at work. Paragraphs are kept.")
    )
    facts = models.CharField(
        _("facts"),
        max_length=300,
        blank=True,
        help_text=_(
            "Codes of the facts that changed, with spaces between them. They are shown with their sources."
        ),
    )
    takes_effect_on = models.DateField(_("in force from"))
    days = models.PositiveSmallIntegerField(
        _("days to catch up"),
        default=60,
        validators=[MinValueValidator(7), MaxValueValidator(366)],
        help_text=_(
            "Counted from that day. Afterwards the legal part of earlier certificates no longer counts."
        ),
    )

    panels = [
        FieldRowPanel([FieldPanel("jurisdiction"), FieldPanel("pack_version")]),
        FieldPanel("title"),
        FieldPanel("text"),
        FieldPanel("facts"),
        FieldRowPanel([FieldPanel("takes_effect_on"), FieldPanel("days")]),
    ]

    class Meta:
        ordering = ["-takes_effect_on", "-pk"]
        verbose_name = _("change of law")
        verbose_name_plural = _("changes of law")
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "pack_version"], name="one_change_of_law_to_a_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.pack_version}: {self.title}"

    @property
    def due_on(self) -> date:
        """The last day on which the legal part of an earlier certificate counts without it."""
        return self.takes_effect_on + timedelta(days=self.days)

    def clean(self) -> None:
        super().clean()
        codes = self.facts.split()
        known = set(Fact.objects.filter(code__in=codes).values_list("code", flat=True))
        if missing := [code for code in codes if code not in known]:
            raise ValidationError({"facts": _("There is no fact %(codes)s.") % {"codes": ", ".join(missing)}})


class LegalUpdateTaken(models.Model):
    """Somebody has taken a change of law in. Rows are added, never changed."""

    personal_data: ClassVar[tuple[str, ...]] = ("user", "at")

    legal_update = models.ForeignKey(LegalUpdate, on_delete=models.PROTECT, related_name="taken")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("change of law taken in")
        verbose_name_plural = _("changes of law taken in")
        constraints = [models.UniqueConstraint(fields=["legal_update", "user"], name="one_update_taken_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.legal_update_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise FrozenRecord("Rows are added, never changed.")
        super().save(*args, **kwargs)
