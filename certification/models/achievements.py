"""What can be earned, and who stands behind it."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from accounts.models import Jurisdiction, ProfessionalRole
from agencies.models import Agency
from courses.models import Course


class IssuerProfile(models.Model):
    """Who stands behind a certificate (Open Badges: issuer profile). The first one is this site itself."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, help_text=_("As on certificates."))
    url = models.URLField(_("address"), blank=True)
    agency = models.OneToOneField(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="issuer_profile",
        verbose_name=_("agency"),
        help_text=_("Leave empty for the profile of this site."),
    )

    panels = [FieldPanel("name"), FieldPanel("url"), FieldPanel("agency")]

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuers")

    def __str__(self) -> str:
        return self.name


class Achievement(models.Model):
    """What can be earned: one tier, in one professional role, under one jurisdiction's law.

    A change of law therefore touches one achievement and leaves the others alone.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, related_name="achievements", verbose_name=_("course")
    )
    professional_role = models.ForeignKey(
        ProfessionalRole, on_delete=models.PROTECT, related_name="+", verbose_name=_("professional role")
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, related_name="+", verbose_name=_("jurisdiction")
    )
    issuer = models.ForeignKey(
        IssuerProfile, on_delete=models.PROTECT, related_name="achievements", verbose_name=_("issuer")
    )
    criteria = models.TextField(
        _("what it asks for"),
        blank=True,
        help_text=_("In a sentence or two, for people who check a certificate."),
    )

    panels = [
        FieldRowPanel([FieldPanel("course"), FieldPanel("professional_role"), FieldPanel("jurisdiction")]),
        FieldPanel("issuer"),
        FieldPanel("criteria"),
    ]

    class Meta:
        ordering = ["course__title", "professional_role__order", "jurisdiction__order"]
        verbose_name = _("achievement")
        verbose_name_plural = _("achievements")
        constraints = [
            models.UniqueConstraint(
                fields=["course", "professional_role", "jurisdiction"],
                name="one_achievement_per_role_and_law",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}: {self.professional_role}, {self.jurisdiction}"
