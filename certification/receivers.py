"""What certification does when something happens below it."""

import uuid
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from certification.services import consider_award
from courses.signals import registration_satisfied


@receiver(registration_satisfied, dispatch_uid="certification.award")
def award_when_satisfied(sender: Any, *, registration_uuid: uuid.UUID, at: datetime, **kwargs: Any) -> None:
    consider_award(registration_uuid, at=at)
