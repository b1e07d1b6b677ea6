"""What a lesson and a question bank are held to, case by case. No database."""

import pytest

from content.reader import Checker
from courses.lesson_files import LessonFile, missing_from
from courses.lesson_rules import LessonPart, check_lesson
from courses.question_rules import check_lengths, share_given_away

PLAIN = "Sit down with them. Say who you are. Ask what they need now."
HARD = "Professional identification necessitates comprehensive consideration of organisational vulnerability."


def said(*parts, minutes=10):
    check = Checker("lessons/1.3.md")
    check_lesson(list(parts), check, minutes=minutes, minutes_line=5, roles=["R1", "R3"], packs=["INT", "UK"])
    return [(one.line, one.message) for one in check.problems]


def test_a_whole_lesson_is_held_to_the_grade_and_its_hardest_passage_is_named():
    easy = LessonPart("text", " ".join([PLAIN] * 2), 20)
    hard = LessonPart("text", " ".join([HARD] * 5), 40)

    found = said(easy, hard)

    assert [line for line, _message in found] == [40, 40]
    assert "The lesson reads at grade" in found[1][1]
    assert said(easy, easy) == []


def test_a_few_words_are_not_measured():
    assert said(LessonPart("text", " ".join([PLAIN] * 20), 20), LessonPart("law", HARD, 60, ("INT",))) == []


def test_one_learner_reads_one_box_of_a_group_and_that_has_to_fit_the_minutes():
    words = LessonPart("text", "word. " * 900, 20)
    boxes = [LessonPart("role", "word. " * 500, 50, (role,)) for role in ("R1", "R3")]

    assert said(words, *boxes, minutes=10) == []
    ((line, message),) = said(words, *boxes, minutes=9)
    assert line == 5
    assert "One learner reads for 7 minutes here" in message


@pytest.mark.parametrize("figure", ["40%", "3 per cent", "27.6 million"])
def test_a_figure_has_its_source_under_the_same_heading(figure):
    text = f"## One\n\nSo it is. [@NUM-01]\n\n## Two\n\nThere were {figure} of them."

    ((line, message),) = said(LessonPart("text", text, 100))

    assert line == 106
    assert f"{figure} needs its source" in message
    assert said(LessonPart("text", text + " [@NUM-02]", 100)) == []


def test_a_lesson_has_its_boxes_its_exercise_and_a_summary_of_some_length():
    lesson = LessonFile(
        code="1.3", module="M01", title="", minutes=4, content_note="", gates=[], version="", valid_from=None,
        recheck_by=None, by_the_end=[], summary="", use_tomorrow=["Do it"], body=[{"type": "text", "value": ""}],
        facts={}, file="lessons/1.3.md", parts=[LessonPart("summary", "In short.", 16)],
    )  # fmt: skip

    assert [str(one) for one in missing_from(lesson)] == [
        "lessons/1.3.md:1: The lesson has no box for what this means in each role: ::: role R1 R2.",
        "lessons/1.3.md:1: The lesson has no box for what the law says: ::: law INT.",
        "lessons/1.3.md:1: The lesson has no box for what people wrongly believe: ::: misconceptions.",
        "lessons/1.3.md:1: The lesson has nothing to do: ::: activity.",
        "lessons/1.3.md:15: The summary has 2 words. Between 80 and 240 tell the lesson.",
        "lessons/1.3.md:1: 'by_the_end' should have between one and 3 lines.",
    ]


def options(right, *others):
    return [
        {"text": "x" * right, "correct": True},
        *({"text": "x" * one, "correct": False} for one in others),
    ]


@pytest.mark.parametrize(
    ("kind", "lengths", "is_told"),
    [
        ("single", (100, 70, 60), True),
        ("single", (100, 90, 30), False),
        ("single", (24, 10, 10), False),
        ("single", (30, 80, 90), True),
        ("single", (60, 80, 90), False),
        ("best_next_step", (100, 70, 60), True),
        ("multiple", (100, 70, 60), True),
        ("ordering", (100, 70, 60), False),
    ],
)
def test_a_right_answer_must_not_stand_out_by_its_length(kind, lengths, is_told):
    check = Checker("questions/1.3.yaml")
    check_lengths(kind, options(*lengths), check, line=9)

    assert [one.line for one in check.problems] == ([9] if is_told else [])


@pytest.mark.parametrize(
    ("longest", "middle", "shortest", "told"),
    [(7, 7, 6, []), (10, 6, 4, ["longest"]), (4, 6, 10, ["shortest"]), (12, 0, 0, [])],
)
def test_over_a_bank_length_tells_no_more_than_chance(longest, middle, shortest, told):
    bank = (
        [("single", options(62, 60, 50))] * longest
        + [("single", options(55, 60, 50))] * middle
        + [("single", options(45, 60, 50))] * shortest
    )

    assert [
        which for _at, said in share_given_away(bank) for which in ("longest", "shortest") if which in said
    ] == told
