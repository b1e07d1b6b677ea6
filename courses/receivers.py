"""What courses do when those below have news."""

import uuid
from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from wagtail.signals import published

from accounts.models import User
from accounts.signals import account_deletion
from courses.models import Question, Registration
from courses.services.activities import delete_responses
from courses.services.curriculum import publish_question
from courses.services.registrations import record_scenario
from scenarios.signals import scenario_finished


@receiver(scenario_finished)
def take_over_scenario(
    sender: Any, *, registration_uuid: uuid.UUID | None, at: datetime, **news: Any
) -> None:
    if registration_uuid is None:
        return
    registration = (
        Registration.objects.select_related("course_version__course", "user", "agency")
        .filter(uuid=registration_uuid)
        .first()
    )
    if registration is not None:
        record_scenario(registration, at=at)


@receiver(published, sender=Question)
def freeze_question(sender: Any, *, instance: Question, **news: Any) -> None:
    publish_question(instance, at=timezone.now())


@receiver(account_deletion)
def forget_answers(sender: Any, *, user: User, **news: Any) -> None:
    delete_responses(user)
