"""What readers tell us is wrong. Nothing here says who told it."""

import secrets
import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

# Without letters and figures that are taken for one another over the telephone.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_reference() -> str:
    return "P-" + "".join(secrets.choice(_LETTERS) for _place in range(7))


class ReportQuerySet(models.QuerySet["ProblemReport"]):
    def closed(self) -> Self:
        return self.filter(state__in=ProblemReport.CLOSED)


class ProblemReport(models.Model):
    """A problem that somebody found in a lesson, scenario or page. Holds no account, no address of a computer, no hour.

    `uuid` opens the page on which the sender sees what became of it. The e-mail address goes when the report is closed, the
    words some time later (content.reporting).
    """

    class Kind(models.TextChoices):
        FACT = "fact", _("Something is not true, or its source is missing")
        LAW = "law", _("The law or a telephone number is out of date")
        WORDING = "wording", _("The wording is hurtful or could do harm")
        EXERCISE = "exercise", _("An exercise or a page does not work")
        ACCESS = "access", _("I cannot read or use it, with a screen reader say")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        NEW = "new", _("Arrived")
        IN_HAND = "in-hand", _("Being looked at")
        MENDED = "mended", _("Mended")
        UNCHANGED = "unchanged", _("Looked at, nothing changed")

    CLOSED: ClassVar[tuple[str, ...]] = (State.MENDED, State.UNCHANGED)
    personal_data: ClassVar[tuple[str, ...]] = ("text", "contact", "assigned_to", "answer", "note")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("number"), max_length=12, unique=True, default=new_reference)
    about = models.CharField(_("about"), max_length=80, blank=True)
    title = models.CharField(_("about"), max_length=250, blank=True)
    module = models.CharField(_("module"), max_length=8, blank=True, db_index=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text = models.TextField(_("what is wrong"), blank=True)
    contact = models.EmailField(_("e-mail address for the answer"), blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    answer = models.TextField(_("answer"), blank=True)
    note = models.TextField(_("note"), blank=True)
    # Days and no hours: beside the record of who learned when, an hour would be a name.
    received_on = models.DateField(_("arrived on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    removed_on = models.DateField(_("words removed on"), null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-id"]
        verbose_name = _("report of a problem")
        verbose_name_plural = _("reports of problems")
        indexes = [
            # What is open, and what is old enough to be removed?
            models.Index(fields=["state", "closed_on"], name="report_by_state")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("mended", "unchanged"), closed_on__isnull=False)
                | models.Q(state__in=("new", "in-hand"), closed_on__isnull=True),
                name="a_closed_report_has_its_day",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_closed(self) -> bool:
        return self.state in self.CLOSED
