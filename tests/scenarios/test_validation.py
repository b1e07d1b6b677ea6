"""Each kind of problem by a story that has it, with its culprits and no others. No database."""

import copy
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.engine import MAX_DEPTH
from scenarios.formats.from_twine import document_of
from scenarios.formats.twine import read_twee
from scenarios.problems import KINDS, LEVELS
from scenarios.validation import Validator, validate

from .conftest import SLUGS, document
from .stories import WORDS, choice, ending, random_story, scene, story, two_scenes

# What a case makes of the smallest sound story, and where the problem should then be named.
Change = Callable[[dict[str, Any]], Any]


def chain(*keys: str, last: str = "END") -> list[dict[str, Any]]:
    """Scenes that lead one to the next, with two choices each."""
    ahead = [*keys[1:], last]
    return [
        scene(key, choice(f"{key}1", to, change={"trust": 1}), choice(f"{key}2", to))
        for key, to in zip(keys, ahead, strict=True)
    ]


def a(data: dict[str, Any]) -> dict[str, Any]:
    return data["scenes"][0]


def a1(data: dict[str, Any]) -> dict[str, Any]:
    return data["scenes"][0]["choices"][0]


def hidden(data: dict[str, Any], *conditions: Any) -> None:
    for one, when in zip(data["scenes"][1]["choices"], conditions, strict=True):
        one["when"] = when


def add(data: dict[str, Any], *scenes: dict[str, Any]) -> None:
    data["scenes"] += scenes


def overlay(data: dict[str, Any], **more: Any) -> None:
    row = {"uuid": f"overlay {len(data.get('overlays', []))}", "jurisdiction": "UK"} | more
    data["overlays"] = [*data.get("overlays", []), row]


def leave_out(data: dict[str, Any], *choices: dict[str, Any]) -> None:
    for one in choices:
        overlay(data, target=one["uuid"], disable=True)


def must(kind: str, **more: Any) -> dict[str, Any]:
    return {"must": [{"uuid": "rule", "kind": kind, "text": "Ask in private", **more}]}


def long_best(data: dict[str, Any]) -> None:
    data["scenes"] = chain("a", "b", "c", "d", "e", "f")
    for one in data["scenes"]:
        one["choices"][0]["text"] = WORDS * 3


def deep(depth: int) -> dict[str, Any]:
    return {"ge": ["trust", 4]} if depth == 1 else {"not": deep(depth - 1)}


def put(place: Callable[[dict[str, Any]], dict[str, Any]], **more: Any) -> Change:
    return lambda data: place(data).update(more)


def variables(*rows: dict[str, Any]) -> Change:
    return lambda data: data["variables"].extend(rows)


