"""Agencies as a tree, and who works where."""

import uuid
from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from accounts.models import Jurisdiction, ProfessionalRole
from agencies.exceptions import AgencyError

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
    closed_on = models.DateField(
        _("closed on"), null=True, blank=True, help_text=_("From this day on nobody can be put there.")
    )

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
    """A person works for an agency or unit, in a professional role, from a day until a day. Ended, never deleted.

    One that ends on the day it began never held: it was entered by mistake and taken back.
    """

    class Kind(models.TextChoices):
        POST = "post", _("Post")
        SECONDMENT = "secondment", _("Secondment")

    personal_data: ClassVar[tuple[str, ...]] = (
        "user",
        "manager",
        "staff_number",
        "professional_role",
        "kind",
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
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.POST)
    home = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="secondments",
        verbose_name=_("seconded from"),
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="manages",
        verbose_name=_("manager"),
    )
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


class Leave(models.Model):
    """A person is away from her work for a while. Why is nobody's business here."""

    personal_data: ClassVar[tuple[str, ...]] = ("membership", "starts_on", "ends_on", "entered_by")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="leaves")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(
        _("back on"), null=True, blank=True, help_text=_("The first day back at work.")
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-starts_on", "-id"]
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="leave_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.starts_on}"


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


class DelegationEvent(models.Model):
    """Who let whom act for what, and when. Written once, never changed."""

    class Kind(models.TextChoices):
        GIVEN = "given", _("Given")
        CHANGED = "changed", _("Changed")
        ENDED = "ended", _("Ended")

    personal_data: ClassVar[tuple[str, ...]] = ("user", "by", "role")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, choices=Delegation.Kind.choices)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    # Nobody where a rule did it: whoever leaves an agency acts for it no more.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("change of a delegation")
        verbose_name_plural = _("changes of delegations")

    def __str__(self) -> str:
        return f"{self.kind} {self.role} of {self.agency_id} to {self.user_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The log of delegations is only ever added to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("The log of delegations is only ever added to.")


class StaffImport(models.Model):
    """A list of staff that somebody brought in: as it was read, how far it is, and what came of it.

    Rows and differences hold names and addresses, and go as soon as they were applied or a week has passed.
    """

    class State(models.TextChoices):
        READ = "read", _("Uploaded")
        CHECKED = "checked", _("Checked, not applied")
        APPLYING = "applying", _("Being applied")
        TELLING = "telling", _("Applied, statuses and invitations follow")
        DONE = "done", _("Applied")
        REFUSED = "refused", _("Not applied")
        UNDONE = "undone", _("Undone")

    personal_data: ClassVar[tuple[str, ...]] = ("by", "rows", "changes", "problems", "undone_by")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="staff_imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("uploaded at"))
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READ)
    header_row = models.PositiveIntegerField()
    headers = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    choices = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    # Of the differences that were shown: applied is what was seen, or nothing.
    seen = models.CharField(max_length=64, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    moved_at = models.DateTimeField(help_text=_("A sign of life while it goes on."))
    applied_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("staff list")
        verbose_name_plural = _("staff lists")

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.file_name}"


class ImportHabit(models.Model):
    """How an agency's lists are written: which column is what, what its words mean, which way round its dates are."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="import_habit")
    choices = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("way of writing staff lists")
        verbose_name_plural = _("ways of writing staff lists")

    def __str__(self) -> str:
        return str(self.agency_id)


class Invitation(models.Model):
    """A place that waits for somebody at an e-mail address, or a role for somebody from outside.

    Whether an account exists under the address is looked up by nobody before the link in the mail was opened: the place is
    held by an account without address and sign-in, which the person takes over or swaps for her own.
    """

    personal_data: ClassVar[tuple[str, ...]] = ("email", "name", "membership", "invited_by", "accepted_by")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=200)
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="invitations"
    )
    role = models.CharField(_("may act as"), max_length=12, choices=Delegation.Kind.choices, blank=True)
    role_ends_on = models.DateField(null=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    # Goes into the link, so that sending it again ends the link before.
    round = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-invited_at", "-id"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [
            # Which invitations still have to be sent?
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=True), name="invitations_to_send")
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.uuid}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None


class StaffChange(models.Model):
    """One thing that a staff list did, with what was there before, so that it can be undone."""

    class Kind(models.TextChoices):
        JOINED = "joined", _("Joins")
        CAME_BACK = "back", _("Comes back")
        MOVED = "moved", _("Moves")
        CHANGED = "changed", _("Changes")
        LEFT = "left", _("Leaves")
        UNIT = "unit", _("New unit")
        INVITED = "invited", _("Invited under another address")

    personal_data: ClassVar[tuple[str, ...]] = ("membership", "before", "after")

    run = models.ForeignKey(StaffImport, on_delete=models.CASCADE, related_name="made")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    row = models.PositiveIntegerField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        verbose_name = _("change by a staff list")
        verbose_name_plural = _("changes by staff lists")

    def __str__(self) -> str:
        return f"{self.run_id}: {self.kind} {self.membership_id}"


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


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def within(self, agency: Agency) -> Self:
        """Of this agency and every unit below it."""
        return self.filter(agency__path__startswith=agency.path)

    def update(self, **values: Any) -> int:
        raise AgencyError("What the log says stays as it is.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AgencyError("Entries go when they are old enough: agencies.audit.remove_old_entries.")


class AuditEntry(models.Model):
    """Who changed what in an agency, or looked at whom. Added to and never changed; `agencies.audit` writes it."""

    class Kind(models.TextChoices):
        CHANGE = "change", _("changed")
        LOOK = "look", _("looked")

    personal_data: ClassVar[tuple[str, ...]] = ("by", "person", "details")

    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    action = models.CharField(_("what"), max_length=40)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="audit_entries")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
        help_text=_("Empty where the platform did it by itself."),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("whom"),
    )
    details = models.JSONField(_("details"), default=dict)
    at = models.DateTimeField(_("when"))

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("entry of the log")
        verbose_name_plural = _("log")
        indexes = [
            # What happened in this unit lately?
            models.Index(fields=["agency", "-at"], name="audit_of_agency"),
            # Which entries are old enough to go?
            models.Index(fields=["at"], name="audit_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.action} in {self.agency_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AgencyError("What the log says stays as it is.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AgencyError("Entries go when they are old enough: agencies.audit.remove_old_entries.")
