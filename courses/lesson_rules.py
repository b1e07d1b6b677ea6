"""What the words of a lesson have to keep to, beyond being readable at all. No database.

A lesson is looked at as its parts: stretches of text, boxes for roles and packs, the summary. Exercises are made of single
sentences, which would only flatter the grade; they are left out of it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from content.citations import cited_codes
from content.reader import Checker
from content.reading_level import grade

HIGHEST_GRADE = 9
# A short passage moves a whole grade with the name of one convention, so it may be a little above.
HIGHEST_GRADE_OF_A_PASSAGE = 10
FEWEST_WORDS_OF_A_PASSAGE = 40
# Brysbaert (2019), "How many words do we read per minute?": 238 for prose, less for those who read in a second language.
WORDS_A_MINUTE = 200
# An exercise, and time to think, take at least the rest.
READING_SHARE = 0.75
SUMMARY_WORDS = (80, 240)

_FIGURE = re.compile(r"\d[\d.,]*\s?(?:%|per cent\b|million\b|billion\b)")
_HEADING = re.compile(r"^##.*$", re.MULTILINE)


@dataclass(frozen=True)
class LessonPart:
    """Words of a lesson as they stand in its file from `line` on. `heads` are the roles or the pack that they are for."""

    kind: str
    text: str
    line: int
    heads: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        return len(re.sub(r"\[@[^\]]*\]|[#*]", "", self.text).split())


def check_lesson(
    parts: list[LessonPart],
    check: Checker,
    *,
    minutes: int,
    minutes_line: int,
    roles: Iterable[str],
    packs: Iterable[str],
) -> None:
    """Say what is too hard to read, too long for its minutes, or a figure without a source."""
    _reading_level(parts, check)
    _reading_time(parts, check, minutes, minutes_line, roles, packs)
    for part in parts:
        _figures(part, check)


def _reading_level(parts: list[LessonPart], check: Checker) -> None:
    grades = [(grade(part.text), part) for part in parts if part.words >= FEWEST_WORDS_OF_A_PASSAGE]
    for reads_at, part in grades:
        if reads_at > HIGHEST_GRADE_OF_A_PASSAGE:
            check.say(
                part.line,
                f"These words read at grade {reads_at:.1f}; {HIGHEST_GRADE_OF_A_PASSAGE} is the most for a passage. "
                "Shorter sentences and plainer words help.",
            )
    whole = grade("\n\n".join(part.text for part in parts))
    if whole > HIGHEST_GRADE:
        hardest = max(grades, key=lambda one: one[0])[1] if grades else parts[0]
        check.say(
            hardest.line,
            f"The lesson reads at grade {whole:.1f}; {HIGHEST_GRADE} is the most. Its hardest passage begins here.",
        )


def _reading_time(
    parts: list[LessonPart],
    check: Checker,
    minutes: int,
    line: int,
    roles: Iterable[str],
    packs: Iterable[str],
) -> None:
    """One learner meets the shared words, one box of each group for her role and one for her pack."""
    shared = sum(part.words for part in parts if not part.heads and part.kind != "summary")
    by_role = [
        sum(part.words for part in parts if part.kind == "role" and role in part.heads) for role in roles
    ]
    by_pack = [
        sum(part.words for part in parts if part.kind == "law" and pack in part.heads) for pack in packs
    ]
    takes = (shared + max(by_role, default=0) + max(by_pack, default=0)) / WORDS_A_MINUTE
    if minutes and takes > minutes * READING_SHARE:
        check.say(
            line,
            f"One learner reads for {takes:.0f} minutes here, at {WORDS_A_MINUTE} words a minute, and has an exercise to do: "
            f"that does not fit into {minutes}.",
        )


def _figures(part: LessonPart, check: Checker) -> None:
    """A share or a number of millions has its source under the same heading."""
    starts = [0, *(found.start() for found in _HEADING.finditer(part.text))]
    for start, end in zip(starts, [*starts[1:], len(part.text)], strict=True):
        section = part.text[start:end]
        figure = _FIGURE.search(section)
        if figure and not cited_codes(section):
            check.say(
                part.line + part.text.count("\n", 0, start + figure.start()),
                f"{figure[0]} needs its source: [@NUM-01], with the fact that says so.",
            )
