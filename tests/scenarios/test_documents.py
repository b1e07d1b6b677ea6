"""Reading files: every mistake is named by file and line."""

import copy
import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from content.reader import CurriculumError
from scenarios import services
from scenarios.documents import (
    DocumentStory,
    ScenarioDocument,
    compiled_head,
    compiled_scenes,
    fact_codes,
    source_digest,
)
from scenarios.exceptions import ScenarioFileError
from scenarios.reading import read_document, read_scenario

from .conftest import FILES, SLUGS, document

GOOD = FILES[SLUGS.index("seen-alone")].read_text(encoding="utf-8")


def read(tmp_path: Path, text: str) -> ScenarioDocument:
    path = tmp_path / "seen-alone.yaml"
    path.write_text(text, encoding="utf-8")
    return read_scenario(path)


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_seven_files_are_read() -> None:
    assert SLUGS == [
        "asthma-review",
        "corridor",
        "early-van",
        "five-times",
        "packhouse",
        "same-words",
        "seen-alone",
    ]
    documents = [document(slug) for slug in SLUGS]
    scenes = [scene for one in documents for scene in one.data["scenes"]]
    choices = [choice for scene in scenes for choice in scene["choices"]]
    assert (len(scenes), len(choices), sum("critical" in choice for choice in choices)) == (131, 384, 39)
    uuids = [one["uuid"] for one in [*scenes, *choices]]
    assert len(set(uuids)) == len(uuids)


@pytest.mark.parametrize("slug", ["seen-alone", "early-van"])
def test_the_finished_stories_have_words_for_every_slot_in_three_packs(slug: str) -> None:
    data = document(slug).data
    assert all(set(slot["words"]) == {"INT", "US", "UK"} for slot in data["law"])
    used = {key for scene in data["scenes"] for choice in scene["choices"] for key in choice.get("law", [])}
    assert used == {slot["key"] for slot in data["law"]}
    assert all(choice["then"] for scene in data["scenes"] for choice in scene["choices"])


@pytest.mark.parametrize("slug", SLUGS)
def test_a_finished_story_leaves_no_choice_without_its_move_and_no_critical_one_unseen_by_others(
    slug: str,
) -> None:
    data = document(slug).data
    choices = [choice for scene in data["scenes"] for choice in scene["choices"]]
    assert all(choice["then"] and choice["move"] for choice in choices)
    assert {key for choice in choices for key in choice.get("law", [])} == {
        slot["key"] for slot in data["law"] if "INT" in slot["words"]
    }
    assert {rule["kind"] for rule in data["must"]} == {"visit", "avoid"}
    critical = {choice["key"] for choice in choices if "critical" in choice}
    assert len(data["perspectives"]) == 4
    for perspective in data["perspectives"]:
        seen = {view.get("choice") for view in perspective["views"]}
        assert critical <= seen, f"{perspective['name']} has no words for {critical - seen}"


@pytest.mark.parametrize("slug", SLUGS)
def test_no_file_shows_an_internal_code_in_its_words(slug: str) -> None:
    def words(value: object) -> list[str]:
        if isinstance(value, dict):
            return [
                one
                for key, inner in value.items()
                if key not in ("facts", "uuid", "key")
                for one in words(inner)
            ]
        if isinstance(value, list):
            return [one for inner in value for one in words(inner)]
        return [value] if isinstance(value, str) else []

    codes = set(fact_codes(document(slug).data))
    for text in words(document(slug).data):
        assert not any(code in text for code in codes), text


