"""My training, and the list of an agency's staff."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.selectors import roles
from agencies.models import Agency, Membership
from agencies.permissions import can_lead, can_read_staff
from agencies.selectors import agencies_led_by, agency_by_slug, root_of, units_within
from certification.law import updates_due
from certification.terms import asks_sign_offs, ways_of
from compliance import selectors, services
from compliance.exceptions import NothingToRenew, RoleIsMissing
from compliance.forms import OVERDUE, StaffFilterForm
from compliance.presenters import staff_row
from compliance.status import State
from courses.evaluation_selectors import audit_is_due, open_questionnaires
from courses.exceptions import CourseError, GateIsOpen
from courses.gate_words import gate_lines
from courses.models import Course
from courses.refresher_selectors import refreshers_of
from courses.selectors import (
    ESSENTIAL,
    course_by_code,
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


@login_required
def my_agency(request: HttpRequest) -> HttpResponse:
    """The list that the person may see; with several, she chooses. Nobody else finds anything here."""
    agencies = agencies_led_by(_person(request), timezone.localdate())
    if not agencies:
        raise Http404
    if len(agencies) == 1:
        return redirect("compliance:agency", slug=agencies[0].slug)
    return render(request, "compliance/agencies.html", {"section": "agency", "agencies": agencies})


def _agency_or_404(request: HttpRequest, slug: str) -> Agency:
    """The same answer for an agency that does not exist and for one that is somebody else's."""
    agency = agency_by_slug(slug)
    if agency is None or not can_read_staff(_person(request), agency, timezone.localdate()):
        raise Http404
    return agency


def _course() -> Course:
    course = course_by_code(ESSENTIAL)
    if course is None:
        raise Http404
    return course


CHIPS = [
    ("", gettext_lazy("Everyone")),
    (State.LAPSED.value, gettext_lazy("Lapsed")),
    (State.REFRESHER.value, gettext_lazy("Refresher due")),
    (State.EXPIRING.value, gettext_lazy("Expires soon")),
    (State.NOT_STARTED.value, gettext_lazy("Not started")),
    (State.IN_PROGRESS.value, gettext_lazy("In progress")),
    (State.CERTIFIED.value, gettext_lazy("Certified")),
    (State.WAIVED.value, gettext_lazy("Waived")),
    (OVERDUE, gettext_lazy("Overdue")),
]


@never_cache
@login_required
def agency(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is ready: status and dates of the agency's own staff, and nothing finer."""
    here = _agency_or_404(request, slug)
    on = timezone.localdate()
    course = _course()
    form = StaffFilterForm(request.GET, units=units_within(here), roles=roles())
    everybody = selectors.staff(here, course=course, on=on)
    counts = selectors.count_states(everybody)
    total = sum(counts.values())
    overdue = selectors.filter_staff(everybody, selectors.StaffFilters(overdue=True), on=on).count()
    rows = selectors.filter_staff(everybody, form.filters, on=on)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    chosen = form.cleaned_data.get("status") or ""
    figures = {"": total, OVERDUE: overdue, **counts}
    return render(
        request,
        "compliance/agency.html",
        {
            "section": "agency",
            "agency": here,
            "course": course,
            "today": on,
            "form": form,
            "total": total,
            "ready": counts[State.CERTIFIED] + counts[State.EXPIRING],
            "chips": [
                {
                    "label": label,
                    "count": figures[value],
                    "query": _query(request, status=value),
                    "is_current": chosen == value,
                }
                for value, label in CHIPS
            ],
            "rows": [staff_row(row, on=on) for row in page],
            "page": page,
            "earlier": _query(request, page=page.previous_page_number()) if page.has_previous() else None,
            "later": _query(request, page=page.next_page_number()) if page.has_next() else None,
            "csv_query": _query(request),
            "may_lead": can_lead(_person(request), here, on),
            "asks_sign_offs": asks_sign_offs(),
            "audit_is_due": audit_is_due(here, on=on),
            "gates": gate_lines(selectors.gates_of_agency(here, on=on)),
        },
    )


def _query(request: HttpRequest, **changes: Any) -> str:
    """The filters in use, with changes, as the end of an address. A change begins again on the first page."""
    values = request.GET.copy()
    values.pop("page", None)
    for key, value in changes.items():
        values.pop(key, None)
        if value:
            values[key] = str(value)
    return f"?{values.urlencode()}" if values else "?"


@never_cache
@login_required
def staff_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The list on the screen, filters included, as a file."""
    here = _agency_or_404(request, slug)
    on = timezone.localdate()
    course = _course()
    form = StaffFilterForm(request.GET, units=units_within(here), roles=roles())
    rows = selectors.filter_staff(selectors.staff(here, course=course, on=on), form.filters, on=on)
    return StreamingHttpResponse(
        selectors.staff_csv(rows, course=course),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="staff-{here.slug}-{on.isoformat()}.csv"'},
    )
