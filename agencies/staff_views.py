"""Staff of an agency: lists brought in, people, units, roles and invitations. For leads and coordinators of it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.exceptions import AddressTaken
from accounts.models import User
from accounts.throttle import is_allowed, who_asks
from agencies import invitations as inviting
from agencies import places, roles, selectors
from agencies.audit import filters_of, note_look
from agencies.exceptions import AgencyError
from agencies.isolation import across_agencies
from agencies.models import Agency, Delegation, Invitation, Leave, Membership, StaffChange, StaffImport
from agencies.permissions import can_lead, can_manage_staff, can_read_log, can_read_staff
from agencies.staff_forms import (
    LABELS,
    ColumnsForm,
    GiveRoleForm,
    InviteForm,
    JoinForm,
    PeopleFilterForm,
    PlaceForm,
    UnitForm,
    UploadForm,
    WordsForm,
)
from agencies.staff_import import (
    apply_import,
    check_import,
    start_import,
    undo_import,
    what_undoing_does,
)
from agencies.staff_plan import still_there
from ui.spreadsheets import csv_line

PAGE_SIZE = 50
SHOWN_PROBLEMS = 100
UPLOADS = (30, 3600)
LINKS = (30, 600)
# Where so large a share would leave, the lead says once more that she means it.
MANY_LEAVE = 0.1
State, Kind = StaffImport.State, StaffChange.Kind


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    return request.user


def _agency(request: HttpRequest, slug: str, may: Callable[[User, Agency, date], bool]) -> Agency:
    """The same answer for an agency that does not exist and for one that is somebody else's."""
    agency = selectors.agency_by_slug(slug)
    if agency is None or not may(_person(request), agency, timezone.localdate()):
        raise Http404
    return agency


def _context(request: HttpRequest, agency: Agency, tab: str) -> dict[str, Any]:
    on = timezone.localdate()
    person = _person(request)
    return {
        "section": "agency",
        "agency": agency,
        "tab": tab,
        "today": on,
        "may_manage": can_manage_staff(person, agency, on),
        "may_lead": can_lead(person, agency, on),
        "may_read_log": can_read_log(person, agency, on),
    }


# A field's name, and what it says of a state, as leads read it.
KINDS = {
    Kind.JOINED: (gettext_lazy("Joins"), "good"),
    Kind.CAME_BACK: (gettext_lazy("Comes back"), "good"),
    Kind.MOVED: (gettext_lazy("Moves"), "plain"),
    Kind.CHANGED: (gettext_lazy("Changes"), "plain"),
    Kind.INVITED: (gettext_lazy("Invited under another address"), "plain"),
    Kind.LEFT: (gettext_lazy("Leaves"), "late"),
    Kind.UNIT: (gettext_lazy("New unit"), "plain"),
}


def _line(field: str, before: str, after: str) -> dict[str, str]:
    if field.endswith("_on"):
        before, after = (
            date_format(date.fromisoformat(day), "j F Y") if day else "" for day in (before, after)
        )
    return {"label": str(LABELS[field]), "before": before, "after": after}


def _difference(change: dict[str, Any]) -> dict[str, Any]:
    words, look = KINDS[Kind(change["kind"])]
    return {
        "row": change["row"],
        "name": change["name"],
        "number": change["number"],
        "kind": words,
        "look": look,
        "lines": [_line(*line) for line in change["lines"]],
    }


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest, slug: str) -> HttpResponse:
    """Upload a list, and what became of those before."""
    agency = _agency(request, slug, can_manage_staff)
    form = UploadForm()
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if not is_allowed("staff-list", str(_person(request).pk), UPLOADS):
            form.add_error("file", _("That was a lot of lists in one hour. Wait a while, then try again."))
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                run = start_import(
                    agency,
                    content=file.read(),
                    file_name=file.name,
                    is_complete=form.cleaned_data["is_complete"],
                    by=_person(request),
                    at=timezone.now(),
                )
            except AgencyError as error:
                form.add_error("file", str(error))
            else:
                return redirect("agencies:import_columns", agency.slug, run.uuid)
    runs = (
        StaffImport.objects.filter(agency__path__startswith=agency.path)
        .exclude(state=State.READ)
        .select_related("by", "agency")
        .defer("rows", "changes", "problems")
    )
    return render(
        request,
        "agencies/imports.html",
        {
            **_context(request, agency, "import"),
            "form": form,
            "fields": [label for name, label in LABELS.items()],
            "runs": Paginator(runs, 20).get_page(request.GET.get("page")),
        },
        status=422 if form.errors else 200,
    )


