"""The curriculum's files as the site has them now: unchanged byte for byte, edits in their places, and all of it loads again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.curriculum import load, read_curriculum
from config.exporting import _REMARKS, Export, _edited_lesson, export_curriculum, write_files
from content.keeping import plain
from content.models import Fact, GlossaryTerm, LoadedFile
from content.writing import to_yaml
from courses.models import LessonPage, Module, Question
from courses.words import lesson_words, question_words, words_of_lesson, words_of_question
from scenarios.models import Scenario
from scenarios.services.drafts import draft_document

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def loaded(settings):
    load(read_curriculum(settings.CURRICULUM_DIR), at=AT)
    return Path(settings.CURRICULUM_DIR)


def publish(page):
    page.save_revision().publish()


def test_what_nobody_changed_is_written_byte_for_byte_and_edits_find_their_places(loaded, tmp_path):
    folder = tmp_path / "out"
    call_command("export_curriculum", str(folder))
    there = {str(path.relative_to(loaded)) for path in loaded.rglob("*") if path.is_file()}
    for name in LoadedFile.objects.values_list("name", flat=True):
        assert name in there
        assert (folder / name).read_bytes() == (loaded / name).read_bytes()

    lesson = LessonPage.objects.get(code="1.3")
    lesson.title = "The first words: and the first ten minutes"
    lesson.summary = lesson.summary.replace("Promise nothing", "Promise *nothing* at all")
    publish(lesson)
    other = LessonPage.objects.get(code="2.3")
    raw = other.body.get_prep_value()
    raw[0]["value"] = raw[0]["value"] + "<p>One more line, with a mark: 1. Not a list. [@CRI-01]</p>"
    other.body = LessonPage._meta.get_field("body").to_python(raw)
    publish(other)
    draft = LessonPage.objects.get(code="3.1")
    draft.title = "Not yet to be seen"
    draft.save_revision()
    question = Question.objects.get(code="Q-1.3-01")
    question.stem = "Another stem: with a colon, “marks” and #."
    question.save_revision().publish()
    Question.objects.filter(code="Q-1.3-02").update(retired=True)
    Fact.objects.filter(code="DEF-04").update(
        statement="No border has to be crossed: people are trafficked at home."
    )
    GlossaryTerm.objects.filter(slug="act").update(meaning="What somebody does.", is_marked=True)
    GlossaryTerm.objects.create(slug="new-term", term="New term", meaning="Something.", facts=["DEF-01"])
    Module.objects.filter(code="M02").update(purpose="See more than one way of being.")

    found = export_curriculum()
    assert found.problems == []
    changed = [name for name, text in found.files.items() if text != (loaded / name).read_text("utf-8")]
    assert sorted(changed) == [
        "facts.yaml",
        "glossary.yaml",
        "lessons/1.3.md",
        "lessons/2.3.md",
        "modules.yaml",
        "questions/1.3.yaml",
    ]
    # The first of them was changed in two places, and nowhere else.
    before, after = (loaded / "lessons/1.3.md").read_text("utf-8"), found.files["lessons/1.3.md"]
    assert after.partition("\n---\n")[2] == before.partition("\n---\n")[2]
    assert "Q-1.3-02" not in found.files["questions/1.3.yaml"]
    assert "# The question bank of lesson 1.3." in found.files["questions/1.3.yaml"]
    assert "Not yet to be seen" not in found.files["lessons/3.1.md"]
    drafts = export_curriculum(drafts=True).files
    assert "Not yet to be seen" in drafts["lessons/3.1.md"]

    write_files(found.files, tmp_path / "again")
    again = read_curriculum(tmp_path / "again")
    for row in again.lessons:
        assert plain(lesson_words(row)) == plain(words_of_lesson(LessonPage.objects.get(code=row.code)))
    for row in again.questions:
        assert plain(question_words(row)) == plain(words_of_question(Question.objects.get(code=row.code)))
    assert load(again, at=AT).conflicts == []
    assert export_curriculum().files == found.files

    scenario = Scenario.objects.get(slug="corridor")
    scenario.title = "Another corridor"
    scenario.save()
    assert "Another corridor" not in export_curriculum().files["scenarios/corridor.yaml"]
    assert "Another corridor" in export_curriculum(drafts=True).files["scenarios/corridor.yaml"]


def test_every_lesson_question_and_story_survives_being_written_anew(loaded, tmp_path, monkeypatch):
    """As if every word had been typed into the admin: the writers give back what the readers read."""
    kept = LoadedFile.objects.in_bulk(field_name="name")
    for name, row in kept.items():
        if name.startswith("lessons/"):
            code = name.removeprefix("lessons/").removesuffix(".md")
            words = plain(words_of_lesson(LessonPage.objects.get(code=code)))
            row.text = _edited_lesson(row.text, name, words)
    files = {name: row.text for name, row in kept.items()}
    for scenario in Scenario.objects.all():
        name = f"scenarios/{scenario.slug}.yaml"
        files[name] = _REMARKS.match(files[name])[0] + to_yaml(draft_document(scenario))
    write_files(files, tmp_path)
    again = read_curriculum(tmp_path)
    for lesson in again.lessons:
        assert plain(lesson_words(lesson)) == plain(words_of_lesson(LessonPage.objects.get(code=lesson.code)))
    for document in again.scenarios:
        assert document.data == draft_document(Scenario.objects.get(slug=document.slug))


def test_a_folder_with_something_in_it_is_left_alone_unless_asked(tmp_path, monkeypatch):
    command = "config.management.commands.export_curriculum.export_curriculum"
    monkeypatch.setattr(command, lambda *, drafts: Export({"facts.yaml": "[]"}))
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "mine.txt").write_text("Mine.")
    with pytest.raises(CommandError, match="not empty"):
        call_command("export_curriculum", str(folder))
    assert (folder / "mine.txt").read_text() == "Mine."
    call_command("export_curriculum", str(folder), "--overwrite")
    assert not (folder / "mine.txt").exists()
    assert (folder / "facts.yaml").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with pytest.raises(CommandError, match="is a file"):
        call_command("export_curriculum", str(folder / "facts.yaml"))
    with pytest.raises(CommandError, match="no folder"):
        call_command("export_curriculum", str(tmp_path / "a" / "b"))


def test_nothing_is_exported_where_nothing_was_loaded(tmp_path):
    with pytest.raises(CommandError, match="load_curriculum"):
        call_command("export_curriculum", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