CASES: list[tuple[str, Change, list[tuple[str, str]]]] = [
    ("no-words", lambda data: data.pop("setting"), [("", "")]),
    ("no-scenes", lambda data: data.update(scenes=[]), [("", "")]),
    ("no-first", lambda data: data.pop("first"), [("", "")]),
    ("broken-first", lambda data: data.update(first="z"), [("", "")]),
    ("no-last-decision", variables({"key": "time", "start": 9}), [("", "")]),
    ("broken-last-decision", lambda data: data.update(last_decision="z"), [("", "")]),
    ("no-way-to-end", lambda data: data.update(scenes=chain("a", "b", last="a")), [("", "")]),
    ("malformed", lambda data: data.update(endings={"a": 1}), [("", "")]),
    ("malformed", put(a1, scores=[1]), [("a", "a1")]),
    ("malformed", put(a1, change="trust"), [("a", "a1")]),
    ("no-key", lambda data: add(data, scene("", *chain("x")[0]["choices"])), [("", "")]),
    ("duplicate-scene", lambda data: add(data, *chain("b")), [("b", "")]),
    ("no-title", put(a, title=""), [("a", "")]),
    ("no-text", put(a, text=""), [("a", "")]),
    ("no-choices", put(a, choices=[]), [("a", "")]),
    ("dynamic-no-choices", put(a, choices=[], imported={"dynamic": True}), [("a", "")]),
    ("one-choice", lambda data: a(data)["choices"].pop(), [("a", "")]),
    (
        "no-safe-choice",
        lambda data: [one.update(critical="Told") for one in a(data)["choices"]],
        [("a", "")],
    ),
    ("unreachable", lambda data: add(data, *chain("x"), *chain("y")), [("x", ""), ("y", "")]),
    # Only where the part begins: what follows from it is no problem of its own.
    ("unreachable-part", lambda data: add(data, *chain("x", "y", "z")), [("x", "")]),
    # A part that is a ring has no first scene; the first of the story stands for it.
    ("unreachable-part", lambda data: add(data, *chain("x", "y", last="x")), [("x", "")]),
    (
        "unreachable-dynamic",
        lambda data: (put(a, imported={"dynamic": True})(data), add(data, *chain("x"))),
        [("x", "")],
    ),
    # Only the scenes from which nobody gets out, not those that lead to them.
    ("loop", lambda data: data.update(scenes=chain("a", "b", "c", last="b")), [("b", "")]),
    ("loop-alone", lambda data: data.update(scenes=chain("a", "b", last="b")), [("b", "")]),
    (
        "trap",
        lambda data: add(
            data,
            *(
                put(a1, to="x")(data) or [],
                scene("x", choice("x1", "y"), choice("x2", "y")),
                scene("y", choice("y1", "x"), choice("y2", "END", when={"lt": ["trust", 5]})),
            ),
        ),
        [("x", "")],
    ),
    ("stuck", lambda data: hidden(data, {"ge": ["trust", 5]}, {"ge": ["trust", 4]}), [("b", "")]),
    (
        "never-seen",
        lambda data: (put(a1, to="x", when={"ge": ["trust", 9]})(data), add(data, *chain("x", "y"))),
        [("x", "")],
    ),
    ("broken-before", put(a, before={"scene": "z", "when": {"lt": ["trust", 4]}}), [("a", "")]),
    ("before-itself", put(a, before={"scene": "a", "when": {"lt": ["trust", 4]}}), [("a", "")]),
    ("no-choice-key", put(a1, key=""), [("a", "")]),
    (
        "duplicate-choice",
        lambda data: data["scenes"][1]["choices"][0].update(key="a1"),
        [("b", "a1")],
    ),
    ("no-choice-text", put(a1, text=""), [("a", "a1")]),
    ("no-target", lambda data: a1(data).pop("to"), [("a", "a1")]),
    ("broken-target", put(a1, to="z"), [("a", "a1")]),
    ("no-rationale", lambda data: a1(data).pop("why"), [("a", "a1")]),
    (
        "critical-no-rationale",
        lambda data: (put(a1, critical="Told")(data), a1(data).pop("why")),
        [("a", "a1")],
    ),
    (
        "critical-no-rationale",
        lambda data: put(a, choices=[{**a1(data), "critical": "Told", "why": ""}])(data),
        [("a", "a1")],
    ),
    ("no-score", lambda data: a1(data).pop("scores"), [("a", "a1")]),
    ("bad-score", put(a1, scores={"SAF": 3}), [("a", "a1")]),
    ("bad-score", put(a1, scores={"HOPE": 1}), [("a", "a1")]),
    ("bad-score", put(a1, scores={"SAF": "1"}), [("a", "a1")]),
    ("unknown-move", put(a1, move="sideways"), [("a", "a1")]),
    ("unknown-move", put(a1, when={"moves": ["sideways", 1]}), [("a", "a1")]),
    (
        "same-scores",
        lambda data: [one.update(scores={"SAF": 1}) for one in a(data)["choices"]],
        [("a", "")],
    ),
    ("longest", long_best, [("", "")]),
    ("no-variable-key", variables({"start": 1}), [("", "")]),
    ("duplicate-variable", variables({"key": "trust", "start": 1}), [("", "")]),
    ("bad-start", variables({"key": "calm", "start": 9, "maximum": 5}), [("", "")]),
    ("bad-start", variables({"key": "calm"}), [("", "")]),
    ("unused-variable", variables({"key": "calm", "start": 1}), [("", "")]),
    (
        "never-set",
        lambda data: (variables({"key": "calm", "start": 1})(data), hidden(data, {"gt": ["calm", 0]}, None)),
        [("", "")],
    ),
    (
        "never-read",
        lambda data: (variables({"key": "calm", "start": 1})(data), put(a1, change={"calm": 1})(data)),
        [("", "")],
    ),
    ("unknown-variable", put(a1, change={"hope": 1}), [("a", "a1")]),
    ("unknown-variable", put(a1, when={"lt": ["hope", 1]}), [("a", "a1")]),
    ("bad-change", put(a1, change={"trust": "more"}), [("a", "a1")]),
    ("no-condition", lambda data: data["endings"][0].pop("when"), [("", "")]),
    ("no-condition", put(a, alternatives=[{"uuid": "x", "text": WORDS}]), [("a", "")]),
    ("bad-condition", put(a1, when={"eval": "1"}), [("a", "a1")]),
    ("bad-condition", put(a1, when={"all": []}), [("a", "a1")]),
    ("bad-condition", put(a1, when={"lt": ["trust"]}), [("a", "a1")]),
    ("condition-too-deep", put(a1, when=deep(MAX_DEPTH + 1)), [("a", "a1")]),
    ("unknown-visited", put(a1, when={"visited": "z"}), [("a", "a1")]),
    ("cannot-hold", put(a1, when={"gt": ["trust", 10]}), [("a", "a1")]),
    (
        "cannot-hold",
        put(a1, when={"all": [{"lt": ["trust", 4]}, {"not": {"lt": ["trust", 6]}}]}),
        [("a", "a1")],
    ),
    ("always-holds", put(a1, when={"le": ["trust", 10]}), [("a", "a1")]),
    ("never-holds", put(a1, when={"eq": ["trust", 9]}), [("a", "a1")]),
    (
        "never-holds",
        put(a, alternatives=[{"uuid": "x", "when": {"visited": "b"}, "text": WORDS}]),
        [("a", "")],
    ),
    ("no-endings", lambda data: data.pop("endings"), [("", "")]),
    ("no-ending-key", lambda data: data["endings"][0].pop("key"), [("", "")]),
    (
        "duplicate-ending",
        lambda data: data["endings"].insert(0, ending("good", {"eq": ["trust", 2]})),
        [("", "")],
    ),
    ("no-ending-words", lambda data: data["endings"][0].pop("text"), [("", "")]),
    ("last-ending", lambda data: data["endings"].pop(), [("", "")]),
    ("never-ends-so", lambda data: data["endings"].insert(0, ending("x", {"gt": ["trust", 8]})), [("", "")]),
    ("never-ends-so", lambda data: data["endings"].append(ending("x", {"always": True})), [("", "")]),
    ("broken-must", lambda data: data.update(must("visit", choices=["z1"])), [("", "")]),
    ("empty-must", lambda data: data.update(must("visit")), [("", "")]),
    ("must-kind", lambda data: data.update(must("hope", choices=["a1"])), [("", "")]),
    (
        "cannot-visit",
        lambda data: (add(data, *chain("x")), data.update(must("visit", choices=["x1"]))),
        [("", "")],
    ),
    (
        "cannot-visit",
        lambda data: (put(a1, when={"eq": ["trust", 9]})(data), data.update(must("visit", choices=["a1"]))),
        [("", "")],
    ),
    ("cannot-avoid", lambda data: data.update(must("avoid", choices=["a1", "a2"])), [("", "")]),
    ("cannot-avoid", lambda data: data.update(must("avoid", scene="b")), [("", "")]),
    (
        "no-view",
        lambda data: data.update(
            perspectives=[
                {"uuid": "p", "key": "officer", "name": "The officer", "views": [{"scenes": ["a"]}]}
            ]
        ),
        [("", "")],
    ),
    (
        "broken-view",
        lambda data: data.update(
            perspectives=[
                {"uuid": "p", "name": "The officer", "views": [{"uuid": "v", "scenes": ["a", "b", "z"]}]}
            ]
        ),
        [("", "")],
    ),
    ("broken-overlay", lambda data: overlay(data, target="gone", field="text", text="x"), [("", "")]),
    ("overlay-not-a-choice", lambda data: overlay(data, target=a(data)["uuid"], disable=True), [("", "")]),
    ("overlay-no-words", lambda data: overlay(data, target=a(data)["uuid"]), [("", "")]),
    (
        "overlay-no-jurisdiction",
        lambda data: overlay(data, target=a(data)["uuid"], field="text", text="x", jurisdiction=""),
        [("", "")],
    ),
    ("overlay-leaves-nothing", lambda data: leave_out(data, *a(data)["choices"]), [("a", "")]),
]


