"""The library: guidance, law, tools and research to read beside the lessons."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.documents import get_document_model_string
from wagtail.models import DraftStateMixin, RevisionMixin

from content.models.facts import is_stale
from content.resource_form import ResourceForm

RESOURCE_DAYS = 365


class ResourceQuerySet(models.QuerySet["Resource"]):
    def live(self) -> Self:
        return self.filter(live=True)


class Resource(DraftStateMixin, RevisionMixin, models.Model):
    """Something to read, watch or print that somebody else publishes, or a document of our own."""

    class Kind(models.TextChoices):
        GUIDANCE = "guidance", _("Guidance")
        LAW = "law", _("Law")
        TOOL = "tool", _("Tools and training")
        RESEARCH = "research", _("Research")
        SERVICE = "service", _("Services and benefits")

    personal_data: ClassVar[tuple[str, ...]] = ()

    slug = models.SlugField(_("slug"), unique=True, max_length=80)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(
        _("summary"),
        max_length=600,
        help_text=_("What it is and what it helps with, in two or three sentences."),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    role_codes = models.JSONField(
        _("for these roles"), default=list, blank=True, help_text=_("None ticked: for every role.")
    )
    pack_codes = models.JSONField(
        _("for the law of"), default=list, blank=True, help_text=_("None ticked: wherever somebody works.")
    )
    language = models.CharField(
        _("language"), max_length=12, default="en-gb", help_text=_("Of the thing itself, such as: es")
    )
    publisher = models.CharField(_("published by"), max_length=300, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    document = models.ForeignKey(
        get_document_model_string(),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document"),
        help_text=_("Only one that we may pass on. Otherwise give the address."),
    )
    checked_on = models.DateField(
        _("checked on"), help_text=_("The day on which somebody last made sure that this entry is right.")
    )
    loaded_revision = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    objects = ResourceQuerySet.as_manager()

    base_form_class = ResourceForm
    panels: ClassVar[list[Any]] = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("slug"), FieldPanel("kind"), FieldPanel("language")]),
        FieldPanel("summary"),
        MultiFieldPanel(
            [FieldPanel("publisher"), FieldPanel("url"), FieldPanel("document"), FieldPanel("checked_on")],
            heading=_("Where it is"),
        ),
        MultiFieldPanel([FieldPanel("role_codes"), FieldPanel("pack_codes")], heading=_("For whom")),
    ]

    class Meta:
        ordering = ["title"]
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        constraints = [
            models.CheckConstraint(
                condition=Q(url__gt="") | Q(document__isnull=False) | Q(live=False),
                name="cnt_resource_leads_somewhere",
                violation_error_message=_("Give an address or a document: learners need somewhere to go."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def address(self) -> str:
        return self.document.url if self.document is not None else self.url

    @property
    def is_edited(self) -> bool:
        return self.loaded_revision is not None and self.latest_revision_id != self.loaded_revision

    def is_stale(self, *, on: date) -> bool:
        return is_stale(self.checked_on, on=on, days=RESOURCE_DAYS)
