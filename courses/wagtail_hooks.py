from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from courses.models import Module, Question


class QuestionViewSet(SnippetViewSet):
    model = Question
    icon = "help"
    menu_label = _("Question bank")
    menu_order = 210
    add_to_admin_menu = True
    list_display = ["code", "stem", "lesson_code", "must_pass", "retired"]
    list_filter = ["lesson_code", "level", "retired"]
    search_fields = ["code", "stem"]


class ModuleViewSet(SnippetViewSet):
    model = Module
    icon = "folder-open-1"
    menu_label = _("Modules")
    list_display = ["code", "title"]
    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("slug"), FieldPanel("order")]),
        FieldPanel("title"),
        FieldPanel("purpose"),
        MultiFieldPanel([FieldPanel("gates"), FieldPanel("outcomes")], heading=_("Outcomes and reviews")),
    ]


register_snippet(QuestionViewSet)
register_snippet(ModuleViewSet)
