"""Lesson, activity and check pages: one good path, one refusal, one outsider, and a cost that does not grow."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.services import put_in_group
from config.groups import ensure_groups
from content.models import Fact, JurisdictionPack, Source
from content.reviewing import GROUPS, sign_off
from courses import services
from courses.models import ActivityResponse, CheckAttempt, LessonPage, Question, UnitProgress
from courses.reviewing import lesson_reading
from tests.factories.courses import (
    AT,
    make_bank,
    make_course,
    make_lesson,
    make_question,
    make_registration,
)

pytestmark = pytest.mark.django_db

ITEM = [
    {
        "type": "item",
        "id": "b3f1c2d4-0000-4000-8000-00000000000a",
        "value": {
            "id": "water",
            "text": "Offer water. [@CRI-01]",
            "replies": [
                {
                    "type": "item",
                    "id": f"b3f1c2d4-0000-4000-8000-00000000000{n}",
                    "value": {
                        "answer": key,
                        "is_right": key == "mine",
                        "feedback": f"Because {key}.",
                        "packs": [],
                    },
                }
                for n, key in enumerate(("mine", "not"))
            ],
            "roles": [],
            "packs": [],
        },
    }
]
SORT = {
    "type": "sort",
    "value": {
        "id": "tasks",
        "title": "Try it",
        "prompt": "Sort these.",
        "bins": [
            {
                "type": "item",
                "id": f"b3f1c2d4-0000-4000-8000-0000000000b{n}",
                "value": {"id": key, "label": key.title()},
            }
            for n, key in enumerate(("mine", "not"))
        ],
        "items": ITEM,
    },
}


def role_box(role, words, number):
    return {
        "type": "item",
        "id": f"b3f1c2d4-0000-4000-8000-0000000000c{number}",
        "value": {"roles": [role], "body": f"<p>{words}</p>"},
    }


def law_box(pack, words, number):
    return {
        "type": "item",
        "id": f"b3f1c2d4-0000-4000-8000-0000000000d{number}",
        "value": {"pack": pack, "body": f"<p>{words}</p>"},
    }


BODY = [
    {"type": "text", "value": "<p>A claim. [@CRI-01]</p>"},
    {
        "type": "role",
        "value": {"variants": [role_box("R1", "In the car.", 1), role_box("R3", "On the ward.", 2)]},
    },
    {
        "type": "law",
        "value": {"variants": [law_box("INT", "Everywhere.", 1), law_box("UK", "In the United Kingdom.", 2)]},
    },
    SORT,
]


@pytest.fixture
def lesson(amina, northgate):
    source = Source.objects.create(key="WHO", label="WHO 2011", title="Psychological first aid")
    fact = Fact.objects.create(code="CRI-01", statement="x", confidence="V1")
    fact.sources.add(source)
    for code, name in (("UK", "United Kingdom"), ("INT", "International")):
        JurisdictionPack.objects.create(
            code=code, name=name, version="2026.1", valid_from=AT.date(), recheck_by=AT.date()
        )
    make_course()
    make_bank()
    return make_lesson(body=BODY)


@pytest.fixture
def registration(lesson, amina, northgate):
    return make_registration(amina, northgate)


@pytest.fixture
def page(registration, signed_in, amina):
    return signed_in(amina)


def url(name, registration, *more, query=""):
    return reverse(f"courses:{name}", args=[registration.uuid, *more]) + query


def text(response):
    return response.content.decode()


def test_a_learner_meets_the_words_of_her_own_role_and_law(page, registration):
    shown = text(page.get(url("lesson", registration, "1.3")))

    assert "In the car." in shown
    assert "On the ward." not in shown
    assert "In the United Kingdom." in shown
    assert "Everywhere." not in shown
    assert "Psychological first aid" in shown
    assert "CRI-01" not in shown


def test_a_lesson_says_which_reviews_are_missing(page, registration):
    assert "Awaiting review by a person with lived experience." in text(
        page.get(url("lesson", registration, "1.3"))
    )


def test_the_law_of_a_lesson_is_a_draft_until_a_lawyer_has_read_it(page, registration, lesson, ben):
    lesson.gates = ["survivor", "lawyer"]
    lesson.save_revision().publish()
    here = url("lesson", registration, "1.3")
    assert "Draft. Not yet reviewed by a lawyer." in text(page.get(here))
    ensure_groups()
    put_in_group(ben, group=GROUPS["lawyer"])
    sign_off(
        lesson_reading(LessonPage.objects.get(pk=lesson.pk)), gate="lawyer", user=ben, on=date(2026, 11, 20)
    )
    assert "Read by a lawyer on 20 November 2026." in text(page.get(here))
    lesson.summary = "<p>Other words.</p>"
    lesson.save_revision().publish()
    assert "Draft. Not yet reviewed by a lawyer." in text(page.get(here))


def test_a_content_note_comes_before_the_lesson_and_nothing_is_started_by_looking_at_it(
    amina, northgate, registration, page, lesson
):
    lesson.content_note = "Mentions coercion."
    lesson.save_revision().publish()

    note = text(page.get(url("lesson", registration, "1.3")))

    assert "Mentions coercion." in note
    assert "A claim." not in note
    assert not UnitProgress.objects.exists()
    assert "A claim." in text(page.get(url("lesson", registration, "1.3", query="?view=whole")))
    assert "In short." in text(page.get(url("lesson", registration, "1.3", query="?view=summary")))


def test_somebody_who_prefers_summaries_starts_with_the_summary(page, registration, lesson, amina):
    lesson.content_note = "Mentions coercion."
    lesson.save_revision().publish()
    User.objects.filter(pk=amina.pk).update(content_notes="summary")

    shown = text(page.get(url("lesson", registration, "1.3")))

    assert "You are reading the summary." in shown
    assert "A claim." not in shown


def test_skipping_goes_on_and_leaves_the_lesson_open(page, registration):
    make_lesson("2.3", "Interpreters")

    answer = page.post(url("lesson_done", registration, "1.3"), {"how": "skip"})

    assert answer.url == url("lesson", registration, "2.3")
    assert UnitProgress.objects.get().completed_at is None


@pytest.mark.parametrize("how", ["read", "summary"])
def test_a_lesson_read_either_way_is_done(page, registration, how):
    page.post(url("lesson_done", registration, "1.3"), {"how": how})

    assert UnitProgress.objects.get().completed_at is not None


def test_an_activity_answers_and_keeps_what_was_chosen(page, registration, amina):
    answer = page.post(url("activity", registration, "1.3", "tasks"), {"water": "not"}, follow=True)

    assert "Because not." in text(answer)
    assert "Because mine." in text(answer)
    assert ActivityResponse.objects.get(user=amina).answer == {"water": ["not"]}


def test_with_script_only_the_activity_comes_back(page, registration):
    answer = page.post(
        url("activity", registration, "1.3", "tasks"),
        {"water": "mine"},
        headers={"X-Requested-With": "fetch"},
    )

    assert "<html" not in text(answer)
    assert "Because mine." in text(answer)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"water": ""}, "Choose something first"),
        ({"water": "nonsense"}, "not on offer here"),
        ({"water": "nonsense", "note": "Kept?"}, "not on offer here"),
        ({"water": ["mine", "nonsense"]}, "not on offer here"),
    ],
)
def test_an_activity_sent_empty_or_with_nonsense_says_what_to_do_and_keeps_nothing(
    page, registration, sent, said
):
    answer = page.post(url("activity", registration, "1.3", "tasks"), sent)

    assert answer.status_code == 422
    assert said in text(answer)
    assert not ActivityResponse.objects.exists()


def test_what_we_think_is_not_on_the_page_before_an_answer(page, registration):
    assert "Because mine." not in text(page.get(url("lesson", registration, "1.3")))


@pytest.mark.parametrize("path", [("lesson", "9.9"), ("activity", "1.3", "nothing"), ("card", "9.9")])
def test_what_is_not_there_is_not_found(page, registration, path):
    name, *more = path
    call = page.post if name == "activity" else page.get

    assert call(url(name, registration, *more)).status_code == 404


@pytest.mark.parametrize(
    "path", [("course",), ("lesson", "1.3"), ("card", "1.3"), ("check",), ("check_item", 1), ("scenario",)]
)
def test_anothers_training_is_as_good_as_none(registration, signed_in, ben, chidi, path):
    name, *more = path
    for outsider in (ben, chidi):
        assert signed_in(outsider).get(url(name, registration, *more)).status_code == 404


@pytest.mark.parametrize("path", [("lesson", "1.3"), ("check",), ("scenario",)])
def test_signed_out_people_are_asked_to_sign_in(client, registration, path):
    name, *more = path

    assert client.get(url(name, registration, *more)).url.startswith("/accounts/login/")


def test_a_question_hides_its_reasons_until_it_is_answered(page, registration):
    page.post(url("check", registration))
    before = text(page.get(url("check_item", registration, 1)))
    after = text(page.post(url("check_item", registration, 1), {"answer": "b"}, follow=True))

    assert "Because" not in before
    assert "Best next step" not in before
    assert after.count("Because") == 3
    assert "There is a better step." in after


def test_a_question_sent_without_an_answer_says_what_to_do(page, registration):
    page.post(url("check", registration))

    answer = page.post(url("check_item", registration, 1), {})

    assert answer.status_code == 422
    assert "Choose one of the answers." in text(answer)


def _ask(registration, kind, **more):
    """The open check asks a question of this kind first."""
    make_question(f"Q-{kind}", "1.3", kind=kind, **more)
    item = registration.check_attempts.get().items.get(position=1)
    item.question_version = Question.objects.get(code=f"Q-{kind}").current
    item.option_order = ["c", "a", "b"]
    item.save()
    return item


def test_lines_are_put_in_order_by_choosing_a_place_for_each(page, registration):
    page.post(url("check", registration))
    item = _ask(registration, "ordering")
    here = url("check_item", registration, 1)
    twice = page.post(here, {"answer-a": "1", "answer-b": "1", "answer-c": "2"})
    assert twice.status_code == 422
    assert "Give every line a place of its own" in text(twice)
    assert text(twice).count('value="1" selected') == 2
    assert "Because" not in text(twice)
    after = text(page.post(here, {"answer-a": "1", "answer-b": "3", "answer-c": "2"}, follow=True))
    assert "Partly as we would do it." in after
    assert "We would put it at place 3" in after
    item.refresh_from_db()
    assert (item.answer, item.is_correct, str(item.credit)) == (["a", "c", "b"], False, "0.333")


def test_lines_are_matched_and_a_case_stands_above_its_question(page, registration):
    page.post(url("check", registration))
    item = _ask(registration, "matching", case="K-1", answers={"a": "t1", "b": "t2", "c": "t1"})
    here = url("check_item", registration, 1)
    assert "What is known of K-1" in text(page.get(here))
    open_one = page.post(here, {"answer-a": "t1", "answer-b": "t2"})
    assert open_one.status_code == 422
    assert "Choose what each line belongs to." in text(open_one)
    after = text(page.post(here, {"answer-a": "t1", "answer-b": "t2", "answer-c": "t1"}, follow=True))
    assert "We would do this too." in after
    item.refresh_from_db()
    assert item.is_correct


def test_a_second_best_step_earns_part_and_says_so(page, registration):
    page.post(url("check", registration))
    item = _ask(registration, "best_next_step")
    after = text(page.post(url("check_item", registration, 1), {"answer": "b"}, follow=True))
    assert "A step on the way" in after
    item.refresh_from_db()
    assert (item.is_correct, str(item.credit)) == (False, "0.500")


def test_after_a_miss_the_check_names_the_lesson_and_waits_for_it(page, registration):
    attempt = services.start_check(registration, at=AT)
    for item in attempt.items.select_related("question_version"):
        wrong = item.question_version.must_pass
        services.answer_item(attempt, position=item.position, answer=["c" if wrong else "a"], at=AT)

    shown = text(page.get(url("check", registration)))
    refused = page.post(url("check", registration))
    page.get(url("lesson", registration, "1.3"))

    assert "limits first" in shown
    assert refused.status_code == 409
    assert CheckAttempt.objects.count() == 1
    assert page.post(url("check", registration)).status_code == 302
    assert CheckAttempt.objects.count() == 2


def test_a_lesson_costs_the_same_however_much_is_stored(page, registration, amina, count_queries):
    address = url("lesson", registration, "1.3", query="?view=whole")
    page.get(address)
    one = count_queries(lambda: page.get(address))
    for number in range(30):
        Fact.objects.create(code=f"X-{number}", statement="x", confidence="V1")
        services.save_response(amina, lesson_code="1.3", activity_id=f"a{number}", answer={"x": ["y"]}, at=AT)
    make_lesson("2.3", "Interpreters")

    assert count_queries(lambda: page.get(address)) == one
    assert one <= 22


def test_an_editor_previews_a_lesson_as_a_nurse_in_the_united_kingdom(lesson, registration):
    from tests.factories.accounts import ProfessionalRoleFactory

    ProfessionalRoleFactory(nurse=True)
    modes = dict(lesson.preview_modes)
    assert "Nurses and clinicians, United Kingdom" in modes.values()

    shown = lesson.make_preview_request(preview_mode="R3.UK").rendered_content

    assert "On the ward." in shown
    assert "In the United Kingdom." in shown


def test_a_question_can_be_previewed_as_asked_and_as_answered(registration):
    question = Question.objects.first()

    shown = question.make_preview_request().rendered_content

    assert shown.count(question.stem) == 2
    assert "Because a" in shown


def test_an_answer_from_a_window_with_an_earlier_check_is_not_taken(page, registration):
    earlier = services.start_check(registration, at=AT)
    for item in earlier.items.all():
        services.answer_item(earlier, position=item.position, answer=["b"], at=AT)
    CheckAttempt.objects.filter(pk=earlier.pk).update(passed=False, score=0)
    UnitProgress.objects.filter(registration=registration).update(passed_at=None)
    current = CheckAttempt.objects.create(
        registration=registration, unit=earlier.unit, number=2, kind="whole", seed=1, started_at=AT
    )
    first = earlier.items.get(position=1)
    item = current.items.create(
        position=1, question_version=first.question_version, option_order=first.option_order
    )
    there = url("check_item", registration, 1)
    refused = page.post(there, {"answer": "b", "attempt": str(earlier.uuid)})
    item.refresh_from_db()
    assert (refused.status_code, item.answer) == (302, None)
    assert "does not count" in text(page.get(refused.url))
    assert f'name="attempt" value="{current.uuid}"' in page.get(there).content.decode()
    page.post(there, {"answer": "b", "attempt": str(current.uuid)})
    item.refresh_from_db()
    assert item.answer == ["b"]


def test_the_address_behind_a_button_says_so_in_words(page, registration):
    shown = page.get(url("lesson_done", registration, "1.3"))
    assert shown.status_code == 405
    assert shown["Allow"] == "POST"
    assert reverse("compliance:my_training") in shown.content.decode()


def test_a_form_from_a_page_that_is_too_old_says_what_to_do(client):
    strict = type(client)(enforce_csrf_checks=True)
    shown = strict.post(reverse("account_login"), {"login": "x"})
    assert shown.status_code == 403
    assert "Please send it again" in shown.content.decode()


def test_a_link_to_a_lesson_survives_the_sign_in(client):
    there = reverse("courses:lesson_by_code", args=["1.3"])
    assert client.get(there).url == f"{reverse('account_login')}?next={there}"


def test_a_note_that_is_too_long_is_refused_whole_and_one_with_odd_characters_is_kept(
    page, registration, amina
):
    too_long = page.post(url("activity", registration, "1.3", "tasks"), {"water": "mine", "note": "x" * 4001})

    assert too_long.status_code == 422
    assert "longer than 4000 characters" in text(too_long)
    assert not ActivityResponse.objects.exists()

    page.post(url("activity", registration, "1.3", "tasks"), {"water": "mine", "note": "one\x00two"})

    assert ActivityResponse.objects.get(user=amina).note == "onetwo"
