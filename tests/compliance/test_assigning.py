"""Assignments: seen before they are saved, carried to people in the background, gone on with after a worker was stopped."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from agencies.services import add_member
from certification.services import recognise
from compliance import assigning
from compliance.assigning import (
    Rule,
    change_assignment,
    continue_changes,
    end_assignment,
    make_assignment,
    preview,
)
from compliance.exceptions import ComplianceError
from compliance.models import Assignment, AssignmentChange, ComplianceStatus
from compliance.services import assign, follow_up, start_required
from compliance.status import State
from courses.models import Registration
from tests.factories.accounts import ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import AgencyFactory, MembershipFactory
from tests.factories.compliance import certify
from tests.factories.courses import make_course

NOW = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/London"))
TODAY = NOW.date()


@pytest.fixture
def course(db):
    return make_course(at=NOW - timedelta(days=900)).course


@pytest.fixture
def emergency(northgate):
    return AgencyFactory(name="Emergency", slug="emergency", parent=northgate)


@pytest.fixture
def at_now(monkeypatch):
    """The worker's clock stands."""
    monkeypatch.setattr(assigning.timezone, "now", lambda: NOW)


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks, at_now):
    def run(call):
        with django_capture_on_commit_callbacks(execute=True):
            return call()

    return run


def people(agency, count=3, *, role=None, started_on=date(2020, 1, 1)):
    found = UserFactory.create_batch(count)
    for user in found:
        MembershipFactory(
            user=user,
            agency=agency,
            professional_role=role or ProfessionalRoleFactory(),
            started_on=started_on,
        )
    return found


def make(agency, course, by, *, role=None, **rule):
    return make_assignment(
        agency, course=course, professional_role=role, rule=Rule(**rule), by=by, at=NOW
    ).assignment


def look(agency, course, *, role=None, existing=None, ends=False, **rule):
    return preview(
        agency,
        course=course,
        professional_role=role,
        rule=None if ends else Rule(**rule),
        existing=existing,
        on=TODAY,
    )


def test_every_nurse_in_emergency_within_sixty_days(ben, course, northgate, emergency, after_commit):
    nurse = ProfessionalRoleFactory(nurse=True)
    (here,) = people(emergency, 1, role=nurse)
    (joined,) = people(emergency, 1, role=nurse, started_on=date(2026, 11, 10))
    (other,) = people(emergency, 1)
    (elsewhere,) = people(northgate, 1, role=nurse)
    after_commit(lambda: make(emergency, course, ben, role=nurse, days=60, starts_on=date(2026, 11, 1)))
    days = dict(ComplianceStatus.objects.values_list("user_id", "due_on"))
    assert days[here.pk] == date(2026, 12, 31)
    assert days[joined.pk] == date(2027, 1, 9)
    assert days[other.pk] is None
    assert elsewhere.pk not in days
    assert Registration.objects.get(user=here).due_on == date(2026, 12, 31)


def test_the_preview_says_what_then_happens(ben, course, northgate, emergency, after_commit):
    staff = people(emergency, 4)
    certify(staff[0], northgate, at=NOW - timedelta(days=30))
    certify(staff[1], northgate, at=NOW - timedelta(days=400))
    recognise(
        staff[2],
        kind="waiver",
        course=course,
        agency=northgate,
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=90),
        reason="Seconded",
        by=ben,
        at=NOW,
    )
    seen = look(emergency, course, days=60, starts_on=TODAY)
    assert (seen.gain, seen.certified, seen.exempt, seen.moved, seen.lose, seen.late) == (4, 1, 1, 0, 0, 0)
    row = after_commit(lambda: make(emergency, course, ben, days=60, starts_on=TODAY))
    again = look(emergency, course, existing=row, days=60, starts_on=TODAY)
    assert (again.gain, again.moved, again.same) == (0, 0, 4)
    assert look(emergency, course, existing=row, days=90, starts_on=TODAY).moved == 4
    narrower = look(emergency, course, existing=row, days=60, starts_on=TODAY, joined_from=TODAY)
    assert (narrower.lose, narrower.same) == (4, 0)
    assert look(emergency, course, existing=row, ends=True).lose == 4
    at_once = look(emergency, course, existing=row, days=60, starts_on=date(2020, 1, 1), grace_days=5)
    # Not those who are certified or exempt.
    assert at_once.late == 2


