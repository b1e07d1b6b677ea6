"""Two forms that ask the same in other words: CURRICULUM section 6, pre-test and post-test. Values in, values out."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

from courses.check_rules import BankTooSmall, Cell

# Six months, as the refresher calendar counts them; and how long the last questions stay open.
LATER_AFTER = timedelta(days=180)
LATER_OPEN_FOR = timedelta(days=90)

BEFORE, AFTER, LATER = "pre", "post", "follow-up"

# Which share is right, roughly, before anything is known of a question.
_EXPECTED = {
    "remember": Decimal("0.8"),
    "understand": Decimal("0.7"),
    "apply": Decimal("0.6"),
    "analyse": Decimal("0.5"),
}


@dataclass(frozen=True)
class FormItem:
    """A question that may stand in a form. `difficulty` is the mean credit that it earned, from 0 to 1, where known."""

    key: int
    code: str
    lesson: str
    level: str
    kind: str
    difficulty: Decimal | None = None


def cells_of(rules: Mapping[str, Any]) -> tuple[Cell, ...]:
    """The blueprint of a form, as the rules of a course version hold it."""
    return tuple(Cell(str(one["lesson"]), int(one["items"])) for one in rules["blueprint"])


def draw_forms(cells: Iterable[Cell], bank: Sequence[FormItem]) -> tuple[list[FormItem], list[FormItem]]:
    """Forms A and B: for each cell pairs as alike as the bank has them, one of each pair to either form.

    The same bank gives the same forms. No question stands in both. Raises BankTooSmall.
    """
    forms: tuple[list[FormItem], list[FormItem]] = ([], [])
    taken: set[int] = set()
    for cell in cells:
        pool = [one for one in bank if one.lesson in cell.lessons and one.key not in taken]
        if len(pool) < 2 * cell.items:
            raise BankTooSmall(
                f"Lesson {cell.lesson} needs {2 * cell.items} questions for two forms and the bank has {len(pool)}."
            )
        for pair in _alike(pool, cell.items):
            taken |= {one.key for one in pair}
            hard, easy = sorted(pair, key=lambda one: (_ease(one), one.code))
            # The easier one to the form that is harder so far; where they are equal, by the codes.
            lead = sum(map(_ease, forms[0])) - sum(map(_ease, forms[1]))
            a_gets_easy = lead < 0 or (lead == 0 and _coin(easy.code, hard.code))
            forms[0].append(easy if a_gets_easy else hard)
            forms[1].append(hard if a_gets_easy else easy)
    return forms


def _alike(pool: Sequence[FormItem], count: int) -> list[tuple[FormItem, FormItem]]:
    """The closest pair, the closest among the rest, and so on."""
    pairs = sorted(combinations(sorted(pool, key=lambda one: one.code), 2), key=_distance)
    chosen: list[tuple[FormItem, FormItem]] = []
    used: set[int] = set()
    for first, second in pairs:
        if len(chosen) < count and not used & {first.key, second.key}:
            chosen.append((first, second))
            used |= {first.key, second.key}
    return chosen


def _distance(pair: tuple[FormItem, FormItem]) -> tuple[int, Decimal, int, str]:
    """Level first, then difficulty, then kind of question; among equals by chance that is the same every time."""
    one, other = pair
    apart = (
        abs(one.difficulty - other.difficulty)
        if one.difficulty is not None and other.difficulty is not None
        else Decimal("0.5")
    )
    return (one.level != other.level, apart, one.kind != other.kind, _digest(one.code, other.code))


def _ease(one: FormItem) -> Decimal:
    """The difficulty as measured, or as the level lets one expect."""
    return one.difficulty if one.difficulty is not None else _EXPECTED.get(one.level, Decimal("0.6"))


def _digest(*codes: str) -> str:
    return hashlib.sha256("/".join(sorted(codes)).encode()).hexdigest()


def _coin(*codes: str) -> bool:
    return int(_digest(*codes), 16) % 2 == 1


@dataclass(frozen=True)
class Standing:
    """What decides which questions somebody may answer now. `done` holds purposes."""

    done: Collection[str]
    asked_before: bool
    started_at: datetime | None
    satisfied_at: datetime | None

    @property
    def later_on(self) -> datetime | None:
        """When the last questions open: only for those who answered the first."""
        is_due = self.satisfied_at is not None and BEFORE in self.done and LATER not in self.done
        return self.satisfied_at + LATER_AFTER if is_due and self.satisfied_at else None


def open_purpose(standing: Standing, *, at: datetime) -> str | None:
    """The one set of questions that is open to this learner at this moment, if any. They never hold her up.

    Before: until she opens a lesson, and once for each course. At the end: for half a year. Later: for three months.
    """
    if BEFORE not in standing.done:
        is_new = standing.started_at is None and standing.satisfied_at is None and not standing.asked_before
        return BEFORE if is_new else None
    if standing.satisfied_at is None:
        return None
    later = standing.satisfied_at + LATER_AFTER
    if at < later:
        return AFTER if AFTER not in standing.done else None
    return LATER if LATER not in standing.done and at < later + LATER_OPEN_FOR else None


@dataclass(frozen=True)
class LessonWaiver:
    """Which lessons may be left out, and how much of the questions before has to be right for it."""

    lessons: tuple[str, ...]
    percent: int

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "LessonWaiver":
        return cls(tuple(str(one) for one in data["lessons"]), int(data["percent"]))

    def is_met(self, credits: Sequence[Decimal]) -> bool:
        return bool(credits) and sum(credits, Decimal(0)) * 100 >= self.percent * len(credits)


def major(version: str) -> str:
    """What comes before the first dot: 2026 of 2026.1."""
    return version.partition(".")[0].strip()