def _run(agency: Agency, run: Any) -> StaffImport:
    return get_object_or_404(
        StaffImport.objects.select_related("agency", "by"), uuid=run, agency__path__startswith=agency.path
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, slug: str, run: Any) -> HttpResponse:
    agency = _agency(request, slug, can_manage_staff)
    found = _run(agency, run)
    if found.state not in (State.READ, State.CHECKED, State.REFUSED):
        return redirect("agencies:import", agency.slug, found.uuid)
    form = ColumnsForm(
        request.POST if request.method == "POST" else None,
        headers=found.headers,
        rows=found.rows,
        columns=found.choices["columns"],
    )
    if request.method == "POST" and form.is_valid():
        check_import(found, said={"columns": form.columns}, at=timezone.now())
        return redirect("agencies:import", agency.slug, found.uuid)
    return render(
        request,
        "agencies/import_columns.html",
        {**_context(request, agency, "import"), "run": found, "form": form},
        status=422 if form.errors else 200,
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def staff_import(request: HttpRequest, slug: str, run: Any) -> HttpResponse:
    """One list: what it would do, how far it is, or what came of it."""
    agency = _agency(request, slug, can_manage_staff)
    found = _run(agency, run)
    if found.state == State.READ:
        return redirect("agencies:import_columns", agency.slug, found.uuid)
    if found.state in (State.CHECKED, State.REFUSED):
        return _checked(request, agency, found)
    response = render(
        request,
        "agencies/import_run.html",
        {
            **_context(request, agency, "import"),
            "run": found,
            "going_on": found.state in (State.APPLYING, State.TELLING),
            "is_telling": found.state == State.TELLING,
            "counts": _counts(found),
            "can_undo": found.state in (State.DONE, State.TELLING),
        },
    )
    if found.state in (State.APPLYING, State.TELLING):
        # How far it is, seen without script.
        response["Refresh"] = "3"
    return response


def _counts(run: StaffImport) -> list[dict[str, Any]]:
    return [
        {"label": words, "count": run.counts.get(kind.value, 0), "kind": kind.value}
        for kind, (words, _look) in KINDS.items()
        if run.counts.get(kind.value)
    ]


def _grouped(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same mistake once, with the first rows that make it: one word may stand in thousands of rows."""
    found: dict[tuple[str, str], list[int]] = {}
    for one in problems:
        found.setdefault((one["column"], one["what"]), []).append(one["row"])
    return [
        {
            "column": column,
            "what": what,
            "rows": ", ".join(map(str, rows[:5])) if rows[0] else "",
            "several": len(rows) > 1,
            "more": max(0, len(rows) - 5),
        }
        for (column, what), rows in found.items()
    ]


def _checked(request: HttpRequest, agency: Agency, run: StaffImport) -> HttpResponse:
    on = timezone.localdate()
    may_lead = can_lead(_person(request), run.agency, on)
    words = WordsForm(
        request.POST if request.POST.get("step") == "words" else None,
        counts=run.counts,
        choices=run.choices,
        units=[unit for unit in selectors.units_within(run.agency) if unit.closed_on is None],
        may_create=may_lead,
    )
    leaving = run.counts.get(Kind.LEFT.value, 0)
    here = still_there(run.agency, on) if leaving else 0
    many_leave = leaving > 5 and leaving > here * MANY_LEAVE
    if request.method == "POST":
        step = request.POST.get("step")
        if step == "words" and words.is_valid():
            check_import(run, said=words.said(run.choices), at=timezone.now())
            return redirect("agencies:import", agency.slug, run.uuid)
        if step == "again":
            check_import(run, said={}, at=timezone.now())
            return redirect("agencies:import", agency.slug, run.uuid)
        if step == "apply":
            if many_leave and not request.POST.get("means_it"):
                messages.warning(request, _("Say that so many are really leaving, or correct the list."))
                return redirect("agencies:import", agency.slug, run.uuid)
            try:
                apply_import(run, at=timezone.now())
            except AgencyError as error:
                messages.error(request, str(error))
            return redirect("agencies:import", agency.slug, run.uuid)
    problems = _grouped(run.problems)
    kind = request.GET.get("kind", "")
    changes = [change for change in run.changes if not kind or change["kind"] == kind]
    page = Paginator(changes, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "agencies/import_check.html",
        {
            **_context(request, agency, "import"),
            "run": run,
            "problem_count": len(problems),
            "problems": problems[:SHOWN_PROBLEMS],
            "hidden_problems": max(0, len(problems) - SHOWN_PROBLEMS),
            "words": words if words.has_questions else None,
            "counts": _counts(run),
            "unchanged": run.counts.get("unchanged", 0),
            "repeated": run.counts.get("repeated", 0),
            "all_changes": len(run.changes),
            "kind": kind,
            "page": page,
            "rows": [_difference(change) for change in page],
            "leaving": leaving,
            "here": here,
            "many_leave": many_leave,
            "invites": run.counts.get(Kind.JOINED.value, 0) + run.counts.get(Kind.INVITED.value, 0),
        },
    )


@never_cache
@login_required
def import_problems(request: HttpRequest, slug: str, run: Any) -> StreamingHttpResponse:
    """Every problem as a file, for whoever mends the list."""
    agency = _agency(request, slug, can_manage_staff)
    found = _run(agency, run)
    lines = ["\ufeff", csv_line([_("Row"), _("Column"), _("What is wrong")])]
    lines += [csv_line([one["row"], one["column"], one["what"]]) for one in found.problems]
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="problems-{found.at:%Y-%m-%d}.csv"'},
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def import_undo(request: HttpRequest, slug: str, run: Any) -> HttpResponse:
    agency = _agency(request, slug, can_manage_staff)
    found = _run(agency, run)
    if found.state not in (State.DONE, State.TELLING):
        return redirect("agencies:import", agency.slug, found.uuid)
    if request.method == "POST":
        try:
            undo_import(found, by=_person(request), even_in_part="in_part" in request.POST, at=timezone.now())
        except AgencyError as error:
            messages.error(request, str(error))
            return redirect("agencies:import_undo", agency.slug, found.uuid)
        messages.success(request, _("The list is undone."))
        return redirect("agencies:import", agency.slug, found.uuid)
    undoing = what_undoing_does(found)
    blocked = [
        {
            "name": change.membership.user.name
            if change.membership
            else change.unit.name
            if change.unit
            else "",
            "kind": KINDS[Kind(change.kind)][0],
            "why": why,
        }
        for change, why in undoing.blocked[:SHOWN_PROBLEMS]
    ]
    return render(
        request,
        "agencies/import_undo.html",
        {
            **_context(request, agency, "import"),
            "run": found,
            "possible": len(undoing.possible),
            "blocked": blocked,
            "hidden": len(undoing.blocked) - len(blocked),
            "sent": Invitation.objects.filter(
                pk__in=found.made.values("invitation"), sent_at__isnull=False
            ).count(),
        },
    )


@never_cache
@login_required
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who works here, who was invited, and who left, with units, roles and dates."""
    agency = _agency(request, slug, can_read_staff)
    on = timezone.localdate()
    form = PeopleFilterForm(request.GET)
    form.is_valid()
    words, state = form.cleaned_data.get("q") or "", form.cleaned_data.get("state") or ""
    rows = Membership.objects.within(agency).exclude(ended_on=F("started_on"))
    waits = Q(
        user__is_active=False, invitations__accepted_at__isnull=True, invitations__withdrawn_at__isnull=True
    )
    if state == "left":
        rows = rows.filter(ended_on__lte=on)
    else:
        rows = rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))
        if state == "invited":
            rows = rows.filter(waits, invitations__isnull=False)
    for word in words.split():
        rows = rows.filter(Q(user__name__icontains=word) | Q(staff_number__icontains=word))
    rows = rows.select_related("user", "agency", "professional_role").order_by("user__name", "pk").distinct()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    note_look("staff.looked", agency, details=filters_of(request.GET.dict()))
    kept = request.GET.copy()
    kept.pop("page", None)
    return render(
        request,
        "agencies/people.html",
        {
            **_context(request, agency, "people"),
            "form": form,
            "page": page,
            "query": kept.urlencode(),
        },
    )


