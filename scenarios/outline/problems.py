"""What stands in the way of a draft, in words, for the outline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.validation import Problem, validate


@dataclass(frozen=True)
class Found:
    problems: Sequence[Problem]

    @property
    def errors(self) -> list[Problem]:
        return [one for one in self.problems if one.level == "error"]

    @property
    def others(self) -> list[Problem]:
        return [one for one in self.problems if one.level != "error"]

    def of_scene(self, key: str) -> list[Problem]:
        return [one for one in self.problems if one.scene == key]


def problems_of(data: Mapping[str, Any], *, is_walked: bool = True) -> Found:
    """With the walk through every state, half a second of it at most; an autosave does without."""
    return Found(validate(data, is_walked=is_walked, seconds=0.5).problems)
