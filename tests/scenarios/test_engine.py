"""The engine as tables of cases and as properties. No database."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import engine
from scenarios.documents import DocumentStory
from scenarios.engine import State

from .conftest import SLUGS, document

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
STORIES = {slug: DocumentStory(document(slug).data) for slug in SLUGS}


def choice(key: str, to: str, **more: Any) -> dict[str, Any]:
    return {"uuid": key, "key": key, "to": to, "scores": {"SAF": 1}} | more


def story(*scenes: dict[str, Any], **more: Any) -> DocumentStory:
    return DocumentStory(
        {
            "first": scenes[0]["key"],
            "last_decision": scenes[-1]["key"],
            "variables": [
                {"key": "trust", "start": 3, "minimum": 0, "maximum": 10},
                {"key": "safety", "start": 5, "minimum": 0, "maximum": 10},
                {"key": "time", "start": 20},
            ],
            "scenes": list(scenes),
            "endings": [
                {"key": "E4", "when": {"critical": True}},
                {"key": "E1", "when": {"all": [{"ge": ["safety", 7]}, {"ge": ["trust", 7]}]}},
                {"key": "E3", "when": {"always": True}},
            ],
        }
        | more
    )


def play(told: DocumentStory, *choices: str) -> State:
    state, _events = engine.start(told, NOW)
    for one in choices:
        state, _events = engine.step(told, state, one, NOW)
    return state


STATE = State(
    scene="c",
    alternative=None,
    values={"trust": 3, "time": 12},
    path=(
        engine.Decision("a", "a1", None, {}, is_critical=False, move="open"),
        engine.Decision("b", "b1", None, {}, is_critical=True, move="open"),
    ),
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"always": True}, True),
        ({"always": False}, False),
        ({"lt": ["trust", 4]}, True),
        ({"lt": ["trust", 3]}, False),
        ({"le": ["trust", 3]}, True),
        ({"eq": ["trust", 3]}, True),
        ({"ne": ["trust", 3]}, False),
        ({"ge": ["trust", 4]}, False),
        ({"gt": ["time", 11]}, True),
        ({"visited": "a"}, True),
        ({"visited": "c"}, True),
        ({"visited": "z"}, False),
        ({"moves": ["open", 2]}, True),
        ({"moves": ["open", 3]}, False),
        ({"critical": True}, True),
        ({"critical": False}, False),
        ({"not": {"visited": "z"}}, True),
        ({"all": [{"visited": "a"}, {"visited": "z"}]}, False),
        ({"any": [{"visited": "a"}, {"visited": "z"}]}, True),
    ],
)
def test_a_condition_says_what_it_says(condition: dict[str, Any], expected: bool) -> None:
    assert engine.holds(condition, STATE) is expected


@pytest.mark.parametrize(
    "condition", [{}, {"lt": ["hope", 3]}, {"eval": "1"}, {"lt": ["trust", 1], "gt": ["trust", 0]}]
)
def test_a_condition_that_means_nothing_is_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(engine.EngineError):
        engine.holds(condition, STATE)


def nested(depth: int) -> dict[str, Any]:
    return {"always": True} if depth == 1 else {"not": nested(depth - 1)}


def test_a_condition_may_be_eight_deep_and_no_deeper() -> None:
    assert engine.holds(nested(8), STATE) is False
    with pytest.raises(engine.EngineError):
        engine.holds(nested(9), STATE)


@pytest.mark.parametrize(("change", "expected"), [(-5, 0), (-1, 2), (4, 7), (50, 10)])
def test_a_meter_stays_between_its_bounds(change: int, expected: int) -> None:
    told = story(
        {"key": "a", "choices": [choice("a1", "b", change={"trust": change})]}, {"key": "b", "choices": []}
    )
    assert play(told, "a1").values["trust"] == expected


def test_a_consequence_scene_is_shown_once_before_the_scene_it_belongs_to() -> None:
    told = story(
        {"key": "a", "choices": [choice("a1", "b", change={"trust": -2}), choice("a2", "b")]},
        {"key": "y", "before": {"scene": "b", "when": {"lt": ["trust", 2]}}, "choices": [choice("y1", "b")]},
        {"key": "b", "choices": [choice("b1", "a"), choice("b2", "END")]},
    )
    assert play(told, "a1").scene == "y"
    assert play(told, "a1", "y1").scene == "b"
    assert play(told, "a2").scene == "b"
    assert play(told, "a1", "y1", "b1", "a1").scene == "b"


def test_when_the_story_time_is_up_the_last_decision_comes_next() -> None:
    told = story(
        {
            "key": "a",
            "choices": [choice("a1", "b", change={"time": -20}), choice("a2", "b", change={"time": -19})],
        },
        {"key": "b", "choices": [choice("b1", "z")]},
        {"key": "z", "choices": [choice("z1", "END", change={"time": -1})]},
    )
    assert play(told, "a1").scene == "z"
    assert play(told, "a2").scene == "b"
    assert play(told, "a1", "z1").ending == "E3"


def test_other_words_and_what_arriving_changes_depend_on_trust() -> None:
    told = STORIES["seen-alone"]
    scene = told.scenes["S2-n10"]
    before = told.scenes["S2-n09"]
    open_question = next(one["uuid"] for one in before["choices"] if one["key"] == "S2-n09-c")
    for trust, alternative, disclosure in ((2, 0, 0), (6, None, 1)):
        state = State(
            scene="S2-n09",
            alternative=None,
            values={"trust": trust, "safety": 5, "disclosure": 0, "time": 40},
        )
        after, _events = engine.step(told, state, open_question, NOW)
        assert (after.scene, after.alternative, after.values["disclosure"]) == (
            scene["key"],
            alternative,
            disclosure,
        )


def test_a_critical_choice_ends_in_e4_whatever_the_meters_say() -> None:
    told = story(
        {
            "key": "a",
            "choices": [
                choice("a1", "END", critical="Told", change={"trust": 9, "safety": 9}),
                choice("a2", "END"),
            ],
        }
    )
    assert play(told, "a1").ending == "E4"
    assert play(told, "a1").flagged == (0,)


def test_going_back_restores_how_things_stood_and_clears_the_flag() -> None:
    told = story(
        {
            "key": "a",
            "choices": [choice("a1", "b", critical="Told", change={"trust": -3}), choice("a2", "b")],
        },
        {"key": "b", "choices": [choice("b1", "END")]},
    )
    ended = play(told, "a1", "b1")
    again, events = engine.rewind(ended, ended.flagged[0], NOW)
    assert (again.scene, again.values["trust"], again.flagged, again.ending) == ("a", 3, (), None)
    assert again.step == ended.step + 1
    assert [event.kind for event in events] == ["rewound"]
    better, _events = engine.step(told, again, "a2", NOW)
    done, _events = engine.step(told, better, "b1", NOW)
    assert done.ending == "E3"


def test_a_choice_of_another_scene_is_refused() -> None:
    told = story({"key": "a", "choices": [choice("a1", "b")]}, {"key": "b", "choices": [choice("b1", "END")]})
    state, _events = engine.start(told, NOW)
    with pytest.raises(engine.NotOffered):
        engine.step(told, state, "b1", NOW)
    with pytest.raises(engine.AlreadyEnded):
        engine.step(told, play(told, "a1", "b1"), "b1", NOW)


def test_a_choice_can_be_offered_only_under_a_condition() -> None:
    told = story(
        {"key": "a", "choices": [choice("a1", "END", when={"ge": ["trust", 5]}), choice("a2", "END")]}
    )
    state, _events = engine.start(told, NOW)
    assert [one.uuid for one in engine.offered(told.scene("a"), state)] == ["a2"]
    with pytest.raises(engine.NotOffered):
        engine.step(told, state, "a1", NOW)


@pytest.mark.parametrize(
    ("scores", "taken", "expected"),
    [
        ([{"SAF": 2}, {"SAF": -2}], "a1", 100),
        ([{"SAF": 2}, {"SAF": -2}], "a2", 0),
        ([{"SAF": 2}, {"SAF": -1}], "a1", None),  # a range of 3 is below 4: not assessed here
        ([{"SAF": 2}, {"TIC": 1}, {"SAF": -2}], "a2", 50),  # no score counts as nought
    ],
)
def test_a_competency_is_what_was_gained_of_what_could_be(
    scores: list[dict[str, int]], taken: str, expected: int | None
) -> None:
    told = story(
        {"key": "a", "choices": [choice(f"a{n}", "END", scores=one) for n, one in enumerate(scores, start=1)]}
    )
    found = {one.competency: one.percent for one in engine.results(told, play(told, taken).path)}
    assert found["SAF"] == expected


def test_the_mark_needs_a_good_ending_and_sixty_in_everything_assessed() -> None:
    def result(percent: int | None) -> engine.CompetencyResult:
        return engine.CompetencyResult("SAF", percent, 0, 0)

    assert engine.has_mark("E2", [result(60), result(None)])
    assert not engine.has_mark("E1", [result(59)])
    assert not engine.has_mark("E3", [result(100)])


def test_options_keep_their_order_through_an_attempt_and_change_between_attempts() -> None:
    choices = STORIES["seen-alone"].scene("S2-n01").choices
    orders = {
        tuple(one.uuid for one in engine.shuffled(choices, seed=str(seed), scene="S2-n01"))
        for seed in range(60)
    }
    assert len(orders) == 6
    assert engine.shuffled(choices, seed="x", scene="S2-n01") == engine.shuffled(
        choices, seed="x", scene="S2-n01"
    )


# The seven stories.


def walk(slug: str, pick: Any) -> State:
    told = STORIES[slug]
    state, _events = engine.start(told, NOW)
    while state.scene is not None:
        state, _events = engine.step(told, state, pick(told.scene(state.scene)), NOW)
    return state


@pytest.mark.parametrize("slug", SLUGS)
def test_the_best_play_ends_in_e1_with_the_mark(slug: str) -> None:
    state = walk(slug, lambda scene: min(engine.best_choices(scene)))
    found = engine.results(STORIES[slug], state.path)
    assert state.ending == "E1"
    assert engine.has_mark(state.ending, found)
    assert all(one.percent is None or one.percent >= 96 for one in found)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_worst_play_ends_in_e4(slug: str) -> None:
    def worst(scene: engine.SceneRules) -> str:
        return min(scene.choices, key=lambda one: (not one.is_critical, sum(one.scores.values()))).uuid

    assert walk(slug, worst).ending == "E4"


@pytest.mark.parametrize("slug", SLUGS)
def test_every_ending_can_be_reached(slug: str) -> None:
    import random

    told, reached = STORIES[slug], set()
    for seed in range(3000):
        source = random.Random(seed)
        skill = source.random()

        def pick(scene: engine.SceneRules, source: random.Random = source, skill: float = skill) -> str:
            if source.random() < skill:
                return min(engine.best_choices(scene))
            safe = (
                [one for one in scene.choices if not one.is_critical]
                if source.random() < 0.8
                else scene.choices
            )
            return source.choice(safe).uuid

        reached.add(walk(slug, pick).ending)
        if len(reached) == 4:
            break
    assert reached == {"E1", "E2", "E3", "E4"}
    assert told.head.endings[-1].when == {"always": True}


@pytest.mark.parametrize("slug", SLUGS)
def test_every_scene_can_be_reached(slug: str) -> None:
    import random

    seen: set[str] = set()
    for seed in range(1500):
        source = random.Random(seed)
        state = walk(slug, lambda scene, source=source: source.choice(scene.choices).uuid)
        seen |= {decision.scene for decision in state.path}
    assert seen == set(STORIES[slug].scenes)


@settings(max_examples=150, deadline=None)
@given(
    slug=st.sampled_from(SLUGS),
    picks=st.lists(st.integers(0, 5), min_size=1, max_size=60),
    back=st.integers(0, 40),
)
def test_the_state_is_the_fold_of_the_events(slug: str, picks: list[int], back: int) -> None:
    told = STORIES[slug]
    state, log = engine.start(told, NOW)
    for number, pick in enumerate(picks):
        if state.path and number == back:
            state, events = engine.rewind(state, pick % len(state.path), NOW)
        elif state.scene is None:
            break
        else:
            choices = told.scene(state.scene).choices
            state, events = engine.step(told, state, choices[pick % len(choices)].uuid, NOW)
        log += events
        assert engine.fold(log) == state
        assert all(0 <= state.values[meter] <= 10 for meter in ("trust", "safety"))
    assert engine.fold([engine.Event("paused", NOW), *log, engine.Event("resumed", NOW)]) == state
