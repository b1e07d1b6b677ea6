"""Spaced refreshers: when one is due, and which six questions it asks. CURRICULUM section 6. Values in, values out."""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from courses.check_rules import Candidate

ITEMS = 6
# Of six: what did not go well comes first, and never alone, so that what is known stays known.
MOST_WEAK = 4
ENOUGH_PERCENT = 70
# After so many days without it the certificate waits for it.
GRACE = timedelta(days=30)
# A certificate lasts a year; then the course is taken again.
LAST_DAY = 365
READ_AGAIN_MINUTES = 10


@dataclass(frozen=True)
class Step:
    """One refresher of one course: the day after its end on which it is due, as a count and as a date."""

    day: int
    due_on: date

    @property
    def waits_from(self) -> date:
        """From this day on it is overdue."""
        return self.due_on + GRACE


def steps(days: Iterable[int], *, satisfied_on: date) -> list[Step]:
    return [Step(day, satisfied_on + timedelta(days=day)) for day in sorted(set(days)) if 0 < day < LAST_DAY]


def due_step(days: Iterable[int], *, satisfied_on: date, done: Collection[int], on: date) -> Step | None:
    """The one that is due. Only ever the newest: who was away for months is not met by three at once."""
    if on > satisfied_on + timedelta(days=LAST_DAY):
        return None
    begun = [step for step in steps(days, satisfied_on=satisfied_on) if step.due_on <= on]
    return begun[-1] if begun and begun[-1].day not in done else None


def next_step(days: Iterable[int], *, satisfied_on: date, on: date) -> Step | None:
    """The one that comes next."""
    return next((step for step in steps(days, satisfied_on=satisfied_on) if step.due_on > on), None)


@dataclass(frozen=True)
class Missed:
    """An answer that did not earn its whole credit: the later, the heavier."""

    question: int
    lesson: str
    missing: Decimal


def weak_lessons(missed: Sequence[Missed]) -> list[str]:
    """Lessons in which answers went wrong, the worst first. `missed` is in the order in which they were given."""
    weights: dict[str, Decimal] = {}
    for place, one in enumerate(missed, start=1):
        weights[one.lesson] = weights.get(one.lesson, Decimal(0)) + one.missing * (1 + Decimal(place) / 100)
    return sorted(weights, key=lambda lesson: (-weights[lesson], lesson))


def draw_refresher(
    bank: Sequence[Candidate],
    *,
    weak: Sequence[str],
    avoid: Collection[int],
    seed: int,
    items: int = ITEMS,
) -> list[Candidate]:
    """Up to four from lessons that went wrong, the rest from as many other lessons as there are; seen least often first.

    What was asked last time (`avoid`) comes only where nothing else is left. The same seed draws the same questions; a
    bank with fewer gives all it has.
    """
    rng = random.Random(seed)  # noqa: S311
    pools: dict[str, list[Candidate]] = {}
    for one in rng.sample(list(bank), len(bank)):
        pools.setdefault(one.lesson, []).append(one)
    for pool in pools.values():
        pool.sort(key=lambda one: (one.key in avoid, one.times_seen))
    drawn: list[Candidate] = []
    _take(drawn, pools, [lesson for lesson in weak if lesson in pools], MOST_WEAK)
    others = [lesson for lesson in pools if lesson not in weak]
    _take(drawn, pools, others, items)
    _take(drawn, pools, list(pools), items)
    rng.shuffle(drawn)
    return drawn


def _take(
    drawn: list[Candidate], pools: Mapping[str, list[Candidate]], lessons: Sequence[str], until: int
) -> None:
    """One from each lesson in turn, until so many are drawn or nothing is left. One question of a case stands alone."""
    while len(drawn) < until and any(pools[lesson] for lesson in lessons):
        for lesson in lessons:
            if len(drawn) < until and pools[lesson]:
                drawn.append(pools[lesson].pop(0))


def is_enough(credits: Sequence[Decimal]) -> bool:
    """Seven of ten. Below that it is time to read again, and nothing else."""
    return sum(credits, Decimal(0)) * 100 >= ENOUGH_PERCENT * len(credits)


def read_again(minutes: Mapping[str, int], lessons: Sequence[str]) -> list[str]:
    """Which lessons to read again, the weakest first: about ten minutes of them, and at least one."""
    chosen: list[str] = []
    total = 0
    for lesson in lessons:
        if lesson not in minutes:
            continue
        if chosen and total + minutes[lesson] > READ_AGAIN_MINUTES:
            continue
        chosen.append(lesson)
        total += minutes[lesson]
    return chosen
