"""In the admin: where every module's reviews stand, and what an administrator has taken on."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin.menu import MenuItem

from accounts.models import User
from agencies.models import INDEPENDENT_SLUG, Agency
from content.models import ReviewSignOff
from courses.exceptions import CourseError
from courses.gate_rules import AT_MOST_DAYS, REASON_AT_LEAST
from courses.gate_selectors import takeovers
from courses.gate_words import GateCount, gate_counts, reader
from courses.models import GateTakeover, LessonPage, Module
from courses.permissions import may_take_on
from courses.readiness import readiness
from courses.reviewing import lesson_reviews
from courses.services import take_on, withdraw


class TakeOnForm(forms.Form):
    modules = forms.MultipleChoiceField(label=gettext_lazy("Modules"), widget=forms.CheckboxSelectMultiple)
    gates = forms.MultipleChoiceField(
        label=gettext_lazy("Missing reviews"),
        choices=ReviewSignOff.Gate.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    agency = forms.ModelChoiceField(
        label=gettext_lazy("For"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label=gettext_lazy("Every agency"),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("At most twelve months from today."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, and what is done until the review is there"),
        widget=forms.Textarea(attrs={"rows": 4}),
        min_length=REASON_AT_LEAST,
        max_length=2000,
        help_text=gettext_lazy("Leads read this. Learners see your name and the days. It is kept for good."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("modules", [(one.code, str(one)) for one in Module.objects.all()])
        agencies = self.fields["agency"]
        assert isinstance(agencies, forms.ModelChoiceField)  # noqa: S101
        agencies.queryset = Agency.objects.exclude(slug=INDEPENDENT_SLUG).order_by("path")

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = choices


@dataclass(frozen=True)
class ModuleRow:
    module: Module
    lessons: int
    cells: tuple[GateCount, ...]


def _modules() -> list[ModuleRow]:
    """Five queries, however many lessons."""
    pages = list(LessonPage.objects.live().select_related("module").order_by("code"))
    reviews = lesson_reviews(pages)
    rows = []
    for module in Module.objects.all():
        own = [page for page in pages if page.module_id == module.pk]
        rows.append(
            ModuleRow(module, len(own), gate_counts([reviews[page.code] for page in own], also=module.gates))
        )
    return rows


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


@permission_required("content.view_reviewsignoff")
def gates(request: HttpRequest) -> HttpResponse:
    """Everybody who may read sign-offs sees where things stand; only administrators take anything on."""
    user, today = _user(request), timezone.localdate()
    may = may_take_on(user)
    form = TakeOnForm(request.POST or None, initial={"until": today + timedelta(days=90)})
    form.fields["until"].widget.attrs |= {
        "min": today.isoformat(),
        "max": (today + timedelta(days=AT_MOST_DAYS)).isoformat(),
    }
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        if form.is_valid():
            try:
                take_on(user, **form.cleaned_data, on=today)
            except CourseError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Taken on. Leads and learners see that it was you."))
                return redirect("courses_gates")
    return render(
        request,
        "courses/admin/gates.html",
        {
            "title": _("Reviews"),
            "breadcrumbs_items": [{"url": "", "label": _("Reviews")}],
            "rows": _modules(),
            "taken": [
                {
                    "row": one,
                    "readers": [reader(gate) for gate in one.gates],
                    "is_over": one.until < today,
                }
                for one in takeovers()
            ],
            "may_take_on": may,
            "form": form,
            "workflow_url": reverse("wagtailadmin_reports:workflow_tasks"),
        },
        status=422 if request.method == "POST" else 200,
    )


@permission_required("content.view_reviewsignoff")
def module_readiness(request: HttpRequest, code: str) -> HttpResponse:
    module = get_object_or_404(Module, code=code)
    title = _("Ready for release? %(module)s") % {"module": module}
    return render(
        request,
        "courses/admin/readiness.html",
        {
            "title": title,
            "breadcrumbs_items": [
                {"url": reverse("courses_gates"), "label": _("Reviews")},
                {"url": "", "label": module.code},
            ],
            "findings": readiness(module, on=timezone.localdate()),
        },
    )


@require_POST
@permission_required("content.view_reviewsignoff")
def withdraw_takeover(request: HttpRequest, takeover: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(GateTakeover, uuid=takeover)
    try:
        withdraw(row, user=_user(request), on=timezone.localdate())
    except CourseError as error:
        raise PermissionDenied from error
    messages.success(request, _("Withdrawn. Who is on the way goes on; nobody new is registered by it."))
    return redirect("courses_gates")


class GatesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("content.view_reviewsignoff")


def gates_menu_item() -> MenuItem:
    return GatesMenuItem(_("Reviews"), reverse("courses_gates"), icon_name="check", order=90)
