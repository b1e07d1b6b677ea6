"""When somebody is reminded: rules of plain values."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Days before a date. Whoever is asked in between hears of it at once, as of the step before.
STEPS = (90, 60, 30, 7, 0)
LAST_TWO = (7, 0)
# The last reminder may come so many days late, after a night or a stop of the site, and says so.
CATCH_UP = 3
# An escalation of what became late longer ago would tell a lead what her list has told for weeks.
LATE_FOR = 30


def step_for(days_left: int) -> int | None:
    """Which reminder it is time for: the nearest step at or above the days that are left."""
    if not -CATCH_UP <= days_left <= STEPS[0]:
        return None
    return min(step for step in STEPS if step >= max(days_left, 0))


def window_of(step: int, *, on: date) -> tuple[date, date]:
    """First and last date for which it can be time for a step somewhere on earth, while it is `on` here."""
    below = next((lower for lower in STEPS if lower < step), None)
    first = on - timedelta(days=CATCH_UP) if below is None else on + timedelta(days=below + 1)
    return first - timedelta(days=1), on + timedelta(days=step + 1)


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@dataclass(frozen=True)
class Quiet:
    """From one time of day until another, over midnight where the first is the later. The same twice is never."""

    since: time
    until: time

    def holds(self, at: datetime, *, zone: str) -> bool:
        """By the clock on the wall where the person is, so that a change to summer time moves nothing."""
        now = at.astimezone(zone_of(zone)).time()
        if self.since <= self.until:
            return self.since <= now < self.until
        return now >= self.since or now < self.until


def digest_day(on: date, *, weekday: int) -> date | None:
    """The day of this week's digest if it is time for it: that weekday (1 is Monday), or up to two days later."""
    day = on - timedelta(days=(on.isoweekday() - weekday) % 7)
    return day if (on - day).days <= 2 else None


def week_word(day: date) -> str:
    """By ISO 8601: the last days of December may belong to the first week of the next year."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"