MISTAKES = [
    ("to: S2-n02\n", "to: S2-n99\n", "to: S2-n99", "There is no scene 'S2-n99'"),
    ("scores: {SAF: 2, TIC: 1, CON: 1}", "scores: {SAF: 3}", "scores: {SAF: 3}", "from -2 to 2"),
    ("scores: {SAF: 2, TIC: 1, CON: 1}", "scores: {HOPE: 1}", "scores: {HOPE: 1}", "not a competency"),
    ("change: {safety: 1, time: -2}", "change: {hope: 1}", "change: {hope: 1}", "'hope' is not a variable"),
    ("when: {lt: [trust, 6]}", "when: {lt: [hope, 6]}", "when: {lt: [hope, 6]}", "'hope' is not known here"),
    ("when: {lt: [trust, 6]}", "when: {evaluate: yes}", "when: {evaluate: yes}", "is not a condition"),
    ("when: {lt: [trust, 6]}", "when: {lt: trust}", "when: {lt: trust}", "needs two things"),
    ("title: Triage", "titel: Triage", "titel: Triage", "'titel' is not known here"),
    ("clock: '21:15'", "clock: '25:15'", "clock: '25:15'", "should be a time"),
    ("key: S2-n02\n", "key: S2-n01\n", "key: S2-n01\n    title: '\"I", "stands in this file twice"),
    ("format: waylight-scenario/1", "format: other/1", "format: other/1", "should be waylight-scenario/1"),
    (
        "when: {always: true}",
        "when: {critical: true}",
        "    when: {critical: true}\n\ndebrief",
        "needs {always: true}",
    ),
    ("minutes: 30", "minutes: half an hour", "minutes: half", "should be a whole number"),
]


@pytest.mark.parametrize(("good", "bad", "where", "words"), MISTAKES)
def test_a_mistake_is_named_by_line(tmp_path: Path, good: str, bad: str, where: str, words: str) -> None:
    assert good in GOOD
    text = GOOD.replace(good, bad, 1)
    with pytest.raises(ScenarioFileError) as caught:
        read(tmp_path, text)
    problems = caught.value.problems
    assert any(words in problem.message for problem in problems), problems
    line = line_of(text, where) + (2 if "\n\ndebrief" in where else 0) * 0
    assert any(problem.line == line and words in problem.message for problem in problems), (line, problems)
    assert {problem.file for problem in problems} == {"scenarios/seen-alone.yaml"}


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("title: Triage", "titel: Triage", 1).replace("to: S2-n02\n", "to: S2-n99\n", 1)
    with pytest.raises(ScenarioFileError) as caught:
        read(tmp_path, text)
    assert len(caught.value.problems) == 3
    assert isinstance(caught.value, CurriculumError)
    assert (caught.value.line, caught.value.file) == (
        caught.value.problems[0].line,
        "scenarios/seen-alone.yaml",
    )


def test_a_scene_that_no_way_leads_to_is_named(tmp_path: Path) -> None:
    text = GOOD.replace("to: S2-n08\n", "to: S2-n09\n")
    with pytest.raises(ScenarioFileError, match="No way leads to the scene S2-n08"):
        read(tmp_path, text)


def test_a_condition_nine_deep_is_refused(tmp_path: Path) -> None:
    deep = "{not: " * 8 + "{always: true}" + "}" * 8
    with pytest.raises(ScenarioFileError, match="8 deep"):
        read(tmp_path, GOOD.replace("when: {lt: [trust, 6]}", f"when: {deep}"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a list",
        "just words",
        "a: [",
        "format: waylight-scenario/1",
        "\x00",
        "scenes: 5\nlaw: x\nendings: {}\n",
    ],
)
def test_what_is_no_scenario_is_refused_in_words(tmp_path: Path, text: str) -> None:
    with pytest.raises(ScenarioFileError) as caught:
        read(tmp_path, text)
    assert all(problem.line >= 1 and problem.message for problem in caught.value.problems)


def test_a_document_knows_on_which_line_each_fact_stands_first() -> None:
    facts = document("seen-alone").facts
    assert facts["IND-06"] == line_of(GOOD, "facts: [IND-06]")
    assert set(facts) == set(fact_codes(document("seen-alone").data))


# A story with everything that the seven do not use.

