"""What is kept of refreshers beside the answers, which are those of a CheckAttempt whose number is the day."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.taking import Registration


class RefresherNotice(models.Model):
    """Somebody was told by e-mail that a refresher is due."""

    personal_data: ClassVar[tuple[str, ...]] = ("registration", "sent_at", "reminded_at")

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="refresher_notices")
    day = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notice of a refresher")
        verbose_name_plural = _("notices of refreshers")
        constraints = [
            models.UniqueConstraint(fields=["registration", "day"], name="one_notice_of_a_refresher")
        ]

    def __str__(self) -> str:
        return f"{self.registration_id}: {self.day}"


class NoRefresherMail(models.Model):
    """Somebody does not want these e-mails. The refreshers stay, on My training."""

    personal_data: ClassVar[tuple[str, ...]] = ("user", "at")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="no_refresher_mail"
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("refusal of e-mails about refreshers")
        verbose_name_plural = _("refusals of e-mails about refreshers")

    def __str__(self) -> str:
        return str(self.user_id)
