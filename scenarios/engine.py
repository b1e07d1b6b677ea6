"""The scenario engine: values in, values out, no database.

A play is the fold of its events. `start`, `step` and `rewind` return the new state and the events that led to it;
`fold` makes the same state from those events alone, so that nothing has to be believed that was not written down.
"""

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Protocol

COMPETENCIES = ("SAF", "TIC", "IDN", "CON", "CUL", "REF")
END = "END"
TIME = "time"
MAX_DEPTH = 8
# Below this denominator a competency was hardly touched, and a percentage would say more than is known.
ASSESSED_FROM = 4
MARK_PERCENT = 60
MARK_ENDINGS = frozenset({"E1", "E2"})

Condition = Mapping[str, Any]
COMPARISONS = ("lt", "le", "eq", "ne", "ge", "gt")


class EngineError(Exception):
    """What was asked for is not possible in this story or state."""


class NotOffered(EngineError):
    """This choice is not among those of the present scene."""


class AlreadyEnded(EngineError):
    """The story has ended; there is nothing to choose."""


@dataclass(frozen=True)
class Variable:
    """A meter, a counter or the story's minutes, kept between its bounds where it has any."""

    key: str
    start: int
    minimum: int | None = None
    maximum: int | None = None

    def clamp(self, value: int) -> int:
        if self.minimum is not None and value < self.minimum:
            return self.minimum
        if self.maximum is not None and value > self.maximum:
            return self.maximum
        return value


@dataclass(frozen=True)
class ChoiceRules:
    uuid: str
    to: str
    effects: Mapping[str, int] = field(default_factory=dict)
    scores: Mapping[str, int] = field(default_factory=dict)
    is_critical: bool = False
    move: str = ""
    when: Condition | None = None


@dataclass(frozen=True)
class Arrival:
    """What changes by arriving, without a choice."""

    when: Condition
    effects: Mapping[str, int]


@dataclass(frozen=True)
class Interlude:
    """A consequence scene: shown once, before the scene that holds it."""

    scene: str
    when: Condition


