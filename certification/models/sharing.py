"""Addresses that a holder hands out, and can take back."""

import uuid
from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from certification.models.credentials import AchievementCredential


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def working(self, *, on: date) -> Self:
        """Neither withdrawn nor past its day, and its holder still has an account."""
        return self.filter(
            withdrawn_at__isnull=True, expires_on__gte=on, credential__user__deleted_at__isnull=True
        )


class ShareLink(models.Model):
    """A secret address that shows one certificate, with what the holder chose for it.

    Only a hash of the secret is kept, so nobody who reads the database can open anything. Of openings we keep how many
    there were and on which day the last one was: nothing about who opened it.
    """

    personal_data: ClassVar[tuple[str, ...]] = (
        "credential",
        "shows",
        "label",
        "made_at",
        "expires_on",
        "withdrawn_at",
        "openings",
        "last_opened_on",
    )

    # Drawn with the empty form, so that sending the form twice makes one link.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential = models.ForeignKey(
        AchievementCredential,
        on_delete=models.PROTECT,
        related_name="share_links",
        verbose_name=_("certificate"),
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    label = models.CharField(_("for whom"), max_length=120, blank=True)
    shows = models.JSONField(_("what it shows"), default=dict)
    made_at = models.DateTimeField(_("made at"))
    expires_on = models.DateField(_("works until"), help_text=_("The last day on which it works."))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    openings = models.PositiveIntegerField(_("times opened"), default=0)
    last_opened_on = models.DateField(_("last opened on"), null=True, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("share link")
        verbose_name_plural = _("share links")

    def __str__(self) -> str:
        return str(self.uuid)

    def works(self, *, on: date) -> bool:
        return self.withdrawn_at is None and on <= self.expires_on
