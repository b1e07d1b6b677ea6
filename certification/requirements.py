"""What an achievement asks for beyond its course, and whether somebody has it. Plain values; no database.

A rule is a list of requirements, all of which have to be met; `any_of` holds several of which one is enough. Written
as JSON it is `[{"kind": "course", "course": "M04", "minimum_version": 2}, {"kind": "any_of", "of": [[…], […]]}]`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

DEEPEST = 4


class Kind(StrEnum):
    COURSE = "course"
    CHECK = "check"
    SCENARIO = "scenario"
    SESSION = "session"
    SIGN_OFF = "sign_off"
    REFRESHERS = "refreshers"
    HOURS = "hours"
    ANY_OF = "any_of"


# What each kind has to say, and what it may say, with the type of each.
_NEEDED: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    Kind.COURSE: {"course": str},
    Kind.CHECK: {"course": str},
    Kind.SCENARIO: {"scenarios": list},
    Kind.SESSION: {"code": str, "title": str},
    Kind.SIGN_OFF: {"code": str, "title": str},
    Kind.REFRESHERS: {},
    Kind.HOURS: {"hours": (int, float)},
    Kind.ANY_OF: {"of": list},
}
_ALLOWED: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    Kind.COURSE: {"minimum_version": int},
    Kind.CHECK: {"percent": int},
    Kind.SCENARIO: {"levels": dict},
    Kind.SIGN_OFF: {"help": str},
}


@dataclass(frozen=True)
class CourseDone:
    """A registration that was satisfied, and the best check that was passed in it: its share of 1, and when."""

    course: str
    version: int
    hours: float
    at: datetime
    score: float | None = None


@dataclass(frozen=True)
class StoryDone:
    """A scenario that counts. `levels` is the share of each competency in percent; None where it was read as text."""

    scenario: str
    at: datetime
    levels: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Learned:
    """All that a rule may ask about one person."""

    courses: Sequence[CourseDone] = ()
    stories: Sequence[StoryDone] = ()
    sessions: Mapping[str, datetime] = field(default_factory=dict)
    sign_offs: Mapping[str, datetime] = field(default_factory=dict)
    refreshed_at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """One requirement and when it was met; None while it is not. `of` holds the ways of an `any_of`."""

    requirement: Mapping[str, Any]
    met_at: datetime | None
    of: Sequence[Sequence["Answer"]] = ()

    @property
    def is_met(self) -> bool:
        return self.met_at is not None


def problems(rule: Any, *, where: str = "", depth: int = 0) -> list[str]:
    """What is wrong with a rule, each with its place and what would be right. Empty where it can be used."""
    if not isinstance(rule, list):
        return [f"{where or 'The rule'} has to be a list of requirements."]
    if depth > DEEPEST:
        return [f"{where} is nested more than {DEEPEST} levels deep."]
    found: list[str] = []
    for number, one in enumerate(rule, 1):
        place = f"{where}{number}"
        if not isinstance(one, Mapping) or one.get("kind") not in set(Kind):
            found.append(f"{place}: the kind has to be one of {', '.join(Kind)}.")
            continue
        kind = one["kind"]
        allowed = {**_NEEDED[kind], **_ALLOWED.get(kind, {})}
        found += [f"{place}: {kind} has no {name!r}." for name in one if name not in {*allowed, "kind"}]
        found += [
            f"{place}: {kind} needs {name!r}." for name in _NEEDED[kind] if one.get(name) in (None, "", [])
        ]
        found += [
            f"{place}: {name!r} is of the wrong type."
            for name, types in allowed.items()
            if name in one and (not isinstance(one[name], types) or isinstance(one[name], bool))
        ]
        if kind == Kind.ANY_OF and isinstance(one.get("of"), list):
            for letter, way in zip("abcdefghijklmnopqrstuvwxyz", one["of"], strict=False):
                found += problems(way, where=f"{place}{letter}.", depth=depth + 1)
    return found


def answers(rule: Sequence[Mapping[str, Any]], learned: Learned) -> list[Answer]:
    return [_answer(one, learned) for one in rule]


def met_at(found: Iterable[Answer], *, since: datetime) -> datetime | None:
    """When the last of them was met, never before `since`; None while one is open."""
    moments = [one.met_at for one in found]
    if any(moment is None for moment in moments):
        return None
    return max([since, *(moment for moment in moments if moment is not None)])


def _answer(one: Mapping[str, Any], learned: Learned) -> Answer:
    if one["kind"] == Kind.ANY_OF:
        ways = [answers(way, learned) for way in one["of"]]
        done = [_last(way) for way in ways]
        return Answer(one, min((moment for moment in done if moment is not None), default=None), ways)
    return Answer(one, _MEASURES[one["kind"]](one, learned))


def _last(way: Sequence[Answer]) -> datetime | None:
    moments = [one.met_at for one in way]
    if not moments or any(moment is None for moment in moments):
        return None
    return max(moment for moment in moments if moment is not None)


def _first(moments: Iterable[datetime]) -> datetime | None:
    return min(moments, default=None)


def _course(one: Mapping[str, Any], learned: Learned) -> datetime | None:
    least = one.get("minimum_version", 1)
    return _first(row.at for row in learned.courses if row.course == one["course"] and row.version >= least)


def _check(one: Mapping[str, Any], learned: Learned) -> datetime | None:
    # A check counts as passed only with every must-pass item right, so that a share is all that is left to ask.
    least = one.get("percent", 0) / 100
    return _first(
        row.at
        for row in learned.courses
        if row.course == one["course"] and row.score is not None and row.score >= least
    )


def _scenario(one: Mapping[str, Any], learned: Learned) -> datetime | None:
    wanted = one.get("levels", {})
    return _first(
        row.at
        for row in learned.stories
        if row.scenario in one["scenarios"]
        # A story that is read as text counts like one that is played. What was not assessed in it is not asked.
        and (
            row.levels is None
            or all(row.levels[key] >= least for key, least in wanted.items() if key in row.levels)
        )
    )


def _hours(one: Mapping[str, Any], learned: Learned) -> datetime | None:
    total = 0.0
    for row in sorted(learned.courses, key=lambda done: done.at):
        total += row.hours
        if total + 1e-9 >= one["hours"]:
            return row.at
    return None


_MEASURES = {
    Kind.COURSE: _course,
    Kind.CHECK: _check,
    Kind.SCENARIO: _scenario,
    Kind.SESSION: lambda one, learned: learned.sessions.get(one["code"]),
    Kind.SIGN_OFF: lambda one, learned: learned.sign_offs.get(one["code"]),
    Kind.REFRESHERS: lambda one, learned: learned.refreshed_at,
    Kind.HOURS: _hours,
}


class Policy(StrEnum):
    """What a new version means for somebody who is on the way."""

    KEEP = "keep"
    MOVE = "move"
    CHOOSE = "choose"


@dataclass(frozen=True)
class Version:
    number: int
    made_at: datetime
    policy: Policy


def version_for(versions: Iterable[Version], *, begun_at: datetime, chosen: int | None = None) -> int | None:
    """The number of the version that somebody is judged by who began on a day. None where there is none.

    She keeps the one that stood when she began, moves with every later one that moves everybody, and takes the one that
    she chose where a later one left that to her. The first version holds for those who began before there was any.
    """
    rows = sorted(versions, key=lambda row: row.number)
    if not rows:
        return None
    number = rows[0].number
    for row in rows[1:]:
        is_hers = row.policy == Policy.CHOOSE and chosen is not None and chosen >= row.number
        if row.made_at <= begun_at or row.policy == Policy.MOVE or is_hers:
            number = row.number
    return number
