"""Letting others act for an agency: never more than one has oneself, never above or beside one's own part. Services."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agencies import invitations, services
from agencies.exceptions import AgencyError, NotYours
from agencies.models import Agency, Delegation, DelegationEvent, Invitation
from agencies.permissions import can_lead

Kind = Delegation.Kind
LONGEST_AUDIT_DAYS = 366


def _reach(by: User, agency: Agency, *, on: date) -> date | None:
    """Until when somebody leads there; None for without end. Raises NotYours."""
    if not can_lead(by, agency, on):
        raise NotYours(_("Only a lead of this unit, or of one above it, can do this."))
    ends = list(
        by.delegations.current(on=on)
        .covering(agency)
        .filter(kind=Kind.LEAD)
        .values_list("ends_on", flat=True)
    )
    return None if None in ends else max(end for end in ends if end is not None)


def _check(by: User, agency: Agency, *, kind: str, ends_on: date | None, on: date) -> None:
    reach = _reach(by, agency, on=on)
    if kind == Kind.AUDITOR and ends_on is None:
        raise AgencyError(_("An auditor needs a last day."))
    if ends_on is not None and ends_on <= on:
        raise AgencyError(_("The last day has to lie in the future."))
    if kind == Kind.AUDITOR and ends_on is not None and (ends_on - on).days > LONGEST_AUDIT_DAYS:
        raise AgencyError(_("An auditor reads for a year at most. Give it again when it is over."))
    if reach is not None and (ends_on is None or ends_on > reach):
        raise NotYours(
            _("You lead here until %(day)s, and can give nothing that lasts longer.")
            % {"day": reach.isoformat()}
        )


@transaction.atomic
def give_role(
    user: User, agency: Agency, *, kind: str, ends_on: date | None, by: User, at: datetime
) -> Delegation:
    """Raises NotYours, and AgencyError for dates that cannot be. Again with another day changes it."""
    on = timezone.localdate(at)
    _check(by, agency, kind=kind, ends_on=ends_on, on=on)
    if user == by:
        raise NotYours(_("Nobody gives a role to herself or himself. Ask another lead."))
    before = Delegation.objects.filter(user=user, agency=agency, kind=kind).current(on=on).first()
    starts_on = before.starts_on if before else on
    return services.delegate(user, agency, kind=kind, starts_on=starts_on, ends_on=ends_on, by=by, at=at)


@transaction.atomic
def give_role_outside(
    agency: Agency, *, email: str, name: str, kind: str, ends_on: date | None, by: User, at: datetime
) -> Invitation:
    """To somebody who does not work here: she is invited, and acts from the day on which she accepts. Always until a day."""
    _check(by, agency, kind=kind, ends_on=ends_on, on=timezone.localdate(at))
    if ends_on is None:
        raise AgencyError(_("Somebody from outside needs a last day."))
    return invitations.invite_to_act(agency, email=email, name=name, role=kind, ends_on=ends_on, by=by, at=at)


@transaction.atomic
def take_role(delegation: Delegation, *, by: User, at: datetime) -> Delegation:
    """Ends today. Raises NotYours; one's own is given back by nobody but another lead, so that no unit loses its last by accident."""
    on = timezone.localdate(at)
    _reach(by, delegation.agency, on=on)
    if delegation.user_id == by.pk:
        raise NotYours(_("Another lead ends your own role."))
    return services.end_delegation(delegation, on=on, by=by, at=at)


def roles_within(agency: Agency, *, on: date) -> list[Delegation]:
    """Who acts for the agency or a unit of it, now or from a later day. One query."""
    return list(
        Delegation.objects.filter(agency__path__startswith=agency.path)
        .exclude(ends_on__lte=on)
        .select_related("user", "agency")
        .order_by("agency__path", "kind", "user__name")
    )


def log_within(agency: Agency, *, most: int = 100) -> list[DelegationEvent]:
    """What was given and ended, newest first. One query."""
    return list(
        DelegationEvent.objects.filter(agency__path__startswith=agency.path).select_related(
            "user", "agency", "by"
        )[:most]
    )
