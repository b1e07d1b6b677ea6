"""The head of a story in the Wagtail admin: workflow, comments, lock, history. The graph below it has an outline of its own."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.models import Page, PageManager
from wagtail.search import index

from scenarios.head_form import ScenarioPageForm
from scenarios.models.graph import Scenario, StoryHead


class ScenarioIndexPage(Page):
    """Holds the stories in the page tree. Learners find them in the library and in their courses."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    max_count = 1
    subpage_types: ClassVar[list[str]] = ["scenarios.ScenarioPage"]

    class Meta:
        verbose_name = _("scenarios")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("scenarios:library")


class ScenarioPage(Page, StoryHead):
    """What a story is about and for whom. Saving it changes the draft, publishing it publishes the draft."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    scenario = models.OneToOneField(
        Scenario, on_delete=models.PROTECT, related_name="page", editable=False, verbose_name=_("scenario")
    )

    objects: ClassVar[PageManager] = PageManager()

    base_form_class = ScenarioPageForm
    exclude_fields_in_copy: ClassVar[list[str]] = ["scenario"]
    parent_page_types: ClassVar[list[str]] = ["scenarios.ScenarioIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        HelpPanel(template="scenarios/admin/to_outline.html", heading=_("Scenes and choices")),
        *Page.content_panels,
        FieldPanel("setting"),
        FieldPanel("content_note"),
        FieldPanel("good_practice"),
        MultiFieldPanel(
            [FieldPanel("learner"), FieldPanel("written_for"), FieldPanel("useful_for")],
            heading=_("For whom"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("place"), FieldPanel("clock"), FieldPanel("minutes")]),
                FieldRowPanel([FieldPanel("backtrack"), FieldPanel("is_coached")]),
            ],
            heading=_("How it is played"),
        ),
    ]
    search_fields = [*Page.search_fields, index.SearchField("setting")]

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.scenario_id is None:
            from scenarios.services.pages import new_scenario_for

            self.scenario = new_scenario_for(self)
        super().save(*args, **kwargs)

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """What is saved on the page is the draft's head from now on."""
        from scenarios.services.pages import take_head

        revision = super().save_revision(*args, **kwargs)
        take_head(self)
        return revision

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("scenarios:library")

    def is_previewable(self) -> bool:
        """The outline previews the story from any scene; the head alone would show nothing."""
        return False
