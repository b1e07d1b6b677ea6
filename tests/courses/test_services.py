"""Registering, reading, taking the check, being done."""

import json
from datetime import timedelta

import pytest

from courses import services, signals
from courses.exceptions import CourseError, InvalidAnswer, NotReady
from courses.models import CheckAttempt, Course, Question, Registration, UnitProgress
from courses.selectors import current_registration, learning_path, registration_for
from records.models import Statement
from tests.factories.courses import AT, RULES, make_bank, make_course, make_question, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration(amina, northgate):
    make_course()
    make_bank()
    return make_registration(amina, northgate)


def answer_all(attempt, *, wrong=()):
    for item in attempt.items.select_related("question_version__question"):
        right = [option["id"] for option in item.question_version.options if option["correct"]]
        is_wrong = (
            any(
                word in (item.question_version.question.code, item.question_version.must_pass)
                for word in wrong
            )
            or wrong == "all"
        )
        services.answer_item(attempt, position=item.position, answer=["c"] if is_wrong else right, at=AT)
    attempt.refresh_from_db()
    return attempt


def payloads():
    return [json.loads(statement.payload) for statement in Statement.objects.order_by("seq")]


def verbs():
    return [payload["verb"]["id"].rsplit("/", 1)[-1] for payload in payloads()]


def test_registering_twice_is_registering_once(registration, amina, northgate):
    assert make_registration(amina, northgate) == registration
    assert verbs() == ["registered"]


def test_a_course_without_a_version_cannot_be_registered_for(amina, northgate):
    Course.objects.create(code="ESSENTIAL", slug="essential", title="Essential")

    with pytest.raises(CourseError, match="no published version"):
        make_registration(amina, northgate)


def test_a_lesson_read_as_its_summary_completes_it_and_no_statement_tells_the_difference(registration):
    services.complete_lesson(registration, code="1.3", mode=UnitProgress.Mode.SUMMARY, at=AT)
    services.complete_lesson(registration, code="2.3", mode=UnitProgress.Mode.READ, at=AT)

    first, second = (one for one in payloads() if one["verb"]["id"].endswith("/completed"))
    assert first.keys() == second.keys()
    assert "summary" not in str(first).lower()


def test_completing_a_lesson_twice_says_it_once(registration):
    services.complete_lesson(registration, code="1.3", at=AT)
    services.complete_lesson(registration, code="1.3", at=AT + timedelta(hours=1))

    assert verbs() == ["registered", "initialized", "completed"]
    assert UnitProgress.objects.get(registration=registration).completed_at == AT


def test_a_skipped_lesson_leaves_no_statement_and_stays_open(registration):
    services.skip_lesson(registration, code="1.3", at=AT)

    assert verbs() == ["registered"]
    assert [unit.state for unit in learning_path(registration).units] == ["skipped", "here", "todo", "todo"]


def test_a_lesson_that_the_course_does_not_have_is_refused(registration):
    with pytest.raises(CourseError, match=r"has no lesson 9\.9"):
        services.complete_lesson(registration, code="9.9", at=AT)


def test_a_check_is_drawn_once_however_often_it_is_opened(registration):
    attempt = services.start_check(registration, at=AT)

    assert services.start_check(registration, at=AT) == attempt
    assert attempt.items.count() == 3


def test_a_check_passes_and_completes_its_unit(registration):
    attempt = answer_all(services.start_check(registration, at=AT))

    assert attempt.passed is True
    assert UnitProgress.objects.get(registration=registration, unit__code="check").passed_at == AT
    with pytest.raises(NotReady):
        services.start_check(registration, at=AT)


def test_the_first_answer_counts(registration):
    attempt = services.start_check(registration, at=AT)
    services.answer_item(attempt, position=1, answer=["c"], at=AT)

    assert services.answer_item(attempt, position=1, answer=["a"], at=AT).answer == ["c"]
    assert verbs().count("answered") == 1


@pytest.mark.parametrize("answer", [[], ["z"], ["a", "b"]])
def test_an_answer_that_is_not_offered_is_refused_and_nothing_is_kept(registration, answer):
    attempt = services.start_check(registration, at=AT)

    with pytest.raises(InvalidAnswer):
        services.answer_item(attempt, position=1, answer=answer, at=AT)
    assert not attempt.items.filter(answer__isnull=False).exists()


