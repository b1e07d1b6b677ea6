"""The questions before a course, at its end and six months later; and leaving out lessons that somebody knows already."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from courses import marking, services
from courses.exceptions import CourseError, NotReady
from courses.models import CheckAttempt, CheckItem, CourseVersion, ParallelForm, Registration, UnitProgress
from courses.selectors import learning_path, lessons_to_leave_out, questions_around
from courses.services.curriculum import CourseRow, UnitRow, publish_course
from courses.services.parallel_forms import first_letter, forms_of
from records.models import Statement
from tests.factories.courses import (
    AT,
    FORMS,
    RULES,
    make_bank,
    make_course,
    make_lesson,
    make_question,
    make_registration,
)

pytestmark = pytest.mark.django_db
LATER = timedelta(days=181)


@pytest.fixture
def registration(amina, northgate):
    make_course(rules=RULES | {"forms": FORMS, "test_out": {"lessons": ["2.3"], "percent": 100}})
    make_bank()
    return make_registration(amina, northgate)


@pytest.fixture
def page(signed_in, amina):
    return signed_in(amina)


def answer(attempt, *, well=True, at=AT):
    for item in attempt.items.select_related("question_version"):
        version = item.question_version
        right = marking.best_answer(version.kind, version.options)
        services.answer_item(attempt, position=item.position, answer=right if well else ["c"], at=at)
    attempt.refresh_from_db()
    return attempt


def before(registration, *, well=True):
    return answer(services.start_form(registration, purpose="pre", at=AT), well=well)


def finish(registration, *, at=AT):
    Registration.objects.filter(pk=registration.pk).update(started_at=at, satisfied_at=at)
    registration.refresh_from_db()


def asked(attempt):
    return {item.question_version.question_id for item in attempt.items.select_related("question_version")}


def url(name, registration, *more):
    return reverse(f"courses:{name}", args=[registration.uuid, *more])


def test_before_and_at_the_end_other_questions_are_asked_and_six_months_later_the_first_again(registration):
    first = before(registration)
    finish(registration)
    second = answer(services.start_form(registration, purpose="post", at=AT))
    third = services.start_form(registration, purpose="follow-up", at=AT + LATER)
    assert not asked(first) & asked(second)
    assert asked(third) == asked(first)
    assert first.items.count() == second.items.count() == 2


def test_the_forms_hold_nothing_for_one_role_or_law_of_a_case_or_that_has_to_be_right(registration):
    for number, special in enumerate(
        ({"roles": ["R1"]}, {"packs": ["UK"]}, {"case": "K-1"}, {"must_pass": "x"})
    ):
        make_question(f"Q-2.3-S{number}", "2.3", **special)
    forms = forms_of(registration.course_version, at=AT)
    codes = {one.code for form in forms.values() for one in form.questions.all()}
    assert len(codes) == 4
    assert codes <= {"Q-1.3-3", "Q-1.3-4", "Q-1.3-5", *(f"Q-2.3-{number}" for number in range(4))}


def test_which_form_comes_first_is_even_over_people_and_always_the_same_for_one(registration):
    letters = []
    for _number in range(60):
        registration.user = User()
        letters.append(first_letter(registration))
        assert first_letter(registration) == letters[-1]
    assert 15 < letters.count("A") < 45


def test_a_new_version_of_the_course_that_asks_the_same_keeps_its_forms(registration):
    old = forms_of(registration.course_version, at=AT)
    make_question("Q-2.3-A", "2.3")
    newer = make_course(rules=registration.course_version.rules | {"credit_hours": "3"})
    new = forms_of(newer, at=AT)
    for letter in "AB":
        assert set(old[letter].questions.all()) == set(new[letter].questions.all())
        assert old[letter] != new[letter]


def test_the_check_asks_other_questions_than_before_and_after_where_the_bank_allows(registration):
    first = before(registration)
    other = first.form.course_version.parallel_forms.exclude(pk=first.form.pk).get()
    reserved = asked(first) | set(other.questions.values_list("pk", flat=True))
    check = services.start_check(registration, at=AT)
    assert not asked(check) & reserved
    assert check.number == 1


def test_answers_before_say_nothing_of_right_or_wrong_and_complete_nothing(registration):
    attempt = before(registration)
    assert attempt.score == 1
    assert attempt.passed is None
    assert not UnitProgress.objects.filter(registration=registration).exists()
    registration.refresh_from_db()
    assert registration.started_at is None


def test_no_statement_on_them_is_for_an_employer(registration):
    attempt = before(registration)
    said = [json.loads(row.payload) for row in Statement.objects.order_by("seq")]
    assert [one["verb"]["id"].rsplit("/", 1)[-1] for one in said] == [
        "registered",
        "answered",
        "answered",
        "completed",
    ]
    assert said[-1]["object"]["id"].endswith("/course/ESSENTIAL/pre-test")
    assert said[-1]["result"] == {"score": {"scaled": 1.0}, "completion": True}
    assert said[1]["object"]["id"].startswith(said[-1]["object"]["id"] + "/Q-")
    assert [row.is_outcome for row in Statement.objects.order_by("seq")] == [True, False, False, False]
    assert attempt.purpose == "pre"


@pytest.mark.parametrize("purpose", ["post", "follow-up"])
def test_questions_that_are_not_open_are_refused(registration, purpose):
    with pytest.raises(NotReady):
        services.start_form(registration, purpose=purpose, at=AT)


def test_a_course_that_asks_nothing_before_and_after_says_so(amina, northgate):
    make_course()
    make_bank()
    with pytest.raises(NotReady):
        services.start_form(make_registration(amina, northgate), purpose="pre", at=AT)


def test_a_bank_too_small_for_two_forms_holds_nobody_up(registration):
    rules = registration.course_version.rules | {
        "forms": {"items": 9, "blueprint": [{"lesson": "2.3", "items": 9}]}
    }
    CourseVersion.objects.filter(pk=registration.course_version_id).update(rules=rules)
    registration.course_version.refresh_from_db()
    with pytest.raises(CourseError, match="start the course without them"):
        services.start_form(registration, purpose="pre", at=AT)
    assert not ParallelForm.objects.exists()
    services.complete_lesson(registration, code="1.3", at=AT)


def test_once_a_lesson_is_open_the_questions_before_are_closed(registration, page):
    attempt = services.start_form(registration, purpose="pre", at=AT)
    services.complete_lesson(registration, code="1.3", at=AT)
    here = url("form_item", registration, "pre", 1)
    assert page.post(here, {"answer": "a"}).status_code == 302
    assert not CheckItem.objects.filter(attempt=attempt, answer__isnull=False).exists()
    assert page.get(here).url == url("form", registration, "pre")
    assert "not open to you now" in page.get(url("form", registration, "pre")).content.decode()


def test_answering_them_shows_no_reason_and_no_result_before_the_end(registration, page):
    here = url("form", registration, "pre")
    assert "You can leave this out" in page.get(here).content.decode()
    shown = page.post(here, follow=True)
    for position in (1, 2):
        assert "Because" not in shown.content.decode()
        shown = page.post(url("form_item", registration, "pre", position), {"answer": "a"}, follow=True)
    words = shown.content.decode()
    assert shown.redirect_chain[-1][0] == here
    assert "Your answers are kept" in words
    assert "Because" not in words
    assert "of 2" not in words
    assert page.get(url("form_item", registration, "pre", 1)).url == here


def test_after_the_end_both_results_stand_side_by_side_and_the_first_answers_stay_shut(registration, page):
    before(registration, well=False)
    finish(registration, at=AT)
    attempt = answer(services.start_form(registration, purpose="post", at=AT))
    words = page.get(url("form", registration, "post")).content.decode()
    assert "0 of 2" in words
    assert "2 of 2" in words
    assert words.count("1 of 1") == 2
    assert "Because" in page.get(url("form_item", registration, "post", 1)).content.decode()
    assert page.get(url("form_item", registration, "pre", 1)).status_code == 302
    assert attempt.score == 1


def test_an_answer_that_is_none_is_asked_for_again(registration, page):
    page.post(url("form", registration, "pre"))
    assert page.post(url("form_item", registration, "pre", 1), {}).status_code == 422


@pytest.mark.parametrize("purpose", ["check", "nonsense"])
def test_there_are_no_other_questions_under_that_address(registration, page, purpose):
    assert page.get(url("form", registration, purpose)).status_code == 404


def test_my_training_offers_them_and_says_when_the_last_ones_open(registration, amina, page):
    home = reverse("compliance:my_training")
    assert "Before you start" in page.get(home).content.decode()
    before(registration)
    assert "Before you start" not in page.get(home).content.decode()
    finish(registration, at=AT)
    (post, later) = questions_around(amina, at=AT)
    assert (post.purpose, later.purpose, later.opens_at) == ("post", "follow-up", AT + timedelta(days=180))
    (only,) = questions_around(amina, at=AT + LATER)
    assert (only.purpose, only.opens_at) == ("follow-up", None)


def test_my_training_asks_as_much_for_one_course_as_for_many(registration, amina, northgate, count_queries):
    before(registration)
    finish(registration)
    one = count_queries(lambda: questions_around(amina, at=AT))
    for _number in range(3):
        finish(make_registration(amina, northgate))
    assert count_queries(lambda: questions_around(amina, at=AT)) == one


def test_the_check_and_its_page_know_nothing_of_the_questions_before(registration, page):
    before(registration)
    assert "Start the check" in page.get(url("check", registration)).content.decode()
    assert page.get(url("check_item", registration, 1)).url == url("check", registration)


def test_who_knew_it_all_before_may_leave_lessons_out_and_is_not_made_to(registration, page):
    make_lesson("2.3", "Interpreters")
    before(registration)
    assert lessons_to_leave_out(registration) == ["2.3"]
    assert "Leave these lessons out" in page.get(url("form", registration, "pre")).content.decode()
    assert [unit.state for unit in learning_path(registration).units] == ["here", "todo", "todo", "todo"]
    page.post(url("leave_out", registration))
    assert [unit.state for unit in learning_path(registration).units] == ["here", "done", "todo", "todo"]
    assert "Left out, known already" in page.get(url("course", registration)).content.decode()
    waived = json.loads(Statement.objects.get(payload__contains="verbs/waived").payload)
    assert "Tested Out" in str(waived["result"])
    assert not Statement.objects.get(payload__contains="verbs/waived").is_outcome
    assert lessons_to_leave_out(registration) == []


def test_who_did_not_know_it_all_takes_every_lesson(registration, page):
    before(registration, well=False)
    assert lessons_to_leave_out(registration) == []
    page.post(url("leave_out", registration))
    assert not UnitProgress.objects.filter(registration=registration).exists()


def test_the_check_and_the_scenario_are_never_left_out(registration):
    make_lesson("2.3", "Interpreters")
    before(registration)
    services.leave_out_lessons(registration, at=AT)
    services.complete_lesson(registration, code="1.3", at=AT)
    registration.refresh_from_db()
    assert registration.satisfied_at is None
    assert [unit.kind for unit in learning_path(registration).units if not unit.is_done] == [
        "check",
        "scenario",
    ]


@pytest.mark.parametrize(("version", "state"), [("2026.2", "done"), ("2027.1", "todo")])
def test_a_lesson_left_out_comes_back_when_it_says_something_else(registration, version, state):
    lesson = make_lesson("2.3", "Interpreters")
    before(registration)
    services.leave_out_lessons(registration, at=AT)
    lesson.version = version
    lesson.save_revision().publish()
    assert learning_path(registration).units[1].state == state


def test_what_was_left_out_counts_in_no_other_course(registration, amina, northgate):
    make_lesson("2.3", "Interpreters")
    before(registration)
    services.leave_out_lessons(registration, at=AT)
    Registration.objects.filter(pk=registration.pk).update(satisfied_at=AT)

    units = [
        UnitRow("lesson", "2.3", "Interpreters", 10),
        UnitRow("lesson", "2.4", "Working through one", 10),
    ]
    other = publish_course(CourseRow("M02", "m02", "M02", "practitioner", "1", "", units, {}), at=AT).course
    again = services.register(
        amina,
        course=other,
        agency=northgate,
        professional_role=registration.professional_role,
        jurisdiction=registration.jurisdiction,
        at=AT,
    )
    assert not UnitProgress.objects.filter(registration=again).exists()


def test_the_questions_before_come_once_for_each_course(registration, amina, northgate):
    before(registration)
    finish(registration)
    again = make_registration(amina, northgate)
    assert again != registration
    with pytest.raises(NotReady):
        services.start_form(again, purpose="pre", at=AT)
    assert CheckAttempt.objects.count() == 1
