"""Who changed what in an agency, and who looked at whom. Written by our own services, in the transaction of what it reports.

An entry says what was done and never what somebody answered, scored or chose. Lists are one entry with their filters, however many
people stand on them; a page about one person names her, and she finds it among what is kept about her.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.isolation import acting_person
from agencies.models import Agency, AuditEntry

# What an entry says of itself. Higher apps add theirs with `register_words`.
_WORDS: dict[str, str | Promise] = {
    "unit.made": _("made the unit"),
    "unit.changed": _("changed the unit"),
    "unit.moved": _("moved the unit"),
    "unit.closed": _("closed or reopened the unit"),
    "member.added": _("added to the staff"),
    "member.role": _("changed role or staff number"),
    "member.ended": _("ended the place"),
    "member.leave": _("recorded a leave, or its end"),
    "list.applied": _("applied a staff list"),
    "list.undone": _("undid a staff list"),
    "delegation.given": _("let act for the agency"),
    "delegation.ended": _("ended what somebody may do"),
    "sign-in.saved": _("changed the agency's own sign-in"),
    "sign-in.removed": _("removed the agency's own sign-in"),
    "staff.looked": _("looked at the list of staff"),
    "log.looked": _("looked at this log"),
}


def register_words(words: Mapping[str, str | Promise]) -> None:
    _WORDS.update(words)


def words_of(action: str) -> str:
    return str(_WORDS.get(action, action))


def is_known(action: str) -> bool:
    return action in _WORDS


def note_change(
    action: str,
    agency: Agency,
    *,
    person: User | int | None = None,
    by: User | int | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Something was changed. Without `by` it was whoever is signed in, and in commands and tasks the platform itself."""
    return _note(AuditEntry.Kind.CHANGE, action, agency, person=person, by=by, details=details)


def note_look(
    action: str,
    agency: Agency,
    *,
    person: User | int | None = None,
    by: User | int | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Somebody looked: at a person, or at a list, with its filters and how many stood on it."""
    return _note(AuditEntry.Kind.LOOK, action, agency, person=person, by=by, details=details)


def _key(person: User | int | None) -> int | None:
    return person.pk if isinstance(person, User) else person


@transaction.atomic
def _note(
    kind: str,
    action: str,
    agency: Agency,
    *,
    person: User | int | None,
    by: User | int | None,
    details: Mapping[str, Any] | None,
) -> AuditEntry:
    """The moment is the clock's own and no caller's: a log that could be dated would prove nothing."""
    return AuditEntry.objects.create(
        kind=kind,
        action=action,
        agency=agency,
        person_id=_key(person),
        by_id=_key(by) or acting_person(),
        details={name: value for name, value in (details or {}).items() if value not in (None, "", [], {})},
        at=timezone.now(),
    )


def filters_of(query: Mapping[str, str]) -> dict[str, str]:
    """What a list was asked for, as it stands in the address; never more than a few words each."""
    # PostgreSQL keeps no null byte, neither in a name nor in a value.
    return {
        name.replace("\x00", ""): str(value).replace("\x00", "")[:80]
        for name, value in query.items()
        if value and name != "page"
    }


def remove_old_entries(*, on: date, days: int) -> int:
    """The one way in which entries go. How many that were."""
    oldest = timezone.make_aware(datetime.combine(on - timedelta(days=days), datetime.min.time()))
    rows = AuditEntry.objects.filter(at__lt=oldest)
    removed: int = rows._raw_delete(rows.db)
    return removed