WHAT = {
    "transfer": (gettext_lazy("Move to another unit"), gettext_lazy("Move")),
    "second": (gettext_lazy("Second to another unit"), gettext_lazy("Second")),
    "also": (gettext_lazy("Works in a second unit too"), gettext_lazy("Add")),
    "leave": (gettext_lazy("Away for a while"), gettext_lazy("Record leave")),
    "end": (gettext_lazy("Leaves"), gettext_lazy("End the membership")),
    "correct": (gettext_lazy("Correct or change details"), gettext_lazy("Save")),
    "rehire": (gettext_lazy("Comes back"), gettext_lazy("Take back")),
}


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def place_change(request: HttpRequest, slug: str, place: Any, what: str) -> HttpResponse:
    """One change to where somebody works, asked on a page of its own."""
    agency = _agency(request, slug, can_manage_staff)
    if what not in WHAT:
        raise Http404
    membership = get_object_or_404(
        Membership.objects.within(agency).select_related("user", "agency", "professional_role", "manager"),
        uuid=place,
    )
    on = timezone.localdate()
    units = selectors.units_within(agency)
    initial: dict[str, Any] = {"to": membership.agency.uuid}
    if what == "correct":
        initial = {
            "professional_role": membership.professional_role.code if membership.professional_role else None,
            "staff_number": membership.staff_number,
            "started_on": membership.started_on,
            "manager": _word_for(membership.manager, agency, on),
        }
    form = PlaceForm(
        request.POST if request.method == "POST" else None, what=what, units=units, on=on, initial=initial
    )
    back = reverse("compliance:person", args=[agency.slug, membership.user.uuid])
    if request.method == "POST" and form.is_valid():
        try:
            _carry_out(what, membership, form.cleaned_data, agency=agency, by=_person(request))
        except AgencyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return render(
        request,
        "agencies/place_change.html",
        {
            **_context(request, agency, "people"),
            "membership": membership,
            "form": form,
            "title": WHAT[what][0],
            "button": WHAT[what][1],
            "back": back,
            "what": what,
        },
        status=422 if form.errors else 200,
    )


