"""What is asked of somebody: a rule of plain values, the same for one person and for a hundred thousand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Asking:
    """An assignment as the rule sees it. `path` is that of the unit that asks; a role of None asks everybody."""

    path: str
    course_id: int
    role_id: int | None
    due_on: date | None
    days: int | None


@dataclass(frozen=True)
class Asked:
    course_id: int
    due_on: date | None
    is_set_by_agency: bool


def asked_of(
    askings: Iterable[Asking],
    *,
    path: str,
    role_id: int | None,
    joined_on: date,
    of_everybody: Iterable[int],
) -> dict[int, Asked]:
    """By course. Where several assignments ask for the same one, the nearest unit decides, and in it the one for the role.

    `path` is that of the person's unit; `of_everybody` are courses that every role asks for, by no day.
    """
    found = {course_id: Asked(course_id, None, False) for course_id in of_everybody}
    mine = [one for one in askings if path.startswith(one.path) and one.role_id in (None, role_id)]
    for one in sorted(mine, key=lambda one: (len(one.path), one.role_id is not None)):
        due = one.due_on
        if due is None and one.days is not None:
            due = joined_on + timedelta(days=one.days)
        found[one.course_id] = Asked(one.course_id, due, True)
    return found
