"""The outbox of reminders, and what people and agencies choose about them."""

import uuid
from datetime import time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership
from courses.models import Course

WEEKDAYS: list[tuple[int, object]] = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


class ReminderMail(models.Model):
    """One reason to write to one person, once. What the message says is not kept: it is written when it is sent.

    `key` says what it is about, so that the same reason is never entered twice. A message goes through these states, each
    written before the next step is taken:

    waiting, claimed (one worker has it), handed (the mail server is about to get it), sent.

    Whoever was stopped before `handed` had given nothing away: it waits again. After it nobody knows: what comes last
    (`is_last_word`) is sent once more under the same Message-ID, everything else stays `unclear`, because the next step follows.
    """

    class Kind(models.TextChoices):
        BEFORE = "before", _("Reminder")
        DIGEST = "digest", _("Weekly summary")
        LATE = "late", _("Overdue after grace")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CLAIMED = "claimed", _("Being written")
        HANDED = "handed", _("Being sent")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("No longer needed")
        UNCLEAR = "unclear", _("Perhaps sent")
        FAILED = "failed", _("Not sent")

    personal_data: ClassVar[tuple[str, ...]] = ("recipient", "membership", "kind", "for_on", "sent_at")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    for_on = models.DateField(null=True, blank=True)
    people = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    message_id = models.CharField(max_length=120, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    not_before = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        indexes = [
            # What is to be sent, or was left by a worker that was stopped?
            models.Index(
                fields=["state", "not_before"],
                condition=models.Q(state__in=["waiting", "claimed", "handed"]),
                name="reminder_to_send",
            ),
            # Has this step been taken for this date?
            models.Index(fields=["membership", "course", "for_on", "step"], name="reminder_by_step"),
            # What was sent in this unit, newest first?
            models.Index(fields=["agency", "-sent_at"], name="reminder_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"

    @property
    def is_last_word(self) -> bool:
        """Nothing follows that would say it again."""
        return self.kind == self.Kind.LATE or self.step == 0


class LateNote(models.Model):
    """A lead was told that this member of staff is overdue after grace for this date. Once."""

    personal_data: ClassVar[tuple[str, ...]] = ("membership", "for_on")

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    for_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("note of what is overdue")
        verbose_name_plural = _("notes of what is overdue")
        constraints = [
            models.UniqueConstraint(fields=["membership", "course", "for_on"], name="one_late_note"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}/{self.course_id} {self.for_on}"


class ReminderChoice(models.Model):
    """What somebody chose about the e-mails that she gets. No row means as her agency has it."""

    personal_data: ClassVar[tuple[str, ...]] = (
        "user",
        "only_last",
        "digest",
        "digest_weekday",
        "quiet_from",
        "quiet_until",
    )

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_choice"
    )
    only_last = models.BooleanField(_("only the last two reminders before a date"), default=False)
    digest = models.BooleanField(_("weekly summary"), default=True)
    digest_weekday = models.PositiveSmallIntegerField(
        _("day of the weekly summary"), choices=WEEKDAYS, null=True, blank=True
    )
    quiet_from = models.TimeField(_("no e-mail from"), null=True, blank=True)
    quiet_until = models.TimeField(_("no e-mail until"), null=True, blank=True)

    class Meta:
        verbose_name = _("choice about reminders")
        verbose_name_plural = _("choices about reminders")

    def __str__(self) -> str:
        return str(self.user_id)


class AgencyReminders(models.Model):
    """How a whole agency has its reminders. No row means: on, nothing at night, summaries on Mondays."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="reminders")
    is_on = models.BooleanField(_("send reminders"), default=True)
    quiet_from = models.TimeField(_("no e-mail from"), default=time(20))
    quiet_until = models.TimeField(_("no e-mail until"), default=time(7))
    digest_weekday = models.PositiveSmallIntegerField(
        _("day of the weekly summary"), choices=WEEKDAYS, default=1
    )

    class Meta:
        verbose_name = _("reminders of an agency")
        verbose_name_plural = _("reminders of agencies")

    def __str__(self) -> str:
        return str(self.agency_id)
