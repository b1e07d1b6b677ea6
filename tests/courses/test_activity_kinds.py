"""What a learner meets in exercises of every kind, what is said to her, and what stays hers alone."""

import pytest
from django.urls import reverse

from content.reader import CurriculumError
from courses.activities import (
    Audience,
    edited_text,
    has_unknown,
    mended_text,
    read_answer,
    reply_to,
    shuffled,
)
from courses.blocks import LessonStreamBlock
from courses.models import ActivityResponse
from records.models import Statement
from tests.factories.activities import (
    TEXTS,
    activity_text,
    as_met,
    lesson_of,
    lesson_of_every_kind,
)
from tests.factories.courses import make_course, make_lesson, make_registration

pytestmark = pytest.mark.django_db
OFFICER_UK = Audience("R1", "UK")
# Kinds in which something is chosen at any time: neither put in order, nor written, nor one step after another.
CHOSEN = sorted(set(TEXTS) - {"rank", "order", "reflection", "preferences", "pathway"})


@pytest.fixture
def met(tmp_path):
    lesson = lesson_of_every_kind(tmp_path)
    return lambda kind, audience=OFFICER_UK: as_met(lesson, audience, kind)


@pytest.mark.parametrize(
    ("kind", "asks"),
    [
        ("match", {"packer": ["forced"], "crossing": ["smuggling"]}),
        ("edit", {"claims": ["says"], "where": ["keep"]}),
        ("redact", {"stairs": ["send"], "history": ["leave"]}),
        ("spot", {"lines": ["l1", "l3"]}),
        ("compare", {"choice": ["nothing"]}),
        ("decide", {"van.decision": ["refer"], "van.reasons": ["child", "hours"]}),
        ("confidence", {"explain": []}),
        ("hotspot", {"spots": ["address"]}),
        ("rank", {}),
        ("reflection", {}),
    ],
)
def test_each_kind_becomes_asks_with_what_we_would_choose(met, kind, asks):
    activity = met(kind)

    assert {
        ask.name: [option.id for option in ask.options if option.is_best] for ask in activity.asks
    } == asks
    assert all(option.feedback and option.text for ask in activity.asks for option in ask.options)


@pytest.mark.parametrize("kind", CHOSEN)
def test_every_option_answers_whoever_chooses_it(met, kind):
    activity = met(kind)
    for ask in activity.asks:
        for option in ask.options:
            answer = read_answer(activity, {ask.name: [option.id]}, before={})
            replies = [one for group in reply_to(activity, answer) for one in group.answers if one.shows]
            said = [row["option"].feedback for one in replies for row in one.rows if row["is_chosen"]]
            assert said == [option.feedback]


def test_one_text_for_all_wrong_targets_is_said_to_each_of_them(met):
    packer, crossing = met("match").asks

    assert {one.id: one.feedback for one in packer.options} == {
        "forced": "Work under a debt that only grows is forced.",
        "domestic": "She crossed no border and lives in no household.",
        "smuggling": "She crossed no border and lives in no household.",
    }
    assert {one.id: one.feedback for one in crossing.options}["domestic"] == "He lives in nobody's household."


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({}, "Female, about 30, claims she fell. By the loading door."),
        ({"claims": ["keep"]}, "Female, about 30, claims she fell. By the loading door."),
        (
            {"claims": ["says"], "where": ["keep"]},
            "Female, about 30, “I fell,” she said. By the loading door.",
        ),
        ({"claims": ["cut"], "where": ["cut"]}, "Female, about 30,"),
        ({"claims": ["gone"]}, "Female, about 30, claims she fell. By the loading door."),
    ],
)
def test_a_mended_note_reads_as_it_was_left(met, answer, text):
    assert edited_text(met("edit"), answer) == text


def test_our_own_version_of_a_note_takes_what_we_would_choose(met):
    assert mended_text(met("edit")) == "Female, about 30, “I fell,” she said. By the loading door."


@pytest.mark.parametrize("key", ["amina", "ben", "chidi"])
def test_the_persons_own_order_is_never_the_one_shown_first(met, key):
    activity = met("rank")

    assert activity.lines[0].says == "He does not know where I am."
    assert shuffled(activity, key=key) != activity.lines


