"""Where a person stands with a course: a rule of plain values."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

EXPIRING_DAYS = 60


class State(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    CERTIFIED = "certified"
    EXPIRING = "expiring"
    LAPSED = "lapsed"
    WAIVED = "waived"
    REFRESHER = "refresher"


@dataclass(frozen=True)
class Certificate:
    """One that was neither withdrawn nor replaced, or what the agency takes in its place.

    `valid_until` is the last day on which it holds.
    """

    issued_on: date
    valid_until: date


@dataclass(frozen=True)
class Standing:
    state: State
    since: date
    valid_until: date | None


@dataclass(frozen=True)
class Waiver:
    """The agency does not ask for it in these days."""

    starts_on: date
    ends_on: date


def standing(
    *,
    certificate: Certificate | None,
    joined_on: date,
    started_on: date | None,
    on: date,
    waiver: Waiver | None = None,
    waiting: Certificate | None = None,
) -> Standing:
    """`certificate` is the one that holds longest; `started_on` is when the open registration was begun; `waiting` is one
    that counts again as soon as its refresher is done.

    What is held outweighs a waiver, and a waiver what is open or has lapsed.
    """
    if certificate is not None and certificate.valid_until >= on:
        until = certificate.valid_until
        soon = until - timedelta(days=EXPIRING_DAYS)
        if soon <= on:
            return Standing(State.EXPIRING, max(soon, certificate.issued_on), until)
        return Standing(State.CERTIFIED, certificate.issued_on, until)
    if waiver is not None and waiver.starts_on <= on <= waiver.ends_on:
        return Standing(State.WAIVED, waiver.starts_on, waiver.ends_on)
    if waiting is not None and waiting.valid_until >= on:
        return Standing(State.REFRESHER, waiting.issued_on, waiting.valid_until)
    if certificate is not None:
        until = certificate.valid_until
        return Standing(State.LAPSED, until + timedelta(days=1), until)
    if started_on is not None:
        return Standing(State.IN_PROGRESS, started_on, None)
    return Standing(State.NOT_STARTED, joined_on, None)
