"""What somebody has to look at again, and by when. Apps above add their own kinds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from content.models import Fact, JurisdictionPack, SupportContact
from content.models.directory import CONTACT_DAYS


@dataclass(frozen=True)
class Recheck:
    """`due_on` is the last day on which it may still be relied upon."""

    kind: str
    name: str
    detail: str
    due_on: date
    url: str
    fact_code: str = ""

    def is_overdue(self, *, on: date) -> bool:
        return self.due_on < on


@dataclass(frozen=True)
class Month:
    """All that is due in one month; `first` is its first day, or None for what is overdue."""

    first: date | None
    rows: tuple[Recheck, ...]


_sources: list[Callable[[], Iterable[Recheck]]] = []


def register_rechecks(source: Callable[[], Iterable[Recheck]]) -> None:
    if source not in _sources:
        _sources.append(source)


def rechecks(*, until: date | None = None) -> list[Recheck]:
    """Everything with a date, the earliest first; up to a day, where one is given. One query for each kind."""
    found = [row for source in _sources for row in source() if until is None or row.due_on <= until]
    return sorted(found, key=lambda row: (row.due_on, row.kind, row.name))


def overdue(*, on: date) -> list[Recheck]:
    return rechecks(until=on - timedelta(days=1))


def by_month(rows: Iterable[Recheck], *, on: date) -> list[Month]:
    """What is overdue first, then month by month."""

    def month(row: Recheck) -> date:
        return date.min if row.is_overdue(on=on) else row.due_on.replace(day=1)

    return [
        Month(None if first == date.min else first, tuple(group))
        for first, group in groupby(sorted(rows, key=lambda row: row.due_on), key=month)
    ]


def own_rechecks() -> Iterable[Recheck]:
    """Facts, packs and help contacts. Three queries."""
    for fact in Fact.objects.filter(recheck_by__isnull=False).only("code", "statement", "recheck_by"):
        assert fact.recheck_by is not None  # noqa: S101 - filtered
        yield Recheck(
            _("Fact"),
            fact.code,
            fact.statement,
            fact.recheck_by,
            reverse("wagtailsnippets_content_fact:edit", args=[fact.pk]),
            fact.code,
        )
    for pack in JurisdictionPack.objects.all():
        yield Recheck(
            _("Jurisdiction pack"),
            str(pack),
            pack.note,
            pack.recheck_by,
            reverse("wagtailsnippets_content_jurisdictionpack:edit", args=[pack.pk]),
        )
    for contact in SupportContact.objects.all():
        yield Recheck(
            _("Help contact"),
            str(contact),
            contact.purpose,
            contact.checked_on + timedelta(days=CONTACT_DAYS),
            reverse("wagtailsnippets_content_supportcontact:edit", args=[contact.pk]),
        )