@dataclass(frozen=True)
class SceneRules:
    key: str
    choices: tuple[ChoiceRules, ...]
    alternatives: tuple[Condition, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    interludes: tuple[Interlude, ...] = ()

    def choice(self, uuid: str) -> ChoiceRules:
        for choice in self.choices:
            if choice.uuid == uuid:
                return choice
        raise NotOffered(uuid)


@dataclass(frozen=True)
class EndingRule:
    key: str
    when: Condition


@dataclass(frozen=True)
class Head:
    first: str
    last_decision: str
    variables: tuple[Variable, ...]
    endings: tuple[EndingRule, ...]


class Story(Protocol):
    """One published version. `scene` may be asked for a handful of scenes only, never for all of them."""

    @property
    def head(self) -> Head: ...

    def scene(self, key: str) -> SceneRules: ...


@dataclass(frozen=True)
class Decision:
    """What was chosen, and how things stood before it."""

    scene: str
    choice: str
    alternative: int | None
    values: Mapping[str, int]
    is_critical: bool
    move: str


@dataclass(frozen=True)
class State:
    """Where a play stands. Everything about the past is in `path`, so that going back is cutting it."""

    scene: str | None
    alternative: int | None
    values: Mapping[str, int]
    path: tuple[Decision, ...] = ()
    ending: str | None = None
    # Counts decisions and rewinds, never backwards: the idempotency key of the next decision.
    step: int = 0

    @property
    def visited(self) -> frozenset[str]:
        seen = {decision.scene for decision in self.path}
        if self.scene is not None:
            seen.add(self.scene)
        return frozenset(seen)

    @property
    def flagged(self) -> tuple[int, ...]:
        """Places in the path at which an absolute rule was broken."""
        return tuple(index for index, decision in enumerate(self.path) if decision.is_critical)

    def moves(self, move: str) -> int:
        return sum(decision.move == move for decision in self.path)


@dataclass(frozen=True)
class Event:
    kind: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


def _compare(name: str, left: int, right: int) -> bool:
    return {
        "lt": left < right, "le": left <= right, "eq": left == right,
        "ne": left != right, "ge": left >= right, "gt": left > right,
    }[name]  # fmt: skip


def holds(condition: Condition, state: State, *, depth: int = 1) -> bool:
    """Whether a condition is true now.

    One key each: all, any (lists), not, always, lt le eq ne ge gt ([variable, number]; `time` is the story's minutes
    left), visited (a scene), moves ([kind, at least]), critical (whether any flag stands).
    """
    if depth > MAX_DEPTH:
        raise EngineError(f"A condition may be {MAX_DEPTH} deep, not deeper.")
    if len(condition) != 1:
        raise EngineError("A condition has exactly one key.")
    name, value = next(iter(condition.items()))
    match name:
        case "always":
            return bool(value)
        case "all":
            return all(holds(one, state, depth=depth + 1) for one in value)
        case "any":
            return any(holds(one, state, depth=depth + 1) for one in value)
        case "not":
            return not holds(value, state, depth=depth + 1)
        case "critical":
            return bool(state.flagged) == bool(value)
        case "visited":
            return str(value) in state.visited
        case "moves":
            return state.moves(str(value[0])) >= int(value[1])
        case _ if name in COMPARISONS:
            if value[0] not in state.values:
                raise EngineError(f"There is no variable {value[0]!r}.")
            return _compare(name, state.values[value[0]], value[1])
        case _:
            raise EngineError(f"{name!r} is not a condition.")


def _changed(head: Head, values: Mapping[str, int], effects: Mapping[str, int]) -> dict[str, int]:
    bounds = {variable.key: variable for variable in head.variables}
    result = dict(values)
    for key, change in effects.items():
        result[key] = bounds[key].clamp(result[key] + change)
    return result


def _arrive(story: Story, state: State, key: str) -> State:
    """Enter a scene: first its consequence scene if one is due, then its words and what arriving changes."""
    scene = story.scene(key)
    for interlude in scene.interludes:
        if interlude.scene not in state.visited and holds(interlude.when, state):
            scene = story.scene(interlude.scene)
            break
    here = replace(state, scene=scene.key)
    alternative = next((index for index, when in enumerate(scene.alternatives) if holds(when, here)), None)
    values = here.values
    for arrival in scene.arrivals:
        if holds(arrival.when, here):
            values = _changed(story.head, values, arrival.effects)
    return replace(here, alternative=alternative, values=values)


def start(
    story: Story, now: datetime, *, scene: str | None = None, values: Mapping[str, int] | None = None
) -> tuple[State, list[Event]]:
    """Enter the first scene; a preview may begin at another one and with other values."""
    begin = {
        variable.key: variable.clamp((values or {}).get(variable.key, variable.start))
        for variable in story.head.variables
    }
    state = _arrive(story, State(scene=None, alternative=None, values=begin), scene or story.head.first)
    event = Event(
        "started", now, {"scene": state.scene, "alternative": state.alternative, "values": dict(state.values)}
    )
    return state, [event]


def offered(scene: SceneRules, state: State) -> list[ChoiceRules]:
    return [choice for choice in scene.choices if choice.when is None or holds(choice.when, state)]


def step(story: Story, state: State, choice: str, now: datetime) -> tuple[State, list[Event]]:
    """Take a choice in the present scene. Raises NotOffered or AlreadyEnded."""
    if state.scene is None:
        raise AlreadyEnded
    scene = story.scene(state.scene)
    taken = scene.choice(choice)
    if taken.when is not None and not holds(taken.when, state):
        raise NotOffered(choice)
    decision = Decision(
        state.scene,
        taken.uuid,
        state.alternative,
        state.values,
        is_critical=taken.is_critical,
        move=taken.move,
    )
    after = replace(
        state,
        scene=None,
        alternative=None,
        values=_changed(story.head, state.values, taken.effects),
        path=(*state.path, decision),
        step=state.step + 1,
    )
    target = taken.to
    is_late = after.values.get(TIME, 1) <= 0
    last = story.head.last_decision
    if target != END and is_late and last and last not in after.visited:
        target = last
    if target != END:
        after = _arrive(story, after, target)
    decided = Event(
        "decided",
        now,
        {
            "step": state.step,
            "choice": taken.uuid,
            "critical": taken.is_critical,
            "move": taken.move,
            "to": after.scene,
            "alternative": after.alternative,
            "values": dict(after.values),
        },
    )
    if target != END:
        return after, [decided]
    ended = replace(after, ending=next(rule.key for rule in story.head.endings if holds(rule.when, after)))
    return ended, [decided, Event("ended", now, {"ending": ended.ending})]


def rewind(state: State, index: int, now: datetime) -> tuple[State, list[Event]]:
    """Go back to just before the decision at this place in the path. What came after it no longer counts."""
    if not 0 <= index < len(state.path):
        raise EngineError("There is no such decision to go back to.")
    event = Event("rewound", now, {"step": state.step, "to": index})
    return _apply(state, event), [event]


def way_to(state: State, index: int, now: datetime) -> list[Event]:
    """Events that lead again to where things stood before the decision at `index`, as a play of their own."""
    places = [*state.path[: index + 1]]
    events = [
        Event(
            "started",
            now,
            {
                "scene": places[0].scene,
                "alternative": places[0].alternative,
                "values": dict(places[0].values),
            },
        )
    ]
    for number, (taken, reached) in enumerate(pairwise(places)):
        events.append(
            Event(
                "decided",
                now,
                {
                    "step": number,
                    "choice": taken.choice,
                    "critical": taken.is_critical,
                    "move": taken.move,
                    "to": reached.scene,
                    "alternative": reached.alternative,
                    "values": dict(reached.values),
                },
            )
        )
    return events


def may_go_back_to(policy: str, state: State, checkpoints: Container[str]) -> list[int]:
    """Places in the path to which a learner may go back before the end: none, the last resting point, or any."""
    if policy == "free":
        return list(range(len(state.path)))
    if policy == "checkpoint":
        return [index for index, one in enumerate(state.path) if one.scene in checkpoints][-1:]
    return []


def _apply(state: State, event: Event) -> State:
    data = event.data
    match event.kind:
        case "started":
            return State(scene=data["scene"], alternative=data["alternative"], values=data["values"])
        case "decided":
            if state.scene is None:
                raise EngineError("A decision without a scene.")
            decision = Decision(
                state.scene, data["choice"], state.alternative, state.values, data["critical"], data["move"]
            )
            return State(
                scene=data["to"],
                alternative=data["alternative"],
                values=data["values"],
                path=(*state.path, decision),
                step=state.step + 1,
            )
        case "ended":
            return replace(state, ending=data["ending"])
        case "rewound":
            decision = state.path[data["to"]]
            return State(
                scene=decision.scene,
                alternative=decision.alternative,
                values=decision.values,
                path=state.path[: data["to"]],
                step=state.step + 1,
            )
        case _:
            # Pauses, skips and the like are remembered, and change nothing in the story.
            return state


def fold(events: Iterable[Event]) -> State | None:
    """The state after these events, or None before the first scene."""
    state: State | None = None
    for event in events:
        if state is None and event.kind != "started":
            continue
        state = _apply(state or State(scene=None, alternative=None, values={}), event)
    return state


@dataclass(frozen=True)
class CompetencyResult:
    """`percent` is None where the way taken hardly touched this competency."""

    competency: str
    percent: int | None
    gained: int
    possible: int


def results(story: Story, path: Sequence[Decision]) -> list[CompetencyResult]:
    """Per competency, how much of what could be gained in the scenes visited was gained."""
    gained = dict.fromkeys(COMPETENCIES, 0)
    possible = dict.fromkeys(COMPETENCIES, 0)
    for decision in path:
        scene = story.scene(decision.scene)
        taken = scene.choice(decision.choice)
        for competency in COMPETENCIES:
            scores = [choice.scores.get(competency, 0) for choice in scene.choices]
            gained[competency] += taken.scores.get(competency, 0) - min(scores)
            possible[competency] += max(scores) - min(scores)
    return [
        CompetencyResult(
            competency,
            round(100 * gained[competency] / possible[competency])
            if possible[competency] >= ASSESSED_FROM
            else None,
            gained[competency],
            possible[competency],
        )
        for competency in COMPETENCIES
    ]


@dataclass(frozen=True)
class MustResult:
    """Whether a rule over the whole path is kept, and by which decision it was met or broken (counted from 0)."""

    rule: Mapping[str, Any]
    is_kept: bool
    step: int | None


def judge(rules: Iterable[Mapping[str, Any]], path: Sequence[Decision]) -> list[MustResult]:
    """Each must rule of a story's head over the way taken."""
    found = []
    for rule in rules:
        wanted = set(rule.get("choice_uuids", ()))
        step = next(
            (
                index
                for index, one in enumerate(path)
                if one.choice in wanted or one.scene == rule.get("scene")
            ),
            None,
        )
        found.append(MustResult(rule, (step is not None) == (rule["kind"] == "visit"), step))
    return found


def has_mark(ending: str | None, found: Iterable[CompetencyResult]) -> bool:
    """The scenario mark: a good or fair ending, and 60% in everything that was assessed."""
    return ending in MARK_ENDINGS and all(one.percent is None or one.percent >= MARK_PERCENT for one in found)


def best_choices(scene: SceneRules) -> set[str]:
    """The steps that we would take too: the highest sum of scores among those that break no absolute rule."""
    safe = [choice for choice in scene.choices if not choice.is_critical] or list(scene.choices)
    top = max(sum(choice.scores.values()) for choice in safe)
    return {choice.uuid for choice in safe if sum(choice.scores.values()) == top}


def shuffled(choices: Sequence[ChoiceRules], *, seed: str, scene: str) -> list[ChoiceRules]:
    """The same order all through one attempt, another in the next."""
    return sorted(
        choices, key=lambda choice: hashlib.sha256(f"{seed}/{scene}/{choice.uuid}".encode()).digest()
    )
