"""What can be earned, and who stands behind it."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from accounts.models import Jurisdiction, ProfessionalRole
from agencies.models import Agency
from certification.admin_forms import AchievementForm
from certification.blocks import RequirementStream, rule_of
from certification.exceptions import FrozenRecord
from certification.requirements import Policy
from certification.validity import Basis, Cycle, Validity
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
    requirements = StreamField(
        RequirementStream(),
        blank=True,
        verbose_name=_("asked for beside the course"),
        help_text=_("All of these, beside the course itself. Leave it empty where the course is enough."),
    )
    months = models.PositiveSmallIntegerField(_("months that it holds"), default=12)
    basis = models.CharField(
        _("counted from"),
        max_length=12,
        choices=[
            (Basis.COMPLETION.value, _("the day on which training was finished")),
            (Basis.EXPIRY.value, _("the day on which the earlier one ended, if renewed in time")),
            (Basis.CYCLE.value, _("fixed dates")),
        ],
        default=Basis.COMPLETION.value,
    )
    cycle = models.CharField(
        _("fixed dates"),
        max_length=12,
        blank=True,
        choices=[
            (Cycle.CALENDAR_YEAR.value, _("the end of the calendar year")),
            (Cycle.FISCAL_YEAR.value, _("the end of the fiscal year, 30 June")),
            (Cycle.BIRTH_MONTH.value, _("the end of the holder's month of birth")),
        ],
    )
    window_days = models.PositiveSmallIntegerField(
        _("days before the end from which it can be renewed"), default=60
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days after the end in which it can still be renewed"),
        default=0,
        help_text=_("The certificate has expired in these days; only the way back is shorter."),
    )
    minimum_days = models.PositiveSmallIntegerField(
        _("days that it holds at least"),
        default=0,
        help_text=_("So that somebody who joins shortly before a fixed date holds it through the next one."),
    )
    renewal_course = models.ForeignKey(
        Course,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="renews",
        verbose_name=_("course for renewing"),
        help_text=_("A shorter one. Leave it empty where the whole course is taken again."),
    )

    base_form_class = AchievementForm
    panels = [
        # One below the other: long names of roles would push the next out of the window.
        FieldPanel("course"),
        FieldPanel("professional_role"),
        FieldPanel("jurisdiction"),
        FieldPanel("issuer"),
        FieldPanel("criteria"),
        FieldPanel("requirements"),
        MultiFieldPanel(
            [
                FieldPanel("months"),
                FieldPanel("basis"),
                FieldPanel("cycle"),
                FieldPanel("window_days"),
                FieldPanel("grace_days"),
                FieldPanel("minimum_days"),
                FieldPanel("renewal_course"),
            ],
            heading=_("How long it holds, and how it is renewed"),
        ),
        MultiFieldPanel(
            [FieldPanel("policy"), FieldPanel("note")],
            heading=_("If you change what it asks for or how long it holds"),
        ),
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

    def validity(self) -> Validity:
        """Raises ValueError where the fields contradict each other."""
        return Validity(
            months=self.months,
            basis=Basis(self.basis),
            cycle=Cycle(self.cycle) if self.cycle else None,
            window_days=self.window_days,
            grace_days=self.grace_days,
            minimum_days=self.minimum_days,
        )

    def rule(self) -> list[dict[str, Any]]:
        """What is asked for, as `certification.requirements` reads it."""
        return rule_of(self.requirements)

    def clean(self) -> None:
        super().clean()
        try:
            self.validity()
        except ValueError as error:
            raise ValidationError({"months": str(error)}) from error
        if self.renewal_course_id is not None and self.renewal_course_id == self.course_id:
            raise ValidationError(
                {"renewal_course": _("Leave this empty where the course itself is taken again.")}
            )


class AchievementVersion(models.Model):
    """What an achievement asked for and how long it held from a day on. Rows are added, never changed."""

    personal_data: ClassVar[tuple[str, ...]] = ("made_by",)

    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    requirements = models.JSONField(_("asked for beside the course"), default=list)
    validity = models.JSONField(_("how long it holds"))
    renewal_course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    policy = models.CharField(
        _("whoever is on the way"),
        max_length=8,
        choices=[
            (Policy.KEEP.value, _("keeps the rules under which they began")),
            (Policy.CHOOSE.value, _("keeps them, or chooses the new ones")),
            (Policy.MOVE.value, _("is moved to the new rules")),
        ],
        default=Policy.KEEP.value,
    )
    note = models.TextField(_("what changed"), blank=True)
    made_at = models.DateTimeField(_("from"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["number"]
        verbose_name = _("version of an achievement")
        verbose_name_plural = _("versions of achievements")
        constraints = [
            models.UniqueConstraint(fields=["achievement", "number"], name="one_rule_of_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.achievement_id} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise FrozenRecord("Rules that were once in force never change. Make a new version.")
        super().save(*args, **kwargs)

    def rules(self) -> Validity:
        return Validity.read(self.validity)
