"""Reading lesson and question files: what becomes of them, and how every mistake is named. No database."""

import pytest

from content.reader import CurriculumError
from courses.lesson_files import read_lesson, read_questions

ROLES, PACKS = ["R1", "R3"], ["INT", "US", "UK"]
FRONT = """---
id: "9.9"
module: M01
title: A lesson
minutes: 4
core: true
level: 1
outcomes: ["M01.3"]
content_note: ""
gates: [survivor]
version: "2026.1"
valid_from: 2026-11-22
recheck_by: 2027-05-22
by_the_end: [do it]
summary: In short. [@CRI-01]
use_tomorrow: [Do it]
---
"""
BODY = """You meet somebody.

## A heading

A claim. [@CRI-01; @TIC-09]

::: role R1
In a car.
:::

::: role R3
On a ward.
:::

::: law INT
Everywhere. [@DEF-01]
:::

::: law US
There.
:::

::: law UK
Here.
:::

::: misconceptions
- "They would leave." -> Not so. [@VUL-01]
:::

::: activity
kind: sort
id: tasks
title: Try it
prompt: Sort these.
bins:
  - {id: mine, label: Mine}
  - {id: not, label: Not mine}
items:
  - id: water
    text: Offer water.
    answer: mine
    feedback: {mine: "Yes.", not: "Why not?"}
:::
"""


