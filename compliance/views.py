"""My training, and the list of an agency's staff."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from agencies.models import Membership
from agencies.selectors import root_of
from certification.law import updates_due
from certification.terms import ways_of
from compliance import selectors, services
from compliance.exceptions import NothingToRenew, RoleIsMissing
from compliance.presenters import staff_row
from courses.evaluation_selectors import open_questionnaires
from courses.exceptions import CourseError, GateIsOpen
from courses.gate_words import gate_lines
from courses.refresher_selectors import refreshers_of
from courses.selectors import (
    learning_path,
    practitioner_path,
    questions_around,
)

PAGE_SIZE = 50


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


@login_required
def my_training(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    on = timezone.localdate()
    training = selectors.my_training(user, on=on)
    refreshers = refreshers_of(user, on=on)
    return render(
        request,
        "compliance/my_training.html",
        {
            "section": "training",
            "training": training,
            "working": training.working,
            "employer": _employer(training.working.membership),
            "path": training.path,
            "following": training.path.next_unit if training.path else None,
            "today": on,
            "gates": gate_lines(selectors.gates_before_start(training, on=on)),
            "ways": [way for way in ways_of(user) if way.is_open or way.newer],
            "legal_updates": updates_due(user, on=on),
            "refreshers": refreshers,
            "refreshers_due": any(one.due for one in refreshers),
            "coming": min(
                (one for one in refreshers if one.next is not None),
                key=lambda one: one.next.due_on if one.next else date.max,
                default=None,
            ),
            "questionnaires": open_questionnaires(user, at=timezone.now()),
            "around": questions_around(user, at=timezone.now()),
            "tier": practitioner_path(user, training.working.professional_role.code, at=timezone.now())
            if training.working.professional_role
            else None,
        },
    )


@login_required
@require_POST
def start_module(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a module of the role's path, or go on with it."""
    try:
        registration = services.start_module(_person(request), code=code, at=timezone.now())
    except RoleIsMissing:
        return redirect(f"{reverse('accounts:role')}?next={reverse('compliance:my_training')}")
    except GateIsOpen as error:
        messages.warning(request, str(error))
        return redirect("compliance:my_training")
    except CourseError as error:
        raise Http404 from error
    if any(
        one.registration == registration and one.purpose == "pre" and not one.lessons_to_leave_out
        for one in questions_around(registration.user, at=timezone.now())
    ):
        return redirect("courses:form", registration.uuid, "pre")
    following = learning_path(registration).next_unit
    return redirect(following.url if following else reverse("courses:course", args=[registration.uuid]))


def _employer(membership: Membership | None) -> str:
    """Unit and agency, or nothing for people without one."""
    if membership is None or membership.agency.is_independent:
        return ""
    top = root_of(membership.agency)
    return top.name if top == membership.agency else f"{membership.agency.name}, {top.name}"


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin what is required, or begin it again when the certificate runs out soon."""
    try:
        registration = services.start_required(_person(request), at=timezone.now())
    except RoleIsMissing:
        return redirect(f"{reverse('accounts:role')}?next={reverse('compliance:my_training')}")
    except GateIsOpen as error:
        messages.warning(request, str(error))
        return redirect("compliance:my_training")
    except (NothingToRenew, CourseError):
        messages.info(request, _("There is nothing to start now. Your certificate holds."))
        return redirect("compliance:my_training")
    following = learning_path(registration).next_unit
    return redirect(following.url if following else "compliance:my_training")


@login_required
def as_they_see_it(request: HttpRequest) -> HttpResponse:
    """The person's own line in each employer's list, drawn by the same template."""
    on = timezone.localdate()
    rows = [
        {"agency": row.agency, "course": row.course, "row": staff_row(row, on=on)}
        for row in selectors.my_statuses(_person(request), on=on)
    ]
    return render(request, "compliance/as_they_see_it.html", {"section": "training", "rows": rows})
