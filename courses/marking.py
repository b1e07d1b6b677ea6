"""What one answer to one question is worth, from 0 to 1. Values in, values out.

Options are dicts as QuestionVersion keeps them. For `ordering` they stand in the right order; for `matching` each names the
target it belongs to in `answer`; for `best_next_step` one is `correct` and another may carry a `credit` of its own.
An answer is a list of option ids: those chosen, or all of them in the learner's order, or "option:target" pairs.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

CHOOSE_ONE = frozenset({"single", "best_next_step"})
KINDS = ("single", "multiple", "best_next_step", "ordering", "matching")

Options = Sequence[Mapping[str, Any]]


def ids(options: Options) -> list[str]:
    return [str(one["id"]) for one in options]


def pairs(answer: Sequence[str]) -> dict[str, str]:
    """Option to target, of a matching answer."""
    return dict(one.split(":", 1) for one in answer if ":" in one)


def best_answer(kind: str, options: Options) -> list[str]:
    """The answer that earns everything."""
    if kind == "ordering":
        return ids(options)
    if kind == "matching":
        return [f"{one['id']}:{one['answer']}" for one in options]
    return sorted(str(one["id"]) for one in options if one.get("correct"))


def is_complete(kind: str, options: Options, targets: Sequence[str], answer: Sequence[str]) -> bool:
    """Whether this is an answer to this question at all."""
    offered = ids(options)
    if kind == "ordering":
        return sorted(answer) == sorted(offered)
    if kind == "matching":
        found = pairs(answer)
        return (
            len(answer) == len(offered)
            and sorted(found) == sorted(offered)
            and set(found.values()) <= set(targets)
        )
    chosen = set(answer)
    return bool(chosen) and chosen <= set(offered) and (kind not in CHOOSE_ONE or len(chosen) == 1)


def credit(kind: str, options: Options, answer: Sequence[str]) -> Decimal:
    """1 for the whole, a share for part of it: of the right ones less the wrong ones, of the lines in their place, or of
    the pairs that belong together.
    """
    best = best_answer(kind, options)
    if kind == "ordering":
        return _share(sum(one == other for one, other in zip(best, answer, strict=False)), len(best))
    if kind == "matching":
        return _share(len(set(best) & set(answer)), len(best))
    chosen = set(answer)
    if chosen == set(best):
        return Decimal(1)
    if kind == "multiple":
        hits = len(chosen & set(best))
        return _share(max(0, hits - len(chosen - set(best))), len(best))
    earned = [Decimal(str(one.get("credit") or 0)) for one in options if one["id"] in chosen]
    return max(earned, default=Decimal(0))


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / whole).quantize(Decimal("0.001")) if whole else Decimal(0)
