"""What leads, coordinators and auditors see of their own agency: the overview and the list of people."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.humanize.templatetags.humanize import intcomma
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
from agencies.audit import filters_of, note_look
from agencies.models import Agency
from agencies.permissions import can_lead, can_read_staff
from agencies.selectors import agencies_led_by, agency_by_slug, units_below, units_within
from certification.terms import asks_sign_offs
from compliance import dashboard, selectors, services
from compliance.charts import Suggestion, bar_of, line_of, percent_of, suggestions
from compliance.dashboard import Figures
from compliance.exceptions import ComplianceError
from compliance.forms import OVERDUE, OverviewForm, SavedViewForm, StaffFilterForm
from compliance.models import ComplianceStatus, StatusPeriod
from compliance.presenters import staff_row
from compliance.status import State
from courses.evaluation_selectors import audit_is_due
from courses.gate_words import gate_lines
from courses.models import Course
from courses.selectors import ESSENTIAL, course_by_code

PAGE_SIZE = 50
Shown = Iterable[ComplianceStatus | StatusPeriod]


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


@login_required
def my_agency(request: HttpRequest) -> HttpResponse:
    """The list that the person may see; with several, she chooses. Nobody else finds anything here."""
    agencies = agencies_led_by(_person(request), timezone.localdate())
    if not agencies:
        raise Http404
    if len(agencies) == 1:
        return redirect("compliance:overview", slug=agencies[0].slug)
    return render(request, "compliance/agencies.html", {"section": "agency", "agencies": agencies})


def _agency_or_404(request: HttpRequest, slug: str) -> Agency:
    """The same answer for an agency that does not exist and for one that is somebody else's."""
    agency = agency_by_slug(slug)
    if agency is None or not can_read_staff(_person(request), agency, timezone.localdate()):
        raise Http404
    return agency


def _courses(agency: Agency) -> list[Course]:
    """What anybody there is asked for, the certificate for everybody first."""
    courses = dashboard.courses_asked_in(agency)
    if not courses and (essential := course_by_code(ESSENTIAL)) is not None:
        courses = [essential]
    if not courses:
        raise Http404
    return courses


@never_cache
@login_required
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """How ready an agency is, unit by unit: numbers of people and nothing about any of them."""
    here = _agency_or_404(request, slug)
    on = timezone.localdate()
    services.count_units(here, on=on)
    courses = _courses(here)
    form = OverviewForm(request.GET, roles=roles(), courses=courses, today=on)
    course = form.courses.get(form.cleaned_data.get("course") or "", courses[0])
    role = form.roles.get(form.cleaned_data.get("role") or "")
    day = form.past_day
    seen = dashboard.overview(
        here,
        dashboard.tallies_on(here, day=day) if day else dashboard.tallies_now(here),
        course=course,
        role=role,
        children=units_below(here),
        roles=roles(),
        courses=courses,
        own_people=_("In no unit of its own"),
    )
    points = dashboard.trend(here, course=course, on=on)
    people = reverse("compliance:agency", args=[here.slug])
    asked = {name: value for name in ("course", "role", "on") if (value := request.GET.get(name))}

    def people_with(**more: str) -> str:
        return f"{people}?{urlencode({**asked, **more})}"

    def overview_of(slug: str, **more: str) -> str:
        wanted = {name: value for name, value in {**asked, **more}.items() if value}
        return f"{reverse('compliance:overview', args=[slug])}?{urlencode(wanted)}"

    return render(
        request,
        "compliance/overview.html",
        {
            "section": "agency",
            "here": "overview",
            "agency": here,
            "course": course,
            "role": role,
            "day": day or on,
            "is_past": day is not None,
            "form": form,
            "seen": seen,
            "figures": seen.figures,
            "tiles": _tiles(seen.figures, people_with),
            "units": [
                bar_of(
                    one,
                    url=people_with(unit=here.slug)
                    if one.unit == here
                    else overview_of(one.unit.slug if one.unit else here.slug),
                )
                for one in seen.units
            ],
            "roles": [
                bar_of(one, url=overview_of(here.slug, role=one.role.code)) for one in seen.roles if one.role
            ],
            "certificates": [
                bar_of(one, url=overview_of(here.slug, course=one.course.code))
                for one in seen.courses
                if one.course
            ],
            "line": line_of(points),
            "points": [(point, percent_of(point)) for point in points],
            "suggestions": []
            if day
            else [(one, _suggested_people(one, here, people_with)) for one in suggestions(seen)],
            "views": selectors.saved_views(_person(request), here, page="overview"),
            "query": urlencode(asked),
            "may_lead": can_lead(_person(request), here, on),
        },
    )


