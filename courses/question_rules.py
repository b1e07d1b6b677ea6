"""Whether the right answer of a question, or of a whole bank, can be told by its length. No database."""

from collections.abc import Mapping, Sequence
from typing import Any

from content.reader import Checker
from courses.marking import CHOOSE_ONE

# A right option is too long where it has this many times, and this many more, characters than the longest other.
LONGER_BY = 1.3
CHARACTERS = 20
# As much shorter than the shortest other.
SHORTER_BY = 2
# How far the share of questions whose right option is the longest (or the shortest) may be above chance.
ABOVE_CHANCE = 0.1
# Of fewer questions a share says nothing.
ENOUGH = 20


def lengths(kind: str, options: Sequence[Mapping[str, Any]]) -> tuple[list[int], list[int]]:
    """Characters of the right and of the other options; empty where nothing is picked out."""
    if kind not in (*CHOOSE_ONE, "multiple"):
        return [], []
    right = [len(option["text"]) for option in options if option["correct"]]
    return right, [len(option["text"]) for option in options if not option["correct"]]


def check_lengths(kind: str, options: Sequence[Mapping[str, Any]], check: Checker, *, line: int) -> None:
    """Say where one question gives itself away."""
    right, others = lengths(kind, options)
    if not right or not others:
        return
    if min(right) > LONGER_BY * max(others) and min(right) - max(others) >= CHARACTERS:
        check.say(
            line,
            f"The right answer can be guessed by its length: {min(right)} characters, and the others {max(others)} at the most.",
        )
    if SHORTER_BY * max(right) < min(others) and min(others) - max(right) >= CHARACTERS:
        check.say(
            line,
            f"The right answer can be guessed by its length: {max(right)} characters, and the others {min(others)} at the least.",
        )


def share_given_away(questions: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> list[tuple[int, str]]:
    """Where choosing by length alone is right too often in a bank of (kind, options): what is wrong, with the place in the
    bank of the question that gives most away.
    """
    found = [
        (at, *lengths(kind, options)) for at, (kind, options) in enumerate(questions) if kind in CHOOSE_ONE
    ]
    pairs = [(at, right[0], others) for at, right, others in found if right and others]
    if len(pairs) < ENOUGH:
        return []
    chance = sum(1 / (1 + len(others)) for _at, _right, others in pairs) / len(pairs)
    # By how much the right answer stands out, where it does.
    longest = {at: right / max(others) for at, right, others in pairs if right > max(others)}
    shortest = {at: min(others) / right for at, right, others in pairs if right < min(others)}
    problems = []
    for which, by_place in (("longest", longest), ("shortest", shortest)):
        share = len(by_place) / len(pairs)
        if share > chance + ABOVE_CHANCE:
            problems.append(
                (
                    max(by_place, key=lambda at: by_place[at]),
                    f"In {share:.0%} of all questions the right answer is the {which}, here most of all. "
                    f"By chance it would be {chance:.0%}, and {chance + ABOVE_CHANCE:.0%} is the most.",
                )
            )
    return problems
