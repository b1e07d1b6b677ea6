"""Many plays at once: how often each ending comes, and what is gained in each competency on the way.

Plays are drawn on a `Machine`, which follows the rules of `scenarios.engine` and is many times faster.
"""

import random
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from scenarios.engine import ASSESSED_FROM, COMPETENCIES, MARK_ENDINGS, MARK_PERCENT, TIME
from scenarios.graph import rows, text
from scenarios.walk import AT_END, NOWHERE, Machine

# A play that has not ended after so many decisions is going round in circles.
DECISIONS = 1_000


@dataclass(frozen=True)
class CompetencyShare:
    """Shares are of all plays; the mean is of those that assessed it."""

    competency: str
    assessed: float
    mean_percent: float | None
    reached_mark: float


@dataclass(frozen=True)
class VariableAtEnd:
    variable: str
    mean: float
    least: int
    most: int


@dataclass(frozen=True)
class Simulation:
    """Every share is between 0 and 1. `endings` has the key of every ending, in the order of the story."""

    runs: int
    skill: float
    seed: int
    endings: Mapping[str, float]
    # Plays that came to a scene without a choice or a target, or to no ending.
    stopped: float
    mark: float
    critical: float
    # Plays with at least one consequence scene, and each of these scenes.
    consequences: float
    consequence_scenes: Mapping[str, float]
    decisions: float
    competencies: tuple[CompetencyShare, ...]
    variables: tuple[VariableAtEnd, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class _Scored:
    """A choice with what it gains of what its scene has to give, and how good it is."""

    gained: tuple[int, ...]
    possible: tuple[int, ...]
    order: tuple[bool, int]


def left_out(data: Mapping[str, Any], jurisdiction: str) -> set[str]:
    """The choices that one place does without."""
    return {
        text(row, "target")
        for row in rows(data, "overlays")
        if jurisdiction and text(row, "jurisdiction") == jurisdiction and row.get("disable")
    }


def _scores(machine: Machine, without: Collection[str]) -> list[_Scored]:
    result = []
    for scene in machine.scenes:
        choices = [one for one in scene.choices if not (one.uuid and one.uuid in without)]
        least = [min((one.scores.get(name, 0) for one in choices), default=0) for name in COMPETENCIES]
        most = [max((one.scores.get(name, 0) for one in choices), default=0) for name in COMPETENCIES]
        possible = tuple(high - low for low, high in zip(least, most, strict=True))
        result += [
            _Scored(
                tuple(one.scores.get(name, 0) - low for name, low in zip(COMPETENCIES, least, strict=True)),
                possible,
                (one.is_critical, -sum(one.scores.values())),
            )
            for one in choices
        ]
    return result


def simulate(
    data: Mapping[str, Any], *, runs: int = 10_000, skill: float = 0.0, seed: int = 1, jurisdiction: str = ""
) -> Simulation:
    """Play this often, taking the best choice offered with the probability `skill` and otherwise any.

    The best choice is the first with the highest sum of scores among those that break no absolute rule.
    """
    without = left_out(data, jurisdiction)
    machine = Machine(data, without=without, is_exact=True)
    scored = _scores(machine, without)
    places, graph = machine.places, machine.graph
    first = graph.index.get(text(data, "first"), NOWHERE)
    last, last_bit = machine.last, machine.last_bit
    clock_place = machine.place_of.get(TIME, -1) if last >= 0 else -1
    best = [sorted(place.ways, key=lambda way: scored[way.number].order) for place in places]
    is_consequence = [bool(scene.host) for scene in machine.scenes]
    source = random.Random(seed)  # noqa: S311 - nothing here is a secret
    draw = source.random
    names = [text(row, "key") for row in machine.endings]
    endings = dict.fromkeys(names, 0)
    consequence_scenes = {scene.key: 0 for scene in machine.scenes if scene.host}
    stopped = marks = criticals = consequences = decisions = 0
    width = range(len(COMPETENCIES))
    assessed, percents, passed = ([0] * len(COMPETENCIES) for _ in range(3))
    finals: list[tuple[int, ...]] = []
    for _run in range(runs):
        values, scene = machine.start, first
        gained, possible = [0] * len(COMPETENCIES), [0] * len(COMPETENCIES)
        seen_consequences: set[int] = set()
        ending: int | None = None
        target = first
        for _decision in range(DECISIONS):
            if target < 0:
                break
            scene, values, _minutes = machine.arrive(target, values)
            if is_consequence[scene]:
                seen_consequences.add(scene)
            skilled = bool(skill) and draw() < skill
            ways = [
                way
                for way in (best[scene] if skilled else places[scene].ways)
                if way.test is None or way.test(values)
            ]
            if not ways:
                target = NOWHERE
                break
            way = ways[0] if skilled else ways[int(draw() * len(ways))]
            decisions += 1
            score = scored[way.number]
            for place in width:
                if score.possible[place]:
                    gained[place] += score.gained[place]
                    possible[place] += score.possible[place]
            values = way.after(values)
            target = way.target
            if (
                target != AT_END
                and clock_place >= 0
                and values[clock_place] <= 0
                and not values[-1] & last_bit
            ):
                target = last
        if target == AT_END:
            ending = machine.ending(values)
        if ending is None:
            stopped += 1
        else:
            endings[names[ending]] += 1
        criticals += values[-1] & 1
        consequences += bool(seen_consequences)
        for one in seen_consequences:
            consequence_scenes[graph.keys[one]] += 1
        has_mark = ending is not None and names[ending] in MARK_ENDINGS
        for place in width:
            if possible[place] >= ASSESSED_FROM:
                percent = round(100 * gained[place] / possible[place])
                assessed[place] += 1
                percents[place] += percent
                if percent >= MARK_PERCENT:
                    passed[place] += 1
                else:
                    has_mark = False
        marks += has_mark
        finals.append(values)
    total = max(runs, 1)
    return Simulation(
        runs=runs,
        skill=skill,
        seed=seed,
        endings={key: count / total for key, count in endings.items()},
        stopped=stopped / total,
        mark=marks / total,
        critical=criticals / total,
        consequences=consequences / total,
        consequence_scenes={key: count / total for key, count in consequence_scenes.items()},
        decisions=decisions / total,
        competencies=tuple(
            CompetencyShare(
                name,
                assessed[place] / total,
                percents[place] / assessed[place] if assessed[place] else None,
                passed[place] / total,
            )
            for place, name in enumerate(COMPETENCIES)
        ),
        variables=tuple(
            VariableAtEnd(
                key,
                sum(one[place] for one in finals) / total,
                min((one[place] for one in finals), default=0),
                max((one[place] for one in finals), default=0),
            )
            for key, place in machine.place_of.items()
        ),
    )
