"""One person as her employer sees her: where she worked, when, and her status. Nothing finer."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts.models import User
from agencies.audit import note_look
from agencies.models import Leave, Membership
from agencies.permissions import can_lead, can_manage_staff, can_read_staff
from agencies.selectors import agency_by_slug
from compliance.models import ComplianceStatus
from compliance.presenters import status_words


@never_cache
@login_required
def person(request: HttpRequest, slug: str, person: Any) -> HttpResponse:
    """Only what lies in the reader's own part of the tree: places elsewhere, before or beside, do not show."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    agency, on = agency_by_slug(slug), timezone.localdate()
    if agency is None or not can_read_staff(request.user, agency, on):
        raise Http404
    places = list(
        Membership.objects.within(agency)
        .filter(user__uuid=person)
        .exclude(ended_on=F("started_on"))
        .select_related("user", "agency", "professional_role", "manager", "home__agency")
        .order_by(F("ended_on").desc(nulls_first=True), "-started_on", "-id")
    )
    if not places:
        raise Http404
    if places[0].user_id != request.user.pk:
        note_look("person.looked", agency, person=places[0].user_id)
    now = [one for one in places if one.ended_on is None or one.ended_on > on]
    statuses = (
        ComplianceStatus.objects.filter(membership__in=now)
        .select_related("course", "agency")
        .order_by("course__title", "agency__name")
    )
    leaves = Leave.objects.filter(membership__in=places).exclude(ends_on=F("starts_on"))
    managers = {
        one.pk
        for one in User.objects.filter(
            pk__in=[one.manager_id for one in places if one.manager_id],
            memberships__agency__path__startswith=agency.path,
        )
    }
    return render(
        request,
        "compliance/person.html",
        {
            "section": "agency",
            "tab": "people",
            "agency": agency,
            "today": on,
            "who": places[0].user,
            "now": now,
            "before": [one for one in places if one not in now],
            "last": places[0],
            "statuses": [(row, status_words(row, on=on)) for row in statuses],
            "leaves": [
                {
                    "leave": leave,
                    "is_on": leave.starts_on <= on and (leave.ends_on is None or leave.ends_on > on),
                }
                for leave in leaves.select_related("membership__agency")
            ],
            # A manager above or beside this part of the tree is not named here.
            "managers": managers,
            "may_manage": can_manage_staff(request.user, agency, on),
            "may_lead": can_lead(request.user, agency, on),
        },
    )