def test_the_smallest_sound_story_has_no_problem() -> None:
    report = validate(two_scenes())
    assert report.problems == []
    assert report.is_publishable
    assert report.is_whole


@pytest.mark.parametrize(
    ("code", "change", "where"), CASES, ids=[f"{number}-{case[0]}" for number, case in enumerate(CASES)]
)
def test_a_problem_is_found_and_only_its_culprits_are_named(
    code: str, change: Change, where: list[tuple[str, str]]
) -> None:
    data = two_scenes()
    change(data)
    problems = validate(data).problems
    found = [problem for problem in problems if problem.code == code]
    assert [(problem.scene, problem.choice) for problem in found] == where, problems
    for problem in problems:
        assert problem.message
        assert "%(" not in problem.message
        assert problem.as_json()["level"] in LEVELS


def test_every_kind_of_problem_has_a_case() -> None:
    elsewhere = {"not-a-scenario", "bounded", "all-hidden", "endless"}
    assert {code for code, _change, _where in CASES} | elsewhere == set(KINDS)


def test_every_kind_of_problem_is_documented() -> None:
    words = (Path(__file__).parents[2] / "docs" / "reference" / "scenario-checks.md").read_text()
    for code, (level, _message) in KINDS.items():
        assert f"| `{code}` | {level} |" in words


