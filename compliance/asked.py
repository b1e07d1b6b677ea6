"""What is asked of somebody: a rule of plain values, the same for one person and for a hundred thousand."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

NORMAL = 2


@dataclass(frozen=True)
class Asking:
    """An assignment as the rule sees it. `path` is that of the unit that asks; a role of None asks everybody.

    `joined_from` and `joined_before` narrow it to people who joined in between; `starts_on` is the day from which days are
    counted for those who had joined already.
    """

    path: str
    course_id: int
    role_id: int | None
    due_on: date | None
    days: int | None
    grace_days: int = 0
    renew_months: int | None = None
    priority: int = NORMAL
    joined_from: date | None = None
    joined_before: date | None = None
    starts_on: date | None = None
    pk: int | None = None

    def is_for(self, *, path: str, role_id: int | None, joined_on: date) -> bool:
        return (
            path.startswith(self.path)
            and self.role_id in (None, role_id)
            and (self.joined_from is None or joined_on >= self.joined_from)
            and (self.joined_before is None or joined_on < self.joined_before)
        )

    def due_for(self, *, joined_on: date) -> date | None:
        """By the day, or else so many days after she joined, or after the assignment began if that was later."""
        if self.due_on is not None or self.days is None:
            return self.due_on
        return max(joined_on, self.starts_on or joined_on) + timedelta(days=self.days)

    @property
    def nearness(self) -> tuple[int, bool, bool]:
        """The greater decides: first the nearer unit, in it the one for the role, of those the one for when people joined."""
        return (
            len(self.path),
            self.role_id is not None,
            self.joined_from is not None or self.joined_before is not None,
        )


@dataclass(frozen=True)
class Asked:
    """`by` is the assignment that decides. Nobody is overdue before `late_from`."""

    course_id: int
    due_on: date | None
    is_set_by_agency: bool
    grace_days: int = 0
    renew_months: int | None = None
    priority: int = NORMAL
    by: int | None = None


def late_from(due_on: date | None, *, grace_days: int) -> date | None:
    """The first day on which somebody is overdue: the day after the last one of grace."""
    return due_on + timedelta(days=grace_days + 1) if due_on is not None else None


def counts_until(issued_on: date, valid_until: date, *, renew_months: int | None) -> date:
    """The last day on which a certificate counts where it has to be renewed more often than it runs out."""
    if renew_months is None:
        return valid_until
    years, month = divmod(issued_on.month - 1 + renew_months, 12)
    year, month = issued_on.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    return min(valid_until, date(year, month, min(issued_on.day, last)))


def asked_of(
    askings: Iterable[Asking],
    *,
    path: str,
    role_id: int | None,
    joined_on: date,
    of_everybody: Iterable[int],
) -> dict[int, Asked]:
    """By course, what comes first in front. Where several assignments ask for the same one, the nearest unit decides, in it
    the one for the role, and of those the one for people who joined in certain days.

    `path` is that of the person's unit; `of_everybody` are courses that every role asks for, by no day.
    """
    found = {course_id: Asked(course_id, None, False) for course_id in of_everybody}
    mine = [one for one in askings if one.is_for(path=path, role_id=role_id, joined_on=joined_on)]
    for one in sorted(mine, key=lambda one: one.nearness):
        found[one.course_id] = Asked(
            one.course_id,
            one.due_for(joined_on=joined_on),
            True,
            one.grace_days,
            one.renew_months,
            one.priority,
            one.pk,
        )
    return dict(sorted(found.items(), key=lambda pair: pair[1].priority))
