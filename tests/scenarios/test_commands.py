"""`manage.py scenario`."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from scenarios.models import Scenario

from .conftest import FILES
from .stories import choice, scene, story, two_scenes

# Within what JSON may nest, and beyond what can be walked through.
DEEP = '{"title": "x", "imported": {"a": ' + "[" * 700 + "]" * 700 + "}}"


def run(*words: str) -> str:
    out = StringIO()
    call_command("scenario", *words, stdout=out)
    return out.getvalue()


def refusal(*words: str) -> tuple[str, str]:
    """What was printed, and the refusal."""
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("scenario", *words, stdout=out)
    return out.getvalue(), str(refused.value)


def saved(folder: Path, value: Any) -> str:
    file = folder / "story.json"
    file.write_text(json.dumps(value) if not isinstance(value, str) else value)
    return str(file)


def broken() -> dict[str, Any]:
    return story(scene("a", choice("a1", "nowhere"), choice("a2", "END")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_of_the_curriculum_can_be_published(path: Path) -> None:
    said = run("validate", str(path))
    assert "Nothing stops it" in said
    assert ": all states" in said


def test_a_problem_is_named_by_its_scene_and_nothing_exits_with_nought(tmp_path: Path) -> None:
    said, refused = refusal("validate", saved(tmp_path, broken()))
    assert "The choice “a1” leads to “nowhere”" in said
    assert "of level error" in refused


def test_another_program_reads_the_problems(tmp_path: Path) -> None:
    said, _refused = refusal("validate", saved(tmp_path, broken()), "--json")
    answer = json.loads(said)
    assert answer["publishable"] is False
    found = next(one for one in answer["problems"] if one["code"] == "broken-target")
    assert (found["level"], found["scene"], found["choice"]) == ("error", "a", "a1")
    assert found["pointer"] == "scenes/a/choices/a1/to"


def test_what_only_the_reader_refuses_is_said_too(tmp_path: Path) -> None:
    value = two_scenes() | {"colour": "red", "clock": "late"}
    said, _refused = refusal("validate", saved(tmp_path, value))
    assert "colour" in said
    assert "'clock' should be a time" in said


def test_a_sound_story_is_said_to_be_one(tmp_path: Path) -> None:
    said = json.loads(run("validate", saved(tmp_path, two_scenes()), "--json"))
    assert said["publishable"] is True
    assert said["walks"]["everywhere"]["whole"] is True


def test_a_draft_is_validated_by_its_slug(seen_alone: Scenario) -> None:
    assert "Nothing stops it" in run("validate", seen_alone.slug)
    first = seen_alone.scenes.get(key="S2-n01").choices.first()
    assert first is not None
    first.rationale = ""
    first.save()
    said, _refused = refusal("validate", seen_alone.slug)
    assert f"The choice “{first.key}”" in said


@pytest.mark.parametrize("words", ["{", "[1, 2]", "3", "null", '{"scenes": 3}', "[" * 100_000, DEEP])
@pytest.mark.parametrize("action", ["validate", "simulate"])
def test_whatever_a_file_holds_it_is_refused_in_words(tmp_path: Path, words: str, action: str) -> None:
    assert refusal(action, saved(tmp_path, words))[1]


def test_what_is_nested_far_too_deeply_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "story.yaml"
    file.write_text("a: " + "[" * 3000 + "]" * 3000)
    assert "nested far too deeply" in refusal("validate", str(file))[1]


@pytest.mark.django_db
def test_a_slug_that_nobody_has_is_refused() -> None:
    assert "no scenario with the slug 'nowhere'" in refusal("validate", "nowhere")[1]


def test_a_file_that_is_not_there_is_refused() -> None:
    assert "cannot be read" in refusal("validate", "nowhere.yaml")[1]


def test_plays_are_told_in_columns_and_for_programs(tmp_path: Path) -> None:
    file = saved(tmp_path, two_scenes())
    said = run("simulate", file, "--runs", "100")
    assert "75% skilled" in said
    assert "ending good" in said
    answer = json.loads(run("simulate", file, "--runs", "100", "--skill", "1", "--json"))
    assert [one["skill"] for one in answer["simulations"]] == [1.0]
    assert answer["simulations"][0]["endings"] == {"good": 1.0, "other": 0.0}


@pytest.mark.parametrize("words", [("--runs", "0"), ("--skill", "75")])
def test_plays_that_cannot_be_made_are_refused(tmp_path: Path, words: tuple[str, str]) -> None:
    assert words[0] in refusal("simulate", saved(tmp_path, two_scenes()), *words)[1]


def test_a_broken_story_is_not_played(tmp_path: Path) -> None:
    assert "leads to “nowhere”" in refusal("simulate", saved(tmp_path, broken()))[1]
