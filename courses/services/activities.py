"""What learners put into activities: theirs alone."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from courses.models import ActivityResponse


@transaction.atomic
def save_response(
    user: User,
    *,
    lesson_code: str,
    activity_id: str,
    answer: dict[str, Any],
    at: datetime,
    note: str | None = None,
) -> ActivityResponse:
    """Keep what was put in, replacing what was there. A note is kept until she deletes it."""
    response, _ = ActivityResponse.objects.get_or_create(
        user=user, lesson_code=lesson_code, activity_id=activity_id, defaults={"answered_at": at}
    )
    response.answer = answer
    response.answered_at = at
    if note is not None:
        response.note = note
    response.save()
    return response


def delete_note(user: User, *, lesson_code: str, activity_id: str) -> None:
    ActivityResponse.objects.filter(user=user, lesson_code=lesson_code, activity_id=activity_id).update(
        note=""
    )


def delete_responses(user: User) -> None:
    """Everything that a person put into activities, notes included: she deleted her account."""
    ActivityResponse.objects.filter(user=user).delete()
