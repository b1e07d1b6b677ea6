"""Why a service said no."""

from collections.abc import Sequence

from courses.gate_rules import OpenGate


class CourseError(Exception):
    """Something that a learner or trainer asked for cannot be done; the text says why and what would be right."""


class GateIsOpen(CourseError):
    """The content waits for a review, and no administrator has taken it on. `gaps` says which."""

    def __init__(self, words: str, gaps: Sequence[OpenGate]) -> None:
        super().__init__(words)
        self.gaps = tuple(gaps)


class NotReady(CourseError):
    """Something else has to come first."""


class InvalidAnswer(CourseError):
    """An answer that the question or activity does not offer."""
