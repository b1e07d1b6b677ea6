"""Whether the legal part of a certificate still holds. A change of law ends that part alone, and asks for nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone

from accounts.models import User
from certification.models import AchievementCredential, LegalUpdate, LegalUpdateTaken


class LegalState(StrEnum):
    CURRENT = "current"
    DUE = "update-due"
    ENDED = "ended"


@dataclass(frozen=True)
class LegalPart:
    """`until` is the last day on which it counts, while an update is due or since it was missed; `updated_on` the day of
    the last one taken, and `version` the pack that it brought."""

    state: LegalState = LegalState.CURRENT
    until: date | None = None
    updated_on: date | None = None
    version: str = ""


def legal_part(
    updates: Iterable[LegalUpdate], *, issued_on: date, taken: Mapping[int, datetime], on: date
) -> LegalPart:
    """Of a certificate issued on a day, whose holder took updates at the times in `taken` (by primary key)."""
    open_: list[LegalUpdate] = []
    last: tuple[date, str] | None = None
    for update in sorted(updates, key=lambda one: (one.takes_effect_on, one.pk)):
        if update.takes_effect_on <= issued_on or update.takes_effect_on > on:
            continue
        if (at := taken.get(update.pk)) is not None:
            last = (timezone.localdate(at), update.pack_version)
        else:
            open_.append(update)
    updated_on, version = last or (None, "")
    if not open_:
        return LegalPart(LegalState.CURRENT, None, updated_on, version)
    until = min(update.due_on for update in open_)
    return LegalPart(LegalState.DUE if on <= until else LegalState.ENDED, until, updated_on, version)


def legal_parts(credentials: Iterable[AchievementCredential], *, on: date) -> dict[int, LegalPart]:
    """By primary key. Two queries, however many; one where no law has changed."""
    rows = list(credentials)
    by_law: dict[str, list[LegalUpdate]] = {}
    for update in LegalUpdate.objects.filter(takes_effect_on__lte=on).select_related("jurisdiction"):
        by_law.setdefault(update.jurisdiction.code, []).append(update)
    taken: dict[int, dict[int, datetime]] = {}
    if by_law:
        people = {row.user_id for row in rows}
        for user_id, update_id, at in LegalUpdateTaken.objects.filter(user__in=people).values_list(
            "user_id", "legal_update_id", "at"
        ):
            taken.setdefault(user_id, {})[update_id] = at
    return {
        row.pk: legal_part(
            by_law.get(row.jurisdiction_code, []),
            issued_on=row.issued_on,
            taken=taken.get(row.user_id, {}),
            on=on,
        )
        for row in rows
    }


def updates_due(user: User, *, on: date) -> list[LegalUpdate]:
    """What somebody with a certificate in force has not taken in yet, the oldest first. Two queries."""
    held = list(
        AchievementCredential.objects.filter(user=user, valid_until__gte=on)
        .standing()
        .values_list("jurisdiction_code", "issued_on")
    )
    if not held:
        return []
    rows = (
        LegalUpdate.objects.filter(
            takes_effect_on__lte=on, jurisdiction__code__in={code for code, _day in held}
        )
        .exclude(taken__user=user)
        .select_related("jurisdiction")
        .order_by("takes_effect_on", "pk")
    )
    return [
        row
        for row in rows
        if any(code == row.jurisdiction.code and day < row.takes_effect_on for code, day in held)
    ]
