"""The curriculum's files: they hold what they must, load in one piece, and every mistake is named."""

import re
import shutil
from datetime import UTC, datetime
from itertools import combinations

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from config.curriculum import load, read_curriculum
from content.models import Fact
from courses.models import Course, LessonPage, Question
from scenarios.models import Scenario

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ESSENTIAL = {
    "0.1": 4,
    "0.3": 4,
    "1.3": 14,
    "2.3": 10,
    "3.1": 8,
    "3.2": 14,
    "4.1": 14,
    "4.3": 14,
    "4.6": 10,
    "7.5": 8,
}
ROLES = [*(f"R{number}" for number in range(1, 11)), "ALLIED"]


@pytest.fixture(scope="module")
def curriculum():
    return read_curriculum(settings.CURRICULUM_DIR)


def test_the_ten_lessons_of_essential_are_there_with_their_minutes(curriculum):
    minutes = {lesson.code: lesson.minutes for lesson in curriculum.lessons}

    assert {code: minutes.get(code) for code in ESSENTIAL} == ESSENTIAL


def test_no_two_questions_on_a_lesson_for_one_learner_share_most_of_their_words(curriculum):
    def words(question):
        text = " ".join([question.stem, *(option["text"] for option in question.options)])
        return {word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 3}

    def can_meet(one, two):
        return (not one.packs or not two.packs or set(one.packs) & set(two.packs)) and (
            not one.roles or not two.roles or set(one.roles) & set(two.roles)
        )

    for one, two in combinations(curriculum.questions, 2):
        if one.lesson == two.lesson and can_meet(one, two):
            shared = words(one) & words(two)
            assert len(shared) <= 0.5 * len(words(one) | words(two)), (one.code, two.code)


def test_all_seven_scenarios_are_there(curriculum):
    assert {document.slug for document in curriculum.scenarios} == {
        "early-van",
        "seen-alone",
        "corridor",
        "asthma-review",
        "packhouse",
        "five-times",
        "same-words",
    }


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_an_edited_lesson_is_kept(curriculum):
    load(curriculum, at=AT)
    before = (
        LessonPage.objects.count(),
        Question.objects.count(),
        Fact.objects.count(),
        Course.objects.get(code="ESSENTIAL").versions.count(),
        Scenario.objects.count(),
    )
    page = LessonPage.objects.get(code="1.3")
    page.title = "As the trainer calls it"
    page.save_revision().publish()

    report = load(curriculum, at=AT)

    after = (
        LessonPage.objects.count(),
        Question.objects.count(),
        Fact.objects.count(),
        Course.objects.get(code="ESSENTIAL").versions.count(),
        Scenario.objects.count(),
    )
    assert after == before
    assert report.counts["lessons same"] == len(curriculum.lessons)
    assert LessonPage.objects.get(code="1.3").title == "As the trainer calls it"


@pytest.mark.django_db
def test_a_changed_file_changes_its_lesson_unless_a_trainer_edited_it(curriculum, tmp_path):
    load(curriculum, at=AT)
    page = LessonPage.objects.get(code="2.3")
    page.content_note = "As the trainer says"
    page.save_revision().publish()
    folder = shutil.copytree(settings.CURRICULUM_DIR, tmp_path / "curriculum")
    for code in ("1.3", "2.3"):
        path = folder / "lessons" / f"{code}.md"
        path.write_text(
            re.sub(
                r"^content_note: .*$",
                "content_note: As the file says",
                path.read_text(),
                count=1,
                flags=re.MULTILINE,
            )
        )

    report = load(read_curriculum(folder), at=AT)

    assert LessonPage.objects.get(code="1.3").content_note == "As the file says"
    assert LessonPage.objects.get(code="2.3").content_note == "As the trainer says"
    assert report.kept == ["lesson 2.3"]


@pytest.mark.django_db
def test_one_mistake_leaves_the_site_as_it_was_and_is_named(tmp_path, capsys):
    folder = shutil.copytree(settings.CURRICULUM_DIR, tmp_path / "curriculum")
    lesson = folder / "lessons" / "1.3.md"
    lesson.write_text(lesson.read_text().replace("[@CRI-01]", "[@CRI-99]", 1))
    line = next(
        number for number, text in enumerate(lesson.read_text().splitlines(), start=1) if "CRI-99" in text
    )

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("load_curriculum", "--from", str(folder))

    assert f"lessons/1.3.md:{line}: There is no fact CRI-99 in facts.yaml." in capsys.readouterr().err
    assert not LessonPage.objects.exists()


def test_a_file_without_anything_in_it_is_a_mistake(tmp_path, capsys):
    folder = shutil.copytree(settings.CURRICULUM_DIR, tmp_path / "curriculum")
    (folder / "courses.yaml").write_text("")

    with pytest.raises(CommandError, match="1 mistake in the files"):
        call_command("load_curriculum", "--check", "--from", str(folder))

    assert "courses.yaml:1: There are no courses in this file." in capsys.readouterr().err
