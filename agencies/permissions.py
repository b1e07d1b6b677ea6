"""Who may do what for an agency. Being an administrator of the site is none of these."""

from datetime import date

from accounts.models import User
from agencies.models import Agency, Delegation

READS_STAFF = (Delegation.Kind.LEAD, Delegation.Kind.COORDINATOR, Delegation.Kind.AUDITOR)

MANAGES_STAFF = (Delegation.Kind.LEAD, Delegation.Kind.COORDINATOR)


def _may_act(user: User, agency: Agency, *, kinds: tuple[str, ...], on: date) -> bool:
    if not user.is_authenticated or not user.is_active or agency.is_independent:
        return False
    return user.delegations.current(on=on).covering(agency).filter(kind__in=kinds).exists()


def can_lead(user: User, agency: Agency, on: date) -> bool:
    """Whether the person leads this agency, or one above it. One query."""
    return _may_act(user, agency, kinds=(Delegation.Kind.LEAD,), on=on)


def can_read_staff(user: User, agency: Agency, on: date) -> bool:
    """Whether the person may see who in this agency is certified: leads, coordinators and auditors. One query."""
    return _may_act(user, agency, kinds=READS_STAFF, on=on)


def can_manage_staff(user: User, agency: Agency, on: date) -> bool:
    """Whether the person may say who works here: leads and training coordinators of it, or of one above. One query."""
    return _may_act(user, agency, kinds=MANAGES_STAFF, on=on)


READS_LOG = (Delegation.Kind.LEAD, Delegation.Kind.AUDITOR)


def can_read_log(user: User, agency: Agency, on: date) -> bool:
    """Whether the person may see who changed what and who looked at whom: leads and auditors. One query."""
    return _may_act(user, agency, kinds=READS_LOG, on=on)