NEW: dict[str, Any] = {
    "format": "waylight-scenario/1",
    "uuid": "7c1f0f6e-0000-4000-8000-000000000001",
    "code": "T1",
    "slug": "small",
    "language": "en-gb",
    "title": "Small",
    "learner": "Nurse",
    "written_for": ["R3"],
    "minutes": 5,
    "place": "Ward",
    "setting": "A quiet ward.",
    "content_note": "Nothing hard.",
    "good_practice": "Nobody has to say anything.",
    "backtrack": "checkpoint",
    "coach": True,
    "first": "a",
    "scenes": [
        {
            "uuid": "7c1f0f6e-0000-4000-8000-000000000002",
            "key": "a",
            "title": "The door",
            "text": "Somebody waits.",
            "note": "A person is tired.",
            "checkpoint": True,
            "tags": ["start"],
            "choices": [
                {
                    "uuid": "7c1f0f6e-0000-4000-8000-000000000003",
                    "key": "a1",
                    "text": "Sit down.",
                    "why": "It is calm.",
                    "scores": {"TIC": 1},
                    "to": "b",
                },
                {
                    "uuid": "7c1f0f6e-0000-4000-8000-000000000004",
                    "key": "a2",
                    "text": "Stand.",
                    "why": "It is not.",
                    "scores": {"TIC": -1},
                    "to": "b",
                },
            ],
            "imported": {"format": "twee", "text": "Somebody waits."},
        },
        {
            "uuid": "7c1f0f6e-0000-4000-8000-000000000005",
            "key": "b",
            "title": "The end of it",
            "text": "Time passes.",
            "choices": [
                {
                    "uuid": "7c1f0f6e-0000-4000-8000-000000000006",
                    "key": "b1",
                    "text": "Go on",
                    "to": "END",
                }
            ],
        },
    ],
    "endings": [
        {
            "uuid": "7c1f0f6e-0000-4000-8000-000000000007",
            "key": "E1",
            "title": "Good practice",
            "text": "Done.",
            "when": {"always": True},
        }
    ],
    "must": [
        {
            "uuid": "7c1f0f6e-0000-4000-8000-000000000008",
            "kind": "visit",
            "choices": ["a1"],
            "scene": "b",
            "text": "Sat down.",
            "facts": ["TIC-01"],
        }
    ],
    "perspectives": [
        {
            "uuid": "7c1f0f6e-0000-4000-8000-000000000009",
            "key": "officer",
            "name": "Officer",
            "text": "On the road.",
            "views": [
                {
                    "uuid": "7c1f0f6e-0000-4000-8000-00000000000a",
                    "scenes": ["a", "b"],
                    "how": "unaware",
                    "text": "You know nothing of it.",
                },
                {
                    "uuid": "7c1f0f6e-0000-4000-8000-00000000000b",
                    "scenes": ["a"],
                    "choice": "a2",
                    "how": "told",
                    "text": "A nurse rings.",
                },
            ],
        }
    ],
    "overlays": [
        {
            "uuid": "7c1f0f6e-0000-4000-8000-00000000000c",
            "jurisdiction": "UK",
            "target": "7c1f0f6e-0000-4000-8000-000000000002",
            "field": "text",
            "text": "Somebody waits by the A&E desk.",
        },
        {
            "uuid": "7c1f0f6e-0000-4000-8000-00000000000d",
            "jurisdiction": "US",
            "target": "7c1f0f6e-0000-4000-8000-000000000004",
            "disable": True,
        },
    ],
    "translations": [
        {
            "language": "es",
            "target": "7c1f0f6e-0000-4000-8000-000000000002",
            "field": "text",
            "text": "Alguien espera.",
            "source": source_digest("Somebody waits."),
        },
        {
            "language": "es",
            "target": "7c1f0f6e-0000-4000-8000-000000000002",
            "field": "title",
            "text": "La puerta vieja",
            "source": source_digest("The old door"),
        },
    ],
    "imported": {"format": "twee", "twine": {"ifid": "X"}},
}


def test_a_whole_document_is_read_back_as_it_was() -> None:
    assert read_document(NEW, file="x").data == NEW


