"""The log of an agency, for its leads and auditors."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from agencies.audit import note_look, words_of
from agencies.models import AuditEntry
from agencies.permissions import can_lead, can_manage_staff, can_read_log
from agencies.selectors import agency_by_slug

PAGE_SIZE = 50


@never_cache
@login_required
@require_GET
def log(request: HttpRequest, slug: str) -> HttpResponse:
    """Of the agency or unit and everything below it, newest first. Looking is written down too."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    agency, on = agency_by_slug(slug), timezone.localdate()
    if agency is None or not can_read_log(request.user, agency, on):
        raise Http404
    kind = request.GET.get("kind", "")
    rows = AuditEntry.objects.within(agency).select_related("agency", "by", "person")
    if kind in AuditEntry.Kind.values:
        rows = rows.filter(kind=kind)
    else:
        kind = ""
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [
        {
            "entry": entry,
            "words": words_of(entry.action),
            "details": ", ".join(f"{name}: {value}" for name, value in entry.details.items()),
        }
        for entry in page
    ]
    note_look("log.looked", agency, details={"kind": kind})
    return render(
        request,
        "agencies/log.html",
        {
            "section": "agency",
            "tab": "log",
            "agency": agency,
            "page": page,
            "lines": lines,
            "kind": kind,
            "query": f"kind={kind}" if kind else "",
            "may_manage": can_manage_staff(request.user, agency, on),
            "may_lead": can_lead(request.user, agency, on),
            "may_read_log": True,
        },
    )