@pytest.fixture
def read(tmp_path):
    def run(text, name="9.9.md"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_lesson(path, name=f"lessons/{name}", roles=ROLES, packs=PACKS)

    return run


def problems(call):
    with pytest.raises(CurriculumError) as caught:
        call()
    return [str(one) for one in caught.value.problems]


def test_a_lesson_becomes_blocks_in_its_order(read):
    lesson = read(FRONT + BODY)

    assert [block["type"] for block in lesson.body] == ["text", "role", "law", "misconceptions", "sort"]
    assert lesson.body[0]["value"].startswith("<p>You meet somebody.</p>")
    assert [item["value"]["roles"] for item in lesson.body[1]["value"]["variants"]] == [["R1"], ["R3"]]
    assert set(lesson.facts) == {"CRI-01", "TIC-09", "DEF-01", "VUL-01"}


@pytest.mark.parametrize(
    ("change", "to", "expected"),
    [
        ("minutes: 4", "minutes: four", "lessons/9.9.md:5: 'minutes' should be a whole number."),
        (
            "recheck_by: 2027-05-22",
            "recheck_by: soon",
            "lessons/9.9.md:13: 'recheck_by' should be a date such as 2026-11-22.",
        ),
        (
            "gates: [survivor]",
            "gates: [friend]",
            "lessons/9.9.md:10: 'friend' is none of survivor, lawyer, clinician, interpreter, privacy.",
        ),
        ("::: role R3", "::: role R9", "lessons/9.9.md:28: R9 is no role. Roles are R1, R3."),
        ("::: law UK", "::: law FR", "lessons/9.9.md:40: Name one pack: ::: law INT. Packs are INT, US, UK."),
        ("answer: mine", "answer: yours", "The answer 'yours' is none of mine, not."),
        (', not: "Why not?"', "", "Every answer needs its feedback, as text."),
        ("kind: sort", "kind: riddle", "'riddle' is no kind of activity."),
        (
            '- "They would leave." -> Not so. [@VUL-01]',
            "- They would leave.",
            'Write a misconception as - "What people say." -> What is so instead.',
        ),
        ("## A heading", "# A heading", "Headings in a lesson begin with ##"),
        ("[@CRI-01; @TIC-09]", "[@cri]", "A citation should look like [@CRI-01] or [@CRI-01; @TIC-09]."),
        (
            "::: misconceptions",
            "::: mistakes",
            "A box begins with ::: role, ::: law, ::: misconceptions or ::: activity.",
        ),
        (
            "valid_from: 2026-11-22",
            "valid_from: 2026-02-31",
            ":12: This is not valid YAML: 2026-02-31 is no day",
        ),
        ("title: Try it", "title: Try it\ntitle: Again", "'title' stands here twice; keep one of them"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_would_be_right(read, change, to, expected):
    text = FRONT + BODY
    assert change in text

    found = problems(lambda: read(text.replace(change, to, 1)))

    assert any(expected in one for one in found), found


def test_a_role_without_words_is_named(read):
    found = problems(lambda: read(FRONT + BODY.replace("::: role R3\nOn a ward.\n:::\n", "")))

    assert "These role boxes say nothing to R3." in found[0]


def test_every_mistake_of_a_file_is_named_at_once(read):
    text = (FRONT + BODY).replace("minutes: 4", "minutes: four").replace("answer: mine", "answer: yours")

    assert len(problems(lambda: read(text))) == 2


def test_markup_in_a_lesson_is_shown_as_text_and_never_run(read):
    lesson = read(
        FRONT + BODY.replace("You meet somebody.", "Hello <script>alert(1)</script> [x](javascript:alert(1))")
    )

    assert "<script" not in lesson.body[0]["value"]
    assert "javascript:" not in lesson.body[0]["value"] or "href" not in lesson.body[0]["value"]


QUESTION = """- id: Q-1
  outcome: "M01.3"
  level: apply
  stem: What now?
  options:
    - {id: a, text: This, correct: true, rationale: Because, facts: [CRI-01]}
    - {id: b, text: That, rationale: Not yet, facts: [CRI-01]}
"""


@pytest.fixture
def read_bank(tmp_path):
    def run(text):
        path = tmp_path / "1.3.yaml"
        path.write_text(text, encoding="utf-8")
        return read_questions(path, name="questions/1.3.yaml", roles=ROLES, packs=PACKS)

    return run


def test_a_question_belongs_to_the_lesson_that_its_file_is_named_after(read_bank):
    (question,) = read_bank(QUESTION)

    assert (question.lesson, question.code, question.facts) == ("1.3", "Q-1", {"CRI-01": 6})


@pytest.mark.parametrize(
    ("change", "to", "expected"),
    [
        (
            "correct: true, ",
            "",
            "questions/1.3.yaml:1: 0 options are marked correct: true; a single question needs exactly one.",
        ),
        (
            "correct: true, ",
            'correct: "false", ',
            "'correct' should be true or false, without quotation marks.",
        ),
        (
            "level: apply",
            "level: guess",
            "questions/1.3.yaml:3: 'level' is 'guess'. It should be one of: remember, understand, apply, analyse.",
        ),
        ("facts: [CRI-01]", "facts: []", "Name at least one fact behind this reason"),
        ("stem: What now?", "stam: What now?", "'stem' is missing."),
    ],
)
def test_a_mistake_in_a_question_is_named(read_bank, change, to, expected):
    assert any(expected in one for one in problems(lambda: read_bank(QUESTION.replace(change, to, 1))))


KINDS = """- kind: case
  id: K-1
  text: A van, a driver and three passengers.
- id: Q-1
  case: K-1
  kind: best_next_step
  level: apply
  stem: What now?
  options:
    - {id: a, text: This, correct: true, rationale: Because, facts: [CRI-01]}
    - {id: b, text: That, credit: 0.5, rationale: Not yet, facts: [CRI-01]}
- id: Q-2
  kind: ordering
  level: understand
  stem: In which order?
  options:
    - {id: a, text: First, rationale: Because, facts: [CRI-01]}
    - {id: b, text: Then, rationale: Because, facts: [CRI-01]}
- id: Q-3
  kind: matching
  level: remember
  stem: What belongs to what?
  targets: [{id: t1, label: One}, {id: t2, label: Two}]
  options:
    - {id: a, text: First, answer: t1, rationale: Because, facts: [CRI-01]}
    - {id: b, text: Then, answer: t2, rationale: Because, facts: [CRI-01]}
"""


def test_every_kind_of_question_is_read_and_a_case_stands_with_the_questions_on_it(read_bank):
    step, order, match = read_bank(KINDS)

    assert (step.case_code, step.case_text) == ("K-1", "A van, a driver and three passengers.")
    assert [option["credit"] for option in step.options] == [None, 0.5]
    assert [option["id"] for option in order.options] == ["a", "b"]
    assert [target["id"] for target in match.targets] == ["t1", "t2"]


@pytest.mark.parametrize(
    ("change", "to", "expected"),
    [
        ("case: K-1", "case: K-2", "questions/1.3.yaml:5: There is no case K-2 above this question."),
        (
            "credit: 0.5",
            "credit: 2",
            "questions/1.3.yaml:11: 'credit' is for kind: best_next_step, between 0 and 1, such as 0.5.",
        ),
        (
            "text: First, rationale",
            "text: First, correct: true, rationale",
            "questions/1.3.yaml:12: A question of kind: ordering marks no option correct: true.",
        ),
        (
            "answer: t2",
            "answer: t3",
            "questions/1.3.yaml:19: Option b belongs to 't3', which is no target.",
        ),
        (
            "{id: t2, label: Two}",
            "",
            "questions/1.3.yaml:19: A matching question needs at least two targets.",
        ),
        (
            "kind: matching",
            "kind: single",
            "Only a question of kind: matching has targets.",
        ),
    ],
)
def test_a_mistake_in_a_kind_of_question_is_named_with_its_line(read_bank, change, to, expected):
    with pytest.raises(CurriculumError) as caught:
        read_bank(KINDS.replace(change, to, 1))

    assert expected in str(caught.value)
