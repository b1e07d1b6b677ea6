"""Credit that an accrediting body gives, and the licence numbers under which it is reported."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from accounts.models import Jurisdiction, ProfessionalRole
from certification.models.credentials import AchievementCredential
from courses.models import Course


class CreditApprovalQuerySet(models.QuerySet["CreditApproval"]):
    def for_award(self, credential: AchievementCredential) -> Self:
        """Approvals under which this certificate brings credit on the day of its award, the newest first."""
        on = credential.issued_on
        return (
            self.filter(course=credential.achievement.course_id, valid_from__lte=on, valid_until__gte=on)
            .filter(Q(jurisdiction__isnull=True) | Q(jurisdiction=credential.achievement.jurisdiction_id))
            .filter(
                Q(professional_roles__isnull=True)
                | Q(professional_roles=credential.achievement.professional_role_id)
            )
            .order_by("-valid_from", "-pk")
            .distinct()
        )


class CreditApproval(ClusterableModel):
    """A body has approved a course for credit, under a number, for a time. Without such a row no credit is claimed."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    accrediting_body = models.CharField(_("accrediting body"), max_length=200)
    approval_number = models.CharField(_("approval number"), max_length=80)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("course"))
    credit_hours = models.DecimalField(
        _("credit hours"), max_digits=5, decimal_places=2, validators=[MinValueValidator(0.25)]
    )
    professional_roles = ParentalManyToManyField(
        ProfessionalRole,
        blank=True,
        related_name="+",
        verbose_name=_("only for these roles"),
        help_text=_("None chosen: for every role."),
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only under this law"),
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(
        _("valid until"), help_text=_("The last day on which an award brings credit.")
    )
    evidence = models.TextField(_("evidence"), help_text=_("Which letter of the body, and where it is kept."))

    objects = CreditApprovalQuerySet.as_manager()

    panels = [
        FieldRowPanel([FieldPanel("accrediting_body"), FieldPanel("approval_number")]),
        FieldRowPanel([FieldPanel("course"), FieldPanel("credit_hours")]),
        FieldPanel("professional_roles"),
        FieldPanel("jurisdiction"),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")]),
        FieldPanel("evidence"),
    ]

    class Meta:
        ordering = ["accrediting_body", "-valid_from"]
        verbose_name = _("approval for credit")
        verbose_name_plural = _("approvals for credit")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="approval_ends_after_its_beginning"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.accrediting_body} {self.approval_number}"

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The last day has to be on or after the first.")})


class LicenceNumber(models.Model):
    """The number under which a body knows somebody. She types it herself; the database holds it encrypted."""

    personal_data: ClassVar[tuple[str, ...]] = ("user", "body", "number", "at")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="licence_numbers"
    )
    body = models.CharField(_("accrediting body or board"), max_length=200)
    number: Any = EncryptedTextField(_("licence or board number"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["body"]
        verbose_name = _("licence number")
        verbose_name_plural = _("licence numbers")
        constraints = [models.UniqueConstraint(fields=["user", "body"], name="one_licence_number_a_body")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.body}"