def _word_for(person: User | None, agency: Agency, on: date) -> str:
    if person is None:
        return ""
    here = Membership.objects.current(on=on).within(agency).filter(user=person).first()
    return (here.staff_number if here else "") or (person.email if person.is_active else "")


def _find(agency: Agency, said: str) -> User | None:
    """Who works there, by staff number or e-mail address."""
    here = Membership.objects.current(on=timezone.localdate()).within(agency).select_related("user")
    said = said.strip()
    found = (
        here.filter(staff_number__iexact=said).first()
        or here.filter(user__email__iexact=said, user__is_active=True).first()
    )
    return found.user if found else None


def _carry_out(what: str, membership: Membership, data: dict[str, Any], *, agency: Agency, by: User) -> None:
    now = timezone.now()
    role = data.get("professional_role")
    match what:
        case "transfer":
            places.transfer(membership, to=data["to"], on=data["on"], professional_role=role)
        case "second":
            places.second(membership, to=data["to"], starts_on=data["starts_on"], ends_on=data["ends_on"])
        case "also":
            places.join_also(membership, to=data["to"], on=data["on"], professional_role=role)
        case "rehire":
            places.rehire(membership, to=data["to"], on=data["on"], professional_role=role)
        case "leave":
            places.record_leave(
                membership, starts_on=data["starts_on"], ends_on=data["back_on"], by=by, at=now
            )
        case "end":
            if data["on"] < membership.started_on:
                raise AgencyError(_("The day lies before this membership began."))
            places.end_place(membership, on=data["on"])
        case "correct":
            manager = _find(agency, data["manager"]) if data["manager"] else None
            if data["manager"] and manager is None:
                raise AgencyError(_("Nobody with this address or staff number works in your agency."))
            places.correct(
                membership,
                professional_role=role,
                staff_number=data["staff_number"],
                manager=manager,
                started_on=data["started_on"],
                on=timezone.localdate(now),
            )