@pytest.mark.parametrize("value", [None, 3, "x", []])
def test_what_is_not_a_scenario_is_called_so(value: Any) -> None:
    assert [problem.code for problem in validate(value).problems] == ["not-a-scenario"]


def test_a_missing_target_is_not_called_a_dead_end_as_well() -> None:
    data = two_scenes()
    for one in data["scenes"][1]["choices"]:
        one["to"] = ""
    codes = [problem.code for problem in validate(data).problems if problem.scene]
    assert codes == ["no-target", "no-target"]


def test_where_the_walk_is_whole_choices_that_are_never_all_hidden_are_no_problem() -> None:
    data = two_scenes()
    hidden(data, {"ge": ["trust", 5]}, {"eq": ["trust", 2]})
    assert "all-hidden" in {problem.code for problem in Validator(data).problems}
    assert {problem.code for problem in validate(data).problems} == set()


def test_choices_that_complete_each_other_can_never_all_be_hidden() -> None:
    data = two_scenes()
    hidden(data, {"ge": ["trust", 4]}, {"lt": ["trust", 4]})
    assert Validator(data).problems == []


def test_a_play_that_fits_no_ending_is_named_where_it_ends() -> None:
    data = two_scenes()
    data["endings"][-1]["when"] = {"any": [{"lt": ["trust", 2]}, {"visited": "b"}]}
    data["scenes"][0]["choices"][1]["to"] = "END"
    found = [(problem.code, problem.scene) for problem in validate(data).problems]
    assert ("last-ending", "") in found
    data["endings"][-1]["when"] = {"le": ["trust", 10]}
    assert validate(data).is_publishable


def test_a_story_that_is_too_large_to_walk_says_how_far_the_walk_came() -> None:
    report = validate(document("early-van").data, states=50)
    bounded = [problem for problem in report.problems if problem.code == "bounded"]
    assert [problem.level for problem in bounded] == ["info"]
    assert not report.is_whole
    assert report.walks[""].states <= 60
    assert not {"never-holds", "never-seen", "never-ends-so"} & {problem.code for problem in report.problems}


def test_a_clock_leads_out_of_a_loop() -> None:
    data = story(
        *chain("a", "b", last="a"),
        scene("z", choice("z1", "END"), choice("z2", "END")),
        last_decision="z",
    )
    data["variables"].append({"key": "time", "start": 10})
    assert "loop" in {problem.code for problem in validate(data).problems}
    a1(data)["change"] = {"time": -1, "trust": 1}
    codes = {problem.code for problem in validate(data).problems}
    assert not codes & {"loop", "unreachable", "trap"}


def test_a_consequence_scene_is_reached_through_the_scene_it_stands_before() -> None:
    data = two_scenes()
    add(
        data,
        scene("y", choice("y1", "b"), choice("y2", "b"), before={"scene": "b", "when": {"lt": ["trust", 3]}}),
    )
    assert validate(data).problems == []


def test_a_scene_to_which_a_macro_may_lead_is_no_error() -> None:
    data = two_scenes()
    put(a, imported={"dynamic": True})(data)
    add(data, *chain("x", "y"), *chain("z"))
    problems = [problem for problem in validate(data).problems if problem.scene]
    assert [(problem.code, problem.scene, problem.level) for problem in problems] == [
        ("unreachable-dynamic", "x", "info"),
        ("unreachable-dynamic", "z", "info"),
    ]


