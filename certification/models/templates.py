"""How certificates look and what stands around the facts: a template for an agency or the site, a new version a save."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from certification.exceptions import FrozenRecord

FROZEN = "What certificates were issued with never changes. Save a new version."


class Accent(models.TextChoices):
    """Colours on which white is easy to read, and which are easy to read on white."""

    WAY = "#0e4a53", _("Deep teal")
    LAW = "#2d4c7c", _("Blue")
    ROLE = "#5a3f6e", _("Plum")
    GOOD = "#2a6541", _("Green")
    BRICK = "#8a3426", _("Brick")
    INK = "#33454a", _("Slate")


class FrozenQuerySet(models.QuerySet[Any]):
    """Rows are added, never changed."""

    def update(self, **fields: Any) -> int:
        raise FrozenRecord(FROZEN)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise FrozenRecord(FROZEN)


class FrozenModel(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise FrozenRecord(FROZEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise FrozenRecord(FROZEN)


class CertificateImage(FrozenModel):
    """A logo or a signature under the hash of its bytes. Kept for good: certificates that show it are drawn from it."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    media_type = models.CharField(max_length=32, editable=False)
    content = models.BinaryField(editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture for certificates")
        verbose_name_plural = _("pictures for certificates")

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.media_type})"


class CertificateTemplate(models.Model):
    """The look of one agency and the units below it, or of the site. What it says lies in its versions."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.OneToOneField(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="certificate_template",
        verbose_name=_("agency"),
        help_text=_("Leave empty for everybody whose agency has none of its own."),
    )

    class Meta:
        verbose_name = _("certificate template")
        verbose_name_plural = _("certificate templates")
        constraints = [
            # An empty agency differs from every other in a database; the site has one template all the same.
            models.UniqueConstraint(Coalesce("agency", Value(0)), name="one_template_an_agency"),
        ]

    def __str__(self) -> str:
        return self.agency.name if self.agency else str(_("The whole site"))


class TemplateVersionQuerySet(FrozenQuerySet):
    def newest(self) -> Self:
        """Of each template the version that was saved last."""
        later = CertificateTemplateVersion.objects.filter(
            template=OuterRef("template"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(later))


class CertificateTemplateVersion(FrozenModel):
    """What a template said from one save to the next. Certificates point to the one that they were issued under."""

    personal_data: ClassVar[tuple[str, ...]] = ("saved_by", "signatories")

    template = models.ForeignKey(CertificateTemplate, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    is_on = models.BooleanField(_("in use"), default=True)
    accent = models.CharField(_("colour"), max_length=7, choices=Accent.choices, default=Accent.WAY)
    logo = models.ForeignKey(
        CertificateImage,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo"),
    )
    logo_alt = models.CharField(_("the logo in words"), max_length=200, blank=True)
    # [{"name", "title", "signature": sha256 or ""}]
    signatories = models.JSONField(_("signatories"), default=list, blank=True)
    # {language: {part: text}}, only what differs from the site's own words.
    wording = models.JSONField(_("wording"), default=dict, blank=True)
    saved_at = models.DateTimeField(_("saved at"))
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("saved by"),
    )

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("version of a certificate template")
        verbose_name_plural = _("versions of certificate templates")
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="one_version_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id}, {self.number}"
