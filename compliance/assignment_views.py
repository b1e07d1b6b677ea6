"""What an agency asks of its staff: the list, a new assignment, a change, an end; each looked at before it is saved."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.selectors import roles
from agencies.models import Agency
from agencies.permissions import can_manage_staff, can_read_staff
from agencies.selectors import agency_by_slug, units_within
from compliance import assigning
from compliance.assigning import Preview, Rule
from compliance.assignment_forms import AssignmentForm, RuleForm, initial_of
from compliance.assignment_words import Line, line_of, preview_lines, rule_words
from compliance.exceptions import ComplianceError
from compliance.models import Assignment, AssignmentChange
from courses.exceptions import GateIsOpen
from courses.models import Course

SHOWN_ENDED = 20
SHOWN_CHANGES = 10


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    return request.user


def _agency(request: HttpRequest, slug: str, *, to_change: bool) -> Agency:
    """Leads and coordinators change, auditors read; for anybody else there is no such page."""
    agency = agency_by_slug(slug)
    may = can_manage_staff if to_change else can_read_staff
    if agency is None or not may(_person(request), agency, timezone.localdate()):
        raise Http404
    return agency


def _assignment(agency: Agency, number: str) -> Assignment:
    """Of this agency or a unit of it, in force. What units above ask is theirs to change."""
    found = (
        Assignment.objects.in_force()
        .within(agency)
        .filter(uuid=number)
        .select_related("agency", "course", "professional_role")
        .first()
    )
    if found is None:
        raise Http404
    return found


@never_cache
@login_required
def assignments(request: HttpRequest, slug: str) -> HttpResponse:
    agency = _agency(request, slug, to_change=False)
    rows = Assignment.objects.select_related("agency", "course", "professional_role")
    here = [line_of(row) for row in rows.in_force().within(agency).order_by("agency__path", "course__title")]
    above = [line_of(row) for row in rows.in_force().over(agency).exclude(agency=agency)]
    ended = [line_of(row) for row in rows.within(agency).exclude(ended_at=None).order_by("-ended_at")]
    changes = (
        AssignmentChange.objects.filter(assignment__agency__path__startswith=agency.path)
        .select_related("assignment__agency", "assignment__course", "assignment__professional_role", "by")
        .order_by("-at", "-id")[:SHOWN_CHANGES]
    )
    return render(
        request,
        "compliance/assignments.html",
        {
            "section": "agency",
            "agency": agency,
            "here": here,
            "above": above,
            "ended": ended[:SHOWN_ENDED],
            "changes": [(change, line_of(change.assignment)) for change in changes],
            "goes_on": any(change.finished_at is None for change in changes),
            "may_change": can_manage_staff(_person(request), agency, timezone.localdate()),
        },
    )


@dataclass(frozen=True)
class _Draft:
    agency: Agency
    course: Course
    role: Any
    rule: Rule | None
    existing: Assignment | None

    def preview(self) -> Preview:
        return assigning.preview(
            self.agency,
            course=self.course,
            professional_role=self.role,
            rule=self.rule,
            existing=self.existing,
            on=timezone.localdate(),
        )

    def save(self, *, figures: Preview, by: User) -> AssignmentChange | None:
        at = timezone.now()
        if self.existing is None:
            assert self.rule is not None  # noqa: S101
            return assigning.make_assignment(
                self.agency,
                course=self.course,
                professional_role=self.role,
                rule=self.rule,
                figures=figures,
                by=by,
                at=at,
            )
        if self.rule is None:
            return assigning.end_assignment(self.existing, figures=figures, by=by, at=at)
        return assigning.change_assignment(self.existing, rule=self.rule, figures=figures, by=by, at=at)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new_assignment(request: HttpRequest, slug: str) -> HttpResponse:
    agency = _agency(request, slug, to_change=True)
    form = AssignmentForm(
        request.POST or None, units=units_within(agency), roles=roles(), initial={"unit": agency.slug}
    )
    if request.method == "POST" and form.is_valid():
        rule = form.rule(existing=None, on=timezone.localdate())
        draft = _Draft(form.asked_unit, form.cleaned_data["course"], form.asked_role, rule, None)
        return _look_or_save(request, agency, form, draft)
    return _form(request, agency, form, None)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def change_assignment(request: HttpRequest, slug: str, assignment: str) -> HttpResponse:
    agency = _agency(request, slug, to_change=True)
    row = _assignment(agency, assignment)
    form = RuleForm(request.POST or None, initial=initial_of(row))
    if request.method == "POST" and form.is_valid():
        rule = form.rule(existing=row, on=timezone.localdate())
        return _look_or_save(
            request, agency, form, _Draft(row.agency, row.course, row.professional_role, rule, row)
        )
    return _form(request, agency, form, row)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def end_assignment(request: HttpRequest, slug: str, assignment: str) -> HttpResponse:
    agency = _agency(request, slug, to_change=True)
    row = _assignment(agency, assignment)
    draft = _Draft(row.agency, row.course, row.professional_role, None, row)
    return _look_or_save(request, agency, None, draft)


def _form(
    request: HttpRequest, agency: Agency, form: RuleForm, row: Assignment | None, *, problem: str = ""
) -> HttpResponse:
    return render(
        request,
        "compliance/assignment_form.html",
        {
            "section": "agency",
            "agency": agency,
            "form": form,
            "line": line_of(row) if row else None,
            "row": row,
            "problem": problem,
        },
        status=422 if problem or form.errors else 200,
    )


def _look_or_save(request: HttpRequest, agency: Agency, form: RuleForm | None, draft: _Draft) -> HttpResponse:
    """The first time what it would do; saved is only what was seen with these very figures."""
    figures = draft.preview()
    seen = request.POST.get("seen", "")
    if request.method == "POST" and request.POST.get("do") == "change" and form is not None:
        return _form(request, agency, form, draft.existing)
    if request.method == "POST" and seen == figures.seal:
        try:
            change = draft.save(figures=figures, by=_person(request))
        except (ComplianceError, GateIsOpen) as error:
            if form is None:
                messages.warning(request, str(error))
                return redirect("compliance:assignments", slug=agency.slug)
            return _form(request, agency, form, draft.existing, problem=str(error))
        messages.success(
            request, _("Saved. People hear of it in the background.") if change else _("Nothing differs.")
        )
        return redirect("compliance:assignments", slug=agency.slug)
    if form is not None and draft.rule is not None:
        try:
            assigning.check(
                draft.agency,
                course=draft.course,
                professional_role=draft.role,
                rule=draft.rule,
                existing=draft.existing,
                on=timezone.localdate(),
            )
        except ComplianceError as error:
            return _form(request, agency, form, draft.existing, problem=str(error))
    line = Line(
        number="",
        course=draft.course.title,
        unit=draft.agency.name,
        who=line_of(draft.existing).who if draft.existing and draft.rule is None else "",
        rule=(),
        ended_at=None,
    )
    rule = draft.rule or (assigning.rule_of(draft.existing) if draft.existing else Rule())
    return render(
        request,
        "compliance/assignment_preview.html",
        {
            "section": "agency",
            "agency": agency,
            "line": line,
            "rule": rule_words(rule, role=draft.role),
            "figures": figures,
            "lines": preview_lines(figures, is_end=draft.rule is None),
            "is_end": draft.rule is None,
            "is_new": draft.existing is None,
            "changed": bool(seen),
            "fields": [(bound.html_name, bound.value()) for bound in form] if form is not None else [],
        },
    )