def test_what_an_imported_macro_may_lead_to_is_left_open() -> None:
    words = """:: Start
Hello. [[On|Second]] [[Other|Third]]

:: Second
<<goto $where>>

:: Third
[[End|Last]]

:: Last
Bye.

:: Hidden
Only the macro leads here. [[Last]]
"""
    read, _rows = read_twee(words)
    data, _rows = document_of(read)
    found = {(problem.code, problem.level) for problem in validate(data).problems}
    assert ("unreachable-dynamic", "info") in found
    assert ("dynamic-no-choices", "error") in found
    assert not {"unreachable", "unreachable-part", "no-choices", "loop"} & {code for code, _level in found}


# Places.


def test_what_a_place_leaves_out_is_validated_as_its_own_story() -> None:
    data = two_scenes()
    data["scenes"][1]["choices"][0]["to"] = "c"
    add(data, *chain("c", last="b"))
    leave_out(data, data["scenes"][1]["choices"][1])
    found = [problem for problem in validate(data).problems if problem.level == "error"]
    assert [(problem.code, problem.scene, problem.jurisdiction) for problem in found] == [("loop", "b", "UK")]
    assert found[0].message.startswith("In UK: ")


def test_a_scene_that_a_place_does_without_is_a_warning_there() -> None:
    data = two_scenes()
    a1(data)["to"] = "c"
    add(data, *chain("c"))
    leave_out(data, a1(data))
    found = [problem for problem in validate(data).problems if problem.code == "unreachable"]
    assert [(problem.scene, problem.jurisdiction, problem.level) for problem in found] == [
        ("c", "UK", "warning")
    ]


def test_a_problem_that_is_everywhere_is_not_said_again_for_each_place() -> None:
    data = two_scenes()
    add(data, *chain("x"))
    leave_out(data, a1(data))
    found = [problem.jurisdiction for problem in validate(data).problems if problem.code == "unreachable"]
    assert found == [""]


def test_plays_are_stuck_in_the_place_where_they_are() -> None:
    data = two_scenes()
    data["scenes"][1]["choices"][0]["when"] = {"ge": ["trust", 5]}
    leave_out(data, data["scenes"][1]["choices"][1])
    found = [problem for problem in validate(data).problems if problem.code == "stuck"]
    assert [(problem.scene, problem.jurisdiction) for problem in found] == [("b", "UK")]


# Any draft.


@pytest.mark.parametrize("slug", SLUGS)
def test_our_stories_are_walked_whole_and_have_nothing_but_the_counter_that_is_only_kept(slug: str) -> None:
    report = validate(document(slug).data)
    assert report.is_whole
    assert {problem.code for problem in report.problems} <= {"never-read", "unused-variable"}
    assert {problem.about["name"] for problem in report.problems} == {"disclosure"}
    assert len(report.walks[""].endings) == 4


def spoil(value: Any, source: random.Random) -> Any:
    """Somewhere in it, something else or nothing."""
    if isinstance(value, dict) and value and source.random() < 0.9:
        key = source.choice(list(value))
        result = dict(value)
        if source.random() < 0.25:
            del result[key]
        else:
            result[key] = spoil(value[key], source)
        return result
    if isinstance(value, list) and value and source.random() < 0.9:
        place = source.randrange(len(value))
        result = list(value)
        if source.random() < 0.25:
            result.insert(place, value[place])
        else:
            result[place] = spoil(value[place], source)
        return result
    return source.choice(
        [None, "", "x", 0, -3, 2.5, True, [], {}, [[]], {"a": 1}, "END", [1, "x"], {"always": 1}]
    )


def test_no_draft_makes_validation_fail() -> None:
    ours = document("early-van").data
    for seed in range(1500):
        source = random.Random(seed)
        data = copy.deepcopy(ours) if seed % 30 == 0 else random_story(seed)
        if seed % 3 == 0:
            leave_out(data, *source.choice(data["scenes"])["choices"])
            data.update(must("avoid", scene="s1", choices=["s00"]))
        for _ in range(source.randint(1, 6)):
            data = spoil(data, source)
        for problem in validate(data, states=2_000).problems:
            assert problem.as_json()["message"]


