"""What is taught, where it comes from, and who has looked at it."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import RevisionMixin


class Source(RevisionMixin, models.Model):
    """A publication that facts rest on."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    key = models.CharField(_("key"), max_length=40, unique=True)
    label = models.CharField(_("short name"), max_length=120, help_text=_("As learners see it: UNODC 2024"))
    author = models.CharField(_("published by"), max_length=300, blank=True)
    title = models.CharField(_("title"), max_length=500)
    year = models.CharField(_("year"), max_length=20, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)

    class Meta:
        ordering = ["key"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.label


class Fact(RevisionMixin, models.Model):
    """One statement that lessons, questions and scenarios refer to by its code."""

    class Confidence(models.TextChoices):
        SEEN = "V1", _("Seen in the source itself")
        SECONDARY = "V2", _("Seen in a secondary source")
        GENERAL = "G", _("General professional knowledge, source awaited")

    class Flag(models.TextChoices):
        LAWYER = "L", _("for a lawyer to read")
        SURVIVOR = "S", _("for a person with lived experience to read")
        CLINICIAN = "C", _("for a clinician to read")
        DATE = "D", _("date-sensitive")

    personal_data: ClassVar[tuple[str, ...]] = ()

    code = models.CharField(_("code"), max_length=16, unique=True)
    statement = models.TextField(_("statement"))
    sources = models.ManyToManyField(Source, related_name="facts", blank=True, verbose_name=_("sources"))
    year = models.CharField(_("year"), max_length=20, blank=True)
    jurisdiction_code = models.CharField(_("jurisdiction"), max_length=8, default="INT")
    confidence = models.CharField(_("confidence"), max_length=2, choices=Confidence.choices)
    flags = models.JSONField(
        _("flags"),
        default=list,
        blank=True,
        help_text=_("L lawyer, S survivor expert, C clinician, D date-sensitive"),
    )
    recheck_by = models.DateField(_("re-check by"), null=True, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("fact")
        verbose_name_plural = _("facts")

    def __str__(self) -> str:
        return self.code


class JurisdictionPack(RevisionMixin, models.Model):
    """The words of the law for one jurisdiction, as one versioned thing: a legal change makes a new version."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    code = models.CharField(_("code"), max_length=8, unique=True)
    name = models.CharField(_("name"), max_length=120)
    version = models.CharField(_("version"), max_length=32)
    valid_from = models.DateField(_("valid from"))
    recheck_by = models.DateField(_("re-check by"))
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("jurisdiction pack")
        verbose_name_plural = _("jurisdiction packs")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class ReviewSignOff(models.Model):
    """Somebody with a role that counts has read a thing and stands for it, as it was on that day.

    `subject` is "lesson:1.3", "pack:UK", "scenario:seen-alone" and so on; `digest` is of the words that were read, so that
    a changed text is unreviewed again.
    """

    class Gate(models.TextChoices):
        SURVIVOR = "survivor", _("a person with lived experience")
        LAWYER = "lawyer", _("a lawyer")
        CLINICIAN = "clinician", _("a clinician")
        INTERPRETER = "interpreter", _("a professional interpreter")
        PRIVACY = "privacy", _("a data protection officer")

    personal_data: ClassVar[tuple[str, ...]] = ("reviewer", "signed_by")

    subject = models.CharField(_("what was read"), max_length=80, db_index=True)
    gate = models.CharField(_("read by"), max_length=12, choices=Gate.choices)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signed by"),
        help_text=_("Shown in the admin only."),
    )
    reviewer = models.CharField(
        _("name shown to learners"),
        max_length=200,
        blank=True,
        help_text=_("May be a pseudonym, or empty."),
    )
    digest = models.CharField(max_length=64)
    signed_on = models.DateField(_("signed on"))

    class Meta:
        ordering = ["-signed_on"]
        verbose_name = _("review sign-off")
        verbose_name_plural = _("review sign-offs")

    def __str__(self) -> str:
        return f"{self.subject} {self.gate}"


class GlossaryTerm(models.Model):
    personal_data: ClassVar[tuple[str, ...]] = ()

    slug = models.SlugField(_("slug"), unique=True)
    term = models.CharField(_("term"), max_length=120)
    meaning = models.TextField(_("meaning"))
    facts = models.JSONField(_("facts"), default=list, blank=True)
    is_marked = models.BooleanField(
        _("explained in lessons"),
        default=True,
        help_text=_("Off for words that also mean something ordinary, such as: means"),
    )

    class Meta:
        ordering = ["term"]
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary")

    def __str__(self) -> str:
        return self.term


def is_stale(checked_on: date | None, *, on: date, days: int) -> bool:
    """Whether something that was last checked on a day should no longer be relied upon. A day to come proves nothing."""
    return checked_on is None or not 0 <= (on - checked_on).days <= days
