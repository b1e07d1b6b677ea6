"""Answering questionnaires, or not; and an agency's look into its own records."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import User
from agencies.models import Agency
from agencies.permissions import can_lead
from agencies.selectors import agency_by_slug, current_membership
from courses.evaluation import POINTS
from courses.evaluation_forms import AttitudeForm, AuditForm, ReactionForm
from courses.evaluation_selectors import OpenQuestionnaire, audits_of, open_questionnaires
from courses.services.evaluation import answer_attitudes, answer_reaction, keep_audit


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    return request.user


def _agency(user: User, on: date) -> Agency | None:
    membership = current_membership(user, on)
    return membership.agency if membership is not None else None


def _find(user: User, *, point: str = "", course: str = "") -> OpenQuestionnaire | None:
    for one in open_questionnaires(user, at=timezone.now()):
        if (point and one.point == point) or (
            course and one.course is not None and one.course.code == course
        ):
            return one
    return None


def _thanks(request: HttpRequest, *, declined: bool) -> HttpResponse:
    messages.success(
        request,
        _("Good. You will not be asked this again.")
        if declined
        else _("Thank you. Your answers are kept without your name."),
    )
    return redirect("compliance:my_training")


@never_cache
@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def attitudes(request: HttpRequest, point: str) -> HttpResponse:
    """Eight statements. What is not open to her now, or was answered, leads back to her training."""
    if point not in POINTS:
        raise Http404
    user, on = _person(request), timezone.localdate()
    if _find(user, point=point) is None:
        return redirect("compliance:my_training")
    declined = "decline" in request.POST
    form = AttitudeForm(request.POST if request.method == "POST" and not declined else None)
    if declined or form.is_valid():
        answers = {} if declined else form.answers
        answer_attitudes(user, point=point, answers=answers, agency=_agency(user, on), on=on)
        return _thanks(request, declined=not answers)
    return render(
        request,
        "courses/attitudes.html",
        {"form": form, "point": point, "section": "training"},
        status=422 if form.errors else 200,
    )


@never_cache
@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def reaction(request: HttpRequest, course: str) -> HttpResponse:
    """What she thought of a course that she finished lately."""
    user, on = _person(request), timezone.localdate()
    found = _find(user, course=course)
    if found is None or found.course is None:
        return redirect("compliance:my_training")
    declined = "decline" in request.POST
    form = ReactionForm(request.POST if request.method == "POST" and not declined else None)
    if declined or form.is_valid():
        is_empty = declined or not (
            form.answers or form.cleaned_data["workload"] or form.cleaned_data["change"]
        )
        answer_reaction(
            user,
            course=found.course,
            answers={} if declined else form.answers,
            workload="" if declined else form.cleaned_data["workload"],
            change="" if declined else form.cleaned_data["change"],
            agency=_agency(user, on),
            on=on,
        )
        return _thanks(request, declined=is_empty)
    return render(
        request,
        "courses/reaction.html",
        {"form": form, "course": found.course, "section": "training"},
        status=422 if form.errors else 200,
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def audit(request: HttpRequest, slug: str) -> HttpResponse:
    """For the lead: how often, in her agency's own records, what is taught was done. As good as absent for anybody else."""
    agency, on = agency_by_slug(slug), timezone.localdate()
    if agency is None or not can_lead(_person(request), agency, on):
        raise Http404
    form = AuditForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        keep_audit(agency, numbers=form.cleaned_data, on=on)
        messages.success(request, _("Kept. You can compare it with your next look in three months."))
        return redirect("courses:audit", agency.slug)
    return render(
        request,
        "courses/audit.html",
        {"form": form, "agency": agency, "audits": audits_of(agency), "section": "agency"},
        status=422 if form.errors else 200,
    )