def test_no_step_of_a_confidence_scale_is_the_right_one_and_only_her_own_is_answered(met):
    activity = met("confidence")
    ((answered,),) = (group.answers for group in reply_to(activity, {"explain": ["2"]}))

    assert [row["option"].feedback for row in answered.rows if row["shows"]] == ["Read part two once more."]
    assert len(answered.rows) == 5


def test_spots_keep_their_place_on_the_drawing(met):
    (ask,) = met("hotspot").asks

    assert [(one.place.left, one.place.top, one.place.width, one.place.height) for one in ask.options] == [
        (5, 10, 40, 12),
        (55, 10, 40, 12),
    ]


def test_lines_are_told_from_who_says_them(met):
    (ask,) = met("spot").asks

    assert [one.who for one in ask.options] == ["Officer", "Interpreter", "Officer"]


@pytest.mark.parametrize(
    ("kind", "data", "is_unknown"),
    [
        ("match", {"packer": ["forced"]}, False),
        ("match", {"packer": ["stolen"]}, True),
        ("spot", {"lines": ["l1", "l2"]}, False),
        ("spot", {"lines": ["l1", "l9"]}, True),
        ("redact", {"history": ["post"]}, True),
        ("confidence", {"explain": ["6"]}, True),
        ("rank", {"order": ["phone", "brother", "report"]}, False),
        ("rank", {"order": ["phone", "brother"]}, True),
        ("hotspot", {"spots": [""]}, False),
    ],
)
def test_what_is_not_on_offer_is_told_from_what_is_left_open(met, kind, data, is_unknown):
    assert has_unknown(met(kind), data) is is_unknown


def test_lines_for_another_role_or_law_are_not_shown(tmp_path):
    text = activity_text("redact").replace("id: stairs", "id: stairs\n    roles: [R3]")
    reflection = activity_text("reflection").replace(
        "  - What did they do?", "  - {text: 'On the ward?', roles: [R3]}"
    )
    lesson = lesson_of(tmp_path, text, reflection)
    nurse = Audience("R3", "UK")

    assert [ask.name for ask in as_met(lesson, OFFICER_UK, "redact").asks] == ["history"]
    assert [ask.name for ask in as_met(lesson, nurse, "redact").asks] == ["stairs", "history"]
    assert len(as_met(lesson, OFFICER_UK, "reflection").prompts) == 1
    assert as_met(lesson, nurse, "reflection").prompts[1] == "On the ward?"


def test_a_lesson_takes_no_two_exercises_of_one_name(tmp_path):
    with pytest.raises(CurriculumError, match="two activities called tonight"):
        lesson_of(tmp_path, activity_text("rank"), activity_text("rank"))


# The pages.


@pytest.fixture
def registration(amina, northgate, tmp_path):
    make_course()
    make_lesson(body=lesson_of_every_kind(tmp_path).body)
    return make_registration(amina, northgate)


@pytest.fixture
def page(registration, signed_in, amina):
    return signed_in(amina)


def send(page, registration, activity, **data):
    address = reverse("courses:activity", args=[registration.uuid, "1.3", activity])
    return page.post(address, data, follow=True)


def text(response):
    return response.content.decode()


ANSWERS = [
    ("words", {"packer": "domestic"}, ["She crossed no border", "Work under a debt that only grows"]),
    ("tonight", {"order": ["report", "phone", "brother"]}, ["He is the one she trusts.", "place 1"]),
    (
        "radio",
        {"claims": "cut", "where": "keep"},
        ["Then nobody knows that she said it.", "As you leave it", "As we would leave it"],
    ),
    (
        "referral",
        {"stairs": "send", "history": "ask"},
        ["It is no question for a room.", "What they would receive from you", "only if the person agrees"],
    ),
    (
        "transcript",
        {"lines": ["l2"]},
        ["Nothing wrong here", "To check is good practice.", "We would mark this one"],
    ),
    ("call", {"choice": "say"}, ["Now he knows where she is.", "I say the same to every caller."]),
    (
        "share",
        {"van.decision": "wait", "van.reasons": ["accent"]},
        ["Tomorrow the van may be elsewhere.", "It says nothing."],
    ),
    ("tasks", {"warm": "other"}, ["It needs no specialist.", "Anybody can."]),
    ("opening", {"name": "rank"}, ["A rank can frighten.", "You can stop at any time."]),
    (
        "interpreters",
        {"cousin.linked": "no", "cousin.verdict": "use"},
        ["He knows her employer.", "She cannot speak freely."],
    ),
    ("farms", {"farm.concern": "low"}, ["Look again at the doors."]),
    ("next", {"one": "press"}, ["She may stop talking.", "She comes back alone."]),
    ("contact", {"order": ["health", "danger", "privacy"]}, ["Pain comes before talk."]),
    ("sure", {"explain": "1"}, ["Read part two once more."]),
    ("think", {"note": "A teacher."}, ["A teacher.", "Delete what I wrote"]),
    ("paper", {"spots": ["time"]}, ["It says nothing about why.", "We would mark this one"]),
]


