"""Which numbers may be shown, so that nobody is found in them. No database, no Django.

A number of people under ten is hidden, none included, and so is any other from which it could be worked out.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

SMALLEST = 10

Key = TypeVar("Key")
Row = TypeVar("Row")


def suppress(cells: Mapping[Key, int], *, total: int | None = None) -> dict[Key, int | None]:
    """The cells of a table whose total is shown too; None for a cell to hide.

    Together the hidden ones hold at least ten people, so that the total minus what is shown gives away none of them: the
    smallest of the others are hidden with them as far as that needs. `total` may be more than the cells, never less.
    """
    everybody = sum(cells.values()) if total is None else total
    if min(cells.values(), default=0) < 0 or everybody < sum(cells.values()):
        raise ValueError("Cells are counts, and their total holds them all.")
    shown = {key: count for key, count in cells.items() if count >= SMALLEST}
    rest = sorted(shown, key=lambda key: shown[key], reverse=True)
    # Whether anybody is in no shown cell, or in one that is hidden.
    while rest and (len(shown) < len(cells) or sum(shown.values()) < everybody):
        if everybody - sum(shown.values()) >= SMALLEST:
            break
        del shown[rest.pop()]
    return {key: shown.get(key) for key in cells}


@dataclass(frozen=True)
class FollowUp:
    """How many were asked, answered again, or were lost; None for a number that is hidden."""

    asked: int | None
    again: int | None
    lost: int | None


def follow_up(*, again: int, lost: int) -> FollowUp:
    """Of the three numbers any two give the third. Those who answered again matter most, the sum least."""
    if again < SMALLEST:
        asked = again + lost
        return FollowUp(asked if asked >= SMALLEST else None, None, None)
    if lost < SMALLEST:
        return FollowUp(None, again, None)
    return FollowUp(again + lost, again, lost)


def in_batches(rows: Sequence[Row], *, week_of: Callable[[Row], date], this_week: date) -> list[Row]:
    """The rows of past weeks, as far as they come in batches of ten and more.

    Two readings of the same report then never differ by fewer than ten people, so that comparing them finds nobody. Rows of
    a week that is over never grow, so that what was shown once stays.
    """
    weeks = Counter(week_of(row) for row in rows)
    last, waiting = None, 0
    for week in sorted(week for week in weeks if week < this_week):
        waiting += weeks[week]
        if waiting >= SMALLEST:
            last, waiting = week, 0
    return [row for row in rows if last is not None and week_of(row) <= last]
