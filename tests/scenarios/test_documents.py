"""Reading files: every mistake is named by file and line."""

from pathlib import Path

import pytest

from content.reader import CurriculumError
from scenarios.documents import ScenarioDocument, fact_codes, read_scenario
from scenarios.exceptions import ScenarioFileError

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
