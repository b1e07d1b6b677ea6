"""How a check is drawn and marked: CURRICULUM section 6. Values in, values out."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Cell:
    """One row of a blueprint: so many questions on a lesson, or on any of several with commas between them, of which so
    many test what has to be right.
    """

    lesson: str
    items: int
    must_pass: int = 0

    @property
    def lessons(self) -> tuple[str, ...]:
        return tuple(one.strip() for one in self.lesson.split(","))


@dataclass(frozen=True)
class CheckRules:
    pass_percent: int
    blueprint: tuple[Cell, ...]

    @property
    def items(self) -> int:
        return sum(cell.items for cell in self.blueprint)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "CheckRules":
        cells = data["blueprint"]
        assert isinstance(cells, list)  # noqa: S101
        return cls(
            pass_percent=int(str(data["pass_percent"])),
            blueprint=tuple(Cell(c["lesson"], int(c["items"]), int(c.get("must_pass", 0))) for c in cells),
        )


@dataclass(frozen=True)
class Candidate:
    """A question that may be drawn for one learner."""

    key: int
    lesson: str
    must_pass: str
    times_seen: int = 0
    case: str = ""


@dataclass(frozen=True)
class Answered:
    lesson: str
    must_pass: str
    is_correct: bool
    credit: Decimal | None = None

    @property
    def earned(self) -> Decimal:
        return self.credit if self.credit is not None else Decimal(self.is_correct)


@dataclass(frozen=True)
class Mark:
    score: Decimal
    missed_must_pass: tuple[Answered, ...]
    reached_pass_mark: bool

    @property
    def passed(self) -> bool:
        return self.reached_pass_mark and not self.missed_must_pass


class BankTooSmall(ValueError):
    """The bank cannot fill a cell of the blueprint for this learner."""


def _pick(pool: Sequence[Candidate], count: int, rng: random.Random, lesson: str) -> list[Candidate]:
    """Those seen least often first, by chance among equals."""
    if len(pool) < count:
        raise BankTooSmall(f"Lesson {lesson} needs {count} questions and the bank has {len(pool)}.")
    shuffled = rng.sample(list(pool), len(pool))
    return sorted(shuffled, key=lambda one: one.times_seen)[:count]


def _pick_rules(pool: Sequence[Candidate], count: int, rng: random.Random, lesson: str) -> list[Candidate]:
    """A different rule each time, as far as there are rules."""
    chosen: list[Candidate] = []
    for one in _pick(pool, len(pool), rng, lesson):
        if len(chosen) < count and one.must_pass not in {other.must_pass for other in chosen}:
            chosen.append(one)
    rest = [one for one in pool if one not in chosen]
    return chosen + _pick(rest, count - len(chosen), rng, lesson)


def draw(rules: CheckRules, bank: Sequence[Candidate], *, seed: int) -> list[Candidate]:
    """The questions of one whole check, in the order in which they are asked. The same seed draws the same check.

    Raises BankTooSmall.
    """
    rng = random.Random(seed)  # noqa: S311
    drawn: list[Candidate] = []
    for cell in rules.blueprint:
        pool = [one for one in bank if one.lesson in cell.lessons and one not in drawn]
        chosen = _pick_rules([one for one in pool if one.must_pass], cell.must_pass, rng, cell.lesson)
        rest = [one for one in pool if one not in chosen and not one.must_pass]
        if len(rest) < cell.items - cell.must_pass:
            rest = [one for one in pool if one not in chosen]
        chosen += _pick(rest, cell.items - cell.must_pass, rng, cell.lesson)
        drawn += chosen
    rng.shuffle(drawn)
    return _side_by_side(drawn)


def _side_by_side(drawn: Sequence[Candidate]) -> list[Candidate]:
    """Questions on one case follow one another, where the first of them stood."""
    first: dict[str, int] = {}
    for at, one in enumerate(drawn):
        if one.case:
            first.setdefault(one.case, at)
    places = {one.key: (first.get(one.case, at), at) for at, one in enumerate(drawn)}
    return sorted(drawn, key=lambda one: places[one.key])


def draw_must_pass(
    missed_lessons: Sequence[str], bank: Sequence[Candidate], *, avoid: Collection[int], seed: int
) -> list[Candidate]:
    """A different must-pass question for each one missed, in the order missed. Raises BankTooSmall."""
    rng = random.Random(seed)  # noqa: S311
    drawn: list[Candidate] = []
    for lesson in missed_lessons:
        pool = [one for one in bank if one.lesson == lesson and one.must_pass and one not in drawn]
        fresh = [one for one in pool if one.key not in avoid]
        drawn += _pick(fresh or pool, 1, rng, lesson)
    return drawn


def mark(answers: Sequence[Answered], *, pass_percent: int) -> Mark:
    """Percent of all questions, counting part of a question where part was earned; 80 of 100 means at least 80, so ten
    right of twelve. What has to be right has to be right whole.
    """
    if not answers:
        raise ValueError("A check without answers cannot be marked.")
    earned = sum((one.earned for one in answers), Decimal(0))
    return Mark(
        score=(earned / len(answers)).quantize(Decimal("0.001")),
        missed_must_pass=tuple(one for one in answers if one.must_pass and not one.is_correct),
        reached_pass_mark=earned * 100 >= pass_percent * len(answers),
    )
