"""Open reviews in words, for leads and learners."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from content.models import ReviewSignOff
from content.reviewing import Review, ReviewState
from courses.gate_rules import OpenGate
from courses.gate_selectors import GatesHere


def reader(gate: str) -> str:
    return str(ReviewSignOff.Gate(gate).label) if gate in ReviewSignOff.Gate.values else gate


def gap_words(gap: OpenGate) -> str:
    return _("Module %(module)s waits for %(reader)s (lessons %(lessons)s)") % {
        "module": gap.module,
        "reader": reader(gap.gate),
        "lessons": ", ".join(gap.lessons),
    }


def refusal(course: str, gaps: Iterable[OpenGate]) -> str:
    """What is missing and what to do about it."""
    return _(
        "“%(course)s” cannot be given to the staff of an agency yet, because reviews are missing. %(gaps)s. Either the "
        "reviewers sign, or an administrator of this site takes it on in writing."
    ) % {"course": course, "gaps": "; ".join(gap_words(gap) for gap in gaps)}


@dataclass(frozen=True)
class TakenLine:
    """What somebody answers for, for those who learn with it and for who leads them."""

    gaps: tuple[str, ...]
    by: str
    day: date
    until: date
    reason: str


@dataclass(frozen=True)
class GateLines:
    waiting: tuple[str, ...]
    taken: tuple[TakenLine, ...]

    def __bool__(self) -> bool:
        return bool(self.waiting or self.taken)


def gate_lines(here: GatesHere) -> GateLines:
    return GateLines(
        tuple(gap_words(gap) for gap in here.waiting),
        tuple(
            TakenLine(
                tuple(gap_words(gap) for gap in gaps), row.taken_by_name, row.taken_on, row.until, row.reason
            )
            for row, gaps in here.taken
        ),
    )


@dataclass(frozen=True)
class GateCount:
    """Of one review among several lessons: how many ask for it, have it, and had it before they were changed."""

    reader: str
    asked: int
    signed: int
    lapsed: int


def gate_counts(reviews: Iterable[Iterable[Review]], *, also: Iterable[str] = ()) -> tuple[GateCount, ...]:
    """In the order of the gates; `also` names those that are listed although no lesson asks for them."""
    found = [one for of_lesson in reviews for one in of_lesson]
    asked = {one.gate for one in found} | set(also)
    return tuple(
        GateCount(
            reader(gate),
            sum(one.gate == gate for one in found),
            sum(one.gate == gate and one.state == ReviewState.SIGNED for one in found),
            sum(one.gate == gate and one.state == ReviewState.LAPSED for one in found),
        )
        for gate in ReviewSignOff.Gate.values
        if gate in asked
    )
