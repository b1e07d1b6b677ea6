"""Agencies as a tree, and who works where."""

import uuid
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from accounts.models import Jurisdiction, ProfessionalRole

INDEPENDENT_SLUG = "independent"


class Agency(MP_Node):
    """An agency, or a unit inside one: a root is an agency, everything below it is a unit.

    Make them with `agencies.services.create_agency`. `get_root()` is the tenant: what belongs to one root is never seen
    from another.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    jurisdiction = models.ForeignKey(
        Jurisdiction,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("jurisdiction"),
        help_text=_("Where it is set, staff take this law and cannot choose another."),
    )
    sets_roles = models.BooleanField(
        _("sets professional roles"),
        default=True,
        help_text=_("Staff take the role of their membership and cannot choose another."),
    )
    support_text = models.TextField(
        _("support for staff"),
        blank=True,
        help_text=_("Who staff can turn to after difficult work. Shown on every page."),
    )
    is_demo = models.BooleanField(default=False, editable=False)

    # No node_order_by: a sorted insert moves the paths of its neighbours, and a path read a moment earlier would then
    # mean somebody else's agency.

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")

    def __str__(self) -> str:
        return self.name

    @property
    def is_independent(self) -> bool:
        """People without an agency are gathered here. It never has a lead."""
        return self.slug == INDEPENDENT_SLUG


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, *, on: date) -> Self:
        return self.filter(started_on__lte=on).filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))

    def within(self, agency: Agency) -> Self:
        """Of this agency and every unit below it."""
        return self.filter(agency__path__startswith=agency.path)


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def current(self, *, on: date) -> Self:
        return self.filter(starts_on__lte=on).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))

    def covering(self, agency: "Agency") -> Self:
        """Given for this agency or for one above it."""
        steps = range(Agency.steplen, len(agency.path) + 1, Agency.steplen)
        return self.filter(agency__path__in=[agency.path[:step] for step in steps])


class Membership(models.Model):
    """A person works for an agency or unit, in a professional role, from a day until a day. Ended, never deleted."""

    personal_data: ClassVar[tuple[str, ...]] = (
        "user",
        "staff_number",
        "professional_role",
        "started_on",
        "ended_on",
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    professional_role = models.ForeignKey(
        ProfessionalRole,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("professional role"),
    )
    staff_number = models.CharField(_("staff number"), max_length=64, blank=True)
    started_on = models.DateField(_("started on"))
    ended_on = models.DateField(
        _("ended on"), null=True, blank=True, help_text=_("The first day on which it no longer holds.")
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-id"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency"],
                condition=Q(ended_on__isnull=True),
                name="one_open_membership_per_unit",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("started_on")),
                name="membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.agency_id}"


class Delegation(models.Model):
    """What a person may do for an agency and everything below it, until a day. A lead is a delegation, not a kind of user."""

    class Kind(models.TextChoices):
        LEAD = "lead", _("Lead")
        COORDINATOR = "coordinator", _("Training coordinator")
        AUDITOR = "auditor", _("Auditor, reads only")
        TRAINER = "trainer", _("Trainer")

    personal_data: ClassVar[tuple[str, ...]] = ("user", "kind")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="delegations")
    kind = models.CharField(_("may act as"), max_length=12, choices=Kind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day on which it no longer holds.")
    )

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.UniqueConstraint(fields=["user", "agency", "kind"], name="one_delegation_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} of {self.agency_id}"


class IdentityProvider(models.Model):
    """An agency's own sign-in (OIDC or SAML), kept as an allauth SocialApp."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="identity_providers")
    social_app = models.OneToOneField("socialaccount.SocialApp", on_delete=models.CASCADE, related_name="+")
    email_domains = models.TextField(
        _("e-mail domains"), blank=True, help_text=_("One a line. Only these may join through it.")
    )
    is_on = models.BooleanField(
        _("switched on"),
        default=True,
        help_text=_("Switched off, nobody signs in through it; accounts and links stay."),
    )

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.social_app_id}"

    @property
    def domains(self) -> list[str]:
        return self.email_domains.lower().split()

    def accepts(self, email: str) -> bool:
        """Exactly one of the domains: neither a subdomain nor a name that merely ends like one."""
        return email.rpartition("@")[2].strip().lower() in self.domains
