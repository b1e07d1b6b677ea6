"""What answers say about a question: classical item analysis. Values in, values out.

All of it comes from sums, so that new answers are added to what was counted before. Time is not looked at.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from courses import marking

# Below this many people nothing is shown; below the second nothing is concluded.
SHOWN_FROM = 10
JUDGED_FROM = 30
TOO_EASY, TOO_HARD = 0.95, 0.25
WEAK = 0.1


@dataclass
class Sums:
    """Over answers: `credit` is x, from 0 to 1; the share earned in the rest of the same attempt is y.

    `options` maps what was chosen to how often and the sum of y of those who chose it.
    """

    answered: int = 0
    credit: float = 0.0
    credit_squared: float = 0.0
    rest: float = 0.0
    rest_squared: float = 0.0
    product: float = 0.0
    options: dict[str, list[float]] = field(default_factory=dict)

    def add(self, *, credit: float, rest: float, chosen: Iterable[str]) -> None:
        self.answered += 1
        self.credit += credit
        self.credit_squared += credit * credit
        self.rest += rest
        self.rest_squared += rest * rest
        self.product += credit * rest
        for one in chosen:
            tally = self.options.setdefault(one, [0, 0.0])
            tally[0] += 1
            tally[1] += rest

    def merge(self, other: "Sums") -> None:
        self.answered += other.answered
        self.credit += other.credit
        self.credit_squared += other.credit_squared
        self.rest += other.rest
        self.rest_squared += other.rest_squared
        self.product += other.product
        for key, (count, rest) in other.options.items():
            tally = self.options.setdefault(key, [0, 0.0])
            tally[0] += count
            tally[1] += rest

    @property
    def difficulty(self) -> float | None:
        """Mean credit: 1 where everybody has it right."""
        return self.credit / self.answered if self.answered else None

    @property
    def discrimination(self) -> float | None:
        """Correlation of the credit with that of the rest of the attempt; none where one of them never differs."""
        n = self.answered
        if n < 2:
            return None
        spread_x = n * self.credit_squared - self.credit**2
        spread_y = n * self.rest_squared - self.rest**2
        if spread_x <= 1e-9 or spread_y <= 1e-9:
            return None
        return (n * self.product - self.credit * self.rest) / math.sqrt(spread_x * spread_y)


def rest_of(credits: Sequence[float]) -> list[float]:
    """For each answer the share earned by all the others of the attempt; of a lone one nothing can be said."""
    if len(credits) < 2:
        return []
    total = sum(credits)
    return [(total - one) / (len(credits) - 1) for one in credits]


def tallied(kind: str, options: marking.Options, answer: Sequence[str]) -> list[str]:
    """What of an answer is counted: options chosen, pairs made, or the lines that stand in their place."""
    if kind == "ordering":
        return [one for one, right in zip(answer, marking.ids(options), strict=False) if one == right]
    return list(answer)


@dataclass(frozen=True)
class OptionUse:
    """How often an option was taken. `count` is None where it would tell of fewer than ten people."""

    key: str
    is_right: bool
    count: int | None
    share: float | None
    strength: float | None

    @property
    def is_unused(self) -> bool:
        return self.count == 0


def uses(kind: str, options: marking.Options, targets: Sequence[str], sums: Sums) -> list[OptionUse]:
    """One for each option, or for each pair of a match; and none before ten people have answered.

    Where one number is too small to be shown, the next larger is hidden too, or it could be worked out.
    """
    if sums.answered < SHOWN_FROM:
        return []
    right = set(marking.ids(options) if kind == "ordering" else marking.best_answer(kind, options))
    keys = (
        [f"{one}:{target}" for one in marking.ids(options) for target in targets]
        if kind == "matching"
        else marking.ids(options)
    )
    counts = {key: int(sums.options.get(key, [0, 0.0])[0]) for key in keys}
    hidden = _hidden(counts, right)
    return [
        OptionUse(
            key,
            key in right,
            None if key in hidden else counts[key],
            None if key in hidden else counts[key] / sums.answered,
            None if key in hidden or not counts[key] else sums.options[key][1] / counts[key],
        )
        for key in keys
    ]


def _hidden(counts: Mapping[str, int], right: Collection[str]) -> Collection[str]:
    """Wrong ones before right ones: how many were right is said by the difficulty already."""
    small = {key for key, count in counts.items() if 0 < count < SHOWN_FROM}
    others = sorted(
        (key for key, count in counts.items() if count >= SHOWN_FROM),
        key=lambda key: (key in right, counts[key]),
    )
    return small | set(others[:1]) if len(small) == 1 else small


class Finding(StrEnum):
    TOO_EASY = "too_easy"
    TOO_HARD = "too_hard"
    NEGATIVE = "negative"
    WEAK = "weak"
    STRONG_CHOOSE = "strong_choose"
    UNUSED = "unused"


def findings(kind: str, sums: Sums, used: Sequence[OptionUse]) -> list[tuple[Finding, str]]:
    """What a trainer should look at, gravest first, each with the option that it is about or nothing.

    Nothing is concluded from fewer than thirty answers.
    """
    if sums.answered < JUDGED_FROM:
        return []
    found: list[tuple[Finding, str]] = []
    difficulty, discrimination = sums.difficulty or 0.0, sums.discrimination
    if discrimination is not None and discrimination < 0:
        found.append((Finding.NEGATIVE, ""))
    if kind in marking.CHOOSE_ONE:
        best = next((one.strength for one in used if one.is_right), None)
        found += [
            (Finding.STRONG_CHOOSE, one.key)
            for one in used
            if not one.is_right and one.strength is not None and best is not None and one.strength > best
        ]
    if difficulty >= TOO_EASY:
        found.append((Finding.TOO_EASY, ""))
    elif difficulty <= TOO_HARD:
        found.append((Finding.TOO_HARD, ""))
    if discrimination is not None and 0 <= discrimination < WEAK and difficulty < TOO_EASY:
        found.append((Finding.WEAK, ""))
    if kind not in ("ordering", "matching"):
        found += [(Finding.UNUSED, one.key) for one in used if one.is_unused and not one.is_right]
    return found
