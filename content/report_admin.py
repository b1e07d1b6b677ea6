"""The reviewers' inbox in the admin: the list of reports, and the page on which one is worked on."""

from typing import Any

import django_filters  # type: ignore[import-untyped]
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from accounts.choosers import GuardedChooserViewSet
from accounts.models import User
from content.models import ProblemReport
from content.report_forms import WorkOnReportForm
from content.reporting import admin_url, reviewers, work_on_report
from content.selectors import facts_by_code
from content.subjects import find_subject


class OwnPagePolicy(ModelPermissionPolicy):
    """Reports come in by the public form and are worked on at a page of their own; nobody makes or deletes one here."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, "change")

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class ReportFilterSet(WagtailFilterSet):
    module = django_filters.AllValuesFilter(
        field_name="module", label=gettext_lazy("Module"), empty_label=gettext_lazy("All")
    )

    # Everybody who has an account would be on offer otherwise.
    assigned_to = django_filters.ModelChoiceFilter(
        queryset=lambda request: User.objects.filter(pk__in=[one.pk for one in reviewers()]),
        label=gettext_lazy("Assigned to"),
    )

    class Meta:
        model = ProblemReport
        fields = ["state", "kind", "module", "assigned_to"]


class ReportIndexView(IndexView):
    def get_edit_url(self, instance: ProblemReport) -> str:
        return admin_url(instance)


class ReportViewSet(SnippetViewSet):
    model = ProblemReport
    chooser_viewset_class = GuardedChooserViewSet
    icon = "warning"
    menu_label = gettext_lazy("Reports of problems")
    menu_order = 225
    add_to_admin_menu = True
    permission_policy = OwnPagePolicy(ProblemReport)
    index_view_class = ReportIndexView
    filterset_class = ReportFilterSet
    search_fields = ["reference", "title"]
    search_backend_name = None
    ordering = ["-received_on", "-id"]
    copy_view_enabled = False
    panels: list[Any] = []
    list_display = [
        "reference",
        Column("title", label=gettext_lazy("About"), accessor="title"),
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("state", label=gettext_lazy("State"), accessor="get_state_display", sort_key="state"),
        Column("assigned_to", label=gettext_lazy("Assigned to"), accessor="assigned_to"),
        DateColumn("received_on", label=gettext_lazy("Arrived on"), sort_key="received_on"),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return ProblemReport.objects.select_related("assigned_to")


@permission_required("content.change_problemreport")
def work_on(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: its words, what it is about, the facts cited there, and what is done about it."""
    report = get_object_or_404(ProblemReport.objects.select_related("assigned_to"), pk=pk)
    people = reviewers()
    if report.assigned_to is not None and report.assigned_to not in people:
        people.append(report.assigned_to)
    shown = {
        "assigned_to": report.assigned_to_id,
        "answer": report.answer,
        "state": report.state,
        "note": report.note,
    }
    form = WorkOnReportForm(request.POST if request.method == "POST" else None, initial=shown, people=people)
    if request.method == "POST" and form.is_valid():
        done = work_on_report(report, on=timezone.localdate(), **form.cleaned_data)
        messages.success(
            request,
            _("%(reference)s: %(state)s.") % {"reference": done.reference, "state": done.get_state_display()},
        )
        return redirect("wagtailsnippets_content_problemreport:list")
    subject = find_subject(report.about)
    facts = facts_by_code(subject.facts) if subject is not None else {}
    return render(
        request,
        "content/admin/report.html",
        {
            "report": report,
            "form": form,
            "subject": subject,
            "facts": [facts[code] for code in subject.facts if code in facts] if subject else [],
            "may_see_facts": request.user.has_perm("content.change_fact"),
            "title": report.reference,
            "breadcrumbs_items": [
                {
                    "url": reverse("wagtailsnippets_content_problemreport:list"),
                    "label": _("Reports of problems"),
                },
                {"url": "", "label": report.reference},
            ],
        },
        status=422 if form.errors else 200,
    )