def test_a_nearer_unit_keeps_its_own_day_and_is_not_counted_as_changed(ben, course, northgate, emergency):
    people(emergency, 2)
    people(northgate, 3)
    make(emergency, course, ben, due_on=date(2027, 5, 1))
    seen = look(northgate, course, due_on=date(2027, 1, 1))
    # Ben leads it and works there too.
    assert (seen.gain, seen.same, seen.moved) == (4, 2, 0)
    row = Assignment.objects.get()
    make(northgate, course, ben, due_on=date(2027, 1, 1))
    ends = look(emergency, course, existing=row, ends=True)
    assert (ends.lose, ends.moved) == (0, 2)


def test_the_preview_costs_the_same_for_three_people_or_thirty(course, northgate, ben, count_queries):
    people(northgate, 3)
    few = count_queries(lambda: look(northgate, course, days=30))
    people(northgate, 30)
    assert count_queries(lambda: look(northgate, course, days=30)) == few


def test_another_day_reaches_what_is_open(amina, ben, course, northgate, after_commit):
    row = after_commit(lambda: make(northgate, course, ben, due_on=date(2027, 1, 31)))
    change = after_commit(
        lambda: change_assignment(row, rule=Rule(due_on=date(2027, 3, 31), grace_days=14), by=ben, at=NOW)
    )
    assert Registration.objects.get(user=amina).due_on == date(2027, 3, 31)
    assert ComplianceStatus.objects.get(user=amina).due_on == date(2027, 3, 31)
    change.refresh_from_db()
    assert (change.looked_at, change.waiting, change.problems) == (2, 2, {})
    assert change.before["due_on"] == "2027-01-31"
    assert change_assignment(row, rule=Rule(due_on=date(2027, 3, 31), grace_days=14), by=ben, at=NOW) is None


def test_ended_it_stays_as_a_record_and_asks_for_nothing(amina, ben, course, northgate, after_commit):
    row = after_commit(lambda: make(northgate, course, ben, due_on=date(2027, 1, 31)))
    after_commit(lambda: end_assignment(row, by=ben, at=NOW))
    assert end_assignment(row, by=ben, at=NOW) is None
    row.refresh_from_db()
    assert (row.ended_at, row.ended_by) == (NOW, ben)
    # Her role still asks for the course, by no day.
    assert Registration.objects.get(user=amina).due_on is None
    assert ComplianceStatus.objects.get(user=amina).due_on is None
    assert [one.kind for one in row.changes.all()] == ["ended", "made"]
    with pytest.raises(ComplianceError, match="ended"):
        change_assignment(row, rule=Rule(days=3), by=ben, at=NOW)
    # The same can be asked again.
    make(northgate, course, ben, due_on=date(2027, 2, 28))


def test_of_two_units_that_ask_the_earlier_day_holds(amina, ben, course, northgate, emergency):
    add_member(amina, emergency, professional_role=None, started_on=date(2026, 1, 1))
    for agency, day in ((northgate, date(2027, 1, 1)), (emergency, date(2027, 2, 1))):
        make(agency, course, ben, due_on=day)
    follow_up(amina.pk, at=NOW)
    assert {row.due_on for row in Registration.objects.filter(user=amina)} == {date(2027, 1, 1)}


