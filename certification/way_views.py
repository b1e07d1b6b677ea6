"""What a certificate still asks for: the learner's page, and the supervisor's list of what to sign."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.services import set_birth_month
from agencies.audit import note_look
from agencies.models import Agency
from agencies.permissions import can_lead
from agencies.selectors import agency_by_slug
from certification import services
from certification.exceptions import CertificationError
from certification.forms import BirthMonthForm, SignForm
from certification.requirement_words import way_words
from certification.terms import tasks_within, way_for
from certification.validity import Cycle

PAGE_SIZE = 50


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    return request.user


@login_required
@require_http_methods(["GET", "POST"])
def way(request: HttpRequest, registration: uuid.UUID) -> HttpResponse:
    user = _user(request)
    found = way_for(user, registration)
    if found is None:
        raise Http404
    asks_birth_month = found.validity.cycle == Cycle.BIRTH_MONTH
    form = BirthMonthForm(
        request.POST if "month" in request.POST else None, initial={"month": user.birth_month}
    )
    if request.method == "POST":
        if "newer" in request.POST:
            try:
                services.take_newer_rules(found.registration, at=timezone.now())
            except CertificationError:
                messages.error(request, _("There are no newer rules to choose any more."))
            else:
                messages.success(request, _("The newer rules hold for you from now on."))
            return redirect("certification:way", registration)
        if asks_birth_month and form.is_valid():
            set_birth_month(user, month=form.cleaned_data["month"])
            messages.success(request, _("Saved."))
            return redirect("certification:way", registration)
    return render(
        request,
        "certification/way.html",
        {
            "section": "training",
            "words": way_words(found),
            "way": found,
            "form": form if asks_birth_month else None,
        },
        status=422 if form.is_bound and form.errors else 200,
    )


def _led(request: HttpRequest, slug: str) -> Agency:
    agency = agency_by_slug(slug)
    if agency is None or not can_lead(_user(request), agency, timezone.localdate()):
        raise Http404
    return agency


@login_required
@require_GET
def sign_offs(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is still to be seen at work by a supervisor, and who has been."""
    agency = _led(request, slug)
    tasks = [task for task in tasks_within(agency, on=timezone.localdate()) if task.user != request.user]
    page = Paginator(tasks, PAGE_SIZE).get_page(request.GET.get("page"))
    note_look("sign-off.looked", agency, details={"people": len({task.user.pk for task in tasks})})
    return render(
        request,
        "certification/sign_offs.html",
        {
            "section": "agency",
            "agency": agency,
            "page": page,
            "waiting": sum(not task.signed for task in tasks),
        },
    )


@login_required
@require_http_methods(["POST"])
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    """Sign for one person and one task, or take a signature back."""
    agency = _led(request, slug)
    form = SignForm(request.POST)
    if not form.is_valid():
        raise Http404
    person, code = form.cleaned_data["person"], form.cleaned_data["code"]
    task = next(
        (
            one
            for one in tasks_within(agency, on=timezone.localdate())
            if one.user.uuid == person and one.code == code
        ),
        None,
    )
    if task is None:
        raise Http404
    try:
        if form.cleaned_data["withdraw"]:
            if task.signed is None:
                raise Http404
            services.withdraw_sign_off(task.signed, by=_user(request), at=timezone.now())
            messages.success(request, _("Taken back."))
        else:
            services.sign_off(
                task.user,
                code=code,
                title=task.title,
                agency=agency,
                by=_user(request),
                at=timezone.now(),
            )
            messages.success(request, _("Signed for %(name)s.") % {"name": task.user.name})
    except CertificationError:
        messages.error(request, _("Only another lead of the unit in which somebody works can sign."))
    return redirect("certification:sign_offs", agency.slug)
