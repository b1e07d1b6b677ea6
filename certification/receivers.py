"""What certification does when something happens below it."""

import uuid
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_deletion, own_data
from certification.models import LicenceNumber
from certification.own_data import own_data_of
from certification.services import award_waiting, consider_award, follow_refreshers
from certification.services.sharing import forget_links
from courses.models import Registration
from courses.signals import refresher_done, registration_satisfied
from scenarios.signals import scenario_finished


@receiver(registration_satisfied, dispatch_uid="certification.award")
def award_when_satisfied(sender: Any, *, registration_uuid: uuid.UUID, at: datetime, **kwargs: Any) -> None:
    credential = consider_award(registration_uuid, at=at)
    if credential is None and (row := Registration.objects.filter(uuid=registration_uuid).first()):
        # A module earns nothing by itself, but may be what another course still waits for.
        award_waiting(row.user, at=at)


@receiver(scenario_finished, dispatch_uid="certification.award_after_scenario")
def award_after_scenario(sender: Any, *, user_id: int, at: datetime, **kwargs: Any) -> None:
    """A scenario beside the course may be the last thing that was asked for."""
    award_waiting(User.objects.get(pk=user_id), at=at)


@receiver(account_deletion, dispatch_uid="certification.links")
def forget_what_only_she_needs(sender: Any, *, user: User, at: datetime, **kwargs: Any) -> None:
    forget_links(user, at=at)
    LicenceNumber.objects.filter(user=user).delete()


@receiver(own_data, dispatch_uid="certification.own_data")
def give_own_data(sender: Any, *, user: User, at: datetime, **news: Any) -> dict[str, Any]:
    return own_data_of(user, at=at)


@receiver(refresher_done, dispatch_uid="certification.refresher")
def count_again_after_refresher(sender: Any, *, user_id: int, at: datetime, **kwargs: Any) -> None:
    user = User.objects.get(pk=user_id)
    follow_refreshers(at=at, user=user)
    award_waiting(user, at=at)
