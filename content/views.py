"""Telling us what is wrong. Open to everybody; writes no session and keeps no address of a computer."""

import time
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts.throttle import crowd_of, is_allowed
from content import reporting
from content.models import ProblemReport
from content.report_forms import ReportForm
from content.selectors import reporting_lines
from content.subjects import find_subject

# A whole hospital behind one address sends less in an hour; so does the whole world.
FROM_ONE_CROWD = (30, 3600)
FROM_EVERYBODY = (400, 3600)


@never_cache
@sensitive_post_parameters("text", "contact")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form, and on the way in what it refuses. Words are given back with every refusal."""
    now, on = time.time(), timezone.localdate()
    sent = request.method == "POST"
    subject = find_subject((request.POST if sent else request.GET).get("about", ""))
    form = ReportForm(request.POST if sent else None)
    ticket = request.POST.get("ticket", "") if sent else reporting.new_ticket(now=now)
    problem, status = "", 200
    if sent and form.is_valid():
        try:
            number = reporting.read_ticket(ticket, now=now)
        except reporting.TicketRefused:
            ticket = reporting.new_ticket(now=now - reporting.QUICKEST)
            problem, status = _("Your words are still here. Press “Send” once more."), 422
        else:
            if not is_allowed("report", crowd_of(request, on=on), FROM_ONE_CROWD) or not is_allowed(
                "report", "everybody", FROM_EVERYBODY
            ):
                problem = _(
                    "Very many reports came in during the last hour. Your words are still here: keep a copy and send them later."
                )
                status = 429
            else:
                made = reporting.take_in_report(
                    number,
                    subject=subject,
                    kind=form.cleaned_data["kind"],
                    text=form.cleaned_data["text"],
                    contact=form.cleaned_data["contact"],
                    language=get_language() or "",
                    on=on,
                )
                return redirect("content:report_state", made.uuid)
    elif sent:
        status = 422
    context = {
        "form": form,
        "subject": subject,
        "ticket": ticket,
        "problem": problem,
        "lines": reporting_lines(on=on),
        "section": "help",
    }
    return render(request, "content/report.html", context, status=status)


@never_cache
@require_GET
def report_state(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """What became of a report, for whoever has the address. The words themselves are not shown again."""
    found = get_object_or_404(ProblemReport, uuid=number)
    return render(
        request,
        "content/report_state.html",
        {"report": found, "subject": find_subject(found.about), "section": "help"},
    )
