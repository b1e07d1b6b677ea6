"""E-mails about dates: what a person chooses, the end of summaries by one click, and what an agency sends and has sent."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from agencies.models import Agency
from agencies.permissions import can_manage_staff, can_read_staff
from agencies.selectors import agency_by_slug, root_of
from compliance import reminders
from compliance.models import AgencyReminders, ReminderChoice, ReminderMail
from compliance.reminder_forms import AGENCY_FIELDS, CHOICE_FIELDS, AgencyForm, ChoiceForm, values_of
from compliance.reminder_mail import Content, Due, Figures, Written, read_stop_token, write

PAGE_SIZE = 50
Kind = ReminderMail.Kind


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    return request.user


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def my_reminders(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    row = ReminderChoice.objects.filter(user=user).first() or ReminderChoice(user=user)
    form = ChoiceForm(request.POST or None, initial=values_of(row, CHOICE_FIELDS))
    if request.method == "POST" and form.is_valid():
        reminders.save_choice(user, **{name: form.cleaned_data[name] for name in CHOICE_FIELDS})
        messages.success(request, _("Saved."))
        return redirect("compliance:my_reminders")
    status = 422 if form.errors else 200
    context = {"section": "training", "form": form, "zone": user.time_zone}
    return render(request, "compliance/my_reminders.html", context, status=status)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """By POST, from a mail program (RFC 8058) or the button on this page, without signing in. By GET nothing ends: programs
    that look at links before a person does would end it for her."""
    found = read_stop_token(token)
    user = User.objects.filter(uuid=found[0], deleted_at__isnull=True).first() if found else None
    if found is None or user is None or found[1] != Kind.DIGEST:
        raise Http404
    if request.method == "POST":
        reminders.stop(user, kind=found[1])
    return render(request, "compliance/stop_mail.html", {"is_done": request.method == "POST"})


def _agency(request: HttpRequest, slug: str) -> Agency:
    agency = agency_by_slug(slug)
    if agency is None or not can_read_staff(_person(request), agency, timezone.localdate()):
        raise Http404
    return agency


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def agency_reminders(request: HttpRequest, slug: str) -> HttpResponse:
    """What was sent about whom: kind and day. How a whole agency has it is for those who manage all of it."""
    agency = _agency(request, slug)
    root = root_of(agency)
    may_change = can_manage_staff(_person(request), root, timezone.localdate())
    form = None
    if may_change:
        row = AgencyReminders.objects.filter(agency=root).first() or AgencyReminders(agency=root)
        form = AgencyForm(request.POST or None, initial=values_of(row, AGENCY_FIELDS))
        if request.method == "POST" and form.is_valid():
            reminders.save_agency_reminders(root, **{name: form.cleaned_data[name] for name in AGENCY_FIELDS})
            messages.success(request, _("Saved."))
            return redirect("compliance:agency_reminders", slug=agency.slug)
    elif request.method == "POST":
        raise Http404
    sent = (
        ReminderMail.objects.filter(
            agency__path__startswith=agency.path, state=ReminderMail.State.SENT, kind=Kind.BEFORE
        )
        .select_related("recipient", "agency")
        .order_by("-sent_at", "-pk")
    )
    return render(
        request,
        "compliance/agency_reminders.html",
        {
            "section": "agency",
            "agency": agency,
            "form": form,
            "page": Paginator(sent, PAGE_SIZE).get_page(request.GET.get("page")),
            "mails": [(kind.value, kind.label) for kind in Kind],
        },
        status=422 if form is not None and form.errors else 200,
    )


@never_cache
@login_required
def preview_mail(request: HttpRequest, slug: str, mail: str) -> HttpResponse:
    """A message as it goes out, with invented figures and dates, in any language of the site."""
    agency = _agency(request, slug)
    if mail not in Kind.values:
        raise Http404
    languages = dict(settings.LANGUAGES)
    asked = request.GET.get("language", "")
    language = asked if asked in languages else get_language() or settings.LANGUAGE_CODE
    written = sample(mail, agency=agency, on=timezone.localdate(), language=language)
    return render(
        request,
        "compliance/mail_preview.html",
        {
            "section": "agency",
            "agency": agency,
            "mail": mail,
            "label": Kind(mail).label,
            "written": written,
            "body": _body(written),
            "choices": [(code, name, code == language) for code, name in settings.LANGUAGES],
            "language": language,
        },
    )


def sample(kind: str, *, agency: Agency, on: date, language: str) -> Written:
    content: dict[str, Any] = {"kind": kind, "agency_name": agency.name}
    content["agency_path"] = reverse("compliance:agency", args=[agency.slug])
    if kind == Kind.BEFORE:
        content["dues"] = (
            Due(on + timedelta(days=30), 30, False),
            Due(on + timedelta(days=7), 7, True),
            Due(on, 0, False),
        )
    elif kind == Kind.DIGEST:
        content["figures"] = Figures(overdue=3, lapsed=1, ends_in_30=12, not_started=5)
        content["stop_url"] = settings.PUBLIC_URL + "/…"
    else:
        content["people"] = 3
    return write(Content(**content), language=language)


def _body(written: Written) -> str:
    return written.html.partition("<body>")[2].partition("</body>")[0]
