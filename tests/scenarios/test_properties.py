"""Properties over thousands of plays: the log makes the state, and whoever is stuck was told so beforehand."""

import os
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from scenarios import engine
from scenarios.documents import DocumentStory
from scenarios.validation import Report, validate
from scenarios.walk import Machine, Walk, walk

from .conftest import SLUGS, document
from .stories import random_story

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
# WAYLIGHT_PLAYS makes the same tests longer: WAYLIGHT_PLAYS=100000 pytest tests/scenarios/test_properties.py
PLAYS = int(os.environ.get("WAYLIGHT_PLAYS", "10000"))
OURS = PLAYS * 3 // 10
STORIES = (PLAYS - OURS) // 10
STEPS = 60


class Stuck(Exception):
    """A play that cannot go on, and where."""


class NoEnding(Exception):
    """A play that fits no ending, and where it ended."""


def play(told: DocumentStory, source: random.Random, *, rewinds: bool) -> engine.State:
    """A random play. At every step the fold of the new events on the old state is the new state, and at the end of all.

    The whole log is folded at the end only: its beginnings have been folded on the way.
    """
    try:
        state, log = engine.start(told, NOW)
    except KeyError as error:
        raise Stuck("") from error
    assert engine.fold(log) == state
    folded = engine.fold(log)
    for _ in range(STEPS):
        if state.scene is None:
            break
        here = state.scene
        if rewinds and state.path and source.random() < 0.03:
            state, events = engine.rewind(state, source.randrange(len(state.path)), NOW)
        else:
            offered = engine.offered(told.scene(here), state)
            if not offered:
                raise Stuck(here)
            try:
                state, events = engine.step(told, state, source.choice(offered).uuid, NOW)
            except KeyError as error:
                raise Stuck(here) from error
            except (StopIteration, RuntimeError) as error:
                raise NoEnding(here) from error
        for event in events:
            assert folded is not None
            folded = engine._apply(folded, event)
        assert folded == state
        log += events
    assert engine.fold(log) == state
    return state


def stop_of(told: DocumentStory, source: random.Random) -> Stuck | NoEnding | None:
    """Why a random play could not go on, if it could not."""
    try:
        play(told, source, rewinds=True)
    except (Stuck, NoEnding) as error:
        return error
    return None


@pytest.mark.parametrize("slug", SLUGS)
def test_no_play_of_our_stories_is_stuck_and_the_log_makes_every_state(slug: str) -> None:
    told, source = DocumentStory(document(slug).data), random.Random(slug)
    for _ in range(OURS // len(SLUGS)):
        play(told, source, rewinds=True)


def playable(data: dict[str, Any]) -> DocumentStory | None:
    """The engine runs what can be read as a whole; a missing target is left as one that no scene has."""
    for scene in data["scenes"]:
        for choice in scene["choices"]:
            choice["to"] = choice["to"] or "nowhere"
    return DocumentStory(data)


def named(report: Report) -> set[str]:
    """Scenes with an error; where not every state could be tried, also those in which all choices may be hidden."""
    return {
        problem.scene
        for problem in report.problems
        if problem.level == "error" or (problem.code == "all-hidden" and not report.is_whole)
    }


def test_whoever_is_stuck_in_a_random_story_was_told_so_and_the_log_makes_every_state() -> None:
    stuck = 0
    for seed in range(STORIES):
        data = random_story(seed)
        report = validate(data, states=20_000, seconds=10)
        told = playable(data)
        source = random.Random(seed)
        for _ in range(10):
            stopped = stop_of(told, source)
            if stopped is not None:
                stuck += 1
                is_said = isinstance(stopped, NoEnding) and any(
                    problem.code == "last-ending" for problem in report.problems
                )
                assert is_said or stopped.args[0] in named(report), (seed, stopped, report.problems)
    assert stuck > STORIES / 10


def engine_walk(data: dict[str, Any]) -> tuple[bool, Walk, bool]:
    """The same as the walk, by the engine itself; whether it came to an end; and whether a play can go round for ever."""
    told, found, is_whole = DocumentStory(data), Walk(), True
    keys = [one["key"] for one in data["endings"]]

    def known(state: engine.State) -> Any:
        # In these stories no condition asks for more than three moves of a kind.
        return (
            state.scene,
            tuple(sorted(state.values.items())),
            frozenset(one.scene for one in state.path),
            bool(state.flagged),
            min(state.moves("open"), 3),
            min(state.moves("closed"), 3),
        )

    state, _events = engine.start(told, NOW)
    waiting, seen = [state], {known(state)}
    before: dict[Any, list[Any]] = {}
    done = []
    while waiting:
        state = waiting.pop()
        assert state.scene is not None
        here = known(state)
        found.scenes.add(state.scene)
        scene = told.scene(state.scene)
        offered = engine.offered(scene, state)
        if not offered:
            done.append(here)
            if scene.choices:
                found.stuck.add(state.scene)
        for one in offered:
            found.choices.add(one.uuid)
            try:
                after, _events = engine.step(told, state, one.uuid, NOW)
            except KeyError:
                done.append(here)
                continue
            except (StopIteration, RuntimeError):
                done.append(here)
                found.endless.add(state.scene)
                continue
            if after.ending is not None:
                done.append(here)
                found.endings.add(keys.index(after.ending))
                continue
            before.setdefault(known(after), []).append(here)
            if known(after) not in seen:
                if len(seen) == 3000 or len(after.path) == 40:
                    is_whole = False
                else:
                    seen.add(known(after))
                    waiting.append(after)
    free = set(done)
    while done:
        for one in before.get(done.pop(), []):
            if one not in free:
                free.add(one)
                done.append(one)
    return is_whole, found, free != seen


def test_the_walk_finds_what_the_engine_finds_and_nothing_else() -> None:
    """The walk keeps less of each state than the engine does; it may not lose or make up anything by that."""
    exact = traps = 0
    for seed in range(300):
        data = random_story(seed)
        found = walk(Machine(data), states=20_000, seconds=10)
        playable(data)
        is_whole, expected, is_trap = engine_walk(data)
        exact += is_whole and found.is_whole and len(expected.choices) > 5
        for name in ("scenes", "choices", "endings", "stuck", "endless"):
            mine, theirs = getattr(found, name), getattr(expected, name)
            assert not found.is_whole or theirs <= mine, (seed, name)
            assert not is_whole or mine <= theirs, (seed, name)
        if is_whole and found.is_whole:
            assert bool(found.traps) == is_trap, seed
            traps += is_trap
    assert exact > 45
    assert traps > 5


@pytest.mark.parametrize("slug", SLUGS)
def test_a_machine_steps_as_the_engine_does(slug: str) -> None:
    data = document(slug).data
    told, machine, source = DocumentStory(data), Machine(data, is_exact=True), random.Random(slug)
    for _ in range(60):
        state, _events = engine.start(told, NOW)
        number, values, _minutes = machine.arrive(machine.graph.index[data["first"]], machine.start)
        while True:
            assert machine.graph.keys[number] == state.scene
            assert {key: values[place] for key, place in machine.place_of.items()} == dict(state.values)
            way = source.choice(machine.places[number].ways)
            state, _events = engine.step(told, state, way.uuid, NOW)
            values = way.after(values)
            if state.scene is None:
                assert machine.endings[machine.ending(values)]["key"] == state.ending
                break
            target = way.target
            if values[machine.place_of["time"]] <= 0 and not values[-1] & machine.last_bit:
                target = machine.last
            number, values, _minutes = machine.arrive(target, values)
