"""What trainers may do to lessons and questions in the admin, and what is refused before a learner meets it."""

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from content.models import Fact, HomePage
from courses import services
from courses.exceptions import CourseError
from courses.models import LessonPage, Question
from courses.wagtail_hooks import QuestionViewSet
from tests.factories.accounts import UserFactory
from tests.factories.courses import AT, make_bank, make_course, make_lesson, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(amina):
    make_course()
    return make_lesson()


@pytest.fixture
def admin(db):
    return UserFactory(is_superuser=True)


def lesson_form(lesson, user, **changes):
    Form = LessonPage.get_edit_handler().get_form_class()
    values = {
        "title": lesson.title, "slug": lesson.slug, "code": lesson.code, "module": lesson.module_id,
        "minutes": 14, "version": "2026.1", "valid_from": "2026-11-22", "recheck_by": "2027-05-22",
        "gates": ["survivor"], "content_note": "", "summary": rich_text("<p>Short.</p>"),
        "by_the_end": streamfield([("line", "say it")]), "use_tomorrow": streamfield([("line", "Say it")]),
        "body": streamfield([("text", rich_text("<p>Hello.</p>"))]), "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
    }  # fmt: skip
    data = nested_form_data(values | {key: value for key, value in changes.items() if key != "gates"})
    data["gates"] = changes.get("gates", ["survivor"])
    return Form(data, instance=lesson, parent_page=lesson.get_parent(), for_user=user)


def test_a_lesson_that_is_whole_is_taken(lesson, admin):
    form = lesson_form(lesson, admin)
    assert form.is_valid(), form.errors
    assert form.save(commit=False).gates == ["survivor"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minutes", 0),
        ("minutes", 99999999999),
        ("gates", ["nobody"]),
        ("summary", rich_text("<p>Nonsense [@ZZZ-99]</p>")),
        ("body", streamfield([("text", rich_text("<p>Nonsense [@ZZZ-99]</p>"))])),
    ],
)
def test_what_a_learner_could_not_be_shown_is_refused_at_its_field(lesson, admin, field, value):
    assert field in lesson_form(lesson, admin, **{field: value}).errors


def test_the_code_of_a_lesson_never_changes(lesson, admin):
    form = lesson_form(lesson, admin, code="9.9")
    assert form.is_valid(), form.errors
    assert form.save(commit=False).code == "1.3"


def test_whoever_writes_a_lesson_does_not_take_its_reviews_away(lesson):
    form = lesson_form(lesson, UserFactory(), gates=[])
    assert form.is_valid(), form.errors
    assert form.save(commit=False).gates == ["survivor"]


def test_a_lesson_of_a_course_is_never_deleted_or_unpublished(lesson, admin, signed_in):
    for name in ("delete", "unpublish"):
        signed_in(admin).post(reverse(f"wagtailadmin_pages:{name}", args=[lesson.pk]))
        parent = lesson.get_parent()
        signed_in(admin).post(reverse(f"wagtailadmin_pages:{name}", args=[parent.pk]))
    for name in ("delete", "unpublish"):
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", name])
        signed_in(admin).post(f"{url}?id={lesson.pk}&next=/admin/")
    assert LessonPage.objects.get(pk=lesson.pk).live
    assert not HomePage(title="Home", depth=2).permissions_for_user(admin).can_delete()


def test_a_lesson_that_no_course_asks_for_may_go(lesson, admin, signed_in):
    other = make_lesson("8.8", "Not in a course")
    signed_in(admin).post(reverse("wagtailadmin_pages:delete", args=[other.pk]))
    assert not LessonPage.objects.filter(code="8.8").exists()


def question_form(question, **changes):
    Form = QuestionViewSet().get_edit_handler().get_form_class()
    option = {"text": "x", "rationale": "Because.", "facts": "F-1", "correct": ""}
    values = {
        "code": question.code, "lesson_code": "1.3", "outcome": "", "stem": "What now?", "kind": "single", "level": "apply",
        "must_pass": "",
        "options": streamfield([("option", option | {"id": "a", "correct": "on"}), ("option", option | {"id": "b"})]),
        "targets": streamfield([]),
    }  # fmt: skip
    return Form(nested_form_data(values | changes), instance=question, for_user=UserFactory())


@pytest.fixture
def question(lesson):
    make_bank()
    Fact.objects.get_or_create(code="F-1", defaults={"statement": "x", "confidence": "V1"})
    return Question.objects.order_by("code").first()


def test_a_question_keeps_its_code_and_belongs_to_a_lesson_that_exists(question):
    form = question_form(question, code="Q-NEW")
    assert form.is_valid(), form.errors
    assert form.save(commit=False).code == question.code != "Q-NEW"
    assert "lesson_code" in question_form(question, lesson_code="99.9").errors


def test_a_check_without_enough_questions_says_so_and_keeps_what_was_done(
    question, amina, northgate, signed_in
):
    registration = make_registration(amina, northgate)
    Question.objects.filter(lesson_code="1.3").update(live=False)
    with pytest.raises(CourseError, match="not enough questions"):
        services.start_check(registration, at=AT)
    response = signed_in(amina).post(reverse("courses:check", args=[registration.uuid]))
    assert "not enough questions" in response.content.decode()
