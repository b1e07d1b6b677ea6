"""Keys that were signed with, and places in status lists."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from certification.models.credentials import AchievementCredential


class SigningKey(models.Model):
    """The public half of a key that was signed with. Kept for good: old signatures are checked with it."""

    class Use(models.TextChoices):
        CREDENTIAL = "credential", _("credentials")
        DOCUMENT = "document", _("PDF documents")

    personal_data: ClassVar[tuple[str, ...]] = ()

    use = models.CharField(_("signs"), max_length=12, choices=Use.choices)
    kid = models.CharField(_("name"), max_length=43, unique=True)
    public = models.TextField(
        _("public key"), help_text=_("A Multikey for credentials, a certificate in PEM for documents.")
    )
    is_demo = models.BooleanField(_("for trying out only"), default=False)
    created_at = models.DateTimeField(_("first used"))
    compromised_at = models.DateTimeField(
        _("declared unsafe"), null=True, blank=True, help_text=_("Nothing that it signed counts any more.")
    )

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")

    def __str__(self) -> str:
        return self.kid


class StatusEntry(models.Model):
    """A certificate's place in a status list (W3C Bitstring Status List)."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    credential = models.OneToOneField(
        AchievementCredential, on_delete=models.PROTECT, related_name="status_entry"
    )
    list_number = models.PositiveIntegerField()
    index = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list_number", "index"], name="one_place_in_one_list"),
        ]

    def __str__(self) -> str:
        return f"{self.list_number}/{self.index}"
