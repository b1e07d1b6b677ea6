"""Reading the exercises of a lesson file: what loads, and how every mistake is named with its line. No database."""

import pytest

from content.reader import CurriculumError
from courses.activities import Audience
from courses.blocks import ACTIVITY_KINDS
from tests.factories.activities import (
    FRONT,
    TEXTS,
    activity_text,
    as_met,
    lesson_of,
    lesson_of_every_kind,
)

FIRST = len(FRONT.splitlines()) + 1


def problems(call):
    with pytest.raises(CurriculumError) as caught:
        call()
    return [str(one) for one in caught.value.problems]


def test_every_kind_loads_as_it_is_described(tmp_path):
    lesson = lesson_of_every_kind(tmp_path)

    assert [block["type"] for block in lesson.body] == ["text", *TEXTS]
    assert set(TEXTS) == set(ACTIVITY_KINDS)


@pytest.mark.parametrize(
    ("kind", "change", "to", "expected"),
    [
        (
            "match",
            "answer: forced",
            "answer: stolen",
            "The answer 'stolen' is none of forced, domestic, smuggling.",
        ),
        ("match", "    answer: forced\n", "", "'answer' is missing."),
        (
            "match",
            "    otherwise: She crossed no border and lives in no household.\n",
            "",
            "'otherwise' is missing: what is said to every other answer.",
        ),
        (
            "match",
            "      domestic: He lives in nobody's household.\n",
            "",
            "Every answer needs its feedback, as text.",
        ),
        (
            "match",
            "  - {id: domestic, label: Domestic servitude}\n  - {id: smuggling, label: Smuggling}\n",
            "",
            "'targets' should have at least two entries.",
        ),
        ("rank", "person: Dana", "human: Dana", "'human' is not known here."),
        ("rank", 'says: "Not tonight.", ', "", "'says' is missing."),
        (
            "edit",
            '    keep: {feedback: "To claim is to be doubted."}\n',
            "",
            "A piece that can be changed needs what we say to leaving it",
        ),
        ("edit", "best: true, feedback: Her", "feedback: Her", "is marked best: true."),
        ("edit", "  - id: claims\n    text", "  - text", "A piece with options needs an id."),
        ("edit", "id: says", "id: keep", "'keep' has its own meaning here"),
        ("redact", "answer: send", "answer: post", "The answer 'post' is none of send, leave, ask."),
        ("redact", ", ask: Tell her that you send it.", "", "Every answer needs its feedback, as text."),
        (
            "spot",
            "problem: true, feedback: Speak",
            "problem: 1, feedback: Speak",
            "'problem' should be true or false, without quotation marks.",
        ),
        ("spot", ", problem: true", "", "None of these lines is marked problem: true."),
        ("compare", "best: true, ", "", "None of these options is marked best: true."),
        ("compare", "expert: {who: How", "expert: {whose: How", "'who' is missing."),
        (
            "compare",
            "who: How a ward sister",
            "who: How a survivor",
            "never words put into a survivor's mouth",
        ),
        ("decide", "best: true, ", "", "None of these options is marked best: true."),
        ("decide", "    reasons:", "    because:", "'because' is not known here."),
        ("confidence", "middle: Try it on a colleague., ", "", "Every answer needs its feedback, as text."),
        ("confidence", "middle: Try", "medium: Try", "'medium' is not known here."),
        ("reflection", "private_note: Write", "note: Write", "'private_note' is missing."),
        (
            "reflection",
            "prompts:\n  - Who was patient with you when you could not speak?\n  - What did they do?\n",
            "prompts: Who was patient?\n",
            "'prompts' should be a list with at least one question.",
        ),
        ("hotspot", "[5, 10, 40, 12]", "[5, 10, 40]", "'at' should be [left, top, width, height]"),
        ("hotspot", "[55, 10, 40, 12]", "[65, 10, 40, 12]", "'at' should be [left, top, width, height]"),
        ("hotspot", "[5, 10, 40, 12]", "[5, 10, 0, 12]", "'at' should be [left, top, width, height]"),
        ("hotspot", ", problem: true", "", "None of these spots is marked problem: true."),
        (
            "hotspot",
            "spots:\n",
            "spots:\n"
            + "".join(f"  - {{id: s{n}, at: [0, 0, 9, 9], label: L, feedback: F}}\n" for n in range(15)),
            "Nobody looks through 17 places; 16 are the most.",
        ),
        ("hotspot", "id: time", "id: address", "address stands in this list twice."),
        ("hotspot", "id: time", "id: Next time", "'Next time' is no short name."),
        ("spot", "id: l2,", "id: l2, roles: [R9],", "R9 is no role."),
        ("redact", "id: stairs", "id: stairs\n    packs: [FR]", "FR is no pack."),
        (
            "decide",
            "feedback: He may be a child.",
            'feedback: "He may be. [@cri]"',
            "A citation should look like",
        ),
    ],
)
def test_a_mistake_in_an_exercise_is_named_with_what_would_be_right(tmp_path, kind, change, to, expected):
    text = activity_text(kind)
    assert change in text
    changed = text.replace(change, to)

    found = problems(lambda: lesson_of(tmp_path, changed))

    assert any(expected in one for one in found), found
    assert all(one.startswith("lessons/1.3.md:") for one in found)


@pytest.mark.parametrize(
    ("kind", "change", "to", "line_of"),
    [
        ("hotspot", "[55, 10, 40, 12]", "[55, 10]", "id: time"),
        ("confidence", "high: Then", "most: Then", "most: Then"),
        ("spot", "id: l3, who: Officer", "id: l3, whom: Officer", "id: l3"),
        ("redact", "answer: leave", "answer: keep", "answer: keep"),
        ("compare", "who: How", "whose: How", "whose: How"),
    ],
)
def test_a_mistake_is_named_on_its_own_line(tmp_path, kind, change, to, line_of):
    text = activity_text(kind).replace(change, to, 1)
    line = FIRST + 1 + next(at for at, one in enumerate(text.splitlines()) if line_of in one)

    found = problems(lambda: lesson_of(tmp_path, text))

    assert any(one.startswith(f"lessons/1.3.md:{line}: ") for one in found), (line, found)


@pytest.mark.django_db
def test_what_differs_by_law_is_read_for_every_kind_that_judges(tmp_path):
    spot = activity_text("spot").replace(
        "problem: true, feedback: Speak to her and not about her.",
        "problem: {INT: true, US: false}, feedback: {INT: Here it is., US: There it is not.}",
    )
    match = activity_text("match").replace("answer: forced", "answer: {INT: forced, UK: domestic}")
    lesson = lesson_of(tmp_path, spot, match)

    us, uk = Audience("R1", "US"), Audience("R1", "UK")
    (there,), (here,) = (
        [one for one in as_met(lesson, who, "spot").asks[0].options if one.id == "l1"] for who in (us, uk)
    )
    assert (here.is_best, here.feedback) == (True, "Here it is.")
    assert (there.is_best, there.feedback) == (False, "There it is not.")
    assert [one.id for one in as_met(lesson, uk, "match").asks[0].options if one.is_best] == ["domestic"]
    assert [one.id for one in as_met(lesson, us, "match").asks[0].options if one.is_best] == ["forced"]
