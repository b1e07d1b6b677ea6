"""What was earned, and everything that happened to it."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from certification.exceptions import FrozenRecord
from certification.models.achievements import Achievement, AchievementVersion
from certification.models.templates import CertificateTemplateVersion


def default_shares() -> dict[str, bool]:
    """What a stranger with the number learns before the holder has agreed to anything: that it holds, for which role."""
    return {
        "name": False,
        "compare_name": True,
        "agency": False,
        "lead": False,
        "evidence": True,
        "results": True,
    }


class CredentialQuerySet(models.QuerySet["AchievementCredential"]):
    def with_history(self) -> Self:
        """Adds `revoked_at`, `superseded_at` and `suspended_at`, so that many states cost one query."""
        events = CredentialEvent.objects.filter(credential=OuterRef("pk"))
        replaced = Q(kind=CredentialEvent.Kind.SUPERSEDED)
        paused = Q(kind=CredentialEvent.Kind.SUSPENDED)
        return self.annotate(
            revoked_at=Subquery(events.filter(kind=CredentialEvent.Kind.REVOKED).values("at")[:1]),
            superseded_at=Subquery(
                events.replacements().values(when=Case(When(replaced, then=F("at"))))[:1],
                output_field=models.DateTimeField(),
            ),
            suspended_at=Subquery(
                events.pauses().values(when=Case(When(paused, then=F("at"))))[:1],
                output_field=models.DateTimeField(),
            ),
        )

    def withdrawn(self) -> Self:
        return self.filter(events__kind=CredentialEvent.Kind.REVOKED)

    def _with_latest_pause(self) -> Self:
        latest = CredentialEvent.objects.filter(credential=OuterRef("pk")).pauses()
        return self.alias(latest_pause=Coalesce(Subquery(latest.values("kind")[:1]), Value("")))

    def paused(self) -> Self:
        """Not to be relied upon for now: paused, and not yet put in force again."""
        return self._with_latest_pause().filter(latest_pause=CredentialEvent.Kind.SUSPENDED)

    def waiting_for_refresher(self) -> Self:
        """Paused until the refresher that is overdue is done, and for no other reason."""
        latest = CredentialEvent.objects.filter(credential=OuterRef("pk")).pauses()
        return (
            self.standing()
            .alias(pause=Subquery(latest.values("pk")[:1]))
            .filter(
                events__pk=F("pause"),
                events__kind=CredentialEvent.Kind.SUSPENDED,
                events__detail__why="refresher",
            )
        )

    def corrected(self) -> Self:
        """Issued again with other words. What it says is wrong, so it never counts again."""
        return self.filter(
            events__kind=CredentialEvent.Kind.SUPERSEDED,
            events__other__kind=AchievementCredential.Kind.CORRECTION,
        )

    def standing(self) -> Self:
        """Neither withdrawn nor replaced, or back in force after what replaced it was withdrawn."""
        latest = CredentialEvent.objects.filter(credential=OuterRef("pk")).replacements().values("kind")[:1]
        return (
            self.exclude(events__kind=CredentialEvent.Kind.REVOKED)
            .alias(latest_replacement=Coalesce(Subquery(latest), Value("")))
            .exclude(latest_replacement=CredentialEvent.Kind.SUPERSEDED)
        )

    def in_force(self) -> Self:
        """Standing, and not paused."""
        return self.standing()._with_latest_pause().exclude(latest_pause=CredentialEvent.Kind.SUSPENDED)

    def no_longer_to_be_named(self, *, ended_before: date) -> Self:
        """Those of people whose account was deleted, that ran out before a day and still carry a name."""
        return self.filter(user__deleted_at__isnull=False, valid_until__lt=ended_before).exclude(
            holder_name=""
        )

    def forget_names(self) -> int:
        """The only way in which a name leaves a certificate, once its holder deleted her account.

        For `services.retention`, which decides when, and writes it into the history.
        """
        return super(CredentialQuerySet, self.filter(user__deleted_at__isnull=False)).update(holder_name="")

    def update(self, **fields: Any) -> int:
        if set(fields) - {"shares"}:
            raise FrozenRecord("What a certificate says never changes. Correct it by issuing a new one.")
        return super().update(**fields)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise FrozenRecord("Certificates are withdrawn, never deleted.")


class AchievementCredential(models.Model):
    """One certificate. Its words are copied here when it is issued and never change; only what the holder shares does.

    Withdrawn and replaced are events, not columns. The name leaves it once nothing asks for it any more
    (`services.retention`).
    """

    class Kind(models.TextChoices):
        AWARD = "award", _("First award")
        RENEWAL = "renewal", _("Renewal")
        CORRECTION = "correction", _("Correction")

    personal_data: ClassVar[tuple[str, ...]] = (
        "user",
        "number",
        "holder_name",
        "role_code",
        "role_name",
        "jurisdiction_code",
        "jurisdiction_name",
        "issued_at",
        "issued_on",
        "valid_until",
        "shares",
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.AWARD)
    achievement = models.ForeignKey(
        Achievement, on_delete=models.PROTECT, related_name="credentials", verbose_name=_("achievement")
    )
    rules = models.ForeignKey(
        AchievementVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("rules"),
        help_text=_("Those under which it was earned. Empty where the course alone decided."),
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credentials")
    registration_uuid = models.UUIDField(_("registration"))
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="credentials", verbose_name=_("earned under")
    )

    holder_name = models.CharField(_("name"), max_length=200, blank=True)
    issuer_name = models.CharField(_("issuer"), max_length=200)
    agency_name = models.CharField(_("agency"), max_length=200, blank=True)
    role_code = models.CharField(max_length=8)
    role_name = models.CharField(_("professional role"), max_length=120)
    jurisdiction_code = models.CharField(max_length=8)
    jurisdiction_name = models.CharField(_("jurisdiction"), max_length=120)
    pack_name = models.CharField(_("jurisdiction pack"), max_length=120)
    pack_version = models.CharField(_("pack version"), max_length=32, blank=True)
    course_code = models.CharField(max_length=32)
    course_title = models.CharField(_("course"), max_length=200)
    course_version = models.CharField(_("course version"), max_length=32)
    content_versions = models.JSONField(
        _("content versions"), help_text=_("Lesson and scenario, each with its version.")
    )
    credit_hours = models.DecimalField(_("learning hours"), max_digits=5, decimal_places=2)
    accrediting_body = models.CharField(_("accrediting body"), max_length=200, blank=True)
    approval_number = models.CharField(_("approval number"), max_length=80, blank=True)
    review_state = models.JSONField(_("reviews still missing"), default=list, blank=True)
    layout = models.PositiveSmallIntegerField(default=1, editable=False)
    template_version = models.ForeignKey(
        CertificateTemplateVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="credentials",
        verbose_name=_("template"),
        help_text=_("What it was dressed in. Empty: the site's plain look."),
    )
    words = models.JSONField(
        default=dict, editable=False, help_text=_("The sentences on it, for each language.")
    )
    issued_at = models.DateTimeField(_("issued at"))
    issued_on = models.DateField(_("issued on"))
    valid_until = models.DateField(_("valid until"), help_text=_("The last day on which it holds."))

    shares = models.JSONField(_("what the holder shows"), default=default_shares)

    # Only on rows that came through `with_history`.
    revoked_at: datetime | None
    superseded_at: datetime | None
    suspended_at: datetime | None

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-id"]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        permissions = [("revoke_achievementcredential", "Can withdraw a certificate")]
        constraints = [
            # A correction says again what was earned; whatever else happens, one registration earns once.
            models.UniqueConstraint(
                fields=["registration_uuid", "achievement"],
                condition=~Q(kind="correction"),
                name="one_award_per_registration",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("issued_on")), name="credential_ends_after_issue"
            ),
        ]
        indexes = [
            # Which certificate of this person for this achievement is the newest?
            models.Index(fields=["user", "achievement", "-issued_at"], name="credential_by_holder"),
            # Which certificates earned under this agency run out next?
            models.Index(fields=["agency", "valid_until"], name="credential_by_agency"),
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if not self._state.adding and set(update_fields or {"everything"}) != {"shares"}:
            raise FrozenRecord("What a certificate says never changes. Correct it by issuing a new one.")
        super().save(*args, update_fields=update_fields, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise FrozenRecord("Certificates are withdrawn, never deleted.")

    def shows(self, what: str) -> bool:
        """Whether the holder agreed to show something. Anything that was never asked stays hidden."""
        return bool({**default_shares(), **self.shares}.get(what, False))


class EventQuerySet(models.QuerySet["CredentialEvent"]):
    def replacements(self) -> Self:
        """Replaced and back in force, the latest first: that one decides."""
        kinds = [CredentialEvent.Kind.SUPERSEDED, CredentialEvent.Kind.RESTORED]
        return self.filter(kind__in=kinds).order_by("-id")

    def pauses(self) -> Self:
        """Paused and in force again after a pause, the latest first: that one decides."""
        kinds = [CredentialEvent.Kind.SUSPENDED, CredentialEvent.Kind.REINSTATED]
        return self.filter(kind__in=kinds).order_by("-id")

    def forget_reasons(self) -> int:
        """The only way in which typed words leave the history. For `services.retention`, as above."""
        rows = self.filter(credential__user__deleted_at__isnull=False)
        # How a withdrawal can be appealed was typed for her too.
        super(EventQuerySet, rows.filter(kind=CredentialEvent.Kind.REVOKED)).update(detail={})
        return super(EventQuerySet, rows).update(reason="")

    def update(self, **fields: Any) -> int:
        raise FrozenRecord("History is added to, never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise FrozenRecord("History is added to, never deleted.")


class CredentialEvent(models.Model):
    """Something that happened to a certificate: who, when, why. Rows are added, never changed."""

    class Kind(models.TextChoices):
        ISSUED = "issued", _("Issued")
        SUPERSEDED = "superseded", _("Replaced")
        RESTORED = "restored", _("In force again")
        REVOKED = "revoked", _("Withdrawn")
        SUSPENDED = "suspended", _("Paused")
        REINSTATED = "reinstated", _("No longer paused")
        LAW_UPDATED = "law", _("A change of law was taken in")
        SHARES_CHANGED = "shares", _("What it shows was changed")
        LINK_MADE = "link made", _("A share link was made")
        LINK_WITHDRAWN = "link ended", _("A share link was withdrawn")
        NAME_ERASED = "name erased", _("The name was erased")

    personal_data: ClassVar[tuple[str, ...]] = ("by", "reason")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential = models.ForeignKey(AchievementCredential, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    other = models.ForeignKey(
        AchievementCredential,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_(
            "The certificate that replaces this one, that this one corrects, or whose withdrawal brought it back."
        ),
    )
    detail = models.JSONField(default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("certificate event")
        verbose_name_plural = _("certificate events")
        constraints = [
            models.UniqueConstraint(
                fields=["credential", "kind"],
                condition=Q(kind__in=["issued", "revoked"]),
                name="issued_and_revoked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise FrozenRecord("History is added to, never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise FrozenRecord("History is added to, never deleted.")
