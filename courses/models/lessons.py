"""Modules, and lessons as pages whose words an editor may rewrite any day."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, PagePermissionTester
from wagtail.search import index

from content.blocks.text import CITE_HELP, FEATURES
from content.models.pages import KeptPagePermissions
from courses.blocks import LessonStreamBlock
from courses.forms import LessonForm


class Module(models.Model):
    """A module of the curriculum: its outcomes, and whose review it asks for."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    code = models.CharField(_("code"), max_length=8, unique=True)
    slug = models.SlugField(_("slug"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(_("purpose"), blank=True)
    outcomes = models.JSONField(_("outcomes"), default=list, blank=True)
    gates = models.JSONField(_("reviews asked for"), default=list, blank=True)
    # What it is to contain, as planned: {"lessons": [{"id", "title", "minutes", "core"}], "check": {"minutes", "core"}}.
    plan = models.JSONField(_("plan"), default=dict, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order"]
        verbose_name = _("module")
        verbose_name_plural = _("modules")

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class RolePath(models.Model):
    """What one role takes in the tiers above Essential: the role × module matrix. Codes of modules, there or not yet."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    role_code = models.CharField(_("role"), max_length=8, unique=True)
    practitioner = models.JSONField(_("modules of the Practitioner tier"), default=list)
    specialist = models.JSONField(_("modules added by the Specialist tier"), default=list)
    scenarios = models.JSONField(_("scenarios"), default=list)

    class Meta:
        ordering = ["role_code"]
        verbose_name = _("path of a role")
        verbose_name_plural = _("paths of roles")

    def __str__(self) -> str:
        return self.role_code


class LessonIndexPage(Page):
    """Holds the lessons in the page tree. Learners come to lessons through their training."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    subpage_types: ClassVar[list[str]] = ["courses.LessonPage"]

    class Meta:
        verbose_name = _("lessons")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("compliance:my_training")

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return KeptPagePermissions(user, self)


class LessonPage(Page):
    """The words of one lesson. Which lessons a course asks for is a rule and lives in CourseVersion."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    code = models.CharField(_("code"), max_length=16, unique=True, help_text=_("As in the curriculum: 1.3"))
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+", verbose_name=_("module"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    version = models.CharField(
        _("version"), max_length=32, help_text=_("Stands on certificates. Raise it when the meaning changes.")
    )
    valid_from = models.DateField(_("valid from"))
    recheck_by = models.DateField(_("re-check by"))
    gates = models.JSONField(
        _("reviews asked for"),
        default=list,
        blank=True,
        help_text=_("survivor, lawyer, clinician, interpreter, privacy"),
    )
    content_note = models.CharField(
        _("content note"), max_length=300, blank=True, help_text=_("One factual line on what is coming.")
    )
    by_the_end = StreamField(
        [("line", blocks.CharBlock())], verbose_name=_("by the end you can"), use_json_field=True
    )
    summary = RichTextField(_("summary"), features=FEATURES, help_text=CITE_HELP)
    use_tomorrow = StreamField(
        [("line", blocks.CharBlock())], verbose_name=_("use it tomorrow"), use_json_field=True
    )
    body = StreamField(LessonStreamBlock(), verbose_name=_("lesson"), use_json_field=True)
    loaded_revision = models.PositiveBigIntegerField(null=True, blank=True, editable=False)

    parent_page_types: ClassVar[list[str]] = ["courses.LessonIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    base_form_class = LessonForm
    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("code"), FieldPanel("module"), FieldPanel("minutes")]),
        FieldPanel("content_note"),
        FieldPanel("by_the_end"),
        FieldPanel("body"),
        FieldPanel("summary"),
        FieldPanel("use_tomorrow"),
        MultiFieldPanel(
            [
                FieldPanel("version"),
                FieldPanel("valid_from"),
                FieldPanel("recheck_by"),
                # Whoever writes the words does not decide that nobody has to read them.
                FieldPanel("gates", permission="superuser"),
            ],
            heading=_("Version and review"),
        ),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
        index.FilterField("code"),
    ]

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("courses:lesson_by_code", code=self.code)

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """A lesson of a course stays while anybody may still be on the way through it."""
        from courses.models.taking import AssignableUnit

        is_in_use = AssignableUnit.objects.filter(kind=AssignableUnit.Kind.LESSON, code=self.code).exists()
        return (KeptPagePermissions if is_in_use else PagePermissionTester)(user, self)

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """One for each role under each law: "nurses and clinicians, United Kingdom"."""
        from courses.presenters import preview_audiences

        return preview_audiences()

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "courses/lesson.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        from courses.presenters import lesson_preview

        return {**super().get_preview_context(request, mode_name), **lesson_preview(self, mode_name)}
