"""What is asked to see whether the training works, and when. Values in, values out.

Every question may be left empty, and every questionnaire may be declined; nothing depends on it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AGREEMENT = (
    (1, _("Strongly disagree")),
    (2, _("Disagree")),
    (3, _("Neither")),
    (4, _("Agree")),
    (5, _("Strongly agree")),
)
LOWEST, HIGHEST = 1, 5
# The lessons of module M00 come before the baseline or after it; any other lesson may change what it asks.
BEFORE_ANYTHING = "0."

BEFORE, END, LATER = "before", "end", "later"
POINTS = (BEFORE, END, LATER)
LATER_AFTER = timedelta(days=180)
LATER_OPEN_FOR = timedelta(days=90)
REACTION_OPEN_FOR = timedelta(days=60)
AUDIT_EVERY = timedelta(days=90)


@dataclass(frozen=True)
class Statement:
    """`direction` is 1 where agreement is what the course teaches, -1 where disagreement is."""

    code: str
    text: "StrOrPromise"
    direction: int


# Our own words, four in each direction, none about what a person who was trafficked is like. Not a validated scale.
ATTITUDES = (
    Statement("no", _("Somebody may have good reasons to refuse help today, and still need it later."), 1),
    Statement("doubt", _("When somebody does not want the police involved, I doubt the account more."), -1),
    Statement(
        "order",
        _("People can tell what happened in a different order each time and still tell the truth."),
        1,
    ),
    Statement("spot", _("I would recognise a trafficked person when I met one."), -1),
    Statement("private", _("Time alone with the person is worth offering even when nothing seems wrong."), 1),
    Statement("press", _("To protect somebody it can be right to press until they say what happened."), -1),
    Statement("silent", _("A contact can be good work although the person told me nothing."), 1),
    Statement(
        "leave",
        _("When somebody could have walked away, I look for an explanation other than exploitation."),
        -1,
    ),
)
# So many of the eight have to be answered for a score.
ENOUGH_ANSWERS = 6


def attitude_score(answers: Mapping[str, int]) -> float | None:
    """Mean of the answers, all turned so that 5 is what the course teaches; None where too many were left empty."""
    turned = [
        answers[one.code] if one.direction > 0 else HIGHEST + LOWEST - answers[one.code]
        for one in ATTITUDES
        if one.code in answers
    ]
    return sum(turned) / len(turned) if len(turned) >= ENOUGH_ANSWERS else None


WORKLOAD = (("little", _("Too little")), ("right", _("About right")), ("much", _("Too much")))
REACTIONS = (
    Statement("relevant", _("What I learned is of use in my work."), 1),
    Statement(
        "safe", _("I felt safe while I learned: I could stop, skip or read a summary when I wanted."), 1
    ),
)


@dataclass(frozen=True)
class AuditItem:
    """A yes-or-no of the records that were looked at. `of` names the number that it is a part of."""

    code: str
    text: "StrOrPromise"
    of: str


AUDIT = (
    AuditItem("private_offered", _("Time alone with the person was offered."), "records"),
    AuditItem(
        "interpreter_used",
        _("A professional interpreter was used where one was needed."),
        "interpreter_needed",
    ),
    AuditItem(
        "consent_recorded",
        _("The person’s agreement to passing anything on, or refusal, was written down."),
        "records",
    ),
)
MOST_RECORDS = 200


def week_of(day: date) -> date:
    """Its Monday: the finest time that an anonymous answer has."""
    return day - timedelta(days=day.weekday())


def wave_start(day: date) -> date:
    """Answers are gathered by half-years, each with a key of its own."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def wave_end(starts_on: date) -> date:
    """When its key is destroyed: half a year to enter, a year to finish, half a year and three months to answer again."""
    months = starts_on.year * 12 + starts_on.month - 1 + 27
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True)
class LearnerStanding:
    """What decides which questionnaires are open. `answered` holds points; `finished` when courses became satisfied."""

    is_registered: bool
    has_begun: bool
    answered: Collection[str]
    finished: Sequence[datetime]


def open_point(standing: LearnerStanding, *, at: datetime) -> str | None:
    """The one attitude questionnaire that is open to a learner, if any.

    Before: until a lesson beyond M00 is done. At the end: for half a year after the first course that was finished. Later: for
    three months from then. The last two only for those who answered the first, because only pairs say anything.
    """
    if BEFORE not in standing.answered:
        return BEFORE if standing.is_registered and not standing.has_begun and not standing.finished else None
    if not standing.finished:
        return None
    since = at - min(standing.finished)
    if since < LATER_AFTER:
        return END if END not in standing.answered else None
    return LATER if LATER not in standing.answered and since < LATER_AFTER + LATER_OPEN_FOR else None
