"""Certificates wait for a refresher that is overdue, and count again as soon as it is done."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from certification.models import AchievementCredential, CredentialEvent
from certification.services.history import announce, record
from courses.models import Registration
from courses.refresher_selectors import refreshing, with_refreshers

REASON = "A refresher is overdue."
WHY = {"why": "refresher"}


def _overdue(registrations: Iterable[Registration], *, at: datetime) -> set[uuid.UUID]:
    on = timezone.localdate(at)
    return {one.registration.uuid for one in refreshing(registrations, on=on) if one.is_overdue(on)}


def follow_refreshers(*, at: datetime, user: User | None = None) -> int:
    """Pause what waits for a refresher, and end the pause where none is overdue any more. How many changes.

    Of one person, or every night of everybody. A pause for another reason is left alone, and so is what has expired.
    """
    on = timezone.localdate(at)
    rows = with_refreshers(on=on)
    mine = AchievementCredential.objects.filter(valid_until__gte=on)
    if user is not None:
        rows, mine = rows.filter(user=user), mine.filter(user=user)
    overdue = _overdue(rows, at=at)
    to_pause = mine.in_force().filter(registration_uuid__in=overdue)
    to_end = mine.waiting_for_refresher().exclude(registration_uuid__in=overdue)
    changes = 0
    for kind, found in (
        (CredentialEvent.Kind.SUSPENDED, to_pause),
        (CredentialEvent.Kind.REINSTATED, to_end),
    ):
        for pk in list(found.values_list("pk", flat=True)):
            changes += _change(pk, kind, at=at)
    return changes


@transaction.atomic
def _change(pk: int, kind: str, *, at: datetime) -> bool:
    """Once, whoever else is at it at the same time."""
    row = AchievementCredential.objects.get(pk=pk)
    User.objects.select_for_update().get(pk=row.user_id)
    latest = row.events.pauses().first()
    is_paused = latest is not None and latest.kind == CredentialEvent.Kind.SUSPENDED
    if is_paused == (kind == CredentialEvent.Kind.SUSPENDED):
        return False
    record(row, kind, at=at, reason=REASON if not is_paused else "", detail=WHY)
    announce(row, at=at)
    return True
