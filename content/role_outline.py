"""What the training of a role contains. Courses live in an app above, which says at start-up how to find it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class OutlineLesson:
    code: str
    title: str
    minutes: int


@dataclass(frozen=True)
class OutlineScenario:
    title: str
    minutes: int


@dataclass(frozen=True)
class RoleOutline:
    title: str
    lessons: tuple[OutlineLesson, ...]
    check_title: str
    check_minutes: int
    check_items: int
    pass_percent: int
    scenarios: tuple[OutlineScenario, ...]
    minutes_total: int
    credit_hours: str
    validity_months: int


_find: Callable[[str], RoleOutline | None] | None = None


def register_outline(find: Callable[[str], RoleOutline | None]) -> None:
    """Called by the app that has the courses: the code of a role in, its outline out."""
    global _find
    _find = find


def outline_of(role_code: str) -> RoleOutline | None:
    return _find(role_code) if _find is not None else None
