"""Who may say what is asked of an agency's staff."""

from datetime import date

from accounts.models import User
from agencies.models import Agency, Delegation

ASSIGNS = (Delegation.Kind.LEAD, Delegation.Kind.COORDINATOR)


def can_assign(user: User, agency: Agency, on: date) -> bool:
    """Leads and training coordinators of this agency, or of one above it. One query."""
    if not user.is_authenticated or not user.is_active or agency.is_independent:
        return False
    return user.delegations.current(on=on).covering(agency).filter(kind__in=ASSIGNS).exists()
