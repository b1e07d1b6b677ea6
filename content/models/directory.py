"""Where to turn: help lines that everyone may see, and an agency's own referral directory."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Jurisdiction
from agencies.models import Agency
from content.models.facts import is_stale

CONTACT_DAYS = 180
REFERRAL_DAYS = 90


class SupportContact(models.Model):
    """A line that people can call. Managed in one place, with the day on which somebody made sure that it is right."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    key = models.SlugField(_("key"), unique=True)
    country = models.CharField(_("country"), max_length=80, help_text=_("Or region: European Union"))
    jurisdiction_code = models.CharField(_("jurisdiction"), max_length=8, default="INT")
    name = models.CharField(_("name"), max_length=200)
    purpose = models.CharField(_("what for"), max_length=400)
    phone = models.CharField(_("telephone"), max_length=80, blank=True)
    url = models.URLField(_("address"), blank=True)
    hours = models.CharField(_("hours"), max_length=120, blank=True)
    shares = models.TextField(_("what it shares, and with whom"), blank=True)
    checked_on = models.DateField(_("checked on"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["country", "order", "name"]
        verbose_name = _("help contact")
        verbose_name_plural = _("help contacts")

    def __str__(self) -> str:
        return f"{self.country}: {self.name}"

    def is_stale(self, *, on: date) -> bool:
        return is_stale(self.checked_on, on=on, days=CONTACT_DAYS)


class ReferralQuerySet(models.QuerySet["ReferralService"]):
    def for_staff_of(self, agency: Agency) -> Self:
        """Of the unit itself and of everything that it is part of, up to the agency; never of a unit beside it."""
        steps = range(Agency.steplen, len(agency.path) + 1, Agency.steplen)
        return self.filter(agency__path__in=[agency.path[:step] for step in steps])


class ReferralService(models.Model):
    """A service that an agency's staff can refer to. Says where to call, never where a shelter is."""

    personal_data: ClassVar[tuple[str, ...]] = ("verified_by",)

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="referral_services")
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("service"), max_length=200)
    offers = models.TextField(_("what it offers"))
    serves = models.TextField(_("whom it serves"))
    languages = models.CharField(_("languages"), max_length=300, blank=True)
    hours = models.CharField(_("hours"), max_length=200, blank=True)
    contact = models.CharField(
        _("how to reach it"),
        max_length=300,
        help_text=_("A telephone number, e-mail or web address. Never the address of a shelter."),
    )
    shares = models.TextField(_("what it shares, and with whom"))
    verified_by = models.CharField(_("verified by"), max_length=200, blank=True)
    verified_on = models.DateField(_("verified on"), null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("referral service")
        verbose_name_plural = _("referral services")

    def __str__(self) -> str:
        return self.name

    def is_stale(self, *, on: date) -> bool:
        return is_stale(self.verified_on, on=on, days=REFERRAL_DAYS)