def test_a_place_says_a_string_in_its_own_way_and_leaves_a_choice_out() -> None:
    def scene(jurisdiction: str, language: str = "en-gb") -> dict[str, Any]:
        return DocumentStory(NEW, jurisdiction=jurisdiction, language=language).scenes["a"]

    assert scene("INT")["text"] == "Somebody waits."
    assert scene("UK")["text"] == "Somebody waits by the A&E desk."
    assert [one["key"] for one in scene("US")["choices"]] == ["a1"]
    assert len(scene("UK")["choices"]) == 2
    assert scene("INT", "es")["text"] == "Alguien espera."
    assert scene("UK", "es")["text"] == "Somebody waits by the A&E desk."


def test_a_translation_of_words_that_have_changed_is_not_shown() -> None:
    assert DocumentStory(NEW, language="es").scenes["a"]["title"] == "The door"


def test_what_is_compiled_for_a_step_holds_no_more_than_the_step_needs() -> None:
    head = compiled_head(NEW)
    assert not {"scenes", "overlays", "translations", "imported"} & set(head)
    assert "views" not in head["perspectives"][0]
    scene = compiled_scenes(NEW)["a"]
    assert "imported" not in scene
    assert [view.get("choice_uuid") for view in scene["views"]] == [
        None,
        NEW["scenes"][0]["choices"][1]["uuid"],
    ]
    assert "translations" not in compiled_scenes(NEW)["b"]


WRONG = [
    (("must", 0, "choices", 0), "zz", "must[0]: There is no choice 'zz'"),
    (("must", 0, "kind"), "perhaps", "should be one of: visit, avoid"),
    (("perspectives", 0, "views", 0, "scenes"), ["a"], "Officer has no words for: b"),
    (("perspectives", 0, "views", 1, "scenes"), ["b"], "is not one of the scene named here"),
    (("perspectives", 0, "views", 1, "how"), "guessed", "should be one of: present, told, unaware"),
    (("overlays", 0, "field"), "why", "There is no 'why' there"),
    (("overlays", 0, "target"), "x", "Nothing in this file has the UUID 'x'"),
    (("overlays", 1, "target"), "7c1f0f6e-0000-4000-8000-000000000002", "Only a choice can be left out"),
    (("backtrack",), "always", "should be one of: none, checkpoint, free"),
    (("coach",), "yes", "'coach' is true or false"),
    (("scenes", 1, "choices"), [], "A scene needs at least one choice"),
]


@pytest.mark.parametrize(("path", "value", "words"), WRONG)
def test_a_mistake_in_plain_values_is_named_by_its_place(
    path: tuple[Any, ...], value: Any, words: str
) -> None:
    data = copy.deepcopy(NEW)
    inner: Any = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(ScenarioFileError) as caught:
        read_document(data, file="x")
    assert any(words in problem.message for problem in caught.value.problems), caught.value.problems


def test_a_draft_may_leave_out_what_its_writer_has_not_come_to() -> None:
    draft = {key: NEW[key] for key in ("format", "uuid", "slug", "title")} | {
        "scenes": [
            {
                "uuid": NEW["scenes"][0]["uuid"],
                "key": "a",
                "choices": [{"uuid": str(uuid.uuid4()), "key": "a1"}],
            }
        ]
    }
    assert read_document(draft, file="x", is_draft=True).data == draft | {"language": "en-gb"}
    with pytest.raises(ScenarioFileError):
        read_document(draft, file="x")


@pytest.mark.django_db
def test_the_drafts_tables_give_the_document_back() -> None:
    read = read_document(NEW, file="x")
    scenario = services.save_draft(read)
    assert services.draft_document(scenario) == NEW
    assert scenario.version is None
    assert services.draft_document(services.save_draft(read)) == NEW
    with pytest.raises(ScenarioFileError, match="has the slug 'small'"):
        services.save_draft(read_document(NEW | {"uuid": str(uuid.uuid4())}, file="x"))
    other = services.save_draft(read_document(NEW | _fresh(), file="x"))
    assert other.code == "T1-2"


def _fresh() -> dict[str, Any]:
    text = json.dumps({key: NEW[key] for key in NEW})
    for number in range(1, 14):
        text = text.replace(f"7c1f0f6e-0000-4000-8000-{number:012x}", str(uuid.uuid4()))
    return dict(json.loads(text)) | {"slug": "other"}
