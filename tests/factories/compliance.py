"""Staff in every state, through the services."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from agencies.models import Agency
from certification.models import AchievementCredential
from certification.services import consider_award
from compliance.models import ComplianceStatus
from compliance.services import refresh_status
from courses.models import Registration
from tests.factories.accounts import UserFactory
from tests.factories.agencies import MembershipFactory
from tests.factories.courses import make_registration


def certify(user: User, agency: Agency, *, at: datetime, role: str = "R1") -> AchievementCredential:
    """A certificate as if the course had been finished at that moment."""
    registration = make_registration(user, agency, role=role, at=at)
    Registration.objects.filter(pk=registration.pk).update(started_at=at, satisfied_at=at)
    credential = consider_award(registration.uuid, at=at)
    assert credential is not None
    return credential


def make_staff(
    agency: Agency, *, certified_days_ago=None, started=False, due_on=None, **fields
) -> ComplianceStatus:
    """One member of staff with her status worked out."""
    now = timezone.now()
    user = fields.pop("user", None) or UserFactory(name=fields.pop("name", "Somebody"))
    MembershipFactory(user=user, agency=agency, **fields)
    if certified_days_ago is not None:
        certify(user, agency, at=now - timedelta(days=certified_days_ago))
    else:
        registration = make_registration(user, agency, at=now, due_on=due_on)
        if started:
            Registration.objects.filter(pk=registration.pk).update(started_at=now)
    (row,) = refresh_status(user.pk, at=now)
    return row
