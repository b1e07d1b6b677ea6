"""Who has read a lesson, when that lapses, and how it is asked for in the admin."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from wagtail.models import TaskState

from accounts.services import put_in_group
from config.groups import REVIEWERS, ensure_groups, ensure_reviews
from content.exceptions import NotTheReviewer
from content.models import ReviewGateTask, ReviewSignOff
from content.rechecks import rechecks
from content.reviewing import GROUPS, ReviewState, may_sign, open_gates, reviews_of, sign_off
from courses.models import LessonIndexPage, LessonPage, Question
from courses.reviewing import lesson_reading, lesson_reviews
from courses.selectors import missing_gates
from tests.factories.accounts import UserFactory
from tests.factories.courses import make_lesson, make_question, make_registration

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 3)


def reader_for(gate, **traits):
    ensure_groups()
    user = UserFactory(**traits)
    put_in_group(user, group=GROUPS[gate])
    return user


@pytest.fixture
def lawyer():
    return reader_for("lawyer", name="Lena Lawyer")


@pytest.fixture
def clinician():
    return reader_for("clinician", name="Cleo Clinician")


@pytest.fixture
def lesson():
    """Asks for a lawyer and a clinician, below a workflow with a step for each gate."""
    page = make_lesson(gates=("lawyer", "clinician"))
    ensure_groups()
    ensure_reviews(LessonIndexPage.objects.get())
    return LessonPage.objects.get(pk=page.pk)


def submitted(page):
    page.save_revision()
    page.get_workflow().start(page, UserFactory(is_superuser=True))
    page.refresh_from_db()
    return TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS).specific


def act(task_state, user, action, **data):
    task_state.task.specific.on_action(task_state, user, action, **data)


def again(page):
    return LessonPage.objects.get(pk=page.pk)


def publish(page, **changes):
    page = again(page)
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()


def states(page):
    return [(one.gate, one.state) for one in lesson_reviews([again(page)])[page.code]]


class TestWhoMaySign:
    def test_a_member_of_the_gates_group_and_nobody_else(self, lawyer, clinician, amina):
        assert may_sign(lawyer, gate="lawyer")
        assert not may_sign(clinician, gate="lawyer")
        assert not may_sign(amina, gate="lawyer")

    def test_an_administrator_signs_for_nobody_even_as_a_member(self):
        assert not may_sign(reader_for("lawyer", is_superuser=True), gate="lawyer")

    def test_a_sign_off_by_somebody_else_is_refused(self, lesson, clinician):
        with pytest.raises(NotTheReviewer):
            sign_off(lesson_reading(lesson), gate="lawyer", user=clinician, on=DAY)
        assert not ReviewSignOff.objects.exists()


class TestLapse:
    def test_a_changed_word_ends_a_sign_off_and_the_old_words_bring_it_back(self, lesson, lawyer):
        sign_off(lesson_reading(lesson), gate="lawyer", user=lawyer, on=DAY)
        assert states(lesson) == [("lawyer", ReviewState.SIGNED), ("clinician", ReviewState.OPEN)]
        publish(lesson, summary="<p>In other words.</p>")
        assert states(lesson)[0] == ("lawyer", ReviewState.LAPSED)
        assert missing_gates([again(lesson)]) == {"1.3": ["lawyer", "clinician"]}
        publish(lesson, summary="<p>In short.</p>")
        assert states(lesson)[0] == ("lawyer", ReviewState.SIGNED)

    def test_what_the_editor_writes_around_the_words_ends_nothing(self, lesson, lawyer):
        sign_off(lesson_reading(lesson), gate="lawyer", user=lawyer, on=DAY)
        publish(lesson, summary='<p data-block-key="abc12">In short.</p>', minutes=20)
        assert states(lesson)[0] == ("lawyer", ReviewState.SIGNED)

    def test_a_question_that_comes_or_changes_ends_it_and_one_of_another_lesson_does_not(
        self, lesson, lawyer
    ):
        make_question("Q-2", "2.3")
        sign_off(lesson_reading(lesson), gate="lawyer", user=lawyer, on=DAY)
        make_question("Q-2", "2.3", stem="Other words")
        assert states(lesson)[0] == ("lawyer", ReviewState.SIGNED)
        make_question("Q-1", "1.3")
        assert states(lesson)[0] == ("lawyer", ReviewState.LAPSED)
        Question.objects.filter(code="Q-1").update(retired=True)
        assert states(lesson)[0] == ("lawyer", ReviewState.SIGNED)

    def test_it_stands_in_the_calendar(self, lesson, lawyer):
        sign_off(lesson_reading(lesson), gate="lawyer", user=lawyer, on=DAY)
        assert [row for row in rechecks() if row.kind == "Review"] == []
        publish(lesson, summary="<p>In other words.</p>")
        (row,) = (row for row in rechecks() if row.kind == "Review")
        assert (row.name, row.due_on) == ("1.3 First words", DAY)
        assert "a lawyer" in row.detail

    def test_publishing_a_change_asks_the_reviewer_again_by_mail(
        self, lesson, lawyer, mailoutbox, django_capture_on_commit_callbacks
    ):
        sign_off(lesson_reading(lesson), gate="lawyer", user=lawyer, on=DAY)
        with django_capture_on_commit_callbacks(execute=True):
            publish(lesson, summary="<p>In other words.</p>")
        state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
        assert state.task.specific.gate == "lawyer"
        assert [lawyer.email] in [mail.to for mail in mailoutbox]

    def test_publishing_what_nobody_has_signed_asks_nobody(self, lesson, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            publish(lesson, summary="<p>In other words.</p>")
        assert not TaskState.objects.exists()

    def test_without_a_step_for_the_gate_nothing_is_begun(
        self, lesson, lawyer, django_capture_on_commit_callbacks
    ):
        sign_off(lesson_reading(lesson), gate="lawyer", user=lawyer, on=DAY)
        ReviewGateTask.objects.filter(gate="lawyer").update(active=False)
        with django_capture_on_commit_callbacks(execute=True):
            publish(lesson, summary="<p>In other words.</p>")
        assert not TaskState.objects.exists()


class TestWorkflow:
    def test_it_asks_for_the_open_gates_only_and_publishes_with_the_last(
        self, lesson, lawyer, clinician, django_capture_on_commit_callbacks
    ):
        page = again(lesson)
        page.summary = "<p>A draft.</p>"
        with django_capture_on_commit_callbacks(execute=True):
            state = submitted(page)
            assert state.task.specific.gate == "lawyer"
            act(state, lawyer, "approve", reviewer="", comment="")
            state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS).specific
            assert state.task.specific.gate == "clinician"
            assert again(lesson).summary == "<p>In short.</p>"
            act(state, clinician, "approve", reviewer="Dr C.", comment="Good.")
        assert again(lesson).summary == "<p>A draft.</p>"
        assert states(lesson) == [("lawyer", ReviewState.SIGNED), ("clinician", ReviewState.SIGNED)]
        assert sorted(ReviewSignOff.objects.values_list("gate", "reviewer", "signed_by__name")) == [
            ("clinician", "Dr C.", "Cleo Clinician"),
            ("lawyer", "", "Lena Lawyer"),
        ]
        assert not TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS).exists()

    def test_a_gate_that_is_signed_is_not_asked_again(self, lesson, lawyer):
        sign_off(lesson_reading(lesson), gate="lawyer", user=lawyer, on=DAY)
        assert submitted(again(lesson)).task.specific.gate == "clinician"

    @pytest.mark.parametrize("who", ["clinician", "administrator"])
    def test_the_others_can_do_nothing(self, lesson, clinician, who):
        user = clinician if who == "clinician" else UserFactory(is_superuser=True)
        state = submitted(again(lesson))
        assert state.task.specific.get_actions(lesson, user) == []
        for action in ("approve", "reject"):
            with pytest.raises(PermissionDenied):
                act(state, user, action, comment="x")
        assert not ReviewSignOff.objects.exists()

    def test_asking_for_changes_needs_words(self, lesson, lawyer):
        state = submitted(again(lesson))
        with pytest.raises(PermissionDenied):
            act(state, lawyer, "reject", comment=" ")
        act(state, lawyer, "reject", comment="The Act was changed.")
        state.refresh_from_db()
        assert (state.status, state.comment) == (TaskState.STATUS_REJECTED, "The Act was changed.")

    def test_what_somebody_else_saved_meanwhile_is_not_signed(self, lesson, lawyer):
        state = submitted(again(lesson))
        page = again(lesson)
        page.summary = "<p>Slipped in.</p>"
        page.save_revision(user=UserFactory())
        with pytest.raises(PermissionDenied):
            act(state, lawyer, "approve", reviewer="")
        assert not ReviewSignOff.objects.exists()

    def test_sign_offs_are_not_typed_in_by_anybody(self, signed_in):
        ensure_groups()
        reviewer = UserFactory()
        put_in_group(reviewer, group=REVIEWERS)
        for user in (reviewer, UserFactory(is_superuser=True)):
            browser = signed_in(user)
            url = reverse("wagtailsnippets_content_reviewsignoff:add")
            assert browser.get(url).status_code == 302
            assert browser.get(reverse("wagtailsnippets_content_reviewsignoff:list")).status_code == 200

    def test_loading_twice_makes_one_workflow(self, lesson):
        before = ReviewGateTask.objects.count()
        assert before == len(GROUPS)
        ensure_reviews(LessonIndexPage.objects.get())
        assert ReviewGateTask.objects.count() == before


class TestShownToLearners:
    def shown(self, signed_in, amina, northgate):
        registration = make_registration(amina, northgate)
        return (
            signed_in(amina).get(reverse("courses:lesson", args=[registration.uuid, "1.3"])).content.decode()
        )

    def test_what_is_awaited_signed_and_changed_since(self, signed_in, amina, northgate, lesson, lawyer):
        sign_off(lesson_reading(lesson), gate="lawyer", user=lawyer, on=DAY)
        shown = self.shown(signed_in, amina, northgate)
        assert "Reviewed by a lawyer on 3 March 2026." in shown
        assert "Awaiting review by a clinician." in shown
        assert "Starter curriculum, draft." in shown
        assert "Lena" not in shown
        publish(lesson, summary="<p>In other words.</p>")
        assert "Reviewed by a lawyer on 3 March 2026, before the last change." in self.shown(
            signed_in, amina, northgate
        )

    def test_a_name_only_where_the_reviewer_gave_one(
        self, signed_in, amina, northgate, lesson, lawyer, clinician
    ):
        reading = lesson_reading(lesson)
        sign_off(reading, gate="lawyer", user=lawyer, reviewer="L. L.", on=DAY)
        sign_off(reading, gate="clinician", user=clinician, on=DAY)
        shown = self.shown(signed_in, amina, northgate)
        assert "Reviewed by a lawyer on 3 March 2026: L. L." in shown
        assert "Starter curriculum, draft." not in shown


def test_the_course_counts_its_reviews(signed_in, amina, northgate, lesson, lawyer):
    registration = make_registration(amina, northgate)
    sign_off(lesson_reading(lesson), gate="lawyer", user=lawyer, on=DAY)
    url = reverse("courses:course", args=[registration.uuid])
    shown = signed_in(amina).get(url).content.decode()
    assert "Reviewed by a lawyer: 1 of the 1 lessons that ask for it." in shown
    assert "Reviewed by a clinician: 0 of the 1 lessons that ask for it." in shown
    publish(lesson, summary="<p>In other words.</p>")
    assert "1 was changed since its review." in signed_in(amina).get(url).content.decode()


def test_the_cost_does_not_grow_with_the_lessons(lesson, lawyer, count_queries):
    one = count_queries(lambda: lesson_reviews([lesson]))
    pages = [lesson, make_lesson("2.3", "Interpreters")]
    assert count_queries(lambda: lesson_reviews(pages)) == one
    assert open_gates(lesson_reading(lesson)) == ("lawyer", "clinician")
    assert [one.reader for one in reviews_of(lesson_reading(lesson))] == ["a lawyer", "a clinician"]
