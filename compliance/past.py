"""Where somebody must have stood before anybody wrote it down: a rule of plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from compliance.status import EXPIRING_DAYS, Certificate, standing


@dataclass(frozen=True)
class Past:
    state: str
    starts_on: date
    ends_on: date
    valid_until: date | None


def past_of(certificates: Sequence[Certificate], *, joined_on: date, until: date) -> list[Past]:
    """From the day of joining until the day from which it is written down, by the certificates of these years.

    Days without any are days on which nothing was held: whether a course was open then is not known.
    """
    days = {joined_on}
    for one in certificates:
        last = one.valid_until
        days |= {one.issued_on, last - timedelta(days=EXPIRING_DAYS), last + timedelta(days=1)}
    found: list[Past] = []
    ends = sorted(day for day in days if joined_on <= day < until)
    for day, following in pairwise([*ends, until]):
        held = [one for one in certificates if one.issued_on <= day]
        best = max(held, key=lambda one: one.valid_until, default=None)
        stood = standing(certificate=best, joined_on=joined_on, started_on=None, on=day)
        before = found[-1] if found else None
        if before is not None and (before.state, before.valid_until) == (stood.state, stood.valid_until):
            found[-1] = Past(before.state, before.starts_on, following, before.valid_until)
        else:
            found.append(Past(stood.state.value, day, following, stood.valid_until))
    return found
