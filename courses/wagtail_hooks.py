from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from courses.admin_views import question_statistics
from courses.evaluation_admin import evaluation, evaluation_csv, menu_item
from courses.gate_admin import gates, gates_menu_item, module_readiness, withdraw_takeover
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


@hooks.register("register_admin_urls")
def report_urls() -> list[URLPattern]:
    return [
        path("reports/questions/", question_statistics, name="question_statistics"),
        path("reports/reviews/", gates, name="courses_gates"),
        path("reports/readiness/<str:code>/", module_readiness, name="courses_readiness"),
        path("reports/reviews/<uuid:takeover>/withdraw/", withdraw_takeover, name="courses_gate_withdraw"),
        path("reports/evaluation/", evaluation, name="courses_evaluation"),
        path("reports/evaluation/csv/", evaluation_csv, name="courses_evaluation_csv"),
    ]


class StatisticsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("courses.view_question")


@hooks.register("register_reports_menu_item")
def statistics_menu_item() -> MenuItem:
    return StatisticsMenuItem(
        _("Question statistics"), reverse("question_statistics"), icon_name="help", order=100
    )


hooks.register("register_reports_menu_item", menu_item)
hooks.register("register_reports_menu_item", gates_menu_item)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action(
        "courses.take_on", _("Take a missing review on"), _("Took a missing review on in writing")
    )
    actions.register_action(
        "courses.withdraw_take_on",
        _("Withdraw what was taken on"),
        _("Withdrew what was taken on in writing"),
    )