def _suggested_people(one: Suggestion, here: Agency, people_with: Callable[..., str]) -> str:
    more = dict(parse_qsl(one.query))
    if one.group is not None and one.group.unit is not None:
        more["unit"] = one.group.unit.slug
    return people_with(**more)


def _tiles(figures: Figures, people_with: Callable[..., str]) -> list[dict[str, str]]:
    return [
        {
            "label": _("Certified"),
            "figure": f"{figures.percent}%" if figures.percent is not None else _("Nobody"),
            "more": _("%(number)s of %(all)s")
            % {"number": intcomma(figures.certified), "all": intcomma(figures.people)},
            "url": people_with(),
        },
        {
            "label": _("Ends within 90 days"),
            "figure": intcomma(figures.ends_in_90),
            "more": _("%(thirty)s within 30, %(sixty)s within 60")
            % {"thirty": intcomma(figures.ends_in_30), "sixty": intcomma(figures.ends_in_60)},
            "url": people_with(ends="90"),
        },
        {
            "label": _("Lapsed"),
            "figure": intcomma(figures.lapsed),
            "more": _("Or waiting for a refresher"),
            "url": people_with(status="lapsed"),
        },
        {
            "label": _("Overdue"),
            "figure": intcomma(figures.overdue),
            "more": _("Past the day on which they were due"),
            "url": people_with(status=OVERDUE),
        },
        {
            "label": _("Never started"),
            "figure": intcomma(figures.not_started),
            "more": _("%(number)s in progress") % {"number": intcomma(figures.in_progress)},
            "url": people_with(status="not_started"),
        },
    ]


@login_required
@require_POST
def save_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the filters in use under a name."""
    here = _agency_or_404(request, slug)
    form = SavedViewForm(request.POST)
    page = request.POST.get("page") or "people"
    name = "compliance:overview" if page == "overview" else "compliance:agency"
    back = f"{reverse(name, args=[here.slug])}?{request.POST.get('query', '').lstrip('?')[:500]}"
    if not form.is_valid():
        messages.error(request, _("Give the view a name of up to 60 letters."))
        return redirect(back)
    try:
        services.save_view(_person(request), here, **form.cleaned_data)
    except ComplianceError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved as “%(name)s”.") % {"name": form.cleaned_data["name"]})
    return redirect(back)


@login_required
@require_POST
def remove_view(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Forget a saved view. Somebody else's is not found, and stays."""
    here = _agency_or_404(request, slug)
    page = services.remove_view(_person(request), pk=pk)
    return redirect("compliance:overview" if page == "overview" else "compliance:agency", slug=here.slug)


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


def _asked_list(
    request: HttpRequest, here: Agency, on: date
) -> tuple[StaffFilterForm, Course, date, selectors.Staff, selectors.Staff]:
    """The filters, what the list is about and as on which day, the people asked for, and everybody."""
    courses = _courses(here)
    form = StaffFilterForm(request.GET, units=units_within(here), roles=roles(), courses=courses, today=on)
    course = form.courses.get(form.cleaned_data.get("course") or "", courses[0])
    day = form.past_day or on
    everybody: selectors.Staff
    if day == on:
        everybody = selectors.staff(here, course=course, on=on)
    else:
        everybody = selectors.staff_on(here, course=course, day=day)
    return form, course, day, selectors.filter_staff(everybody, form.filters, on=day), everybody


@never_cache
@login_required
def agency(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is ready: status and dates of the agency's own staff, and nothing finer."""
    here = _agency_or_404(request, slug)
    on = timezone.localdate()
    form, course, day, rows, everybody = _asked_list(request, here, on)
    counts = selectors.count_states(everybody)
    total = sum(counts.values())
    note_look("people.looked", here, details={"people": total, **filters_of(request.GET.dict())})
    overdue = everybody.overdue(on=day).count()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    chosen = form.cleaned_data.get("status") or ""
    figures = {"": total, OVERDUE: overdue, **counts}
    return render(
        request,
        "compliance/agency.html",
        {
            "section": "agency",
            "here": "people",
            "agency": here,
            "course": course,
            "day": day,
            "is_past": day != on,
            "views": selectors.saved_views(_person(request), here, page="people"),
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
            "rows": [staff_row(row, on=day) for row in cast("Shown", page)],
            "page": page,
            "earlier": _query(request, page=page.previous_page_number()) if page.has_previous() else None,
            "later": _query(request, page=page.next_page_number()) if page.has_next() else None,
            "csv_query": _query(request),
            "saved_query": _query(request).lstrip("?"),
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
    _form, course, day, rows, _everybody = _asked_list(request, here, on)
    note_look("people.exported", here, details=filters_of(request.GET.dict()))
    return StreamingHttpResponse(
        selectors.staff_csv(rows, course=course),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="staff-{here.slug}-{day.isoformat()}.csv"'},
    )