def test_a_missed_must_pass_question_sends_back_to_its_lesson_and_asks_a_different_one(registration):
    attempt = answer_all(services.start_check(registration, at=AT), wrong=("limits first",))
    asked = {
        item.question_version.question.code for item in attempt.items.all() if item.question_version.must_pass
    }
    assert attempt.passed is False

    with pytest.raises(NotReady, match=r"1\.3"):
        services.start_check(registration, at=AT)
    services.open_lesson(registration, code="1.3", at=AT + timedelta(minutes=1))
    again = services.start_check(registration, at=AT + timedelta(minutes=2))

    assert again.kind == CheckAttempt.Kind.MUST_PASS
    (item,) = again.items.select_related("question_version__question")
    assert item.question_version.must_pass
    assert item.question_version.question.code not in asked
    assert answer_all(again).passed is True


def test_below_the_pass_mark_the_whole_check_comes_again(registration):
    answer_all(services.start_check(registration, at=AT), wrong="all")
    services.open_lesson(registration, code="1.3", at=AT + timedelta(minutes=1))

    again = services.start_check(registration, at=AT + timedelta(minutes=2))

    assert again.kind == CheckAttempt.Kind.WHOLE
    assert again.number == 2


def test_questions_of_another_role_or_pack_are_never_drawn(registration):
    for number in range(4):
        make_question(f"Q-nurse-{number}", "2.3", roles=["R3"])
        make_question(f"Q-us-{number}", "2.3", packs=["US"])

    drawn = services.start_check(registration, at=AT).items.values_list(
        "question_version__question__code", flat=True
    )

    assert not [code for code in drawn if "nurse" in code or "us" in code]


def test_a_republished_question_keeps_its_old_words_in_an_open_check(registration):
    attempt = services.start_check(registration, at=AT)
    item = attempt.items.select_related("question_version__question").first()
    code, lesson = item.question_version.question.code, item.question_version.question.lesson_code

    make_question(code, lesson, stem="Other words", must_pass=item.question_version.must_pass)

    item.refresh_from_db()
    assert item.question_version.stem == f"Stem of {code}"
    assert Question.objects.get(code=code).current.stem == "Other words"


def test_a_learner_half_way_through_keeps_the_rules_that_she_started_under(registration, ben, northgate):
    make_course(rules={**RULES, "check": {**RULES["check"], "pass_percent": 100}}, label="2026.2")

    assert make_registration(ben, northgate).course_version.label == "2026.2"
    registration.refresh_from_db()
    assert registration.course_version.label == "2026.1"
    assert registration.course_version.rules["check"]["pass_percent"] == 60


def test_publishing_the_same_rules_again_makes_no_version():
    assert make_course() == make_course()


def test_a_satisfied_course_is_said_once_and_announced_after_commit(
    registration, django_capture_on_commit_callbacks
):
    heard = []
    signals.registration_satisfied.connect(
        lambda sender, **news: heard.append(news), weak=False, dispatch_uid="test"
    )
    try:
        with django_capture_on_commit_callbacks(execute=True):
            for code in ("1.3", "2.3"):
                services.complete_lesson(registration, code=code, at=AT)
            answer_all(services.start_check(registration, at=AT))
            assert heard == []
            unit = registration.course_version.units.get(code="scenario")
            UnitProgress.objects.create(registration=registration, unit=unit, started_at=AT, completed_at=AT)
            assert services.evaluate_move_on(registration, at=AT)
            assert services.evaluate_move_on(registration, at=AT + timedelta(days=1))
    finally:
        signals.registration_satisfied.disconnect(dispatch_uid="test")

    assert [news["registration_uuid"] for news in heard] == [registration.uuid] * 2
    assert {news["at"] for news in heard} == {AT}
    assert verbs().count("satisfied") == 1


def test_nobody_finds_anothers_registration(registration, ben):
    assert registration_for(ben, registration.uuid) is None
    assert current_registration(ben) is None


def test_a_learning_path_costs_the_same_for_three_units_or_thirty(amina, northgate, count_queries):
    from courses.services.curriculum import UnitRow

    make_course()
    few = make_registration(amina, northgate)
    cost = count_queries(lambda: learning_path(few))
    make_course(units=[UnitRow("lesson", f"9.{n}", "x", 5) for n in range(30)], label="long")
    Registration.objects.update(satisfied_at=AT)
    many = make_registration(amina, northgate)

    assert count_queries(lambda: learning_path(many)) == cost == 2


def test_a_question_edited_in_the_admin_is_not_overwritten(registration):
    question = Question.objects.get(code="Q-1.3-0")
    question.stem = "As the trainer wrote it"
    question.save_revision().publish()

    make_question("Q-1.3-0", "1.3", stem="As the file says now", must_pass="limits first")

    question.refresh_from_db()
    assert question.stem == "As the trainer wrote it"
    assert question.current.stem == "As the trainer wrote it"