@pytest.mark.parametrize(("activity", "data", "said"), ANSWERS, ids=[one[0] for one in ANSWERS])
def test_every_kind_answers_without_script_and_says_nothing_before(page, registration, activity, data, said):
    lesson = reverse("courses:lesson", args=[registration.uuid, "1.3"])
    before = text(page.get(lesson))
    after = text(send(page, registration, activity, **data))

    for words in said:
        assert words in after
        assert words not in before


@pytest.mark.parametrize(
    ("activity", "data"),
    [
        ("words", {"packer": "stolen"}),
        ("words", {}),
        ("transcript", {"lines": ["l9"]}),
        ("sure", {"explain": "11"}),
        ("share", {"van.reasons": ["child", "mood"]}),
        ("think", {"note": ""}),
        ("tonight", {"order": ["report"]}),
    ],
)
def test_nonsense_or_nothing_is_refused_and_nothing_is_kept(page, registration, activity, data):
    response = send(page, registration, activity, **data)

    assert response.status_code == 422
    assert not ActivityResponse.objects.exists()


def test_taking_the_last_tick_away_is_kept_and_no_mistake(page, registration):
    send(page, registration, "share", **{"van.decision": "refer", "van.reasons": ["accent", ""]})
    response = send(page, registration, "share", **{"van.decision": "refer", "van.reasons": [""]})

    assert response.status_code == 200
    assert ActivityResponse.objects.get().answer == {"van.decision": ["refer"]}
    assert '<input type="hidden" name="van.reasons" value="">' in text(response)


@pytest.mark.parametrize("activity", ["words", "radio", "sure", "paper", "call"])
def test_every_choice_can_be_taken_back(page, registration, activity):
    data = next(data for name, data, _said in ANSWERS if name == activity)
    send(page, registration, activity, **data)
    send(page, registration, activity, again="1")

    assert ActivityResponse.objects.get().answer == {}


def test_a_reflection_stands_in_no_statement_and_is_gone_when_deleted(page, registration, amina):
    send(page, registration, "think", note="My teacher in year four.")

    assert ActivityResponse.objects.get().note == "My teacher in year four."
    assert ActivityResponse.objects.get().answer == {}
    for statement in Statement.objects.all():
        assert "year four" not in str(statement.__dict__)
        assert "think" not in str(statement.__dict__)

    after = text(send(page, registration, "think", delete_note="1"))

    assert ActivityResponse.objects.get().note == ""
    assert "year four" not in after
    assert "Delete what I wrote" not in after


def test_no_answer_to_an_exercise_makes_a_statement(page, registration):
    page.get(reverse("courses:lesson", args=[registration.uuid, "1.3"]))
    before = Statement.objects.count()
    for activity, data, _said in ANSWERS:
        send(page, registration, activity, **data)

    assert Statement.objects.count() == before


def test_free_text_is_asked_for_with_a_warning(page, registration):
    shown = text(page.get(reverse("courses:lesson", args=[registration.uuid, "1.3"])))

    assert shown.count("<textarea") == shown.count("Never write about a real case or a real person.") == 2


def test_what_one_person_wrote_is_shown_to_nobody_else(page, registration, signed_in, ben, chidi):
    send(page, registration, "think", note="My teacher in year four.")

    for other in (ben, chidi):
        address = reverse("courses:lesson", args=[registration.uuid, "1.3"])
        assert signed_in(other).get(address).status_code == 404


# The editor.


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_what_comes_from_a_file_can_be_saved_by_a_trainer_as_it_is(tmp_path, kind):
    block = LessonStreamBlock()
    lesson = lesson_of(tmp_path, activity_text(kind))
    value = block.to_python(lesson.body)

    saved, loaded = (block.get_prep_value(one)[1]["value"] for one in (block.clean(value), value))
    assert saved == loaded