def test_a_certificate_counts_for_a_year_where_it_is_renewed_yearly(
    amina, ben, course, northgate, monkeypatch
):
    credential = certify(amina, northgate, at=NOW - timedelta(days=100))
    row = make(northgate, course, ben, renew_months=3)
    follow_up(amina.pk, at=NOW)
    status = ComplianceStatus.objects.get(user=amina)
    assert status.state == State.LAPSED
    assert status.valid_until < TODAY < credential.valid_until
    assert start_required(amina, at=NOW).course_version.course == course
    end_assignment(row, by=ben, at=NOW)
    follow_up(amina.pk, at=NOW)
    assert ComplianceStatus.objects.get(user=amina).state == State.CERTIFIED


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ({"due_on": date(2026, 11, 21)}, "gone by"),
        ({"due_on": date(2027, 1, 1), "days": 3}, "not both"),
        ({"grace_days": 400}, "Grace"),
        ({"renew_months": 61}, "between 1 and 60"),
        ({"joined_from": TODAY, "joined_before": TODAY}, "has to be later"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_saved(ben, course, northgate, rule, word):
    with pytest.raises(ComplianceError, match=word):
        make(northgate, course, ben, **rule)
    assert not Assignment.objects.exists()


def test_two_for_the_same_people_are_refused_by_the_service_and_by_the_database(ben, course, northgate):
    make(northgate, course, ben, days=3)
    with pytest.raises(ComplianceError, match="already"):
        make(northgate, course, ben, days=4)
    make(northgate, course, ben, days=5, joined_from=date(2026, 1, 1))
    with pytest.raises(ComplianceError, match="overlap"):
        make(northgate, course, ben, days=6, joined_from=date(2026, 2, 1))
    make(northgate, course, ben, days=6, joined_before=date(2026, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(agency=northgate, course=course, days=9)
    assert assign(northgate, course=course, days=8, at=NOW).days == 8


class Killed(BaseException):
    """Nobody catches it: the process is gone."""


def test_after_its_worker_was_killed_it_goes_on_behind_the_last_person(
    ben, course, northgate, monkeypatch, after_commit
):
    monkeypatch.setattr(assigning, "CHUNK", 2)
    staff = people(northgate, 5)
    change = make_assignment(
        northgate, course=course, professional_role=None, rule=Rule(days=30), by=ben, at=NOW
    )
    real, seen = assigning.follow_up, []

    def die_at_the_fourth(user_id, *, at):
        seen.append(user_id)
        if len(seen) == 4:
            raise Killed
        real(user_id, at=at)

    monkeypatch.setattr(assigning, "follow_up", die_at_the_fourth)
    with pytest.raises(Killed):
        assigning.carry.func(change.pk)
    change.refresh_from_db()
    assert (change.looked_at, change.waiting, change.finished_at) == (2, 6, None)
    assert continue_changes(at=NOW + timedelta(minutes=1)) == 0
    call_command("continue_assignments")
    assert not AssignmentChange.objects.filter(finished_at__isnull=False).exists()
    assert continue_changes(at=NOW + timedelta(minutes=3)) == 1
    change.refresh_from_db()
    assert (change.looked_at, change.waiting) == (6, 6)
    assert change.finished_at is not None
    # The third was done a second time, which changes nothing; everybody is registered once.
    assert len(seen) == 8
    assert set(Registration.objects.values_list("user_id", flat=True)) == {ben.pk, *(one.pk for one in staff)}
    assert Registration.objects.count() == 6


def test_one_persons_trouble_stops_nobody_else(ben, course, northgate, monkeypatch, after_commit):
    unlucky, *rest = people(northgate, 3)
    real = assigning.follow_up

    def fail_for_one(user_id, *, at):
        if user_id == unlucky.pk:
            raise ValueError("no such luck")
        real(user_id, at=at)

    monkeypatch.setattr(assigning, "follow_up", fail_for_one)
    change = after_commit(lambda: make(northgate, course, ben, days=30)).changes.get()
    assert change.problems == {str(unlucky.pk): "ValueError: no such luck"}
    assert Registration.objects.filter(user__in=rest).count() == 2


def test_a_person_who_left_or_deleted_her_account_is_not_counted(ben, course, northgate):
    (gone,) = people(northgate, 1)
    gone.memberships.update(ended_on=TODAY)
    (deleted,) = people(northgate, 1)
    type(deleted).objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    assert look(northgate, course, days=30).gain == 1


def test_nobody_is_overdue_before_the_days_of_grace_are_over(amina, ben, course, northgate):
    make(northgate, course, ben, due_on=TODAY, grace_days=14)
    follow_up(amina.pk, at=NOW)
    row = ComplianceStatus.objects.get(user=amina)
    assert (row.due_on, row.late_from) == (TODAY, TODAY + timedelta(days=15))
    for days, is_late in ((1, False), (14, False), (15, True)):
        on = TODAY + timedelta(days=days)
        assert ComplianceStatus.objects.filter(user=amina).overdue(on=on).exists() == is_late
