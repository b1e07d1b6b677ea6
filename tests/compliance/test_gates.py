"""What is not reviewed is not given to an agency, unless an administrator takes it on in writing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from accounts.services import put_in_group
from agencies.models import INDEPENDENT_SLUG, Agency
from compliance.models import Assignment, ComplianceStatus
from compliance.services import assign, follow_up, register_required, start_required
from config.groups import ensure_groups
from content.reviewing import GROUPS, sign_off
from courses.exceptions import CourseError, GateIsOpen
from courses.models import GateTakeover, LessonPage, Registration
from courses.reviewing import lesson_reading
from courses.services import take_on, withdraw
from tests.factories.accounts import UserFactory
from tests.factories.courses import AT, make_course, make_lesson

pytestmark = pytest.mark.django_db

ON = AT.date()
REASON = "Our lawyer reads it next month; until then our legal desk answers every question within a day."


@pytest.fixture(autouse=True)
def bound(settings):
    settings.REVIEW_GATES_BIND = True


@pytest.fixture
def course():
    version = make_course()
    make_lesson("1.3", gates=("lawyer",))
    return version.course


@pytest.fixture
def admin():
    return UserFactory(is_superuser=True, is_staff=True, name="Ada Verhoeven")


def taken_on(
    admin, *, agency=None, modules=("M01",), gates=("lawyer",), until=ON + timedelta(days=90), on=ON
):
    return take_on(admin, agency=agency, modules=modules, gates=gates, reason=REASON, until=until, on=on)


def sign():
    ensure_groups()
    lawyer = UserFactory()
    put_in_group(lawyer, group=GROUPS["lawyer"])
    sign_off(lesson_reading(LessonPage.objects.get(code="1.3")), gate="lawyer", user=lawyer, on=ON)


class TestRefusal:
    def test_an_assignment_is_refused_with_what_is_missing(self, course, northgate, amina):
        with pytest.raises(GateIsOpen) as refused:
            assign(northgate, course=course, days=30, at=AT)
        assert "Module M01 waits for a lawyer (lessons 1.3)" in str(refused.value)
        assert "takes it on in writing" in str(refused.value)
        assert not Assignment.objects.exists()
        assert not Registration.objects.exists()

    def test_nobody_is_registered_by_herself_on_joining_or_every_night(self, course, northgate, amina):
        assert register_required(amina, at=AT) == []
        follow_up(amina.pk, at=AT)
        assert not Registration.objects.exists()
        assert ComplianceStatus.objects.filter(user=amina).exists()
        with pytest.raises(GateIsOpen):
            start_required(amina, at=AT)

    def test_a_signature_opens_the_way_and_a_change_shuts_it_for_those_who_come_later(
        self, course, northgate, amina, ben
    ):
        sign()
        (registration,) = register_required(amina, at=AT)
        page = LessonPage.objects.get(code="1.3")
        page.summary = "<p>Other words.</p>"
        page.save_revision().publish()
        assert register_required(ben, at=AT) == []
        assert start_required(amina, at=AT) == registration

    def test_what_is_asked_for_already_keeps_its_day_changeable(self, course, northgate, amina, settings):
        settings.REVIEW_GATES_BIND = False
        assign(northgate, course=course, days=30, at=AT)
        settings.REVIEW_GATES_BIND = True
        assert assign(northgate, course=course, days=60, at=AT).days == 60

    def test_people_without_an_agency_are_assigned_nothing_and_may_begin(self, course, amina, northgate):
        Agency.objects.filter(pk=northgate.pk).update(slug=INDEPENDENT_SLUG)
        assert len(register_required(amina, at=AT)) == 1

    def test_a_trial_site_does_not_bind_itself(self, course, northgate, amina, settings):
        settings.REVIEW_GATES_BIND = False
        assert len(register_required(amina, at=AT)) == 1


class TestTakingOn:
    def test_for_every_agency_or_one_and_below(self, course, northgate, brannoc, amina, chidi, admin):
        taken_on(admin, agency=northgate)
        assert len(register_required(amina, at=AT)) == 1
        assert register_required(chidi, at=AT) == []
        taken_on(admin)
        assert len(register_required(chidi, at=AT)) == 1

    def test_it_keeps_who_why_and_what_the_texts_were_and_is_logged(self, course, admin):
        row = taken_on(admin)
        assert (row.taken_by_name, row.reason) == ("Ada Verhoeven", REASON)
        assert row.texts == {"lesson:1.3": lesson_reading(LessonPage.objects.get(code="1.3")).digest}
        entry = ModelLogEntry.objects.get(action="courses.take_on")
        assert (entry.user, entry.object_id) == (admin, str(row.pk))

    def test_it_ends_and_is_withdrawn_and_who_is_on_the_way_stays(self, course, northgate, amina, ben, admin):
        row = taken_on(admin, until=ON + timedelta(days=10))
        register_required(amina, at=AT)
        assert register_required(ben, at=AT + timedelta(days=11)) == []
        withdraw(row, user=admin, on=ON)
        assert withdraw(row, user=admin, on=ON + timedelta(days=1)).withdrawn_on == ON
        assert register_required(ben, at=AT) == []
        assert Registration.objects.open().filter(user=amina).exists()
        assert ModelLogEntry.objects.filter(action="courses.withdraw_take_on").count() == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"reason": "It is fine."},
            {"until": ON - timedelta(days=1)},
            {"until": ON + timedelta(days=400)},
            {"modules": []},
            {"modules": ["M99"]},
            {"gates": []},
            {"gates": ["friend"]},
        ],
    )
    def test_it_says_enough_and_not_for_ever(self, course, admin, change):
        given = {
            "agency": None, "modules": ["M01"], "gates": ["lawyer"], "reason": REASON, "until": ON, "on": ON,
        }  # fmt: skip
        with pytest.raises(CourseError):
            take_on(admin, **given | change)
        assert not GateTakeover.objects.exists()

    def test_only_an_administrator(self, course, ben, admin):
        with pytest.raises(CourseError):
            taken_on(ben)
        with pytest.raises(CourseError):
            withdraw(taken_on(admin), user=ben, on=ON)

    def test_what_is_written_is_not_rewritten(self, course, admin):
        row = taken_on(admin)
        row.reason = "Another"
        with pytest.raises(TypeError):
            row.save()
        with pytest.raises(TypeError):
            row.delete()


def today():
    return datetime.now(tz=UTC).date()


class TestPages:
    def test_a_lead_reads_what_is_waited_for_and_then_who_took_it_on(
        self, signed_in, course, northgate, ben, chidi, admin
    ):
        url = reverse("compliance:agency", args=[northgate.slug])
        shown = signed_in(ben).get(url).content.decode()
        assert "Module M01 waits for a lawyer (lessons 1.3)" in shown
        assert "Waiting for review" in shown
        taken_on(admin, agency=northgate, on=today(), until=today() + timedelta(days=9))
        shown = signed_in(ben).get(url).content.decode()
        assert "Waiting for review" not in shown
        assert "Taken on by Ada Verhoeven" in shown
        assert REASON in shown
        other = signed_in(chidi).get(reverse("compliance:agency", args=["st-brannocs"])).content.decode()
        assert "Ada Verhoeven" not in other

    def test_a_learner_reads_why_she_cannot_begin_and_then_who_took_it_on(
        self, signed_in, course, northgate, amina, admin
    ):
        browser = signed_in(amina)
        shown = browser.get(reverse("compliance:my_training")).content.decode()
        assert "You cannot begin yet" in shown
        followed = browser.post(reverse("compliance:start"), follow=True).content.decode()
        assert "because reviews are missing" in followed
        taken_on(admin, on=today(), until=today() + timedelta(days=9))
        browser.post(reverse("compliance:start"))
        registration = Registration.objects.get(user=amina)
        lesson = browser.get(reverse("courses:lesson", args=[registration.uuid, "1.3"])).content.decode()
        assert "Awaiting review by a lawyer." in lesson
        assert "Your agency uses this before its review. Taken on by Ada Verhoeven on" in lesson
        assert REASON not in lesson

    def test_an_administrator_takes_on_and_withdraws(self, signed_in, course, northgate, admin):
        browser, url = signed_in(admin), reverse("courses_gates")
        assert "Take a missing review on" in browser.get(url).content.decode()
        data = {
            "modules": ["M01"],
            "gates": ["lawyer"],
            "agency": northgate.pk,
            "until": today() + timedelta(days=30),
            "reason": "Too short",
        }
        assert browser.post(url, data).status_code == 422
        assert not GateTakeover.objects.exists()
        assert browser.post(url, data | {"reason": REASON}).status_code == 302
        row = GateTakeover.objects.get()
        assert row.agency == Agency.objects.get(pk=northgate.pk)
        browser.post(reverse("courses_gate_withdraw", args=[row.uuid]))
        assert "withdrawn on" in browser.get(url).content.decode()

    def test_a_reviewer_reads_it_and_takes_nothing_on_and_a_lead_finds_nothing(
        self, signed_in, course, ben, admin
    ):
        ensure_groups()
        reviewer = UserFactory()
        put_in_group(reviewer, group=GROUPS["survivor"])
        row = taken_on(admin, on=date(2026, 1, 1), until=date(2026, 1, 2))
        browser, url = signed_in(reviewer), reverse("courses_gates")
        shown = browser.get(url).content.decode()
        assert "0 of 1 lessons signed" in shown
        assert "Take a missing review on" not in shown
        assert browser.post(url, {"modules": ["M01"]}).status_code in (302, 403)
        browser.post(reverse("courses_gate_withdraw", args=[row.uuid]))
        assert not GateTakeover.objects.exclude(withdrawal=None).exists()
        assert signed_in(ben).get(url).status_code in (302, 403)
        assert GateTakeover.objects.count() == 1


def test_the_cost_for_a_lead_does_not_grow_with_the_lessons(course, northgate, count_queries):
    from compliance.selectors import gates_of_agency

    one = count_queries(lambda: gates_of_agency(northgate, on=ON))
    make_lesson("2.3", gates=("lawyer", "survivor"))
    assert count_queries(lambda: gates_of_agency(northgate, on=ON)) == one
