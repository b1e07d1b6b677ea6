"""What an agency recognises in place of a certificate: the list, a new one, and a list of earlier completions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from agencies.audit import note_look
from agencies.models import Agency, Membership
from agencies.permissions import can_lead, can_read_staff
from agencies.selectors import agency_by_slug
from certification import services
from certification.exceptions import CertificationError
from certification.models import Recognition
from certification.recognition import read_completions, recognised_in
from certification.recognition_forms import CompletionsForm, RecognitionForm, WithdrawForm

PAGE_SIZE = 50
SHOWN_PROBLEMS = 50


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    return request.user


def _agency(request: HttpRequest, slug: str, *, to_change: bool) -> Agency:
    """Leads change, coordinators and auditors read; for anybody else there is no such page."""
    agency = agency_by_slug(slug)
    may = can_lead if to_change else can_read_staff
    if agency is None or not may(_user(request), agency, timezone.localdate()):
        raise Http404
    return agency


def _page(
    request: HttpRequest, agency: Agency, form: RecognitionForm | None, *, status: int = 200
) -> HttpResponse:
    rows = Paginator(recognised_in(agency), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "certification/recognitions.html",
        {
            "section": "agency",
            "agency": agency,
            "page": rows,
            "form": form,
            "today": timezone.localdate(),
        },
        status=status,
    )


def _person(agency: Agency, said: str) -> User | None:
    """Who works there, by e-mail address or staff number."""
    here = (
        Membership.objects.current(on=timezone.localdate())
        .filter(agency__path__startswith=agency.path)
        .select_related("user")
    )
    found = here.filter(user__email__iexact=said).first() or here.filter(staff_number__iexact=said).first()
    return found.user if found else None


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def recognitions(request: HttpRequest, slug: str) -> HttpResponse:
    agency = _agency(request, slug, to_change=request.method == "POST")
    may_change = can_lead(_user(request), agency, timezone.localdate())
    if request.method == "GET":
        note_look("recognition.looked", agency)
        return _page(
            request,
            agency,
            RecognitionForm(initial={"starts_on": timezone.localdate()}) if may_change else None,
        )
    form = RecognitionForm(request.POST)
    if not form.is_valid():
        return _page(request, agency, form, status=422)
    data = form.cleaned_data
    person = _person(agency, data.pop("person").strip())
    if person is None:
        form.add_error("person", _("Nobody with this address or staff number works in your agency."))
        return _page(request, agency, form, status=422)
    try:
        services.recognise(person, agency=agency, by=_user(request), at=timezone.now(), **data)
    except CertificationError as error:
        form.add_error(None, str(error))
        return _page(request, agency, form, status=422)
    messages.success(request, _("Recorded for %(name)s.") % {"name": person.name or person.email})
    return redirect("certification:recognitions", agency.slug)


@login_required
@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    agency = _agency(request, slug, to_change=True)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it no longer counts."))
        return redirect("certification:recognitions", agency.slug)
    row = Recognition.objects.filter(
        uuid=form.cleaned_data["recognition"], agency__path__startswith=agency.path
    ).first()
    if row is None:
        raise Http404
    try:
        services.withdraw_recognition(
            row, by=_user(request), reason=form.cleaned_data["reason"], at=timezone.now()
        )
    except CertificationError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It no longer counts."))
    return redirect("certification:recognitions", agency.slug)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def completions(request: HttpRequest, slug: str) -> HttpResponse:
    """First what would happen, line by line; then all of it or nothing."""
    agency = _agency(request, slug, to_change=True)
    if request.method == "GET":
        return render(
            request,
            "certification/completions.html",
            {"section": "agency", "agency": agency, "form": CompletionsForm()},
        )
    form = CompletionsForm(request.POST, request.FILES)
    context = {"section": "agency", "agency": agency, "form": form}
    if not form.is_valid():
        return render(request, "certification/completions.html", context, status=422)
    text, reason = form.cleaned_data["text"], form.cleaned_data["reason"]
    found = read_completions(text, agency=agency, on=timezone.localdate())
    problems = list(found.problems)
    if not problems and "import" in request.POST:
        try:
            made = services.import_completions(
                found.rows, agency=agency, reason=reason, by=_user(request), at=timezone.now()
            )
        except CertificationError as error:
            problems.append(str(error))
        else:
            messages.success(
                request,
                ngettext(
                    "%(count)s earlier completion is recorded.",
                    "%(count)s earlier completions are recorded.",
                    len(made),
                )
                % {"count": len(made)},
            )
            return redirect("certification:recognitions", agency.slug)
    context |= {
        "form": CompletionsForm(initial={"text": text, "reason": reason}),
        "found": found,
        "problems": problems[:SHOWN_PROBLEMS],
        "hidden_problems": max(0, len(problems) - SHOWN_PROBLEMS),
    }
    return render(request, "certification/completions.html", context, status=422 if problems else 200)
