"""Reviews by people whose reading counts: what is read, who has signed for it, and what has changed since.

Lessons and scenarios live in apps above, which say at start-up what a reviewer reads of theirs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import models, transaction

from accounts.models import User
from content.exceptions import NotTheReviewer
from content.models import ReviewSignOff

# Who reads for a gate. Names of groups are data of the site and not translated.
GROUPS: Mapping[str, str] = {
    ReviewSignOff.Gate.SURVIVOR: "Reviewers: lived experience",
    ReviewSignOff.Gate.LAWYER: "Reviewers: lawyers",
    ReviewSignOff.Gate.CLINICIAN: "Reviewers: clinicians",
    ReviewSignOff.Gate.INTERPRETER: "Reviewers: interpreters",
    ReviewSignOff.Gate.PRIVACY: "Reviewers: data protection",
}


@dataclass(frozen=True)
class Reading:
    """What a reviewer reads: `subject` names it, `digest` is of its words, `gates` are the reviews that it asks for."""

    subject: str
    digest: str
    gates: tuple[str, ...]


class ReviewState(StrEnum):
    SIGNED = "signed"
    LAPSED = "lapsed"
    OPEN = "open"


@dataclass(frozen=True)
class Review:
    """Where one review stands. Day and name are of the newest sign-off, which a lapsed review has as well."""

    gate: str
    state: ReviewState
    signed_on: date | None = None
    reviewer: str = ""

    @property
    def reader(self) -> str:
        return str(ReviewSignOff.Gate(self.gate).label)

    @property
    def is_open(self) -> bool:
        return self.state != ReviewState.SIGNED


_readers: dict[type[models.Model], Callable[[Any], Reading]] = {}


def register_reading(model: type[models.Model], read: Callable[[Any], Reading]) -> None:
    """Called by the app that has things of this kind. `read` takes the thing as it is published or one of its drafts."""
    _readers[model] = read


def reading_of(thing: object) -> Reading | None:
    read = _readers.get(type(thing))  # type: ignore[arg-type]
    return read(thing) if read is not None else None


def reviews(readings: Iterable[Reading]) -> dict[str, tuple[Review, ...]]:
    """For each subject the reviews that it asks for, in the order of the gates. One query."""
    wanted = list(readings)
    rows: dict[tuple[str, str], list[ReviewSignOff]] = {}
    for row in ReviewSignOff.objects.filter(subject__in=[one.subject for one in wanted]).order_by(
        "-signed_on", "-pk"
    ):
        rows.setdefault((row.subject, row.gate), []).append(row)
    return {
        one.subject: tuple(
            _review(gate, rows.get((one.subject, gate), []), digest=one.digest)
            for gate in ReviewSignOff.Gate.values
            if gate in one.gates
        )
        for one in wanted
    }


def _review(gate: str, rows: list[ReviewSignOff], *, digest: str) -> Review:
    """A text that went back to what was signed is signed again."""
    if not rows:
        return Review(gate, ReviewState.OPEN)
    row = next((row for row in rows if row.digest == digest), None)
    if row is None:
        return Review(gate, ReviewState.LAPSED, rows[0].signed_on)
    return Review(gate, ReviewState.SIGNED, row.signed_on, row.reviewer)


def reviews_of(reading: Reading) -> tuple[Review, ...]:
    return reviews([reading])[reading.subject]


def open_gates(reading: Reading) -> tuple[str, ...]:
    """Those that nobody has signed for these very words. One query."""
    return tuple(one.gate for one in reviews_of(reading) if one.is_open)


def may_sign(user: User, *, gate: str) -> bool:
    """Members of the gate's own group. An administrator signs for nobody: she can only take on that a review is missing."""
    return user.is_active and not user.is_superuser and user.groups.filter(name=GROUPS.get(gate, "")).exists()


@transaction.atomic
def sign_off(reading: Reading, *, gate: str, user: User, reviewer: str = "", on: date) -> ReviewSignOff:
    """`reviewer` is the name that learners may see, empty where the reviewer wants none shown.

    Raises NotTheReviewer for everybody who is not of this gate, administrators included.
    """
    if not may_sign(user, gate=gate):
        raise NotTheReviewer
    return ReviewSignOff.objects.create(
        subject=reading.subject,
        gate=gate,
        digest=reading.digest,
        signed_by=user,
        reviewer=reviewer.strip(),
        signed_on=on,
    )
