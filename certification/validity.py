"""How long a certificate holds and when it can be renewed. Days in, days out; no database.

Days are calendar days of the site; the last day counts. A month is a calendar month: 31 August and six months are
28 February. The three bases are those of Totara's recertification, under its own names in docs/reference/certificate.md.
"""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, Self

from certification.rules import add_months


class Basis(StrEnum):
    """From which day the next end is counted."""

    COMPLETION = "completion"
    EXPIRY = "expiry"
    CYCLE = "cycle"


class Cycle(StrEnum):
    """Fixed days on which everybody's certificate ends."""

    CALENDAR_YEAR = "calendar"
    FISCAL_YEAR = "fiscal"
    BIRTH_MONTH = "birth"


_LAST_MONTH = {Cycle.CALENDAR_YEAR: 12, Cycle.FISCAL_YEAR: 6}


@dataclass(frozen=True)
class Validity:
    """The rules of one achievement. Months are those from one end to the next; a cycle takes whole years.

    Raises ValueError, saying what would be right, where the rules contradict each other.
    """

    months: int = 12
    basis: Basis = Basis.COMPLETION
    cycle: Cycle | None = None
    window_days: int = 60
    grace_days: int = 0
    minimum_days: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.months <= 120:
            raise ValueError("A certificate holds for 1 to 120 months.")
        if (self.basis == Basis.CYCLE) != (self.cycle is not None):
            raise ValueError("Fixed dates need a cycle, and only fixed dates have one.")
        if self.cycle is not None and self.months % 12:
            raise ValueError("A cycle takes whole years: 12, 24 or 36 months.")
        if min(self.window_days, self.grace_days, self.minimum_days) < 0:
            raise ValueError("Days cannot be fewer than none.")
        if self.window_days >= self.months * 28:
            raise ValueError("A certificate cannot be up for renewal for as long as it holds.")
        if self.minimum_days > self.months * 28:
            raise ValueError("The shortest time that a certificate holds cannot be longer than its months.")

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """What `written` gave; names that are left out have their usual values. Raises ValueError and TypeError."""
        known = dict(data)
        if "basis" in known:
            known["basis"] = Basis(known["basis"])
        if known.get("cycle") is not None:
            known["cycle"] = Cycle(known["cycle"])
        return cls(**known)

    def written(self) -> dict[str, Any]:
        return {
            key: value if value is None else getattr(value, "value", value)
            for key, value in asdict(self).items()
        }


@dataclass(frozen=True)
class Span:
    """From the day of the award to the last day that counts."""

    issued_on: date
    valid_until: date


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def cycle_end(day: date, cycle: Cycle, *, birth_month: int | None = None) -> date:
    """The last day of the cycle in which a day lies.

    Where somebody has not said in which month she was born, the month of that day stands in: she is not worse off.
    """
    month = _LAST_MONTH.get(cycle) or birth_month or day.month
    end = _month_end(day.year, month)
    return end if end >= day else _month_end(day.year + 1, month)


def window_opens(span: Span, rule: Validity) -> date:
    """The first day on which training done again counts as a renewal. Never before the day after the award."""
    return max(span.valid_until - timedelta(days=rule.window_days), span.issued_on + timedelta(days=1))


def last_renewal_day(span: Span, rule: Validity) -> date:
    """The last day on which it can be renewed by the shorter way; afterwards it is earned anew."""
    return span.valid_until + timedelta(days=rule.grace_days)


def is_renewal(completed_on: date, previous: Span | None, rule: Validity) -> bool:
    return previous is not None and (
        window_opens(previous, rule) <= completed_on <= last_renewal_day(previous, rule)
    )


def ends_on(
    completed_on: date, rule: Validity, *, previous: Span | None = None, birth_month: int | None = None
) -> date:
    """The last day of what was completed on a day. Never before that of what it replaces, if that still held."""
    renews = previous is not None and is_renewal(completed_on, previous, rule)
    if rule.cycle is not None:
        begins = completed_on
        if renews and previous is not None:
            begins = max(begins, previous.valid_until + timedelta(days=1))
        end = cycle_end(begins, rule.cycle, birth_month=birth_month)
        end = add_cycles(end, rule.months // 12 - 1)
        # Who joins shortly before the end of a cycle holds it through the next one.
        while (end - completed_on).days < rule.minimum_days:
            end = add_cycles(end, 1)
    else:
        begins = completed_on
        if renews and previous is not None and rule.basis == Basis.EXPIRY:
            begins = previous.valid_until
        end = add_months(begins, rule.months)
        end = max(end, completed_on + timedelta(days=rule.minimum_days))
    if previous is not None and previous.issued_on <= completed_on <= previous.valid_until:
        end = max(end, previous.valid_until)
    return end


def add_cycles(end: date, years: int) -> date:
    """The same month's last day, years later: 28 February ends in 29 February."""
    return _month_end(end.year + years, end.month)


@dataclass(frozen=True)
class Completion:
    """Training that was finished on a day, with the rules that then held."""

    on: date
    rule: Validity


def history(completions: Iterable[Completion], *, birth_month: int | None = None) -> list[Span]:
    """The certificate that each of these earned, oldest first.

    Two on one day are one: the later in the list adds nothing. In whatever order the news comes, the answer is the same.
    """
    spans: list[Span] = []
    for done in sorted(completions, key=lambda one: one.on):
        previous = spans[-1] if spans else None
        if previous is not None and previous.issued_on == done.on:
            continue
        spans.append(Span(done.on, ends_on(done.on, done.rule, previous=previous, birth_month=birth_month)))
    return spans


def current_on(spans: Sequence[Span], day: date) -> Span | None:
    """The newest that was awarded by that day, if it holds. An older one is replaced from the day of the newer award."""
    newest = max(
        (span for span in spans if span.issued_on <= day), key=lambda span: span.issued_on, default=None
    )
    return newest if newest is not None and day <= newest.valid_until else None


def gaps(spans: Sequence[Span]) -> list[Span]:
    """The days without a certificate between two awards: from the day after one ended to the day before the next."""
    return [
        Span(before.valid_until + timedelta(days=1), after.issued_on - timedelta(days=1))
        for before, after in pairwise(spans)
        if after.issued_on > before.valid_until + timedelta(days=1)
    ]


def legal_part_ends(span: Span, *, update_by: date | None) -> date:
    """The last day on which the legal part holds, where the law changed and an update was not made."""
    return span.valid_until if update_by is None else min(span.valid_until, update_by)