def test_no_depth_makes_validation_fail() -> None:
    nested: Any = []
    for _ in range(5000):
        nested = [nested]
    data = two_scenes() | {
        "imported": {"macros": nested},
        "debrief": nested,
        "endings": [{"when": {"not": nested}}],
    }
    a1(data)["when"] = {"all": nested}
    a(data)["alternatives"] = nested
    assert validate(data).problems


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["scenes", "choices", "key", "to", "when", "all", "any", "lt", "endings", "variables", "before",
             "scene", "uuid", "first", "must", "overlays", "target", "perspectives", "views", "change", "x"]
        ),
        inner,
        max_size=6,
    ),
    max_leaves=30,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_no_json_makes_validation_fail(value: Any) -> None:
    for problem in validate(value, states=2_000).problems:
        assert problem.as_json()["message"]


# After an edit.


def shown(validator: Validator) -> list[tuple[str, str]]:
    return sorted((problem.code, problem.message) for problem in validator.problems)


def test_after_each_edit_the_problems_are_those_of_the_whole_story() -> None:
    for seed in range(60):
        source = random.Random(seed)
        data = random_story(seed)
        validator = Validator(data)
        for _ in range(6):
            data = dict(data) | {"scenes": list(data["scenes"])}
            number = source.randrange(len(data["scenes"]))
            other = random_story(seed + 1000 * source.randint(1, 9))
            match source.choice(["change", "add", "remove", "head"]):
                case "change":
                    new = source.choice(other["scenes"]) | {
                        name: data["scenes"][number][name] for name in ("key", "uuid")
                    }
                    data["scenes"][number] = new
                    validator.update_scene(new)
                case "add":
                    new = source.choice(other["scenes"]) | {
                        "key": f"new{len(data['scenes'])}",
                        "uuid": f"u{seed}",
                    }
                    if not any(one["uuid"] == new["uuid"] for one in data["scenes"]):
                        data["scenes"].append(new)
                        validator.update_scene(new)
                case "remove" if len(data["scenes"]) > 1:
                    validator.remove_scene(data["scenes"].pop(number)["uuid"])
                case "head":
                    head = {name: other[name] for name in ("variables", "endings", "first")}
                    data |= head
                    validator.update_head(head)
            assert shown(validator) == shown(Validator(data)), seed


def test_a_scene_keeps_its_place_when_its_key_changes() -> None:
    data = two_scenes()
    validator = Validator(data)
    problems = validator.update_scene(data["scenes"][1] | {"key": "renamed"})
    codes = {(problem.code, problem.scene) for problem in problems}
    assert ("broken-target", "a") in codes
    assert ("unreachable", "renamed") in codes
    assert validator.update_scene(data["scenes"][1]) == []


def test_problems_speak_the_language_of_whoever_asks() -> None:
    data = two_scenes()
    a1(data)["to"] = "z"
    (problem,) = [one for one in validate(data).problems if one.code == "broken-target"]
    with translation.override("en"):
        assert (
            problem.message == "The choice “a1” leads to “z”, and no scene has this key. Choose another one."
        )


def test_where_there_is_no_time_left_a_place_is_not_walked_and_said_to_be_bounded() -> None:
    data = two_scenes()
    leave_out(data, a1(data))
    report = validate(data, seconds=0)
    assert not report.is_whole
    assert {place: walk.states for place, walk in report.walks.items()} == {"": 0, "UK": 0}
    assert [problem.code for problem in report.problems] == ["bounded"]


def test_what_can_never_hold_is_said_once() -> None:
    for change in (
        lambda data: hidden(data, {"gt": ["trust", 10]}, None),
        put(a, arrive=[{"when": {"gt": ["trust", 10]}, "change": {"trust": 1}}]),
        put(a, alternatives=[{"uuid": "x", "when": {"gt": ["trust", 10]}, "text": WORDS}]),
        lambda data: data["endings"].insert(0, ending("x", {"gt": ["trust", 10]})),
    ):
        data = two_scenes()
        change(data)
        warnings = [problem.code for problem in validate(data).problems if problem.level == "warning"]
        assert warnings == ["cannot-hold"]


def test_a_rule_is_not_blamed_where_nothing_leads_to_an_ending() -> None:
    data = two_scenes()
    for one in data["scenes"][1]["choices"]:
        one["to"] = "a"
    data.update(must("avoid", choices=["a1"]))
    codes = {problem.code for problem in validate(data).problems}
    assert "loop" in codes
    assert "cannot-avoid" not in codes