@login_required
@require_POST
def leave_end(request: HttpRequest, slug: str, leave: Any) -> HttpResponse:
    """Back at work today."""
    agency = _agency(request, slug, can_manage_staff)
    found = get_object_or_404(
        Leave.objects.select_related("membership__user"),
        uuid=leave,
        membership__agency__path__startswith=agency.path,
    )
    places.end_leave(found, on=timezone.localdate(), at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("compliance:person", agency.slug, found.membership.user.uuid)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def units(request: HttpRequest, slug: str) -> HttpResponse:
    """The tree below, and a new unit."""
    agency = _agency(request, slug, can_lead if request.method == "POST" else can_read_staff)
    on = timezone.localdate()
    tree = selectors.units_within(agency)
    open_units = [unit for unit in tree if unit.closed_on is None]
    form = UnitForm(request.POST if request.method == "POST" else None, units=open_units)
    if request.method == "POST" and form.is_valid():
        try:
            unit = places.add_unit(form.cleaned_data["parent"], name=form.cleaned_data["name"], on=on)
        except AgencyError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("“%(name)s” is there.") % {"name": unit.name})
            return redirect("agencies:units", agency.slug)
    counted = dict(
        Membership.objects.current(on=on)
        .within(agency)
        .order_by()
        .values_list("agency")
        .annotate(Count("user", distinct=True))
    )
    return render(
        request,
        "agencies/units.html",
        {
            **_context(request, agency, "units"),
            "form": form,
            "rows": [
                {
                    "unit": unit,
                    "level": unit.depth - agency.depth,
                    "dashes": "– " * (unit.depth - agency.depth),
                    "people": counted.get(unit.pk, 0),
                }
                for unit in tree
            ],
        },
        status=422 if form.errors else 200,
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def unit(request: HttpRequest, slug: str, unit: Any) -> HttpResponse:
    """Rename, move or close one unit below."""
    agency = _agency(request, slug, can_lead)
    found = get_object_or_404(Agency, uuid=unit, path__startswith=agency.path)
    is_own = found.pk == agency.pk
    targets = [
        one
        for one in selectors.units_within(agency)
        if one.closed_on is None and not one.path.startswith(found.path)
    ]
    parent = found.get_parent()
    form = UnitForm(
        request.POST if request.POST.get("step") == "save" else None,
        units=targets or [agency],
        initial={"name": found.name, "parent": parent.uuid if parent else None},
    )
    if is_own:
        # Where her own unit hangs is for those above her.
        del form.fields["parent"]
    if request.method == "POST":
        try:
            match request.POST.get("step"):
                case "save" if form.is_valid():
                    places.rename_unit(found, name=form.cleaned_data["name"])
                    if not is_own:
                        places.move_unit(found, to=form.cleaned_data["parent"], at=timezone.now())
                    messages.success(request, _("Saved."))
                    return redirect("agencies:units", agency.slug)
                case "close" if not is_own:
                    places.close_unit(found, on=timezone.localdate())
                    messages.success(request, _("“%(name)s” is closed.") % {"name": found.name})
                    return redirect("agencies:units", agency.slug)
                case "reopen":
                    places.reopen_unit(found)
                    messages.success(request, _("“%(name)s” is open again.") % {"name": found.name})
                    return redirect("agencies:units", agency.slug)
        except AgencyError as error:
            form.full_clean() if form.is_bound else None
            if form.is_bound:
                form.add_error(None, str(error))
            else:
                messages.error(request, str(error))
    return render(
        request,
        "agencies/unit.html",
        {**_context(request, agency, "units"), "unit": found, "form": form, "is_own": is_own},
        status=422 if form.errors else 200,
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest, slug: str) -> HttpResponse:
    """Who may act for the agency and its units, and who gave that when."""
    agency = _agency(request, slug, can_lead)
    on, now = timezone.localdate(), timezone.now()
    open_units = [unit for unit in selectors.units_within(agency) if unit.closed_on is None]
    form = GiveRoleForm(request.POST if request.method == "POST" else None, units=open_units)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        shared = {"kind": data["kind"], "ends_on": data["ends_on"], "by": _person(request), "at": now}
        try:
            if data["is_outside"]:
                roles.give_role_outside(data["unit"], email=data["person"], name=data["name"], **shared)
                messages.success(request, _("The invitation is on its way."))
                return redirect("agencies:roles", agency.slug)
            person = _find(agency, data["person"])
            if person is None or not person.is_active:
                form.add_error(
                    "person",
                    _(
                        "Nobody with this address or staff number works in your part of the agency and has signed in."
                    ),
                )
            else:
                roles.give_role(person, data["unit"], **shared)
                messages.success(request, _("Saved."))
                return redirect("agencies:roles", agency.slug)
        except AgencyError as error:
            form.add_error(None, str(error))
    return render(
        request,
        "agencies/roles.html",
        {
            **_context(request, agency, "roles"),
            "form": form,
            "rows": roles.roles_within(agency, on=on),
            "log": roles.log_within(agency),
        },
        status=422 if form.errors else 200,
    )


@login_required
@require_POST
def delegation_end(request: HttpRequest, slug: str, delegation: int) -> HttpResponse:
    agency = _agency(request, slug, can_lead)
    found = get_object_or_404(Delegation, pk=delegation, agency__path__startswith=agency.path)
    try:
        roles.take_role(found, by=_person(request), at=timezone.now())
    except AgencyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It ended today."))
    return redirect("agencies:roles", agency.slug)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def invitations(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite one person, and the list of those who have not come yet."""
    agency = _agency(request, slug, can_manage_staff)
    now = timezone.now()
    open_units = [unit for unit in selectors.units_within(agency) if unit.closed_on is None]
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        units=open_units,
        initial={"started_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            inviting.invite(
                data["unit"],
                email=data["email"],
                name=data["name"],
                professional_role=data["professional_role"],
                staff_number=data["staff_number"],
                started_on=data["started_on"],
                by=_person(request),
                at=now,
            )
        except AgencyError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("agencies:invitations", agency.slug)
    page = Paginator(inviting.open_invitations(agency), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "agencies/invitations.html",
        {**_context(request, agency, "invitations"), "form": form, "page": page, "now": now},
        status=422 if form.errors else 200,
    )


@login_required
@require_POST
def invitation_change(request: HttpRequest, slug: str, invitation: Any) -> HttpResponse:
    """Send again, or withdraw."""
    agency = _agency(request, slug, can_manage_staff)
    found = get_object_or_404(Invitation, uuid=invitation, agency__path__startswith=agency.path)
    if found.role and not can_lead(_person(request), agency, timezone.localdate()):
        raise Http404
    try:
        if request.POST.get("step") == "withdraw":
            inviting.withdraw(found, at=timezone.now())
            messages.success(request, _("The invitation is withdrawn."))
        else:
            inviting.send_again(found, at=timezone.now())
            messages.success(request, _("A new link is on its way. The one before no longer works."))
    except AgencyError as error:
        messages.error(request, str(error))
    return redirect("agencies:invitations", agency.slug)


@never_cache
@require_http_methods(["GET", "POST"])
@across_agencies("an invitation by its secret address")
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Where the link in an invitation leads. Every link that opens nothing gets the same answer."""
    if not is_allowed("join", who_asks(request), LINKS):
        return render(request, "429.html", status=429)
    invitation = inviting.invitation_behind(secret, at=timezone.now())
    if invitation is None:
        return render(request, "agencies/join_gone.html", {"section": "account"}, status=404)
    root = selectors.root_of(invitation.agency)
    here = reverse("agencies:join", args=[secret])
    signed_in = request.user if isinstance(request.user, User) else None
    has_account = User.objects.filter(email__iexact=invitation.email).exists()
    form = None
    if signed_in is None and not has_account:
        form = JoinForm(
            request.POST if request.method == "POST" else None,
            user=User(email=invitation.email, name=invitation.name),
            initial={"name": invitation.name},
        )
    try:
        if request.method == "POST" and signed_in is not None:
            inviting.accept_as(invitation, signed_in, at=timezone.now())
            messages.success(request, _("You belong to %(agency)s now.") % {"agency": root.name})
            return redirect("compliance:my_training")
        if form is not None and form.is_bound and form.is_valid():
            inviting.accept_as_new(
                invitation,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password1"],
                at=timezone.now(),
            )
            messages.success(request, _("Your account is ready. Sign in with your new password."))
            return redirect("account_login")
    except AddressTaken:
        return redirect(here)
    except AgencyError as error:
        messages.error(request, str(error))
        return redirect(here)
    return render(
        request,
        "agencies/join.html",
        {
            "section": "account",
            "agency": root,
            "invitation": invitation,
            "form": form,
            "signed_in": signed_in,
            "here": here,
        },
        status=422 if form is not None and form.errors else 200,
    )
